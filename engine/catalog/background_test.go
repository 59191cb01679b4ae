package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
)

// run starts the catalog's background until the test ends.
func run(t *testing.T, c *catalog.Catalog) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
}

// until gives the first Schema that is as wanted. The catalog's own Schema follows a moment later.
func until(c *catalog.Catalog, wanted func(*engine.Schema) bool) *engine.Schema {
	reached := make(chan *engine.Schema, 1)
	done := false
	c.OnChange(func(s *engine.Schema) {
		if !done && wanted(s) {
			done = true
			reached <- s
		}
	})
	return <-reached
}

func TestRun_otherServersFollow(t *testing.T) {
	t.Parallel()
	s := open(t)
	other := openOn(t, s.db)
	run(t, other)
	var revisions []int64
	other.OnChange(func(schema *engine.Schema) {
		if p := schema.Project("blog"); p != nil {
			revisions = append(revisions, p.Revision)
		}
	})
	s.apply(blogFile, catalog.ApplyOptions{})
	before := until(other, func(schema *engine.Schema) bool { return schema.Project("blog") != nil }).Project("blog")
	s.edit(func(p *engine.Project) { p.Endpoints.Delete("about"); get(&p.Endpoints, "like").Label = "Like it" })
	after := until(other, func(schema *engine.Schema) bool { return schema.Project("blog").Revision == 2 }).Project("blog")
	if get(&before.Tables, "comments") != get(&after.Tables, "comments") || get(&before.Endpoints, "add_comment") != get(&after.Endpoints, "add_comment") {
		t.Error("unchanged objects changed their pointers")
	}
	if after.Endpoints.Len() != 4 || get(&after.Endpoints, "like").Label != "Like it" {
		t.Errorf("endpoints: %v", after.Endpoints.Names())
	}
	if err := s.DropProject(context.Background(), "blog", catalog.DropOptions{}); err != nil {
		t.Fatal(err)
	}
	until(other, func(schema *engine.Schema) bool { return schema.Project("blog") == nil })
	if !slices.IsSorted(revisions) {
		t.Errorf("the changes came as %v", revisions)
	}
	s.want(`SELECT count(*) FROM pg_namespace WHERE nspname = 'p_blog'`, "0")
}

func TestView_followsWhileAReaderHoldsIt(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s.Catalog)
	ctx := context.Background()
	s.apply(blogFile, catalog.ApplyOptions{})
	reader, err := s.db.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Rollback(ctx)
	if _, err := reader.Exec(ctx, `SELECT nick FROM p_blog.comments`); err != nil {
		t.Fatal(err)
	}
	s.edit(func(p *engine.Project) {
		get(&p.Tables, "comments").Fields.Set("mood", &engine.Field{Name: "mood", Type: engine.TypeText})
	})
	const has = `SELECT count(*) FROM pg_attribute WHERE attrelid = 'p_blog.comments'::regclass AND attname = 'mood'`
	s.want(has, "0")
	if s.comments().Field("mood") == nil {
		t.Error("the definition waited for the view")
	}
	s.want(`SELECT count(nick) FROM p_blog.comments`, "0") // others are not held up for long
	if err := reader.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.want(has, "1")
}

func TestView_keepsGrantsAndWhatUsersMade(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	s.apply(blogFile, catalog.ApplyOptions{})
	var role string
	if err := s.db.Pool().QueryRow(ctx, `SELECT role_name FROM public.sl_projects`).Scan(&role); err != nil {
		t.Fatal(err)
	}
	s.exec(`GRANT SELECT ON p_blog.comments TO PUBLIC`, `GRANT SELECT (nick) ON p_blog.comments TO pg_monitor WITH GRANT OPTION`)
	s.edit(func(p *engine.Project) { // takes a column away: the view is made anew
		get(&p.Tables, "comments").Fields.Delete("email_md5")
		body := get(&p.Endpoints, "list_comments")
		body.Response = nil
	})
	s.want(`SELECT has_table_privilege('pg_monitor', 'p_blog.comments', 'SELECT')`, "true")
	s.want(`SELECT has_column_privilege('pg_monitor', 'p_blog.comments', 'nick', 'SELECT WITH GRANT OPTION')`, "true")
	s.exec(`REVOKE SELECT ON p_blog.comments FROM PUBLIC`)
	s.want(`SELECT has_column_privilege('`+role+`', 'p_blog.comments', 'nick', 'SELECT')`, "true")
	s.want(`SELECT has_column_privilege('`+role+`', 'p_blog.comments', 'email', 'SELECT')`, "false")

	s.exec(`CREATE VIEW public.mine AS SELECT nick, likes, status FROM p_blog.comments`,
		`INSERT INTO p_blog.comments (post, nick, content, likes) VALUES ('hello', 'ada', 'Hi', 3)`)
	s.edit(func(p *engine.Project) {
		comments := get(&p.Tables, "comments")
		rename(comments, "nick", "name")
		get(&comments.Fields, "status").Hidden = true
	})
	s.want(`SELECT (nick, likes) FROM public.mine`, "(ada,3)")
	s.want(`SELECT has_column_privilege('`+role+`', 'p_blog.comments', 'status', 'SELECT')`, "false")
	s.edit(func(p *engine.Project) {
		get(&p.Tables, "comments").Fields.Delete("likes")
		p.Endpoints.Delete("like")
		p.Endpoints.Delete("list_comments")
		get(&p.Tables, "comments").Fields.Set("mood", &engine.Field{Name: "mood", Type: engine.TypeText})
	})
	s.want(`SELECT (nick, likes) FROM public.mine`, "(ada,3)")
	s.want(`SELECT (name, mood) FROM p_blog.comments`, "(ada,)")
	notes, err := s.ViewNotes(ctx, "blog")
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0].Note, "likes") || !strings.Contains(notes[0].Note, "mine") {
		t.Errorf("notes: %+v %v", notes, err)
	}
}

func TestIndex_inTheBackgroundWithDuplicates(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text}, n: {type: number}}}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (uid, x, n) VALUES ('one', 'same', 1), ('two', 'same', 2), ('three', 'other', 3), ('four', NULL, 3)`)
	s.edit(func(p *engine.Project) {
		fields := &get(&p.Tables, "a").Fields
		get(fields, "x").Unique, get(fields, "n").Index = true, true
	})
	states := s.states()
	if len(states) != 2 || states[0].State != catalog.IndexNone {
		t.Errorf("before the background: %+v", states)
	}
	var told []string
	if err := s.Settle(ctx, func(x catalog.IndexState) { told = append(told, fmt.Sprint(x.Fields, x.State)) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(told, "[x]failed") || !slices.Contains(told, "[n]valid") {
		t.Errorf("progress told %v", told)
	}
	var failed catalog.IndexState
	for _, x := range s.states() {
		if x.State == catalog.IndexFailed {
			failed = x
		}
	}
	if len(failed.Duplicates) != 1 || !slices.Equal(failed.Duplicates[0].UIDs, []string{"one", "two"}) || failed.Duplicates[0].Values[0] != "same" {
		t.Errorf("duplicates: %+v", failed)
	}
	s.want(`SELECT count(*) FROM pg_index WHERE NOT indisvalid`, "0")

	s.exec(`UPDATE p_blog.a SET x = 'mended' WHERE uid = 'two'`)
	if err := s.RetryIndex(ctx, "blog", failed.Name); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.want(`SELECT count(*) FROM public.sl_indexes WHERE state = 'valid'`, "2")

	s.edit(func(p *engine.Project) {
		fields := &get(&p.Tables, "a").Fields
		get(fields, "x").Unique, get(fields, "n").Index = false, false
	})
	s.settle()
	s.want(`SELECT count(*) FROM public.sl_indexes`, "0")
	s.want(`SELECT count(*) FROM pg_class WHERE relnamespace = 'p_blog'::regnamespace AND relkind = 'i'`, "3")
}

func (s *shop) states() []catalog.IndexState {
	s.t.Helper()
	states, err := s.IndexStates(context.Background(), "blog")
	if err != nil {
		s.t.Fatal(err)
	}
	return states
}

func TestIndex_onAnEmptyTableIsThereAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text}}}}\n", catalog.ApplyOptions{})
	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "x").Unique = true })
	if states := s.states(); len(states) != 1 || states[0].State != catalog.IndexValid || !states[0].Unique {
		t.Errorf("states: %+v", states)
	}
}

func TestCatalog_manyTables(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n = 60
	var file strings.Builder
	file.WriteString("project: blog\ntables:\n")
	for i := range n {
		fmt.Fprintf(&file, "  t%d: {fields: {a: {type: text, index: true}, r: {type: reference, to: t%d, display: a}}}\n", i, (i+1)%n)
	}
	s.apply(file.String(), catalog.ApplyOptions{})
	s.want(`SELECT count(*) FROM pg_class WHERE relnamespace = 'p_blog'::regnamespace AND relkind = 'v'`, fmt.Sprint(n))
	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "t7").Fields, "a").Label = "A" })
	s.want(`SELECT count(*) FROM public.sl_tables WHERE revision = 2`, "1")
	s.want(`SELECT count(*) FROM public.sl_tables WHERE view_revision = 2`, "2") // its own, and the one that shows it
	if report := s.apply("project: blog\n", catalog.ApplyOptions{Prune: true}); len(report.Differences) != n {
		t.Errorf("report: %s", report)
	}
	s.settle()
	s.want(`SELECT count(*) FROM pg_class WHERE relnamespace = 'p_blog'::regnamespace AND relkind = 'r'`, "0")
}

// Whoever finds a revision in Schema finds every listener done with it.
func TestOnChange_beforeSchema(t *testing.T) {
	t.Parallel()
	s := open(t)
	var early []bool
	s.OnChange(func(schema *engine.Schema) {
		if schema.Project("blog") != nil {
			early = append(early, s.Schema().Project("blog") != nil)
		}
	})
	s.apply("project: blog\n", catalog.ApplyOptions{})
	if len(early) != 1 || early[0] || s.Schema().Project("blog") == nil {
		t.Errorf("a change is shown before it is in force: %v", early)
	}
}
