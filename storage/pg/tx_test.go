package pg_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func TestInTx_runsAgainAfterALostRace(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, code := range []string{pg.SerializationFailure, pg.DeadlockDetected, pg.InternalError} {
		calls := 0
		err := db.InTx(context.Background(), func(pgx.Tx) error {
			if calls++; calls < 4 {
				return &pgconn.PgError{Code: code}
			}
			return nil
		})
		if err != nil || calls != 4 {
			t.Errorf("%s: %d calls, error %v", code, calls, err)
		}
	}
}

func TestInTx_givesUpInTheEnd(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	calls := 0
	err := db.InTx(context.Background(), func(pgx.Tx) error {
		calls++
		return &pgconn.PgError{Code: pg.DeadlockDetected}
	})
	if pg.Code(err) != pg.DeadlockDetected || calls != 10 {
		t.Errorf("%d calls, error %v", calls, err)
	}
}

func TestInTx_otherErrorsComeBackAtOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	run(t, db, "CREATE TABLE things (n int CONSTRAINT things_n_key UNIQUE)")
	calls := 0
	err := db.InTx(context.Background(), func(tx pgx.Tx) error {
		calls++
		_, err := tx.Exec(context.Background(), "INSERT INTO things VALUES (1), (1)")
		return err
	})
	if pg.Code(err) != pg.UniqueViolation || pg.ConstraintName(err) != "things_n_key" || calls != 1 {
		t.Errorf("%d calls, error %v", calls, err)
	}
	own := errors.New("own")
	if err := db.InTx(context.Background(), func(pgx.Tx) error { return own }); !errors.Is(err, own) || err.Error() != own.Error() {
		t.Errorf("error %v, want it as it was", err)
	}
}

func TestTx_realDeadlock(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	run(t, db, "CREATE TABLE things (n int PRIMARY KEY, hits int NOT NULL DEFAULT 0); INSERT INTO things VALUES (1), (2)")
	touch := pg.NewStatement("UPDATE things SET hits = hits + 1 WHERE n = $1")
	var wg, both sync.WaitGroup
	both.Add(2)
	for _, order := range [][2]string{{"1", "2"}, {"2", "1"}} {
		wg.Go(func() {
			first := true
			err := db.Tx(context.Background(), func(q *pg.Tx) error {
				if _, err := q.Query(touch, [][]byte{[]byte(order[0])}, nil); err != nil {
					return err
				}
				if first { // both hold their first row before either asks for its second
					first = false
					both.Done()
					both.Wait()
				}
				_, err := q.Query(touch, [][]byte{[]byte(order[1])}, nil)
				return err
			})
			if err != nil {
				t.Errorf("order %v: %v", order, err)
			}
		})
	}
	wg.Wait()
	if got, _ := rows(t, db, "SELECT sum(hits) FROM things"); got[0][0] != "4" {
		t.Errorf("hits = %s, want 4", got[0][0])
	}
}

func TestTx_leavesNoTraceOfAFailure(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	run(t, db, "CREATE TABLE things (n int)")
	func() {
		defer func() { _ = recover() }()
		_ = db.Tx(context.Background(), func(q *pg.Tx) error {
			_ = q.Exec("INSERT INTO things VALUES (1)")
			panic("half way")
		})
	}()
	ctx, cancel := context.WithCancel(context.Background())
	err := db.Tx(ctx, func(q *pg.Tx) error {
		cancel()
		return errors.Join(q.Exec("INSERT INTO things VALUES (2)"), errors.New("no"))
	})
	if err == nil {
		t.Error("no error")
	}
	err = db.Tx(context.Background(), func(q *pg.Tx) error {
		_ = q.Exec("INSERT INTO things VALUES ('x')") // swallowed
		return nil
	})
	if err == nil {
		t.Error("a commit of a failed transaction passed")
	}
	if got, _ := rows(t, db, "SELECT count(*) FROM things"); got[0][0] != "0" {
		t.Errorf("%s rows, want none", got[0][0])
	}
	if n := db.Pool().Stat().NewConnsCount(); n > 2 {
		t.Errorf("%d connections were opened", n)
	}
}

func TestTx_aConnectionThatDiedInsideIsUnavailable(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	err := db.Tx(context.Background(), func(q *pg.Tx) error {
		_ = q.Exec("SELECT pg_terminate_backend(pg_backend_pid())")
		_, err := q.Query(pg.NewStatement("SELECT 1"), nil, nil)
		return err
	})
	if !pg.IsUnavailable(err) {
		t.Errorf("error %v is not unavailable", err)
	}
	rows(t, db, "SELECT 1")
}
