package job

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"golang.org/x/sync/errgroup"
)

// schemaName is the PostgreSQL schema of River's tables.
const schemaName = "sl_job"

const (
	maxConns     = 8               // of the queue's own pool, so that it never waits for connections of requests nor they for its
	startPause   = time.Second     // between tries to start while PostgreSQL is away
	stopTime     = 8 * time.Second // for attempts under way when the server stops
	attemptTime  = time.Minute     // bounds one attempt with all around it
	fetchPause   = 10 * time.Millisecond
	fetchPoll    = 500 * time.Millisecond
	keepFinished = time.Hour // River's own rows; ours stay longer, see cleanup
)

// A Queue sends messages. It is safe for concurrent use.
type Queue struct {
	cfg     Config
	pool    *pgxpool.Pool
	client  *river.Client[pgx.Tx]
	member  int32 // of the advisory lock that tells that this server is alive
	alive   sync.Once
	held    chan struct{} // closed when that lock is held for the first time: nothing is attempted before
	running sync.Map      // ids of deliveries that this server is attempting
	wake    chan struct{}
	metrics *metrics
	tables  compiledTables
}

// Mails reports whether there is a mail server.
func (q *Queue) Mails() bool { return q.cfg.Mail != nil }

// Open migrates River's tables. The caller runs Run and then closes the Queue.
func Open(ctx context.Context, cfg Config) (*Queue, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	client := *cfg.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	cfg.HTTP = &client
	pc := cfg.DB.Pool().Config()
	pc.MaxConns, pc.MinConns = maxConns, 0
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("open queue: %w", err)
	}
	q := &Queue{cfg: cfg, pool: pool, member: rand.Int32(), held: make(chan struct{}), wake: make(chan struct{}, 1), metrics: newMetrics(cfg.Registry)}
	if err := q.open(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open queue: %w", err)
	}
	return q, nil
}

func (q *Queue) open(ctx context.Context) error {
	log := slog.New(quiet{q.cfg.Log.Handler()})
	driver := riverpgxv5.New(q.pool)
	if err := migrate(ctx, q.cfg.DB, driver, log); err != nil {
		return err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &sender{queue: q})
	river.AddWorker(workers, &cleaner{queue: q})
	var err error
	q.client, err = river.NewClient(driver, &river.Config{
		ID: memberPrefix + strconv.Itoa(int(q.member)), Schema: schemaName, Logger: log, Workers: workers,
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.cfg.Workers}},
		FetchCooldown: fetchPause, FetchPollInterval: fetchPoll, JobTimeout: attemptTime, SoftStopTimeout: stopTime,
		CompletedJobRetentionPeriod: keepFinished, CancelledJobRetentionPeriod: keepFinished, DiscardedJobRetentionPeriod: keepFinished,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
			func() (river.JobArgs, *river.InsertOpts) {
				return cleanArgs{}, &river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: 50 * time.Minute}}
			}, &river.PeriodicJobOpts{RunOnStart: true})},
	})
	return err
}

// Close closes the pool, once Run has returned.
func (q *Queue) Close() { q.pool.Close() }

// Run sends until ctx ends, then lets attempts under way finish for some seconds; what is cut off is tried again later. It always gives
// nil: while PostgreSQL is away it waits.
func (q *Queue) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return q.live(ctx) })
	g.Go(func() error { return q.relay(ctx) })
	g.Go(func() error { return q.watch(ctx) })
	g.Go(func() error { return q.work(ctx) })
	return g.Wait()
}

// work runs River's client.
func (q *Queue) work(ctx context.Context) error {
	select {
	case <-q.held:
	case <-ctx.Done():
		return nil
	}
	for {
		err := q.client.Start(context.WithoutCancel(ctx))
		if err == nil {
			break
		}
		q.cfg.Log.Warn("the queue cannot start; trying again", "error", err)
		select {
		case <-time.After(startPause):
		case <-ctx.Done():
			return nil
		}
	}
	<-ctx.Done()
	if err := q.client.Stop(context.WithoutCancel(ctx)); err != nil {
		q.cfg.Log.Warn("the queue did not stop in time", "error", err)
	}
	return nil
}

// Wake tells that the outbox may hold something.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// quiet lets River's warnings and errors through, and nothing of its routine.
type quiet struct{ slog.Handler }

// Enabled reports whether a line of that level is written.
func (h quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the handler quiet.
func (h quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{h.Handler.WithAttrs(attrs)} }

// WithGroup keeps the handler quiet.
func (h quiet) WithGroup(name string) slog.Handler { return quiet{h.Handler.WithGroup(name)} }
