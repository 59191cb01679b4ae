package catalog_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/storage/pg"
)

const twoTables = `
project: blog
tables:
  posts: {fields: {title: {type: text}, day: {type: generated, expression: "to_char(created_at, 'HH24')"}}}
  comments: {fields: {nick: {type: text}, post: {type: reference, to: posts, display: title}}}
`

func TestView_nameTakenByAUser(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\n", catalog.ApplyOptions{})
	s.exec(`CREATE TABLE p_blog.posts (mine int)`)
	s.apply(twoTables, catalog.ApplyOptions{})
	s.settle()
	s.want(`SELECT count(*) FROM p_blog.comments`, "0")
	s.want(`SELECT relkind FROM pg_class WHERE oid = 'p_blog.posts'::regclass`, "r")
	notes, err := s.ViewNotes(context.Background(), "blog")
	if err != nil || len(notes) != 1 || notes[0].Table != "posts" || !strings.Contains(notes[0].Note, "already exists") {
		t.Errorf("notes: %+v %v", notes, err)
	}
	s.exec(`DROP TABLE p_blog.posts`)
	s.edit(func(p *engine.Project) { get(&p.Tables, "posts").Label = "Posts" })
	s.want(`SELECT count(title) FROM p_blog.posts`, "0")
}

func TestView_ofADroppedTableThatAUserNeeds(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(twoTables, catalog.ApplyOptions{})
	s.exec(`CREATE VIEW public.mine AS SELECT nick FROM p_blog.comments`)
	s.edit(func(p *engine.Project) { p.Tables.Delete("comments") })
	s.settle()
	s.want(`SELECT count(*) FROM public.mine`, "0")
	notes, err := s.ViewNotes(context.Background(), "blog")
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0].Note, "mine") {
		t.Errorf("notes: %+v %v", notes, err)
	}
	// A new table of the name gets its view; the old one steps aside.
	s.apply(twoTables, catalog.ApplyOptions{})
	s.settle()
	s.exec(`INSERT INTO p_blog.comments (nick) VALUES ('new')`)
	s.want(`SELECT count(*) FROM public.mine`, "0")
	s.exec(`DROP VIEW public.mine`)
	s.edit(func(p *engine.Project) { get(&p.Tables, "comments").Label = "Comments" })
	s.settle()
	s.want(`SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'p_blog'::regnamespace AND relkind IN ('v', 'r')`, "_r1,_r3,comments,posts")
}

func TestView_followsTheDisplayFieldAndTheTimezone(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(twoTables, catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.posts (uid, title) VALUES ('p', 'Hello')`, `INSERT INTO p_blog.comments (post) VALUES ('p')`,
		`UPDATE p_blog._r1 SET created_at = '2026-01-01T00:00:00Z'`)
	s.want(`SELECT day FROM p_blog.posts`, "00")
	s.edit(func(p *engine.Project) {
		p.Timezone = "Asia/Shanghai"
		rename(get(&p.Tables, "posts"), "title", "head")
	})
	s.want(`SELECT day FROM p_blog.posts`, "08")
	s.want(`SELECT "post.head" FROM p_blog.comments`, "Hello")
	before := s.views()
	s.edit(func(p *engine.Project) { p.Language = "zh-CN" })
	if after := s.views(); after != before {
		t.Errorf("the language changed the views: %s, then %s", before, after)
	}
}

// views tells which revision each view shows.
func (s *shop) views() (text string) {
	s.t.Helper()
	err := s.db.Pool().QueryRow(context.Background(), `SELECT string_agg(view_revision::text, ',' ORDER BY id) FROM public.sl_tables`).Scan(&text)
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

func TestView_rulesFollowTheDefinition(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(twoTables, catalog.ApplyOptions{})
	ctx := context.Background()
	required := true
	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "comments").Fields, "nick").Required = &required })
	if _, err := s.db.Pool().Exec(ctx, `INSERT INTO p_blog.comments DEFAULT VALUES`); pg.Code(err) != pg.NotNullViolation {
		t.Errorf("got %v, want 23502", err)
	}
	s.exec(`INSERT INTO p_blog.posts (uid) VALUES ('p')`, `INSERT INTO p_blog.comments (nick, post) VALUES ('ada', 'p')`)
	if _, err := s.db.Pool().Exec(ctx, `DELETE FROM p_blog.posts`); pg.ConstraintName(err) != "comments.post" {
		t.Errorf("got %v, want a refusal by comments.post", err)
	}
	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "comments").Fields, "post").OnDelete = engine.SetNull })
	s.exec(`DELETE FROM p_blog.posts`)
	s.want(`SELECT (nick, post) FROM p_blog.comments`, "(ada,)")
}

func TestIndex_exchangeHoldsTheRuleAllTheTime(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text, unique: true, max: 100}}}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (x) VALUES ('one')`)
	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "x").Max = nil }) // long texts are unique by their md5
	if _, err := s.db.Pool().Exec(context.Background(), `INSERT INTO p_blog.a (x) VALUES ('one')`); pg.Code(err) != pg.UniqueViolation {
		t.Errorf("between the indexes: %v", err)
	}
	s.settle()
	_, err := s.db.Pool().Exec(context.Background(), `INSERT INTO p_blog.a (x) VALUES ('one')`)
	if pg.Code(err) != pg.UniqueViolation || !strings.Contains(err.Error(), `the same "x"`) {
		t.Errorf("after the exchange: %v", err)
	}
	s.want(`SELECT count(*) FROM public.sl_indexes`, "1")
	s.exec(`INSERT INTO p_blog.a (x) VALUES (repeat('long', 2000)), (repeat('long', 2001))`)
}

func TestIndex_overWhatChangesWithSettingsIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(twoTables, catalog.ApplyOptions{})
	s.refuses("cannot be indexed", func(p *engine.Project) { get(&get(&p.Tables, "posts").Fields, "day").Index = true })
}

func TestProject_createAndDrop(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	if _, err := s.CreateProject(ctx, "blog", "ada"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateProject(ctx, "blog", "ada"); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("created twice: %v", err)
	}
	if _, err := s.CreateProject(ctx, "No", "ada"); err == nil {
		t.Error("a bad name was taken")
	}
	s.apply(twoTables, catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.posts (title) VALUES ('x')`)
	if err := s.DropProject(ctx, "blog", catalog.DropOptions{}); err == nil || !strings.Contains(err.Error(), "holds records") {
		t.Errorf("dropped with records: %v", err)
	}
	if err := s.DropProject(ctx, "blog", catalog.DropOptions{Yes: true}); err != nil {
		t.Fatal(err)
	}
	if s.Schema().Project("blog") != nil {
		t.Error("the project is still published")
	}
	s.want(`SELECT count(*) FROM pg_roles WHERE rolname = current_database() || '_blog'`, "0")
	s.apply(twoTables, catalog.ApplyOptions{})
	s.want(`SELECT count(*) FROM p_blog.posts`, "0")
}
