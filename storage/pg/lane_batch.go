package pg

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A batch is the calls of a lane that go to the server together.
type batch struct {
	calls  []*call
	writes bool
}

// run sends the calls on conn, gives each its outcome and conn back.
func (b *batch) run(conn *pgxpool.Conn, patience time.Duration) {
	defer conn.Release()
	c := conn.Conn().PgConn()
	bound(c, patience)
	var room [mostTogether]*call
	sent, described := b.prepare(c, room[:0])
	if len(sent) == 0 {
		return
	}
	if done, err := exchange(c, sent, described); err != nil {
		b.settle(c, sent, done, err)
	}
}

// exchange sends the calls and reads their results. done counts those that were answered in full.
func exchange(c *pgconn.PgConn, sent []*call, described []*pgconn.StatementDescription) (done int, err error) {
	if len(sent) == 1 { // needs no pipeline, which has its price
		return 0, sent[0].take(c.ExecStatement(context.Background(), described[0], sent[0].args, nil, nil))
	}
	p := c.StartPipeline(context.Background())
	for i, call := range sent {
		p.SendQueryStatement(described[i], call.args, nil, nil)
	}
	if err := p.Sync(); err != nil {
		return 0, err
	}
	return results(p, sent)
}

// bound sees to it that the server has between patience and twice of it to answer. Setting a deadline costs as much as
// a system call, so it is left to the next batch.
func bound(c *pgconn.PgConn, patience time.Duration) {
	p := preparedOf(c)
	if now := time.Now(); patience > 0 && p.until.Sub(now) < patience {
		p.until = now.Add(2 * patience)
		_ = c.Conn().SetReadDeadline(p.until)
	}
}

// pingAfter is how long a connection may be idle before it is asked whether it lives.
const pingAfter = time.Second

// unboundPing has the ping of a connection that was idle find no deadline of a batch.
func unboundPing(_ context.Context, p pgxpool.ShouldPingParams) bool {
	if p.IdleDuration <= pingAfter {
		return false
	}
	c := p.Conn.PgConn()
	preparedOf(c).until = time.Time{}
	_ = c.Conn().SetReadDeadline(time.Time{})
	return true
}

// prepare gives the calls whose statements the server knows now; others run alone, where they find out why not.
func (b *batch) prepare(c *pgconn.PgConn, sent []*call) ([]*call, []*pgconn.StatementDescription) {
	known := preparedOf(c)
	described := make([]*pgconn.StatementDescription, 0, len(b.calls))
	for _, call := range b.calls {
		sd, err := known.get(c, call.s)
		if err != nil {
			call.retry()
			continue
		}
		sent, described = append(sent, call), append(described, sd)
	}
	return sent, described
}

// results reads what comes back, until the server is ready for more.
func results(p *pgconn.Pipeline, sent []*call) (done int, err error) {
	for _, call := range sent {
		var result any
		if result, err = p.GetResults(); err != nil {
			break
		}
		rr, isRows := result.(*pgconn.ResultReader)
		if !isRows {
			err = errors.New("the server answered fewer statements than were sent")
			break
		}
		if err = call.take(rr); err != nil {
			break
		}
		done++
	}
	if cerr := p.Close(); err == nil {
		err = cerr
	}
	return done, err
}

// settle decides what becomes of a batch that met an error. What a read has answered is true. Of writes nothing
// happened, if the server says that it is ready for more, or if nothing was sent; if the connection ended on the way,
// nobody knows. Whatever did not happen runs again alone, unless it went alone already and the error is its own.
func (b *batch) settle(c *pgconn.PgConn, sent []*call, done int, err error) {
	if !b.writes && done == len(sent) {
		return
	}
	failing := sent[min(done, len(sent)-1)]
	switch Code(err) {
	case QueryCanceled, LockNotAvailable:
		failing.s.slow()
	case FeatureNotSupported, UndefinedStatement:
		preparedOf(c).outdate(failing.s)
	case SerializationFailure, DeadlockDetected:
	default:
		if len(sent) == 1 && !c.IsClosed() {
			failing.reset()
			failing.err = err
			return
		}
	}
	unknown := b.writes && c.IsClosed() && !pgconn.SafeToRetry(err)
	if !b.writes {
		sent = sent[done:]
	}
	for _, call := range sent {
		if call.retry(); unknown {
			call.again, call.err = false, lost(c, err)
		}
	}
}
