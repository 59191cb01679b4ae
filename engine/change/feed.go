package change

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/sayrud/sayrud/storage/pg"
)

const (
	interval  = 10 * time.Millisecond // between polls
	lull      = 5 * time.Second       // after which nobody is taken to ask
	forgotten = 30 * time.Second      // a pause after which everything may have changed; shorter than rows are kept
	patience  = time.Second           // for the answer to one poll
)

// A Feed knows which tables changed. It is safe for concurrent use; nothing is known while [Feed.Run] does not run.
type Feed struct {
	db     *pg.DB
	log    *slog.Logger
	tables sync.Map // int: *table
	begun  time.Time
	polled atomic.Int64 // when the last poll began that is taken into account, in nanoseconds since begun; 0 is none
	asked  atomic.Int64 // when somebody asked last
	wake   chan struct{}
	resets atomic.Uint64

	polls, changes, lost prometheus.Counter
}

// New makes a Feed over a migrated database.
func New(db *pg.DB, log *slog.Logger) *Feed {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	return &Feed{
		db: db, log: log, begun: time.Now(), wake: make(chan struct{}, 1),
		polls:   counter("sayrud_change_polls_total", "Looks at the log of changes."),
		changes: counter("sayrud_change_tables_total", "Changed tables found there, by look."),
		lost:    counter("sayrud_change_resets_total", "Times the log could not be followed, after which everything counts as changed."),
	}
}

// Register adds the feed's metrics.
func (f *Feed) Register(registry prometheus.Registerer) {
	registry.MustRegister(f.polls, f.changes, f.lost)
}

func (f *Feed) now() int64 { return int64(time.Since(f.begun)) }

// fresh reports whether the last poll is young enough to vouch for the present.
func (f *Feed) fresh() bool {
	polled := f.polled.Load()
	return polled != 0 && f.now()-polled < int64(Fresh)
}

// ask keeps the feed polling, and wakes it.
func (f *Feed) ask() {
	now := f.now()
	before := f.asked.Load()
	if before != 0 && now-before < int64(lull)/4 {
		return
	}
	f.asked.Store(now)
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *Feed) isAsked() bool {
	asked := f.asked.Load()
	return asked != 0 && f.now()-asked < int64(lull)
}

// reset makes all Marks others than before.
func (f *Feed) reset() {
	f.polled.Store(0)
	f.resets.Add(1)
	f.lost.Inc()
}

// Run follows the changes until ctx ends, and gives ctx's error.
func (f *Feed) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return f.prune(ctx) })
	g.Go(func() error {
		for failures := 0; ; failures++ {
			if err := f.rest(ctx); err != nil {
				return err
			}
			err := f.follow(ctx, &failures)
			f.polled.Store(0)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if failures == 0 && !errors.Is(err, errForgotten) {
				f.log.Warn("the log of changes cannot be followed; nothing is cached until it can", "error", err)
			}
			if err := pg.Pause(ctx, min(time.Duration(failures+1)*5*interval, time.Second)); err != nil {
				return err
			}
		}
	})
	return g.Wait()
}

// rest waits until somebody asks.
func (f *Feed) rest(ctx context.Context) error {
	for !f.isAsked() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.wake:
		}
	}
	return nil
}

// errForgotten ends a connection that was not used for long.
var errForgotten = errors.New("nobody asked for long")

// follow polls on a connection of its own until that fails. failures is 0 once a poll succeeded.
func (f *Feed) follow(ctx context.Context, failures *int) error {
	p, err := f.connect(ctx)
	if err != nil {
		return err
	}
	defer p.close(ctx)
	f.reset()
	for last := time.Now(); ; {
		begun := time.Now()
		if begun.Sub(last) > forgotten {
			return errForgotten
		}
		found, err := p.poll(ctx)
		if err != nil {
			return err
		}
		*failures = 0
		last = begun
		f.take(found, begun)
		if err := pg.Pause(ctx, interval); err != nil {
			return err
		}
		if err := f.rest(ctx); err != nil {
			return err
		}
	}
}

// take makes known what a poll that began then has found.
func (f *Feed) take(found *news, begun time.Time) {
	f.polls.Inc()
	f.changes.Add(float64(len(found.changed)))
	f.Changed(found.changed...)
	f.tables.Range(func(id, known any) bool {
		t := known.(*table)
		since, watched := found.watched[id.(int)]
		if t.since != since { // another trigger, or none: what happened without one is not known
			t.since = since
			t.watched.Store(false)
			t.changes.Add(1)
		}
		t.watched.Store(watched)
		return true
	})
	f.polled.Store(int64(begun.Sub(f.begun)))
}
