package relation_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
)

func everyType() *engine.Table {
	t := table(1, "things",
		field("no", engine.TypeAutonumber),
		field("title", engine.TypeText, func(f *engine.Field) { f.Required, f.Min, f.Max = yes(), raw.Int(2), raw.Int(5) }),
		field("note", engine.TypeText),
		field("likes", engine.TypeNumber, func(f *engine.Field) { f.Integer, f.Default, f.Min, f.Max = true, raw.Int(0), raw.Int(0), raw.Int(10) }),
		field("price", engine.TypeNumber),
		field("open", engine.TypeBoolean, func(f *engine.Field) { f.Default = raw.True }),
		field("at", engine.TypeDatetime, func(f *engine.Field) { f.Min = raw.Text("2020-01-01") }),
		field("made", engine.TypeDatetime, func(f *engine.Field) { f.Default = raw.Text("=$now()") }),
		field("day", engine.TypeDate, func(f *engine.Field) { f.Max = raw.Text("2030-01-01") }),
		field("status", engine.TypeEnum, func(f *engine.Field) { f.Values, f.Default = []string{"new", "it's"}, raw.Text("new") }),
		field("extra", engine.TypeJSON),
		field("mail", engine.TypeEmail),
		field("site", engine.TypeURL),
		field("slug", engine.TypeText, func(f *engine.Field) { f.Unique = true }),
		field("code", engine.TypeText, func(f *engine.Field) { f.Pattern, f.Default = "^[a-z]+$", raw.Text("abc") }),
		field("guard", engine.TypeNumber, func(f *engine.Field) { f.Constraint = "$value > 1" }),
		field("loud", engine.TypeGenerated, func(f *engine.Field) { f.Expression = "upper(title)" }),
	)
	t.Unique = [][]string{{"title", "day"}}
	return t
}

func TestView_insertStoresCanonicalValues(t *testing.T) {
	t.Parallel()
	f := blog(t, everyType())
	const insert = `INSERT INTO p_blog.things (title, likes, price, open, at, day, status, extra, mail, site)
VALUES ('tea', 3.0, 1.50, false, '2026-11-23 13:28:00.1239+08', '2026-11-23', 'it''s', '{"a": [1, null]}', 'a@b.c', 'https://x.y/z')`
	f.exec(insert)
	f.want(`SELECT data - 'madeXXXX' FROM p_blog._r1`, `{"atXXXXXX": "2026-11-23T05:28:00.123Z", "codeXXXX": "abc", "dayXXXXX": "2026-11-23", "extraXXX": {"a": [1, null]}, `+
		`"likesXXX": 3, "mailXXXX": "a@b.c", "noXXXXXX": 1, "openXXXX": false, "priceXXX": 1.50, "siteXXXX": "https://x.y/z", "statusXX": "it's", "titleXXX": "tea"}`)
	f.want(`SELECT (no, title, likes, price, open, at, day, status, extra, loud, version) FROM p_blog.things`,
		`(1,tea,3,1.50,f,"2026-11-23 05:28:00.123+00",2026-11-23,it's,"{""a"": [1, null]}",TEA,1)`)
	f.want(`SELECT made BETWEEN now() - interval '1 minute' AND now() FROM p_blog.things`, "true")
	f.want(`SELECT uid ~ '^[0-9a-v]{20}$' FROM p_blog.things`, "true")

	var no, uid, loud string
	err := f.db.Pool().QueryRow(context.Background(), `INSERT INTO p_blog.things (uid, title, status) VALUES ('mine', 'ab', NULL) RETURNING no::text, uid, loud`).Scan(&no, &uid, &loud)
	if err != nil || no != "2" || uid != "mine" || loud != "AB" {
		t.Errorf("RETURNING gave %s %s %s %v", no, uid, loud, err)
	}
	f.want(`SELECT (likes, open, status) FROM p_blog.things WHERE uid = 'mine'`, "(0,t,)")
}

func TestView_refusesWhatTheRulesRefuse(t *testing.T) {
	t.Parallel()
	f := blog(t, everyType())
	f.exec(`INSERT INTO p_blog.things (uid, title, slug, day) VALUES ('a', 'one', 'x', '2026-01-01'), ('b', 'two', 'y', NULL)`)
	for _, c := range []struct {
		set, code string
		words     []string
	}{
		{`title = NULL`, pg.NotNullViolation, []string{"title", "required"}},
		{`title = ''`, pg.NotNullViolation, []string{"title", "required"}},
		{`title = 'x'`, pg.CheckViolation, []string{"title", "at least 2 characters"}},
		{`title = 'äöüäöü'`, pg.CheckViolation, []string{"title", "at most 5 characters"}},
		{`likes = 1.5`, pg.CheckViolation, []string{"likes", "whole"}},
		{`likes = 11`, pg.CheckViolation, []string{"likes", "at most 10"}},
		{`likes = -1`, pg.CheckViolation, []string{"likes", "at least 0"}},
		{`price = 'NaN'`, pg.CheckViolation, []string{"price", "finite"}},
		{`price = '1e2000'`, pg.CheckViolation, []string{"price", "digits"}},
		{`at = 'infinity'`, pg.CheckViolation, []string{"at", "years"}},
		{`at = '2019-12-31 15:59:59+00'`, pg.CheckViolation, []string{"at", "at least"}},
		{`day = '2030-01-02'`, pg.CheckViolation, []string{"day", "at most 2030-01-01"}},
		{`day = '0001-01-01 BC'`, pg.CheckViolation, []string{"day", "years"}},
		{`status = 'old'`, pg.CheckViolation, []string{"status", "one of new, it's"}},
		{`mail = 'a@b@c'`, pg.CheckViolation, []string{"mail", "e-mail"}},
		{`site = 'javascript:alert(1)'`, pg.CheckViolation, []string{"site", "http"}},
		{`slug = 'y'`, pg.UniqueViolation, []string{"slug", "exists already"}},
		{`title = 'two', day = '2026-01-01', slug = 'y'`, pg.UniqueViolation, nil},
		{`code = 'zzz'`, pg.FeatureNotSupported, []string{"code", "pattern"}},
		{`guard = 5`, pg.FeatureNotSupported, []string{"guard", "JavaScript"}},
		{`loud = 'X'`, "428C9", []string{"loud", "read only"}},
		{`no = 9`, "428C9", []string{"no", "read only"}},
		{`uid = 'z'`, "428C9", []string{"uid", "read only"}},
		{`version = 9`, "428C9", []string{"version", "read only"}},
		{`id = 9`, "428C9", []string{"id", "read only"}},
		{`created_at = now()`, "428C9", []string{"created_at", "read only"}},
	} {
		f.refused(`UPDATE p_blog.things SET `+c.set+` WHERE uid = 'a'`, c.code, c.words...)
	}
	f.refused(`INSERT INTO p_blog.things (likes) VALUES (1)`, pg.NotNullViolation, "title")
	f.refused(`INSERT INTO p_blog.things (uid, title) VALUES ('not ok', 'abc')`, pg.CheckViolation, "uid")
	f.refused(`INSERT INTO p_blog.things (uid, title) VALUES ('a', 'abc')`, pg.UniqueViolation, "uid")
	f.refused(`INSERT INTO p_blog.things (title, guard) VALUES ('abc', 3)`, pg.FeatureNotSupported, "guard")
	f.want(`SELECT string_agg(version::text, ',') FROM p_blog.things`, "1,1")
}

func TestView_updateWritesChangedKeysOnly(t *testing.T) {
	t.Parallel()
	f := blog(t, everyType())
	f.exec(`INSERT INTO p_blog.things (uid, title, note) VALUES ('a', 'one', 'n')`,
		`UPDATE p_blog._r1 SET data = data || '{"foreign1": 1, "likesXXX": 99, "guardXXX": 0}'`, // breaks newer rules
		`UPDATE p_blog.things SET title = 'two', note = NULL, mail = '' WHERE uid = 'a'`)
	f.want(`SELECT (title, note, likes, version, updated_at > created_at OR updated_at = created_at) FROM p_blog.things`, "(two,,99,2,t)")
	f.want(`SELECT data ?| '{noteXXXX,mailXXXX}' FROM p_blog._r1`, "false")
	f.want(`SELECT data->'foreign1' FROM p_blog._r1`, "1")
	f.exec(`UPDATE p_blog.things SET title = 'two'`)
	f.want(`SELECT version FROM p_blog.things`, "2")
	f.exec(`UPDATE p_blog.things SET likes = likes - 90`)
	f.want(`SELECT (likes, version) FROM p_blog.things`, "(9,3)")
}

func TestView_deleteIsPostgresOwn(t *testing.T) {
	t.Parallel()
	f := blog(t, everyType())
	f.exec(`INSERT INTO p_blog.things (uid, title) VALUES ('a', 'one'), ('b', 'two')`)
	var uid, loud string
	if err := f.db.Pool().QueryRow(context.Background(), `DELETE FROM p_blog.things WHERE title = 'one' RETURNING uid, loud`).Scan(&uid, &loud); err != nil || uid != "a" || loud != "ONE" {
		t.Errorf("RETURNING gave %s %s %v", uid, loud, err)
	}
	f.want(`SELECT count(*) FROM p_blog._r1`, "1")
}

func TestView_concurrentUpdatesLoseNothing(t *testing.T) {
	t.Parallel()
	f := blog(t, everyType())
	f.exec(`INSERT INTO p_blog.things (uid, title) VALUES ('a', 'one')`)
	ctx := context.Background()
	tx, err := f.db.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, `UPDATE p_blog.things SET likes = likes + 1`); err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() {
		_, err := f.db.Pool().Exec(ctx, `UPDATE p_blog.things SET likes = likes + 1`)
		result <- err
	}()
	waitForLock(f)
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-result; pg.Code(err) != pg.SerializationFailure || !strings.Contains(err.Error(), "changed meanwhile") {
		t.Errorf("the second increment gave %v, want 40001", err)
	}
	f.want(`SELECT likes FROM p_blog.things`, "1")
}

// waitForLock returns once a backend of this database waits for a lock.
func waitForLock(f *fixture) {
	f.t.Helper()
	for f.one(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == "0" {
	}
}

func TestRole_mayUseItsViewsAndNothingElse(t *testing.T) {
	t.Parallel()
	f := blog(t, table(1, "posts", field("title", engine.TypeText)),
		table(2, "comments", field("nick", engine.TypeText), field("ip", engine.TypeText, func(f *engine.Field) { f.Hidden = true }),
			field("post", engine.TypeReference, func(f *engine.Field) { f.To, f.Display, f.OnDelete = "posts", "title", engine.Cascade })))
	role := relation.RoleName(f.one("SELECT current_database()"), f.project)
	f.exec(relation.CreateRole(f.project, role)...)
	defer f.exec(relation.DropRole(role)...)
	for _, name := range f.project.Tables.Names() {
		t := mustTable(f, name)
		f.exec(relation.GrantView(f.project, t, role, relation.ViewColumns(f.project, t))...)
	}
	as := "SET LOCAL ROLE " + relation.Quote(role) + "; "
	f.exec(as+`INSERT INTO p_blog.posts (uid, title) VALUES ('p', 'Hello')`,
		as+`INSERT INTO p_blog.comments (nick, post) VALUES ('ada', 'p')`,
		as+`UPDATE p_blog.comments SET nick = 'eve' WHERE "post.title" = 'Hello'`)
	f.want(`SELECT (nick, post, "post.title", version) FROM p_blog.comments`, "(eve,p,Hello,2)")
	for _, sql := range []string{`SELECT ip FROM p_blog.comments`, `SELECT * FROM p_blog.comments`, `UPDATE p_blog.comments SET ip = 'x'`,
		`INSERT INTO p_blog.comments (ip) VALUES ('x')`, `SELECT * FROM p_blog._r2`, `SELECT * FROM public.sl_projects`, `SELECT * FROM public.sl_records`,
		`DELETE FROM p_blog._r1`, `CREATE TABLE p_blog.mine (a int)`, `CREATE TABLE public.mine (a int)`, `SELECT nextval('public.sl_record_id')`} {
		f.refused(as+sql, pg.InsufficientPrivilege)
	}
	f.exec(as + `DELETE FROM p_blog.posts`)
	f.want(`SELECT count(*) FROM p_blog.comments`, "0")
}

func TestView_refusesWhatAConstraintOfAnotherFieldReads(t *testing.T) {
	t.Parallel()
	f := blog(t, table(1, "things",
		field("low", engine.TypeNumber),
		field("high", engine.TypeNumber, func(f *engine.Field) { f.Default, f.Constraint = raw.Int(9), "$value >= $this.low" }),
		field("whole", engine.TypeText, func(f *engine.Field) { f.Constraint = "Object.keys($this).length < 9" }),
		field("note", engine.TypeText)))
	f.refused(`INSERT INTO p_blog.things (low) VALUES (10)`, pg.FeatureNotSupported, "high") // its default was never held against low
	f.exec(`INSERT INTO p_blog.things (uid, low, high) VALUES ('free', 1, NULL)`)
	f.exec(`UPDATE p_blog.things SET low = 2, note = 'x'`)
	f.exec(`UPDATE p_blog._r1 SET data = data || '{"highXXXX": 5}'`) // as the engine writes it
	f.refused(`UPDATE p_blog.things SET low = 6`, pg.FeatureNotSupported, "low", "high")
	f.exec(`UPDATE p_blog.things SET note = 'y'`)
	f.exec(`UPDATE p_blog._r1 SET data = data || '{"wholeXXX": "w"}'`)
	f.refused(`UPDATE p_blog.things SET note = 'z'`, pg.FeatureNotSupported, "note", "whole")
	f.want(`SELECT (low, high, note, whole) FROM p_blog.things`, "(2,5,y,w)")
}
