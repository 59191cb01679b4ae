package pg

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Query runs s, together with others where its class allows (see [Class]), else on a connection of the pool. Parameters and results travel in text format
// (https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES); nil is NULL. row is called
// for each row with values that are valid only during the call; its error ends the reading and is returned. rows
// counts the rows returned or, for a statement that returns none, affected.
//
// ctx bounds the wait for a connection. The statement itself is bounded by the statement timeout alone, so a client
// that goes away costs no connection; a server that does not keep it is given up some seconds later. row must not use
// the same DB: it may hold up the connection. A statement whose plan no longer fits the schema is prepared anew and run
// again, once; one that found its connection dead before a byte of it was sent goes to the next.
func (db *DB) Query(ctx context.Context, s *Statement, args [][]byte, row func(values [][]byte) error) (rows int64, err error) {
	if lane := db.lanes.of(s, args); lane != nil {
		c := newCall(s, args)
		defer c.free()
		lane.run(ctx, c)
		if !c.again {
			return c.deliver(row)
		}
	}
	if s.class == Single {
		return db.alone(ctx, s, args, row)
	}
	began := time.Now()
	rows, err = db.alone(ctx, s, args, row)
	s.timed(time.Since(began))
	return rows, err
}

// alone runs s on a connection of the pool.
func (db *DB) alone(ctx context.Context, s *Statement, args [][]byte, row func(values [][]byte) error) (rows int64, err error) {
	for range db.attempts {
		conn, aerr := db.pool.Acquire(ctx)
		if aerr != nil {
			return 0, acquireError(aerr)
		}
		rows, err = db.queryOnce(conn, s, args, row)
		if err == nil || !neverSent(err) {
			return rows, err
		}
	}
	return rows, err
}

// queryOnce runs s on conn and gives conn back, also when row panics.
func (db *DB) queryOnce(conn *pgxpool.Conn, s *Statement, args [][]byte, row func(values [][]byte) error) (int64, error) {
	defer conn.Release()
	c := conn.Conn().PgConn()
	p := preparedOf(c)
	if db.patience > 0 {
		_ = c.Conn().SetReadDeadline(time.Now().Add(db.patience))
		defer func() { _ = c.Conn().SetReadDeadline(time.Time{}) }() // before Release: others use the connection without a bound
	}
	rows, err := execute(c, p, s, args, row)
	if err != nil && rows == 0 && outdated(err) {
		p.outdate(s)
		rows, err = execute(c, p, s, args, row)
	}
	return rows, lost(c, err)
}

// execute sends one statement and reads its answer.
func execute(c *pgconn.PgConn, p *prepared, s *Statement, args [][]byte, row func(values [][]byte) error) (rows int64, err error) {
	sd, err := p.get(c, s)
	if err != nil {
		return 0, err
	}
	var rowErr error
	rr := c.ExecStatement(context.Background(), sd, args, nil, nil)
	for rr.NextRow() {
		rows++
		if rowErr == nil && row != nil {
			rowErr = row(rr.Values())
		}
	}
	tag, err := rr.Close()
	switch {
	case err != nil:
		return rows, err
	case rowErr != nil:
		return rows, rowErr
	case len(sd.Fields) == 0:
		rows = tag.RowsAffected()
	}
	return rows, nil
}
