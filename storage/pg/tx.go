package pg

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	maxTxAttempts = 10
	firstTxPause  = 2 * time.Millisecond
	maxTxPause    = 250 * time.Millisecond
)

// InTx runs fn in a READ COMMITTED transaction and commits when it returns nil. On 40001 and 40P01, from fn or from
// the commit, it rolls back and runs fn again, up to ten times with growing jittered pauses: fn must leave no traces
// outside the database. The error of fn is returned as it is.
//
// Beginning, committing and rolling back do not obey ctx; what fn does with tx obeys the context it passes.
func (db *DB) InTx(ctx context.Context, fn func(tx pgx.Tx) error) error {
	return db.rerun(ctx, func() error {
		return db.transact(ctx, func(_ *pgxpool.Conn, tx pgx.Tx) error { return fn(tx) })
	})
}

// Tx is a transaction on one connection with prepared statements. It is valid during the function that got it and
// is not safe for concurrent use.
type Tx struct {
	tx       pgx.Tx
	prepared *prepared
}

// Tx is InTx for prepared statements. Prepared statements that no longer fit the schema also make it run fn again.
func (db *DB) Tx(ctx context.Context, fn func(q *Tx) error) error {
	return db.rerun(ctx, func() error {
		return db.transact(ctx, func(conn *pgxpool.Conn, tx pgx.Tx) error {
			return fn(&Tx{tx: tx, prepared: preparedOf(conn.Conn().PgConn())})
		})
	})
}

// Query is [DB.Query] inside the transaction: the same rows, no second attempt.
func (q *Tx) Query(s *Statement, args [][]byte, row func(values [][]byte) error) (rows int64, err error) {
	c := q.tx.Conn().PgConn()
	rows, err = execute(c, q.prepared, s, args, row)
	if err != nil && outdated(err) {
		q.prepared.outdate(s)
		err = &outdatedError{err}
	}
	return rows, lost(c, err)
}

// Exec runs SQL text without parameters, also several statements at once.
func (q *Tx) Exec(sql string) error {
	c := q.tx.Conn().PgConn()
	_, err := c.Exec(context.Background(), sql).ReadAll()
	return lost(c, err)
}

// Pgx returns the transaction as pgx knows it, for COPY and the like.
func (q *Tx) Pgx() pgx.Tx { return q.tx }

// outdatedError is a statement's refusal that goes away when the statement is prepared again.
type outdatedError struct{ error }

// Unwrap gives the refusal itself.
func (e *outdatedError) Unwrap() error { return e.error }

// rerun calls attempt until it succeeds, fails for good, or has had its number of chances.
func (db *DB) rerun(ctx context.Context, attempt func() error) error {
	again := true // for outdated statements: once
	for n := 1; ; n++ {
		err := attempt()
		if err == nil {
			return nil
		}
		if oe := (*outdatedError)(nil); errors.As(err, &oe) && again {
			again = false
			continue
		}
		if code := Code(err); n == maxTxAttempts || !lostRace(code) {
			return err
		}
		if pause(ctx, n, firstTxPause, maxTxPause) != nil {
			return err
		}
	}
}

// lostRace reports whether a transaction that ended with code may succeed when it runs again.
func lostRace(code string) bool {
	return code == SerializationFailure || code == DeadlockDetected || code == InternalError
}

// pause waits before attempt n+1: a random part of a doubling bound. It returns ctx's error when that ends first.
func pause(ctx context.Context, n int, first, most time.Duration) error {
	bound := most
	if shift := n - 1; shift < 16 {
		bound = min(most, first<<shift)
	}
	timer := time.NewTimer(bound/2 + rand.N(bound/2+1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// transact begins, calls fn, and commits or rolls back; also when fn panics.
func (db *DB) transact(ctx context.Context, fn func(conn *pgxpool.Conn, tx pgx.Tx) error) (err error) {
	conn, tx, err := db.begin(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	calm := context.WithoutCancel(ctx)
	done := false
	defer func() {
		if !done {
			_ = tx.Rollback(calm)
		}
	}()
	if err := fn(conn, tx); err != nil {
		return lost(conn.Conn().PgConn(), err)
	}
	done = true
	if err := tx.Commit(calm); err != nil {
		return fmt.Errorf("commit: %w", lost(conn.Conn().PgConn(), err))
	}
	return nil
}

// begin starts a transaction on a living connection: one that died idle is replaced, since BEGIN can be sent twice.
func (db *DB) begin(ctx context.Context) (conn *pgxpool.Conn, tx pgx.Tx, err error) {
	for range db.attempts {
		conn, err = db.pool.Acquire(ctx)
		if err != nil {
			return nil, nil, acquireError(err)
		}
		tx, err = conn.BeginTx(context.WithoutCancel(ctx), pgx.TxOptions{})
		if err == nil {
			return conn, tx, nil
		}
		closed := conn.Conn().IsClosed()
		err = fmt.Errorf("begin: %w", lost(conn.Conn().PgConn(), err))
		conn.Release()
		if !closed {
			break
		}
	}
	return nil, nil, err
}
