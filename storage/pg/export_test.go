package pg

import (
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// What the tests of the outside look at inside.

// LimitPrepared bounds the prepared statements of a connection.
func LimitPrepared(c *pgconn.PgConn, limit int) { preparedOf(c).limit = limit }

// SetPatience bounds the wait for an answer.
func SetPatience(db *DB, d time.Duration) { db.patience = d }

// A Gathering holds the batches of one class back, so that calls meet in one.
type Gathering struct {
	lane *lane
	idle int
}

// Gather begins one.
func Gather(db *DB, class Class) *Gathering {
	l := &db.lanes.byClass[class]
	l.mu.Lock()
	defer l.mu.Unlock()
	g := &Gathering{lane: l, idle: l.idle}
	l.idle = 0
	return g
}

// Waiting gives how many calls wait.
func (g *Gathering) Waiting() int {
	g.lane.mu.Lock()
	defer g.lane.mu.Unlock()
	return len(g.lane.waiting)
}

// Go lets the first of the calls lead the others.
func (g *Gathering) Go() {
	g.lane.mu.Lock()
	g.lane.idle = g.idle - 1
	g.lane.mu.Unlock()
	g.lane.pass()
}

// Trust lets a statement go with others before it has shown that it is quick.
func Trust(s *Statement) *Statement {
	s.apart.Store(trusted)
	return s
}

// Apart reports whether a statement goes alone.
func Apart(s *Statement) bool { return s.apart.Load() > tried }

// Trusted reports whether a statement has shown that it is quick.
func Trusted(s *Statement) bool { return s.apart.Load() == trusted }
