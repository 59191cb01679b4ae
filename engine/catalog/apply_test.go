package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

const blogFile = `
project: blog
timezone: Asia/Shanghai
defaults:
  errors: {body: {ok: false, code: $error.code, message: $error.message}}
tables:
  comments:
    label: Comments
    fields:
      number:    {type: autonumber}
      post:      {type: text, label: Post, required: true, max: 200, index: true}
      parent:    {type: reference, to: comments, display: nick, on_delete: cascade,
                  constraint: "$this.uid !== $that.uid", message: A comment cannot answer itself}
      nick:      {type: text, label: Nickname, required: true, max: 64}
      email:     {type: email, hidden: true}
      email_md5: {type: generated, expression: "md5(lower(trim(email)))"}
      content:   {type: text, label: Comment, required: true, max: 5000}
      likes:     {type: number, integer: true, default: 0, min: 0}
      status:    {type: enum, values: [waiting, approved, spam], default: waiting, index: true}
      ip:        {type: text, hidden: true, default: $request.ip}
    unique: [[post, nick, content]]
endpoints:
  list_comments:
    kind: LIST
    route: GET /comments
    table: comments
    params:
      post: {in: query}
      page: {in: query, type: integer, default: 1, min: 1}
      size: {in: query, type: integer, default: 20, min: 1, max: 100}
      sort: {in: query, type: text, values: [new, top], default: new}
    filter: {post: $params.post, status: approved}
    sort: {by: $params.sort, allow: {new: -created_at, top: [-likes, -created_at]}}
    page: {number: $params.page, size: $params.size, total: true}
    response:
      body:
        total: $total
        items:
          - $each: $records
            id: $record.uid
            nick: $record.nick
            avatar: https://gravatar.com/avatar/${$record.email_md5}
            answers: $record.parent.nick
            loud: "=$record.nick + '!'"
  add_comment:
    kind: CREATE
    route: POST /comments
    table: comments
    params: {nick: {trim: true}, content: {}, email: {}, post: {}, parent: {}}
    response: {body: {id: $record.uid, nick: $record.nick}}
  one_comment:
    kind: VIEW
    route: GET /comments/{id}
    table: comments
    filter: {uid: $params.id, status: approved}
  like:
    kind: UPDATE
    route: POST /comments/{id}/like
    table: comments
    filter: {uid: $params.id}
    set: {likes: {increment: 1}}
  about:
    route: GET /about
    response: {body: {name: My blog, version: 1}}
`

// A shop is a catalog on a database of its own.
type shop struct {
	*catalog.Catalog
	t  *testing.T
	db *pg.DB
}

func open(t *testing.T) *shop {
	t.Helper()
	db := pgtest.New(t)
	return &shop{openOn(t, db), t, db}
}

func openURL(t *testing.T, url string) *shop {
	t.Helper()
	db, err := pg.Open(context.Background(), pg.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return &shop{openOn(t, db), t, db}
}

func openOn(t *testing.T, db *pg.DB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(context.Background(), db, catalog.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parse(t *testing.T, text string) *engine.Project {
	t.Helper()
	file, err := definition.Parse("project.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file.Project
}

func (s *shop) apply(text string, opt catalog.ApplyOptions) *catalog.Report {
	s.t.Helper()
	report, err := s.Apply(context.Background(), parse(s.t, text), opt)
	if err != nil {
		s.t.Fatalf("apply: %v", err)
	}
	return report
}

func (s *shop) exec(statements ...string) {
	s.t.Helper()
	for _, sql := range statements {
		if _, err := s.db.Pool().Exec(context.Background(), sql); err != nil {
			s.t.Fatalf("%v\n%s", err, sql)
		}
	}
}

func (s *shop) want(sql, want string) {
	s.t.Helper()
	var got *string
	if err := s.db.Pool().QueryRow(context.Background(), "SELECT ("+sql+")::text").Scan(&got); err != nil {
		s.t.Fatalf("%v\n%s", err, sql)
	}
	if got == nil {
		got = new(string)
		*got = "NULL"
	}
	if *got != want {
		s.t.Errorf("%s\n got %s\nwant %s", sql, *got, want)
	}
}

func (s *shop) settle() {
	s.t.Helper()
	if err := s.Settle(context.Background(), nil); err != nil {
		s.t.Fatal(err)
	}
}

func replace(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic(fmt.Sprintf("no %q to replace", pairs[i]))
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func TestApply_makesTheProjectOfTheFile(t *testing.T) {
	t.Parallel()
	s := open(t)
	report := s.apply(blogFile, catalog.ApplyOptions{Author: catalog.Author{Actor: "ada", Kind: "token", Address: "::1"}})
	if report.Revision != 1 || !strings.Contains(report.String(), "+ field comments.nick: text\n") {
		t.Errorf("report: %s", report)
	}
	p := s.Schema().Project("blog")
	comments, _ := p.Tables.Get("comments")
	if p.ID == 0 || comments.ID == 0 || comments.Field("nick").Key == "" || p.Endpoints.Len() != 5 {
		t.Errorf("the Schema lacks ids: %+v", comments)
	}
	s.exec(`INSERT INTO p_blog.comments (post, nick, content, email) VALUES ('hello', 'ada', 'Hi', 'ADA@example.org')`)
	s.want(`SELECT (number, likes, status, email_md5 = md5('ada@example.org')) FROM p_blog.comments`, "(1,0,waiting,t)")
	s.want(`SELECT count(*) FROM public.sl_indexes WHERE state = 'valid' AND wanted`, "4")
	s.want(`SELECT (kind, actor, address, action, project) FROM public.sl_audit`, `(token,ada,::1,"apply project",blog)`)

	again, err := catalog.Open(context.Background(), s.db, catalog.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(definition.Print(p, false)), string(definition.Print(again.Schema().Project("blog"), false))); diff != "" {
		t.Errorf("another catalog loads another project:\n%s", diff)
	}
}

func TestApply_twiceIsOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	before := s.Schema()
	for _, opt := range []catalog.ApplyOptions{{}, {Prune: true}, {DryRun: true}} {
		if report := s.apply(blogFile, opt); report.Changed() || report.Revision != 1 || report.String() != "nothing to change\n" {
			t.Errorf("%+v: %s", opt, report)
		}
	}
	if s.Schema() != before {
		t.Error("the Schema was swapped for nothing")
	}
}

func TestApply_dryRunChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	if report := s.apply(blogFile, catalog.ApplyOptions{DryRun: true}); !report.Changed() || !report.DryRun {
		t.Errorf("report: %s", report)
	}
	s.want(`SELECT count(*) FROM public.sl_projects`, "0")
	s.want(`SELECT count(*) FROM pg_namespace WHERE nspname = 'p_blog'`, "0")
	if s.Schema().Project("blog") != nil {
		t.Error("the project is published")
	}
}

func TestApply_brokenDefinitionChangesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	for _, c := range []struct{ old, new, path string }{
		{"md5(lower(trim(email)))", "md5(lower(trim(emial)))", "tables.comments.fields.email_md5.expression"},
		{"$record.email_md5", "$record.email", "endpoints.list_comments.response"},
		{"=$record.nick + '!'", "=$record.nick + missing", "endpoints.list_comments.response"},
	} {
		_, err := s.Apply(context.Background(), parse(t, replace(blogFile, c.old, c.new)), catalog.ApplyOptions{})
		var problems engine.Problems
		if !errors.As(err, &problems) || !strings.HasPrefix(problems[0].Error(), c.path) {
			t.Errorf("%s: got %v, want a problem at %s", c.new, err, c.path)
		}
	}
	s.want(`SELECT revision FROM public.sl_projects`, "1")
}

func TestApply_keepsWhatTheFileLacksUnlessItPrunes(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.comments (post, nick, content) VALUES ('hello', 'ada', 'Hi')`)
	const small = "project: blog\ntables: {posts: {fields: {title: {type: text}}}}\n"
	report := s.apply(small, catalog.ApplyOptions{})
	if !strings.Contains(report.String(), "= table comments: not in the file") || !strings.Contains(report.String(), "~ project: ") {
		t.Errorf("report: %s", report)
	}
	p := s.Schema().Project("blog")
	if p.Tables.Len() != 2 || p.Endpoints.Len() != 5 || p.Timezone != "" {
		t.Errorf("got %d tables, %d endpoints, timezone %q", p.Tables.Len(), p.Endpoints.Len(), p.Timezone)
	}
	_, err := s.Apply(context.Background(), parse(t, small), catalog.ApplyOptions{Prune: true})
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.Conflict || !strings.Contains(refused.Message, "comments") {
		t.Errorf("prune of a table with records: %v", err)
	}
	s.apply(small, catalog.ApplyOptions{Prune: true, Yes: true})
	s.settle()
	s.want(`SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relnamespace = 'p_blog'::regnamespace AND relkind IN ('r', 'v', 'S', 'p')`, "_r2,_records,posts")
	s.want(`SELECT count(*) FROM public.sl_records`, "0")
}

func TestApply_revisionGuardsAgainstLostRaces(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	s.apply(replace(blogFile, "max: 64", "max: 80"), catalog.ApplyOptions{IfRevision: new(int64(1))})
	_, err := s.Apply(context.Background(), parse(t, blogFile), catalog.ApplyOptions{IfRevision: new(int64(1))})
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.Conflict {
		t.Errorf("got %v, want a conflict", err)
	}
}

func TestApply_revisionZeroIsANewProject(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\n", catalog.ApplyOptions{IfRevision: new(int64(0))})
	_, err := s.Apply(context.Background(), parse(t, blogFile), catalog.ApplyOptions{IfRevision: new(int64(0))})
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.Conflict || !strings.Contains(refused.Message, "already") {
		t.Errorf("got %v, want a conflict", err)
	}
	s.apply(blogFile, catalog.ApplyOptions{IfRevision: new(int64(-1))})
	if _, err = s.Apply(context.Background(), parse(t, "project: new\n"), catalog.ApplyOptions{IfRevision: new(int64(3))}); !errors.As(err, &refused) {
		t.Errorf("a revision of what is not there gives %v", err)
	}
}

// Many that make the same project come one after the other: the first makes it, the others find nothing to do.
func TestApply_manyFirst(t *testing.T) {
	t.Parallel()
	s := open(t)
	const n = 6
	failed := make(chan error, n)
	for i := range n {
		c := []*catalog.Catalog{s.Catalog, openOn(t, s.db)}[i%2]
		go func() {
			_, err := c.Apply(context.Background(), parse(t, blogFile), catalog.ApplyOptions{})
			failed <- err
		}()
	}
	for range n {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if p := s.Schema().Project("blog"); p == nil || p.Revision != 1 {
		t.Errorf("got %+v", p)
	}
}

func TestApply_changesOneAfterTheOther(t *testing.T) {
	t.Parallel()
	s := open(t)
	other := openOn(t, s.db)
	s.apply("project: blog\n", catalog.ApplyOptions{})
	const n = 8
	failed := make(chan error, n)
	for i := range n {
		c := []*catalog.Catalog{s.Catalog, other}[i%2]
		go func() {
			_, err := c.Apply(context.Background(), parse(t, fmt.Sprintf("project: blog\ntables: {t%d: {fields: {a: {type: text}}}}\n", i)), catalog.ApplyOptions{})
			failed <- err
		}()
	}
	for range n {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	s.want(`SELECT (revision, (SELECT count(*) FROM public.sl_tables)) FROM public.sl_projects`, fmt.Sprintf("(%d,%d)", n+1, n))
	s.want(`SELECT count(*) FROM pg_class WHERE relnamespace = 'p_blog'::regnamespace AND relkind = 'v'`, fmt.Sprint(n))
}

func TestApply_onlyChangedObjectsAreNewPointers(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	before := s.Schema().Project("blog")
	s.apply(replace(blogFile, "name: My blog", "name: Our blog"), catalog.ApplyOptions{})
	after := s.Schema().Project("blog")
	if a, b := get(&before.Tables, "comments"), get(&after.Tables, "comments"); a != b {
		t.Error("the table changed its pointer")
	}
	for name := range after.Endpoints.All() {
		if same := get(&before.Endpoints, name) == get(&after.Endpoints, name); same == (name == "about") {
			t.Errorf("endpoint %s: same pointer is %v", name, same)
		}
	}
}

func get[T any](m *engine.Map[T], name string) T {
	v, _ := m.Get(name)
	return v
}
