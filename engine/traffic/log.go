package traffic

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sayrud/sayrud/storage/pg"
)

const (
	keepPause  = time.Second     // between writes of kept requests
	countPause = 5 * time.Second // between writes of what was counted; divides a minute
	patience   = 5 * time.Second // for one write
	lastWait   = 3 * time.Second // for the one of Close

	keepRoom = 1024      // kept requests between two writes; beyond they are dropped
	keepRows = 4 * 1024  // those that wait while PostgreSQL is away
	waitRows = 16 * 1024 // counted minutes that wait while it is away
)

// A Log counts requests and keeps the remarkable ones. It is safe for concurrent use.
type Log struct {
	db  *pg.DB
	log *slog.Logger

	mu       sync.Mutex
	counters map[counterKey]*Counter

	urgent, refusals, samples gate
	kept                      chan Request

	flushing sync.Mutex // of what follows
	since    time.Time  // to when what was counted is taken
	counted  map[minute]*tally
	waiting  []Request
	away     bool // PostgreSQL could not be asked the last time

	dropped     *prometheus.CounterVec
	droppedKept prometheus.Counter
}

type counterKey struct {
	project  int
	endpoint string
}

// A minute is one of an endpoint; at is its beginning, as Unix time.
type minute struct {
	counterKey
	at int64
}

// New makes a Log over a migrated database. The caller runs Run and then closes the Log. One that does not run counts and writes nothing.
func New(db *pg.DB, log *slog.Logger) *Log {
	dropped := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sayrud_traffic_dropped_total", Help: "Kept requests, and minutes of counted ones, that were not written: too many at once, or PostgreSQL was away.",
	}, []string{"what"})
	return &Log{
		db: db, log: log, counters: map[counterKey]*Counter{}, kept: make(chan Request, keepRoom), since: time.Now(), counted: map[minute]*tally{},
		dropped: dropped, droppedKept: dropped.WithLabelValues("requests"),
	}
}

// Register adds the metrics.
func (l *Log) Register(registry prometheus.Registerer) { registry.MustRegister(l.dropped) }

// Counter gives the counter of an endpoint of a project: always the same one, for as long as the Log lives. "" is that of requests whose
// path has no endpoint.
func (l *Log) Counter(project int, endpoint string) *Counter {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := counterKey{project, endpoint}
	c := l.counters[key]
	if c == nil {
		c = &Counter{log: l, project: project, endpoint: endpoint}
		l.counters[key] = c
	}
	return c
}

// Keep keeps a request that [Counter.Count] found remarkable. Where too many wait it is dropped.
func (l *Log) Keep(r Request) {
	select {
	case l.kept <- r:
	default:
		l.droppedKept.Inc()
	}
}

// Run writes from time to time what there is, and folds and deletes what is old, until ctx ends.
func (l *Log) Run(ctx context.Context) {
	var group sync.WaitGroup
	group.Go(func() { l.tend(ctx) })
	defer group.Wait()
	for {
		now := time.Now()
		next := now.Truncate(keepPause).Add(keepPause)
		if pg.Pause(ctx, next.Sub(now)) != nil {
			return
		}
		if next.Unix()%int64(countPause/time.Second) == 0 {
			_ = l.Flush(ctx) // it is logged
		} else {
			_ = l.flush(ctx, false)
		}
	}
}

// Flush writes everything there is. Its error is logged already; what could not be written waits for the next time.
func (l *Log) Flush(ctx context.Context) error { return l.flush(ctx, true) }

func (l *Log) flush(ctx context.Context, counts bool) error {
	l.flushing.Lock()
	defer l.flushing.Unlock()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	l.gather(counts)
	err := l.writeKept(ctx)
	if err == nil && counts {
		err = l.writeCounted(ctx)
	}
	switch {
	case err != nil && !l.away:
		l.log.Warn("what requests did can't be written; it waits", "error", err)
	case err == nil && l.away:
		l.log.Info("what requests did is written again")
	}
	l.away = err != nil
	return err
}

// gather takes what there is to write, and drops what there is no room for.
func (l *Log) gather(counts bool) {
	for more := true; more; {
		select {
		case r := <-l.kept:
			l.waiting = append(l.waiting, r)
		default:
			more = false
		}
	}
	if over := len(l.waiting) - keepRows; over > 0 {
		l.waiting = append(l.waiting[:0], l.waiting[over:]...) // the oldest go
		l.droppedKept.Add(float64(over))
	}
	if counts {
		l.gatherCounts()
	}
}

func (l *Log) gatherCounts() {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.since.Truncate(time.Minute).Unix()
	for key, c := range l.counters {
		t := c.take()
		if t.Requests == 0 {
			continue
		}
		m := minute{key, at}
		switch before := l.counted[m]; {
		case before != nil:
			before.add(&t)
		case len(l.counted) < waitRows:
			l.counted[m] = &t
		default:
			l.dropped.WithLabelValues("minutes").Inc()
		}
	}
	l.since = time.Now()
}

// Close writes what there is, once requests have ended. It waits a few seconds at most.
func (l *Log) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), lastWait)
	defer cancel()
	_ = l.Flush(ctx)
}
