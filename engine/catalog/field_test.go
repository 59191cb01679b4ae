package catalog_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
)

func (s *shop) edit(change func(p *engine.Project)) *catalog.Report {
	s.t.Helper()
	report, err := s.Edit(context.Background(), "blog", catalog.EditOptions{}, func(p *engine.Project) error { change(p); return nil })
	if err != nil {
		s.t.Fatalf("edit: %v", err)
	}
	return report
}

// refuses runs an edit that has to fail with problems, one of which holds the words.
func (s *shop) refuses(words string, change func(p *engine.Project)) {
	s.t.Helper()
	_, err := s.Edit(context.Background(), "blog", catalog.EditOptions{}, func(p *engine.Project) error { change(p); return nil })
	var problems engine.Problems
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), words) {
		s.t.Errorf("got %v, want problems with %q", err, words)
	}
}

func (s *shop) comments() *engine.Table { return get(&s.Schema().Project("blog").Tables, "comments") }

// rename gives a field another name by `was`, as the admin API does.
func rename(t *engine.Table, old, now string) {
	f := get(&t.Fields, old)
	t.Fields.Rename(old, now)
	f.Name, f.Was = now, old
}

func TestEdit_renameKeepsDataAndRewritesMentions(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.comments (post, nick, content) VALUES ('hello', 'ada', 'Hi')`)
	key := s.comments().Field("nick").Key
	report := s.edit(func(p *engine.Project) { rename(get(&p.Tables, "comments"), "nick", "pen_name") })
	if !strings.Contains(report.String(), "~ field comments.pen_name: was nick\n") {
		t.Errorf("report: %s", report)
	}
	comments := s.comments()
	if f := comments.Field("pen_name"); f == nil || f.Key != key || comments.Field("parent").Display != "pen_name" || comments.Unique[0][1] != "pen_name" {
		t.Errorf("the table after the rename: %+v", comments)
	}
	body := string(get(&s.Schema().Project("blog").Endpoints, "list_comments").Response.Body)
	if !strings.Contains(body, "$record.pen_name + '!'") || !strings.Contains(body, "$record.parent.pen_name") {
		t.Errorf("the template after the rename: %s", body)
	}
	s.want(`SELECT (pen_name, "parent.pen_name") FROM p_blog.comments`, "(ada,)")
	s.want(`SELECT version FROM p_blog._r1`, "1")

	// The file of the new state says the same.
	text := string(definition.Print(s.Schema().Project("blog"), false))
	if report := s.apply(text, catalog.ApplyOptions{Prune: true}); report.Changed() {
		t.Errorf("the printed project is another: %s", report)
	}
}

func TestApply_wasRenamesTableFieldAndEndpoint(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.comments (post, nick, content) VALUES ('hello', 'ada', 'Hi')`)
	file := replace(blogFile, "  comments:\n", "  notes:\n    was: comments\n", "to: comments", "to: notes", "table: comments", "table: notes",
		"nick:      {type", "alias:     {was: nick, type", "display: nick", "display: alias", "[[post, nick,", "[[post, alias,",
		"$record.nick", "$record.alias", "parent.nick", "parent.alias", "params: {nick:", "params: {alias:", "  about:\n", "  info:\n    was: about\n")
	report := s.apply(file, catalog.ApplyOptions{})
	for _, want := range []string{"~ table notes: was comments\n", "~ field notes.alias: was nick\n", "~ endpoint info: was about\n"} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
	s.want(`SELECT (alias, number) FROM p_blog.notes`, "(ada,1)")
	s.want(`SELECT count(*) FROM pg_class WHERE relnamespace = 'p_blog'::regnamespace AND relkind = 'v'`, "1")
	if report := s.apply(file, catalog.ApplyOptions{Prune: true}); report.Changed() {
		t.Errorf("applied again: %s", report)
	}
}

func TestEdit_swapOfNamesThroughTheView(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\ntables:\n  a: {fields: {x: {type: text}}}\n  b: {fields: {y: {type: number}, z: {type: text}}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (x) VALUES ('in a')`, `INSERT INTO p_blog.b (y, z) VALUES (1, 'in b')`)
	s.edit(func(p *engine.Project) {
		b := get(&p.Tables, "b")
		rename(b, "y", "w")
	})
	s.edit(func(p *engine.Project) { p.Tables.Rename("a", "c"); get(&p.Tables, "c").Was = "a" })
	s.edit(func(p *engine.Project) { p.Tables.Rename("b", "a"); get(&p.Tables, "a").Was = "b" })
	s.edit(func(p *engine.Project) { p.Tables.Rename("c", "b"); get(&p.Tables, "b").Was = "c" })
	s.want(`SELECT (w, z) FROM p_blog.a`, `(1,"in b")`)
	s.want(`SELECT x FROM p_blog.b`, "in a")
}

func TestEdit_dropRestorePurge(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	s.apply(blogFile, catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.comments (post, nick, content, email) VALUES ('hello', 'ada', 'Hi', 'a@b.c')`)
	s.refuses("email_md5", func(p *engine.Project) { get(&p.Tables, "comments").Fields.Delete("email") })
	s.edit(func(p *engine.Project) {
		comments := get(&p.Tables, "comments")
		comments.Fields.Delete("email")
		get(&comments.Fields, "email_md5").Expression = "md5(nick)"
		add := get(&p.Endpoints, "add_comment")
		add.Params.Delete("email")
	})
	s.want(`SELECT count(*) FROM pg_attribute WHERE attrelid = 'p_blog.comments'::regclass AND attname = 'email'`, "0")

	// A new field of the name has nothing of the old one.
	s.edit(func(p *engine.Project) {
		get(&p.Tables, "comments").Fields.Set("email", &engine.Field{Name: "email", Type: engine.TypeText})
	})
	s.want(`SELECT email FROM p_blog.comments`, "NULL")
	_, err := s.RestoreField(ctx, "blog", "comments", "email", catalog.EditOptions{})
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.Conflict {
		t.Errorf("restore under a taken name: %v", err)
	}
	s.edit(func(p *engine.Project) { get(&p.Tables, "comments").Fields.Delete("email") })

	dropped, err := s.DroppedFields(ctx, "blog")
	if err != nil || len(dropped) != 2 || dropped[1].Type != engine.TypeEmail {
		t.Fatalf("dropped fields: %+v %v", dropped, err)
	}
	if _, err := s.RestoreField(ctx, "blog", "comments", dropped[1].Key, catalog.EditOptions{}); err != nil {
		t.Fatal(err)
	}
	s.want(`SELECT email FROM p_blog.comments`, "a@b.c")

	s.edit(func(p *engine.Project) { get(&p.Tables, "comments").Fields.Delete("email") })
	if err := s.PurgeField(ctx, "blog", "comments", dropped[1].Key, catalog.Author{Actor: "ada"}); err != nil {
		t.Fatal(err)
	}
	s.settle()
	s.want(`SELECT (data ? '`+dropped[1].Key+`', version) FROM p_blog._r1`, "(f,1)")
	s.want(`SELECT count(*) FROM public.sl_fields WHERE dropped_at IS NOT NULL`, "1")
}

func TestEdit_typeChangeKeepsDataAndCountsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text}}}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (x) VALUES ('2026-01-01'), ('no date'), (NULL)`)
	report := s.edit(func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "x").Type = engine.TypeDate })
	if err := s.CountMisfits(t.Context(), report); err != nil { // where the change did not wait for it
		t.Fatal(err)
	}
	if notes := strings.Join(report.Notes, "\n"); !strings.Contains(notes, "the values of 1 records do not fit") {
		t.Errorf("notes: %q", notes)
	}
	s.want(`SELECT string_agg(x::text, ',') FROM p_blog.a`, "2026-01-01")
	s.want(`SELECT count(*) FROM p_blog._r1 WHERE data::text LIKE '%no date%'`, "1")
}

func TestEdit_orderAndLabelsAreMetadata(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	s.exec(`CREATE TEMP TABLE before AS SELECT relfilenode FROM pg_class WHERE relname = '_r1'`)
	report := s.edit(func(p *engine.Project) {
		comments := get(&p.Tables, "comments")
		likes := get(&comments.Fields, "likes")
		likes.Label = "Herzen"
		var fields engine.Map[*engine.Field]
		fields.Set("likes", likes)
		for name, f := range comments.Fields.All() {
			fields.Set(name, f)
		}
		comments.Fields = fields
	})
	if !strings.Contains(report.String(), "~ table comments: order of fields") || !strings.Contains(report.String(), `~ field comments.likes: +label "Herzen"`) {
		t.Errorf("report: %s", report)
	}
	again := openOn(t, s.db)
	if names := get(&again.Schema().Project("blog").Tables, "comments").Fields.Names(); names[0] != "likes" || names[1] != "number" {
		t.Errorf("the order after loading: %v", names)
	}
	s.want(`SELECT attname FROM pg_attribute WHERE attrelid = 'p_blog.comments'::regclass AND attnum = 3`, "likes")
}

func TestEdit_autonumberOverExistingNumbers(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\ntables: {a: {fields: {n: {type: number}}}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (n) VALUES (41), (7.5)`)
	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "n").Type = engine.TypeAutonumber })
	s.exec(`INSERT INTO p_blog.a DEFAULT VALUES`)
	s.want(`SELECT max(n) FROM p_blog.a`, "42")
}

func TestEdit_failsWithoutProject(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, err := s.Edit(context.Background(), "nothing", catalog.EditOptions{}, func(*engine.Project) error { return nil })
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.NotFound {
		t.Errorf("got %v, want not found", err)
	}
}

func TestEdit_doesNotTouchThePublishedProject(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(blogFile, catalog.ApplyOptions{})
	before := string(definition.Print(s.Schema().Project("blog"), false))
	cause := errors.New("changed my mind")
	_, err := s.Edit(context.Background(), "blog", catalog.EditOptions{}, func(p *engine.Project) error {
		comments := get(&p.Tables, "comments")
		comments.Unique[0][0] = "nick"
		get(&comments.Fields, "status").Values[0] = "other"
		*get(&comments.Fields, "nick").Required = false
		get(&p.Endpoints, "like").Set.Set("likes", raw.Int(1))
		get(&p.Endpoints, "list_comments").Response.Body = raw.True
		return cause
	})
	if !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
	if after := string(definition.Print(s.Schema().Project("blog"), false)); after != before {
		t.Error("the published project changed")
	}
}

func TestEdit_dropOfAFieldInUseIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text}, y: {type: text}, r: {type: reference, to: a}}}}\n", catalog.ApplyOptions{})
	list := func(p *engine.Project) *engine.Endpoint {
		e := &engine.Endpoint{Name: "e", Kind: engine.List, Route: engine.Route{Method: "GET", Path: "/e"}, Table: "a"}
		p.Endpoints.Set("e", e)
		return e
	}
	for name, use := range map[string]func(p *engine.Project){
		"expression": func(p *engine.Project) {
			get(&p.Tables, "a").Fields.Set("g", &engine.Field{Name: "g", Type: engine.TypeGenerated, Expression: "lower(x)"})
		},
		"unique":     func(p *engine.Project) { get(&p.Tables, "a").Unique = [][]string{{"x", "y"}} },
		"display":    func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "r").Display = "x" },
		"constraint": func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "y").Constraint = "$this.x !== $value" },
		"filter":     func(p *engine.Project) { list(p).Filter = raw.Value(`{"x":"1"}`) },
		"reach":      func(p *engine.Project) { list(p).Filter = raw.Value(`{"r.x":"1"}`) },
		"sort":       func(p *engine.Project) { list(p).Sort = raw.Value(`["-x"]`) },
		"path": func(p *engine.Project) {
			list(p).Response = &engine.Response{Body: raw.Value(`[{"$each":"$records","x":"$record.x"}]`)}
		},
		"script": func(p *engine.Project) {
			list(p).Response = &engine.Response{Body: raw.Value(`[{"$each":"$records","x":"=$record.x + 1"}]`)}
		},
		"set": func(p *engine.Project) {
			e := list(p)
			e.Kind, e.Route.Method = engine.Create, "POST"
			e.Set.Set("x", raw.Text("1"))
		},
	} {
		var before *engine.Project
		s.edit(func(p *engine.Project) { before = p; use(p) })
		s.refuses("", func(p *engine.Project) { get(&p.Tables, "a").Fields.Delete("x") })
		if t.Failed() {
			t.Fatalf("in the case %s of %v", name, before.Tables.Names())
		}
		s.edit(func(p *engine.Project) { // and goes with its use
			p.Endpoints.Delete("e")
			a := get(&p.Tables, "a")
			a.Fields.Delete("g")
			a.Unique, get(&a.Fields, "r").Display, get(&a.Fields, "y").Constraint = nil, "", ""
			a.Fields.Delete("x")
		})
		s.edit(func(p *engine.Project) {
			get(&p.Tables, "a").Fields.Set("x", &engine.Field{Name: "x", Type: engine.TypeText})
		})
	}
}

func TestEdit_altersOneTableAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(twoTables, catalog.ApplyOptions{})
	before := s.Schema().Project("blog")
	text := string(definition.Print(before, false))
	report, err := s.Edit(context.Background(), "blog", catalog.EditOptions{Alters: []string{"posts"}}, func(p *engine.Project) error {
		rename(get(&p.Tables, "posts"), "title", "head")
		p.Public = true
		return nil
	})
	if err != nil || len(report.Differences) != 3 {
		t.Fatalf("%v %v", report, err)
	}
	after := s.Schema().Project("blog")
	if get(&get(&after.Tables, "comments").Fields, "post").Display != "head" || string(definition.Print(before, false)) != text {
		t.Errorf("after: %s\nbefore: %s", definition.Print(after, false), definition.Print(before, false))
	}
	_, err = s.Edit(context.Background(), "blog", catalog.EditOptions{Alters: []string{}}, func(p *engine.Project) error {
		p.Tables.Delete("comments")
		return nil
	})
	if err != nil || s.Schema().Project("blog").Tables.Len() != 1 || after.Tables.Len() != 2 {
		t.Errorf("a table is deleted from a copy: %v", err)
	}
}
