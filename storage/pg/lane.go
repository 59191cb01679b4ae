package pg

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// lanes are the connections on which short statements go together: reads and writes apart, so that no read sees what
// another's write has not committed.
type lanes struct {
	pool    *pgxpool.Pool
	byClass [ShortUpdate + 1]lane
}

// openLanes makes the lanes; they connect when they are first used.
func openLanes(ctx context.Context, cfg Config) (*lanes, error) {
	pc, err := cfg.pool()
	if err != nil {
		return nil, err
	}
	timeout := longestShort
	if own := cfg.statementTimeout(); own > 0 {
		timeout = min(timeout, own)
	}
	pc.ConnConfig.RuntimeParams["statement_timeout"] = strconv.FormatInt(timeout.Milliseconds(), 10)
	pc.ConnConfig.RuntimeParams["lock_timeout"] = strconv.FormatInt(longestLockWait.Milliseconds(), 10)
	cpus := runtime.GOMAXPROCS(0)
	readers, writers := int32(max(cpus/2, 2)), int32(max(cpus/4, 3))
	pc.MaxConns = readers + writers + 1
	pc.ShouldPing = unboundPing
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	l := &lanes{pool: pool}
	for class, batches := range map[Class]int32{ShortRead: readers, ShortInsert: writers, ShortUpdate: 1} {
		l.byClass[class] = lane{pool: pool, patience: cfg.patience(), idle: int(batches), writes: class != ShortRead}
	}
	return l, nil
}

// of gives the lane for a call, or nil where it goes alone.
func (l *lanes) of(s *Statement, args [][]byte) *lane {
	if !s.together(args) {
		return nil
	}
	return &l.byClass[s.class]
}

// mostTogether bounds a batch.
const mostTogether = 32

// A lane sends the calls of one class to the server in batches. There is no goroutine of its own: the first call that
// comes leads a batch, those that come meanwhile wait, and the first of them leads all of them in the next.
type lane struct {
	pool     *pgxpool.Pool
	patience time.Duration // see DB
	writes   bool

	mu      sync.Mutex
	idle    int // batches that may begin now
	waiting []*call
}

// run returns when c is done or is to run alone. ctx bounds the wait; what was sent ends on the server.
func (l *lane) run(ctx context.Context, c *call) {
	l.mu.Lock()
	if l.idle > 0 {
		l.idle--
		l.mu.Unlock()
		l.lead(ctx, c)
		return
	}
	l.waiting = append(l.waiting, c)
	l.mu.Unlock()
	var leads bool
	select {
	case leads = <-c.turn:
	case <-ctx.Done():
		if l.leave(c) {
			c.err = acquireError(ctx.Err())
			return
		}
		leads = <-c.turn
	}
	if leads {
		l.lead(ctx, c)
	}
}

// leave takes a call out of the queue; false means that it has its turn already.
func (l *lane) leave(c *call) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting, c)
	if i < 0 {
		return false
	}
	l.waiting = slices.Delete(l.waiting, i, i+1)
	return true
}

// lead sends first and those that wait behind it, then hands the lead on. Only once there is a connection do the others
// come along: a leader whose client is gone leaves them to the next.
func (l *lane) lead(ctx context.Context, first *call) {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		l.pass()
		if first.again = ctx.Err() == nil; !first.again {
			first.err = acquireError(err)
		}
		return
	}
	var room [mostTogether]*call
	b := batch{calls: append(room[:0], first), writes: l.writes}
	if l.writes {
		runtime.Gosched() // those who are about to ask may do so: a batch of writes is long, for it ends on the disk
	}
	l.mu.Lock()
	n := min(len(l.waiting), mostTogether-1)
	b.calls = append(b.calls, l.waiting[:n]...)
	l.waiting = slices.Delete(l.waiting, 0, n)
	l.mu.Unlock()
	began := time.Now()
	b.run(conn, l.patience)
	took := time.Since(began)
	l.pass()
	for _, c := range b.calls {
		if took > c.s.class.quick() {
			c.s.suspect()
		}
		if c != first {
			c.turn <- false
		}
	}
}

// pass lets the next batch begin.
func (l *lane) pass() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.idle++
		return
	}
	next := l.waiting[0]
	l.waiting = slices.Delete(l.waiting, 0, 1)
	next.turn <- true
}
