package catalog_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func TestOpen_refusesADatabaseOfANewerProgram(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.exec(`INSERT INTO public.sl_migrations (version, name) VALUES ((SELECT max(version) + 1 FROM public.sl_migrations), '9999_of_tomorrow')`)
	_, err := catalog.Open(context.Background(), s.db, catalog.Config{})
	if err == nil || !strings.Contains(err.Error(), "9999_of_tomorrow") || !strings.Contains(err.Error(), "newer version of sayrud") {
		t.Errorf("got %v", err)
	}
}

func TestRun_hearsWhatItMissedWhileItsConnectionWasLost(t *testing.T) {
	t.Parallel()
	s := open(t)
	other := openOn(t, s.db)
	run(t, other)
	s.apply("project: blog\n", catalog.ApplyOptions{})
	until(other, func(schema *engine.Schema) bool { return schema.Project("blog") != nil }) // it listens
	for i := range 3 {
		s.want(`SELECT bool_and(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`, "true")
		s.edit(func(p *engine.Project) { p.Public = i%2 == 0 }) // nobody listens now
		want := s.Schema().Project("blog").Revision
		until(other, func(schema *engine.Schema) bool { return schema.Project("blog").Revision == want })
	}
}

func TestIndex_progressShowsWhileItIsBuilt(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	s := openURL(t, url)
	ctx := context.Background()
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text}}}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (x) VALUES ('one')`)
	writer, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close(ctx)
	if _, err := writer.Exec(ctx, `BEGIN; UPDATE p_blog.a SET x = 'two'`); err != nil {
		t.Fatal(err)
	}
	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "x").Index = true })
	seen, ended := make(chan catalog.IndexState, 1), make(chan error, 1)
	go func() {
		ended <- s.Settle(ctx, func(x catalog.IndexState) {
			if x.Phase != "" {
				select {
				case seen <- x:
				default:
				}
			}
		})
	}()
	if x := <-seen; x.State != catalog.IndexBuilding || !strings.Contains(x.Phase, "waiting") || !slices.Equal(x.Fields, []string{"x"}) {
		t.Errorf("while it is built: %+v", x)
	}
	if _, err := writer.Exec(ctx, `COMMIT`); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if states := s.states(); states[0].State != catalog.IndexValid || states[0].Done != 1 {
		t.Errorf("in the end: %+v", states)
	}
}

func TestView_aUsersViewOfEverythingBlocksNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text}, n: {type: text}, z: {type: text}}}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (uid, x, n, z) VALUES ('u', 'one', '5', 'last')`, `CREATE VIEW public.mine AS SELECT * FROM p_blog.a`)
	edit := func(change func(fields *engine.Map[*engine.Field])) {
		s.edit(func(p *engine.Project) { change(&get(&p.Tables, "a").Fields) })
		s.settle()
	}
	edit(func(f *engine.Map[*engine.Field]) { f.Set("y", &engine.Field{Name: "y", Type: engine.TypeText}) })
	s.exec(`UPDATE p_blog.a SET y = 'new'`)
	edit(func(f *engine.Map[*engine.Field]) { f.Delete("z") })
	s.exec(`INSERT INTO p_blog.a (x, y) VALUES ('two', 'second')`)
	edit(func(f *engine.Map[*engine.Field]) { f.Rename("x", "head"); get(f, "head").Was = "x" })
	edit(func(f *engine.Map[*engine.Field]) { get(f, "n").Type = engine.TypeNumber })
	s.want(`SELECT (x, z) FROM public.mine WHERE uid = 'u'`, "(one,last)")
	s.want(`SELECT (head, y) FROM p_blog.a WHERE uid = 'u'`, "(one,new)")
	notes, err := s.ViewNotes(ctx, "blog")
	if err != nil || len(notes) != 1 || !strings.Contains(notes[0].Note, "mine") || !strings.Contains(notes[0].Note, "z") || !strings.Contains(notes[0].Note, "n,") {
		t.Errorf("notes: %+v %v", notes, err)
	}
	s.exec(`DROP VIEW public.mine`)
	edit(func(f *engine.Map[*engine.Field]) { get(f, "y").Label = "Y" })
	s.want(`SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'p_blog.a'::regclass AND attnum > 0`,
		"id,uid,head,n,y,created_at,updated_at,version")
	if notes, err := s.ViewNotes(ctx, "blog"); err != nil || len(notes) != 0 {
		t.Errorf("notes: %+v %v", notes, err)
	}
}

func TestIndex_longTextsAndListsWithNulls(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text, index: true}, y: {type: text}, n: {type: number}}, unique: [[x, n]]}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (x, n) VALUES (repeat('é', 100000), 1), (repeat('é', 100000), NULL), (repeat('é', 100000), NULL), (repeat('é', 100000) || 'z', 1), (NULL, 1), (NULL, 1)`)
	s.exec(`UPDATE p_blog.a SET y = x`)
	if _, err := s.db.Pool().Exec(context.Background(), `INSERT INTO p_blog.a (x, n) VALUES (repeat('é', 100000), 1.0)`); err == nil || !strings.Contains(err.Error(), `the same "x", "n"`) {
		t.Errorf("the pair twice: %v", err)
	}
	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "y").Unique = true })
	s.settle()
	for _, x := range s.states() {
		if failed := x.State == catalog.IndexFailed; failed != slices.Equal(x.Fields, []string{"y"}) || failed && (len(x.Duplicates) != 1 || x.Duplicates[0].Count != 3) {
			t.Errorf("index over %v: %s %s, %d duplicates", x.Fields, x.State, x.Error, len(x.Duplicates))
		}
	}
}

func TestRun_viewsFollowByThemselves(t *testing.T) {
	t.Parallel()
	s := open(t)
	run(t, s.Catalog)
	other := openOn(t, s.db) // changes definitions, and leaves the views to the first
	run(t, other)
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text}}}}\n", catalog.ApplyOptions{})
	for _, name := range []string{"one", "two", "three"} {
		_, err := other.Edit(context.Background(), "blog", catalog.EditOptions{}, func(p *engine.Project) error {
			get(&p.Tables, "a").Fields.Set(name, &engine.Field{Name: name, Type: engine.TypeText})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.exec(`
DO $$
BEGIN
  WHILE NOT EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'p_blog' AND table_name = 'a' AND column_name = '` + name + `') LOOP
    PERFORM pg_sleep(0.01);
  END LOOP;
END
$$`)
		s.exec(`INSERT INTO p_blog.a (` + name + `) VALUES ('x')`)
	}
}

func TestAwaitServers_waitsForEveryServerThatRuns(t *testing.T) {
	t.Parallel()
	s := open(t)
	other := openOn(t, s.db)
	run(t, other)
	s.apply("project: blog\n", catalog.ApplyOptions{})
	until(other, func(schema *engine.Schema) bool { return schema.Project("blog") != nil }) // it listens
	for i := range 20 {
		s.edit(func(p *engine.Project) { p.Public = i%2 == 0 })
		want := s.Schema().Project("blog").Revision
		if live, err := s.AwaitServers(t.Context(), "blog", want); err != nil || !live {
			t.Fatal(live, err)
		}
		if got := other.Schema().Project("blog").Revision; got != want {
			t.Fatalf("the other server answers by revision %d, want %d", got, want)
		}
	}
	if live, err := s.AwaitServers(t.Context(), "blog", 1000); err != nil || live {
		t.Errorf("a revision that nobody has is live: %v %v", live, err)
	}
}
