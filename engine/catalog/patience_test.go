package catalog_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// hold takes a lock in a transaction of its own while fn runs, and gives it back after longer than a statement may take.
func (s *shop) hold(url, lock string, fn func() error) {
	s.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "BEGIN; "+lock); err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- fn() }()
	if _, err := conn.Exec(ctx, `
DO $$
BEGIN
  WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))) LOOP
    PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
  END LOOP;
  PERFORM pg_sleep(1.5);
END
$$; COMMIT`); err != nil {
		s.t.Fatal(err)
	}
	if err := <-done; err != nil {
		s.t.Errorf("while %s: %v", lock, err)
	}
}

func TestStatementTimeout_sparesWhatGrowsWithRecords(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	db, err := pg.Open(context.Background(), pg.Config{URL: url, StatementTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	s := &shop{openOn(t, db), t, db}
	ctx := context.Background()
	s.apply("project: blog\ntables: {a: {fields: {x: {type: text}, n: {type: number}, d: {type: text}}}}\n", catalog.ApplyOptions{})
	s.exec(`INSERT INTO p_blog.a (x, n, d) VALUES ('one', 1, 'd'), ('two', 2, 'd')`)
	settle := func() error { return s.Settle(ctx, nil) }

	s.edit(func(p *engine.Project) { get(&get(&p.Tables, "a").Fields, "x").Unique = true })
	s.hold(url, `UPDATE p_blog._r1 SET version = 2`, settle) // CREATE INDEX CONCURRENTLY waits for writers
	s.want(`SELECT string_agg(state, ',') FROM public.sl_indexes`, "valid")

	s.edit(func(p *engine.Project) { get(&p.Tables, "a").Fields.Delete("d") })
	if err := s.PurgeField(ctx, "blog", "a", "d", catalog.Author{}); err != nil {
		t.Fatal(err)
	}
	s.hold(url, `SELECT FROM p_blog._r1 FOR UPDATE`, settle)
	s.want(`SELECT count(*) FROM public.sl_fields`, "2")

	s.hold(url, `LOCK TABLE p_blog._r1`, func() error {
		_, err := s.Edit(ctx, "blog", catalog.EditOptions{}, func(p *engine.Project) error {
			get(&get(&p.Tables, "a").Fields, "n").Type = engine.TypeAutonumber
			return nil
		})
		return err
	})
	s.settle()
	var report *catalog.Report
	s.hold(url, `LOCK TABLE p_blog._r1`, func() (err error) {
		report, err = s.Edit(ctx, "blog", catalog.EditOptions{}, func(p *engine.Project) error {
			get(&get(&p.Tables, "a").Fields, "n").Type = engine.TypeText
			return nil
		})
		if err != nil {
			return err
		}
		if len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "kept as they are") {
			t.Errorf("a change that cannot count says %q", report.Notes)
		}
		return s.CountMisfits(ctx, report)
	})
	if len(report.Notes) != 2 || !strings.Contains(report.Notes[1], "2 records") {
		t.Errorf("notes: %q", report.Notes)
	}
	s.hold(url, `LOCK TABLE p_blog._r1`, func() error { return s.DropProject(ctx, "blog", catalog.DropOptions{Yes: true}) })
}
