package pg

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxPrepared bounds the statements one connection keeps prepared; each costs the server some 10 to 100 kB.
const maxPrepared = 2000

// Statement is the immutable text of one SQL statement with $n parameters. Two of the same text share what the
// server prepared.
type Statement struct {
	sql   string
	name  string
	class Class

	apart   atomic.Int64 // until when it goes alone, in nanoseconds since 1970, or trusted, suspected, tried
	strikes atomic.Int32 // how often in a row it took long alone
}

// NewStatement makes a statement of SQL text. It asks no server; mistakes show when it first runs.
func NewStatement(sql string) *Statement {
	sum := sha256.Sum256([]byte(sql))
	return &Statement{sql: sql, name: "s_" + hex.EncodeToString(sum[:16])}
}

// NewShortStatement makes a statement that may travel together with others of its class. One of the class Single goes alone.
func NewShortStatement(sql string, class Class) *Statement {
	s := NewStatement(sql)
	s.class = class
	s.apart.Store(suspected)
	return s
}

// SQL returns the text.
func (s *Statement) SQL() string { return s.sql }

// Name returns the name under which connections prepare it: a hash of the text.
func (s *Statement) Name() string { return s.name }

// preparedKey is where a connection's custom data holds its *prepared.
const preparedKey = "sayrud.prepared"

// prepared is the set of statements one connection has prepared, the latest used in front. Whoever holds the
// connection holds it.
type prepared struct {
	limit  int
	byName map[string]*list.Element // of *description
	order  list.List
	until  time.Time // the connection's read deadline, where it is kept from one batch to the next
}

type description struct {
	*pgconn.StatementDescription
	stale bool // to be dropped on the server before its next use
}

func preparedOf(conn *pgconn.PgConn) *prepared {
	data := conn.CustomData()
	if p, ok := data[preparedKey].(*prepared); ok {
		return p
	}
	p := &prepared{limit: maxPrepared, byName: map[string]*list.Element{}}
	data[preparedKey] = p
	return p
}

// get returns the server's description of s, preparing it if need be.
func (p *prepared) get(conn *pgconn.PgConn, s *Statement) (*pgconn.StatementDescription, error) {
	if e, ok := p.byName[s.name]; ok {
		d := e.Value.(*description)
		if !d.stale {
			p.order.MoveToFront(e)
			return d.StatementDescription, nil
		}
		if err := p.drop(conn, e); err != nil {
			return nil, err
		}
	}
	for len(p.byName) >= p.limit {
		if err := p.drop(conn, p.order.Back()); err != nil {
			return nil, err
		}
	}
	sd, err := conn.Prepare(context.Background(), s.name, s.sql, nil)
	if Code(err) == DuplicatePrepared && conn.TxStatus() == 'I' {
		if err = conn.Deallocate(context.Background(), s.name); err == nil {
			sd, err = conn.Prepare(context.Background(), s.name, s.sql, nil)
		}
	}
	if err != nil {
		return nil, err
	}
	p.byName[s.name] = p.order.PushFront(&description{StatementDescription: sd})
	return sd, nil
}

// outdate marks a statement that no longer fits the schema; the next get prepares it anew.
func (p *prepared) outdate(s *Statement) {
	if e, ok := p.byName[s.name]; ok {
		e.Value.(*description).stale = true
	}
}

func (p *prepared) drop(conn *pgconn.PgConn, e *list.Element) error {
	d := p.order.Remove(e).(*description)
	delete(p.byName, d.Name)
	return conn.Deallocate(context.Background(), d.Name)
}
