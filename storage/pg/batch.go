package pg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A Call is one statement of several that are sent together.
type Call struct {
	Statement *Statement
	Args      [][]byte                    // as in [DB.Query]
	Row       func(values [][]byte) error // as in [DB.Query]; nil reads nothing
}

// QueryAll runs several reading statements on one connection in one round trip (PostgreSQL manual, 54.2.4, "Pipelining"). They are one
// implicit transaction, in which each has a snapshot of its own: one that fails ends those behind it, and its error is returned. In all
// else it is [DB.Query].
func (db *DB) QueryAll(ctx context.Context, calls []Call) error {
	var err error
	for range db.attempts {
		conn, aerr := db.pool.Acquire(ctx)
		if aerr != nil {
			return acquireError(aerr)
		}
		if err = db.queryAllOnce(conn, calls); err == nil || !neverSent(err) {
			return err
		}
	}
	return err
}

func (db *DB) queryAllOnce(conn *pgxpool.Conn, calls []Call) error {
	defer conn.Release()
	c := conn.Conn().PgConn()
	p := preparedOf(c)
	if db.patience > 0 {
		_ = c.Conn().SetReadDeadline(time.Now().Add(db.patience))
		defer func() { _ = c.Conn().SetReadDeadline(time.Time{}) }()
	}
	done, err := executeAll(c, p, calls)
	if err != nil && outdated(err) {
		outdateAll(p, calls[done:])
		_, err = executeAll(c, p, calls[done:])
	}
	return lost(c, err)
}

// QueryAll is [DB.QueryAll] inside the transaction; there is no second attempt.
func (q *Tx) QueryAll(calls []Call) error {
	c := q.tx.Conn().PgConn()
	done, err := executeAll(c, q.prepared, calls)
	if err != nil && outdated(err) {
		outdateAll(q.prepared, calls[done:])
		err = &outdatedError{err}
	}
	return lost(c, err)
}

// outdateAll marks the statements of a batch that was stopped by one of them: a change of the schema most often concerns several.
func outdateAll(p *prepared, calls []Call) {
	for i := range calls {
		p.outdate(calls[i].Statement)
	}
}

// executeAll sends the calls and reads their answers. It gives how many were answered whole; no row of the one that failed was
// handed out where its plan no longer fits the schema.
func executeAll(c *pgconn.PgConn, p *prepared, calls []Call) (done int, err error) {
	for i := range calls { // each needs to be described before the pipeline begins
		if _, err := p.get(c, calls[i].Statement); err != nil {
			return 0, err
		}
	}
	pipe := c.StartPipeline(context.Background())
	for i := range calls {
		pipe.SendQueryPrepared(calls[i].Statement.name, calls[i].Args, nil, nil)
	}
	var rowErr error
	if err = pipe.Sync(); err == nil {
		done, rowErr, err = readAll(pipe, calls)
	}
	if closed := pipe.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = rowErr
	}
	return done, err
}

func readAll(pipe *pgconn.Pipeline, calls []Call) (done int, rowErr, err error) {
	for {
		results, err := pipe.GetResults()
		if err != nil {
			return done, rowErr, err
		}
		switch r := results.(type) {
		case *pgconn.ResultReader:
			call := &calls[done]
			for r.NextRow() {
				if rowErr == nil && call.Row != nil {
					rowErr = call.Row(r.Values())
				}
			}
			if _, err := r.Close(); err != nil {
				return done, rowErr, err
			}
			done++
		case *pgconn.PipelineSync:
			if done < len(calls) {
				return done, rowErr, errors.New("the server answered fewer statements than it was sent")
			}
			return done, rowErr, nil
		}
	}
}
