package change

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// watched makes a plain table that notes its changes as a leaf does, under the id of a table that nobody defined.
func watched(t *testing.T) (*pg.DB, *Feed, *Watch) {
	t.Helper()
	db := pgtest.New(t)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	if _, err := catalog.Open(t.Context(), db, catalog.Config{Log: log}); err != nil {
		t.Fatal(err)
	}
	exec(t, db, `ALTER TABLE sl_watches DROP CONSTRAINT sl_watches_table`)
	exec(t, db, `CREATE TABLE n (v bigint NOT NULL)`)
	exec(t, db, `INSERT INTO n VALUES (0)`)
	exec(t, db, `CREATE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON n FOR EACH STATEMENT EXECUTE FUNCTION sl_changed('7')`)
	exec(t, db, `INSERT INTO sl_watches (table_id) VALUES (7)`)
	f := New(db, log)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = f.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	return db, f, f.Watch([]int{7})
}

func exec(t *testing.T, db *pg.DB, sql string) {
	t.Helper()
	if _, err := db.Pool().Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// mark waits for a Mark that differs from the one before.
func mark(w *Watch, before Mark) Mark {
	for {
		if m, ok := w.Mark(); ok && m != before {
			return m
		}
	}
}

func TestMarksVouch(t *testing.T) {
	t.Parallel()
	db, f, w := watched(t)
	// Writers count up in transactions that commit in another order than they wrote, some behind savepoints, some rolled back. committed
	// is the number of commits acknowledged before.
	var committed atomic.Int64
	var writers sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		writers.Go(func() {
			for range 40 {
				tx, err := db.Pool().Begin(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				sql := []string{`INSERT INTO n VALUES (1)`, `SAVEPOINT a; INSERT INTO n VALUES (5); ROLLBACK TO a; INSERT INTO n VALUES (1)`,
					`INSERT INTO n VALUES (1); INSERT INTO n VALUES (0); SELECT count(*) FROM generate_series(1, 50000)`}[rand.IntN(3)]
				if _, err := tx.Exec(t.Context(), sql); err != nil {
					t.Error(err)
				}
				if rand.IntN(4) == 0 {
					_ = tx.Rollback(t.Context())
				} else if err := tx.Commit(t.Context()); err != nil {
					t.Error(err)
				} else {
					committed.Add(1)
				}
			}
		})
	}
	go func() { writers.Wait(); close(done) }()
	// The reader keeps a sum for as long as its Mark holds. A sum that is given must hold all commits acknowledged Fresh earlier.
	type past struct {
		at time.Time
		n  int64
	}
	var history []past
	var sum int64
	var of Mark
	given, vouched := 0, false
	for over := false; !over; {
		select {
		case <-done:
			over = true
		default:
		}
		now := time.Now()
		history = append(history, past{now, committed.Load()})
		m, ok := w.Mark()
		if !ok {
			vouched = false
			continue
		}
		if vouched && m == of {
			given++
			for len(history) > 1 && now.Sub(history[1].at) > Fresh {
				history = history[1:]
			}
			if now.Sub(history[0].at) > Fresh && sum < history[0].n {
				t.Fatalf("a sum of %d was vouched for after %d commits", sum, history[0].n)
			}
			continue
		}
		if err := db.Pool().QueryRow(t.Context(), `SELECT sum(v) FROM n`).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		of, vouched = m, true
	}
	last := mark(w, 0)
	f.Changed(7)
	if m, ok := w.Mark(); ok && m == last {
		t.Error("a write of this process left the Mark as it was")
	}
	t.Logf("%d commits, a sum given again %d times", committed.Load(), given)
}

func TestMarksChange(t *testing.T) {
	t.Parallel()
	db, f, w := watched(t)
	m := mark(w, 0)
	for _, sql := range []string{
		`UPDATE n SET v = 1`, `DELETE FROM n`, `COPY n FROM PROGRAM 'echo 1'`, `TRUNCATE n`,
		`DELETE FROM sl_watches; INSERT INTO sl_watches (table_id) VALUES (7)`,                                                                                                  // another trigger
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%FROM public.sl_watches ORDER%' AND datname = current_database() AND pid <> pg_backend_pid()`, // another connection
	} {
		exec(t, db, sql)
		m = mark(w, m)
	}
	// One that runs for long is heard of at its end, and those beside it before.
	slow, err := db.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Exec(t.Context(), `INSERT INTO n VALUES (1)`); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		exec(t, db, `INSERT INTO n VALUES (1)`)
		m = mark(w, m)
	}
	if err := slow.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	m = mark(w, m)
	// Old rows go, and nobody notices.
	for rows, oldest := 1, ""; rows > 0; { // as long as a transaction of another database runs, they stay
		if oldest, err = f.pruneOnce(t.Context(), oldest); err != nil {
			t.Fatal(err)
		}
		if err := db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM sl_changes`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, db, `INSERT INTO n VALUES (1)`)
	mark(w, m)
	// Without a trigger there is no Mark.
	exec(t, db, `DELETE FROM sl_watches`)
	for {
		if _, ok := w.Mark(); !ok && f.fresh() {
			break
		}
	}
}

func TestOneRowForATransaction(t *testing.T) {
	t.Parallel()
	db, _, _ := watched(t)
	exec(t, db, `DELETE FROM sl_changes`)
	exec(t, db, `BEGIN; INSERT INTO n SELECT 1; UPDATE n SET v = 2; UPDATE n SET v = 3; COMMIT`)
	var rows int
	if err := db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM sl_changes`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}
