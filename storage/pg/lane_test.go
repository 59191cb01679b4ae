package pg_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// A question is one call of a test and what came of it.
type question struct {
	s    *pg.Statement
	args [][]byte
	ctx  context.Context

	rows [][]string
	n    int64
	err  error
}

func ask(class pg.Class, sql string, args ...string) *question {
	q := &question{s: pg.Trust(pg.NewShortStatement(sql, class)), ctx: context.Background()}
	for _, arg := range args {
		q.args = append(q.args, []byte(arg))
	}
	return q
}

func (q *question) run(db *pg.DB) {
	q.n, q.err = db.Query(q.ctx, q.s, q.args, func(values [][]byte) error {
		var row []string
		for _, v := range values {
			if v == nil {
				row = append(row, "∅")
				continue
			}
			row = append(row, string(v))
		}
		q.rows = append(q.rows, row)
		return nil
	})
}

// meet has the questions of one class go to the server in one batch, in their order, and waits for what came of them.
func meet(db *pg.DB, class pg.Class, questions ...*question) {
	g := pg.Gather(db, class)
	var wg sync.WaitGroup
	for i, q := range questions {
		wg.Go(func() { q.run(db) })
		for g.Waiting() <= i {
			runtime.Gosched()
		}
	}
	g.Go()
	wg.Wait()
}

func things(t *testing.T) *pg.DB {
	t.Helper()
	db := pgtest.New(t)
	run(t, db, "CREATE TABLE things (n int PRIMARY KEY, v text, batch xid8 DEFAULT pg_current_xact_id())")
	return db
}

const (
	insertThing = "INSERT INTO things (n) VALUES ($1) RETURNING n, batch, v"
	addThing    = "INSERT INTO things (n) VALUES ($1)"
)

func TestShort_goTogether(t *testing.T) {
	t.Parallel()
	db := things(t)
	first, second, third := ask(pg.ShortInsert, insertThing, "1"), ask(pg.ShortInsert, addThing, "2"), ask(pg.ShortInsert, insertThing, "3")
	meet(db, pg.ShortInsert, first, second, third)
	for _, q := range []*question{first, second, third} {
		if q.err != nil || q.n != 1 {
			t.Errorf("%s: %d rows, %v", q.s.SQL(), q.n, q.err)
		}
	}
	if diff := cmp.Diff([][]string{{"3", first.rows[0][1], "∅"}}, third.rows); diff != "" {
		t.Errorf("the third call, in the transaction of the first; -want +got:\n%s", diff)
	}
	if second.rows != nil {
		t.Errorf("rows of a statement that returns none: %v", second.rows)
	}
}

func TestShort_readsOfManyRows(t *testing.T) {
	t.Parallel()
	db := things(t)
	var questions []*question
	for i := range 40 { // more than a batch holds
		questions = append(questions, ask(pg.ShortRead, "SELECT g, nullif(g, 2), '' FROM generate_series(1, $1) g", strconv.Itoa(i)))
	}
	meet(db, pg.ShortRead, questions...)
	for i, q := range questions {
		var want [][]string
		for g := range i {
			text := strconv.Itoa(g + 1)
			want = append(want, []string{text, text, ""})
		}
		if i >= 2 {
			want[1][1] = "∅"
		}
		if diff := cmp.Diff(want, q.rows); diff != "" || q.err != nil || q.n != int64(i) {
			t.Errorf("%d rows: %v, %d; -want +got:\n%s", i, q.err, q.n, diff)
		}
	}
}

func TestShort_anErrorHurtsNobodyElse(t *testing.T) {
	t.Parallel()
	for bad := range 4 {
		t.Run(fmt.Sprintf("write %d", bad), func(t *testing.T) {
			t.Parallel()
			db := things(t)
			run(t, db, "INSERT INTO things (n) VALUES (100)")
			var questions []*question
			for i := range 4 {
				questions = append(questions, ask(pg.ShortInsert, insertThing, strconv.Itoa(i)))
			}
			questions[bad].args[0] = []byte("100")
			meet(db, pg.ShortInsert, questions...)
			for i, q := range questions {
				if i == bad && pg.Code(q.err) != pg.UniqueViolation || i != bad && (q.err != nil || len(q.rows) != 1) {
					t.Errorf("call %d: %v, error %v", i, q.rows, q.err)
				}
			}
			if got, _ := rows(t, db, "SELECT count(*) FROM things"); got[0][0] != "4" {
				t.Errorf("%s rows, want 4", got[0][0])
			}
		})
		t.Run(fmt.Sprintf("read %d", bad), func(t *testing.T) {
			t.Parallel()
			db := things(t)
			var questions []*question
			for range 4 {
				questions = append(questions, ask(pg.ShortRead, "SELECT g, 10 / ($1 - g) FROM generate_series(1, 3) g", "10"))
			}
			questions[bad].args[0] = []byte("2")
			meet(db, pg.ShortRead, questions...)
			for i, q := range questions {
				if i == bad && pg.Code(q.err) != pg.DivisionByZero || i != bad && (q.err != nil || len(q.rows) != 3) {
					t.Errorf("call %d: %v, error %v", i, q.rows, q.err)
				}
			}
		})
	}
}

func TestShort_whoMayOnlyGoFirstFailsOnce(t *testing.T) {
	t.Parallel()
	db := things(t)
	one, other := ask(pg.ShortInsert, addThing, "1"), ask(pg.ShortInsert, addThing, "1")
	meet(db, pg.ShortInsert, one, other)
	if (one.err == nil) == (other.err == nil) || pg.Code(errors.Join(one.err, other.err)) != pg.UniqueViolation {
		t.Errorf("errors %v and %v; want one unique violation", one.err, other.err)
	}
	alone := ask(pg.ShortInsert, addThing, "1")
	meet(db, pg.ShortInsert, alone)
	if pg.Code(alone.err) != pg.UniqueViolation {
		t.Errorf("alone: %v", alone.err)
	}
}

func TestShort_anErrorOfTheCommit(t *testing.T) {
	t.Parallel()
	db := things(t)
	run(t, db, "ALTER TABLE things ADD UNIQUE (v) DEFERRABLE INITIALLY DEFERRED; INSERT INTO things (n, v) VALUES (1, 'there')")
	const sql = "INSERT INTO things (n, v) VALUES ($1, $2) RETURNING n"
	good, bad := ask(pg.ShortInsert, sql, "2", "new"), ask(pg.ShortInsert, sql, "3", "there")
	meet(db, pg.ShortInsert, good, bad)
	if good.err != nil || len(good.rows) != 1 || pg.Code(bad.err) != pg.UniqueViolation {
		t.Errorf("%v, error %v; error %v", good.rows, good.err, bad.err)
	}
}

func TestShort_aSlowStatementStaysAlone(t *testing.T) {
	t.Parallel()
	db, err := pg.Open(context.Background(), pg.Config{URL: pgtest.URL(t), StatementTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	quick, slow, later := ask(pg.ShortRead, "SELECT 1"), ask(pg.ShortRead, "SELECT pg_sleep(60)"), ask(pg.ShortRead, "SELECT 2")
	meet(db, pg.ShortRead, quick, slow, later)
	if quick.err != nil || later.err != nil || pg.Code(slow.err) != pg.QueryCanceled {
		t.Errorf("errors %v and %v beside the slow one's %v", quick.err, later.err, slow.err)
	}
	if !pg.Apart(slow.s) {
		t.Error("the slow statement goes on with others")
	}
	for !pg.Trusted(quick.s) { // suspected, until it was quick alone
		quick.run(db)
	}
}

func TestShort_aNewStatementIsTriedAlone(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	quick := &question{s: pg.NewShortStatement("SELECT 1", pg.ShortRead), ctx: context.Background()}
	g := pg.Gather(db, pg.ShortRead) // nobody goes together
	quick.run(db)
	g.Go()
	if quick.err != nil || len(quick.rows) != 1 {
		t.Errorf("%v, error %v", quick.rows, quick.err)
	}
	for !pg.Trusted(quick.s) {
		quick.run(db)
	}
	slow := &question{s: pg.NewShortStatement("SELECT pg_sleep(0.06)", pg.ShortRead), ctx: context.Background()}
	for !pg.Apart(slow.s) {
		slow.run(db)
	}
}

func TestShort_aLockedRowDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	db := things(t)
	run(t, db, "INSERT INTO things (n) VALUES (1), (2), (3)")
	const sql = "UPDATE things SET v = $2 WHERE n = $1 RETURNING v"
	first, locked, last := ask(pg.ShortUpdate, sql, "1", "a"), ask(pg.ShortUpdate, sql+", n", "2", "b"), ask(pg.ShortUpdate, sql, "3", "c")
	wait := func() {}
	err := db.Tx(context.Background(), func(q *pg.Tx) error {
		if err := q.Exec("SELECT FROM things WHERE n = 2 FOR UPDATE"); err != nil {
			return err
		}
		var others sync.WaitGroup
		others.Add(2)
		g := pg.Gather(db, pg.ShortUpdate)
		var all sync.WaitGroup
		for i, q := range []*question{first, locked, last} {
			all.Go(func() {
				q.run(db)
				if q != locked {
					others.Done()
				}
			})
			for g.Waiting() <= i {
				runtime.Gosched()
			}
		}
		g.Go()
		others.Wait() // while the row is locked
		wait = all.Wait
		return nil
	})
	wait()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []*question{first, locked, last} {
		if q.err != nil || q.rows[0][0] != string(q.args[1]) {
			t.Errorf("%s: %v, %v", q.args[0], q.rows, q.err)
		}
	}
}

func TestShort_aLostConnection(t *testing.T) {
	t.Parallel()
	db := things(t)
	good, end, last := ask(pg.ShortInsert, insertThing, "1"), ask(pg.ShortInsert, "SELECT pg_terminate_backend(pg_backend_pid())"), ask(pg.ShortInsert, insertThing, "2")
	meet(db, pg.ShortInsert, good, end, last)
	for _, q := range []*question{good, end, last} {
		if !pg.IsUnavailable(q.err) {
			t.Errorf("%s: error %v, want one that leaves open what happened", q.s.SQL(), q.err)
		}
	}
	if got, _ := rows(t, db, "SELECT count(*) FROM things"); got[0][0] != "0" {
		t.Errorf("%s rows, want 0", got[0][0])
	}
	again := ask(pg.ShortInsert, insertThing, "1")
	meet(db, pg.ShortInsert, again)
	if again.err != nil {
		t.Errorf("afterwards: %v", again.err)
	}

	read, end, later := ask(pg.ShortRead, "SELECT 1"), ask(pg.ShortRead, "SELECT pg_terminate_backend(pg_backend_pid())"), ask(pg.ShortRead, "SELECT 2")
	meet(db, pg.ShortRead, read, end, later)
	if read.err != nil || later.err != nil || !pg.IsUnavailable(end.err) {
		t.Errorf("reads beside the one that ends its connection: %v, %v; that one: %v", read.err, later.err, end.err)
	}
}

func TestShort_replaceDeadConnections(t *testing.T) {
	t.Parallel()
	db, other := things(t), pgtest.New(t)
	meet(db, pg.ShortInsert, ask(pg.ShortInsert, insertThing, "1"))
	meet(db, pg.ShortRead, ask(pg.ShortRead, "SELECT 1"))
	name, _ := rows(t, db, "SELECT current_database()")
	rows(t, other, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1", []byte(name[0][0]))
	one, two, read := ask(pg.ShortInsert, insertThing, "2"), ask(pg.ShortInsert, insertThing, "3"), ask(pg.ShortRead, "SELECT 1")
	meet(db, pg.ShortInsert, one, two)
	meet(db, pg.ShortRead, read)
	if err := errors.Join(one.err, two.err, read.err); err != nil {
		t.Errorf("nothing of it was sent before: %v", err)
	}
}

func TestShort_goneClients(t *testing.T) {
	t.Parallel()
	db := things(t)
	gone, cancel := context.WithCancel(context.Background())
	leader, stays, leaves, last := ask(pg.ShortInsert, insertThing, "1"), ask(pg.ShortInsert, insertThing, "2"), ask(pg.ShortInsert, insertThing, "3"), ask(pg.ShortInsert, insertThing, "4")
	leaves.ctx = gone
	g := pg.Gather(db, pg.ShortInsert)
	var wg sync.WaitGroup
	for i, q := range []*question{leader, stays, leaves, last} {
		wg.Go(func() { q.run(db) })
		for g.Waiting() <= i {
			runtime.Gosched()
		}
	}
	cancel()
	for g.Waiting() > 3 {
		runtime.Gosched()
	}
	g.Go()
	wg.Wait()
	if err := errors.Join(leader.err, stays.err, last.err); err != nil || !errors.Is(leaves.err, context.Canceled) || pg.IsUnavailable(leaves.err) {
		t.Errorf("errors %v; of the one that left: %v", err, leaves.err)
	}
	if got, _ := rows(t, db, "SELECT count(*) FROM things"); got[0][0] != "3" {
		t.Errorf("%s rows, want 3", got[0][0])
	}
	dead := ask(pg.ShortRead, "SELECT 1")
	dead.ctx = gone
	dead.run(db)
	after := ask(pg.ShortRead, "SELECT 1")
	meet(db, pg.ShortRead, after)
	if !errors.Is(dead.err, context.Canceled) || after.err != nil {
		t.Errorf("a leader who is gone: %v; after it: %v", dead.err, after.err)
	}
}

func TestShort_theCallersRow(t *testing.T) {
	t.Parallel()
	db := things(t)
	good, bad := ask(pg.ShortRead, "SELECT 1"), ask(pg.ShortRead, "SELECT 2")
	stop := errors.New("enough")
	g := pg.Gather(db, pg.ShortRead)
	var wg sync.WaitGroup
	var got error
	wg.Go(func() { _, got = db.Query(context.Background(), bad.s, nil, func([][]byte) error { return stop }) })
	wg.Go(func() {
		defer func() { _ = recover() }()
		_, _ = db.Query(context.Background(), bad.s, nil, func([][]byte) error { panic("row") })
	})
	wg.Go(func() { good.run(db) })
	for g.Waiting() < 3 {
		runtime.Gosched()
	}
	g.Go()
	wg.Wait()
	if !errors.Is(got, stop) || good.err != nil || len(good.rows) != 1 {
		t.Errorf("error %v; beside it %v, %v", got, good.rows, good.err)
	}
}

func TestShort_outdatedStatements(t *testing.T) {
	t.Parallel()
	db := things(t)
	run(t, db, "INSERT INTO things (n) VALUES (1)")
	const sql = "SELECT n FROM things"
	meet(db, pg.ShortRead, ask(pg.ShortRead, sql), ask(pg.ShortRead, "SELECT 1"))
	run(t, db, "ALTER TABLE things ALTER n TYPE text USING 'it is ' || n")
	for range 3 {
		changed, other := ask(pg.ShortRead, sql), ask(pg.ShortRead, "SELECT 1")
		meet(db, pg.ShortRead, changed, other)
		if err := errors.Join(changed.err, other.err); err != nil || changed.rows[0][0] != "it is 1" {
			t.Errorf("%v, %v", changed.rows, err)
		}
	}
	wrong, other := ask(pg.ShortRead, "SELECT nothing"), ask(pg.ShortRead, "SELECT 1")
	meet(db, pg.ShortRead, wrong, other)
	if other.err != nil || pg.Code(wrong.err) != pg.UndefinedColumn {
		t.Errorf("a wrong statement: %v; beside it: %v", wrong.err, other.err)
	}
}

func TestShort_largeParametersGoAlone(t *testing.T) {
	t.Parallel()
	db := things(t)
	large := ask(pg.ShortRead, "SELECT length($1)", "")
	large.args[0] = make([]byte, 40_000)
	for i := range large.args[0] {
		large.args[0][i] = 'x'
	}
	g := pg.Gather(db, pg.ShortRead) // nothing of this class goes
	large.run(db)
	g.Go()
	if large.err != nil || large.rows[0][0] != "40000" {
		t.Errorf("%v, %v", large.rows, large.err)
	}
}

// TestShort_countersAreExact has many writers add to the same rows and read them, with errors, gone clients and ended connections between.
func TestShort_countersAreExact(t *testing.T) {
	t.Parallel()
	db := things(t)
	run(t, db, "ALTER TABLE things ADD c int DEFAULT 0; INSERT INTO things (n) VALUES (0), (1), (2)")
	add := pg.NewShortStatement("UPDATE things SET c = c + 1 WHERE n = $1 RETURNING c", pg.ShortUpdate)
	wrong := pg.NewShortStatement("UPDATE things SET c = c + 1 / (n - n) WHERE n = $1", pg.ShortUpdate)
	read := pg.NewShortStatement("SELECT c FROM things WHERE n = $1", pg.ShortRead)
	const writers, each = 16, 60
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			key := [][]byte{[]byte(strconv.Itoa(w % 3))}
			for i := range each {
				written, seen := 0, 0
				number := func(into *int) func([][]byte) error {
					return func(v [][]byte) (err error) { *into, err = strconv.Atoi(string(v[0])); return err }
				}
				if _, err := db.Query(context.Background(), add, key, number(&written)); err != nil {
					t.Errorf("add: %v", err)
				}
				if _, err := db.Query(context.Background(), read, key, number(&seen)); err != nil || seen < written {
					t.Errorf("read %d after %d was written: %v", seen, written, err)
				}
				if i%7 == 0 {
					if _, err := db.Query(context.Background(), wrong, key, nil); pg.Code(err) != pg.DivisionByZero {
						t.Errorf("the wrong one: %v", err)
					}
				}
				if i%5 == 0 {
					ctx, cancel := context.WithCancel(context.Background())
					go cancel()
					_, _ = db.Query(ctx, read, key, number(&seen))
				}
			}
		})
	}
	wg.Wait()
	if got, _ := rows(t, db, "SELECT sum(c) FROM things"); got[0][0] != strconv.Itoa(writers*each) {
		t.Errorf("the sum is %s, want %d", got[0][0], writers*each)
	}
}

func BenchmarkShort(b *testing.B) {
	db := pgtest.New(b)
	s := pg.NewShortStatement("SELECT 1, $1::text", pg.ShortRead)
	args := [][]byte{[]byte("x")}
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := db.Query(context.Background(), s, args, func([][]byte) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
