package middleware

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sayrud/sayrud/storage/pg"
)

// A Rule is the size of a bucket and how fast it fills: Limit requests over Per.
type Rule struct {
	Limit float64
	Per   time.Duration

	want float64 // tokens that one request takes; 0 is 1
}

func (r Rule) perSecond() float64 { return r.Limit / r.Per.Seconds() }

// lease is how many requests a server takes at once from the bucket that all servers share.
func (r Rule) lease() float64 { return max(1, float64(int(r.Limit)/20), r.want) }

// epoch is the measure of a lease's life: it ends with the epoch behind the one it was taken in.
func (r Rule) epoch() time.Duration { return r.Per }

// A Limiter counts requests in token buckets that all servers on one database share. The bucket in PostgreSQL (the unlogged table
// sl_rate_limits) leases max(1, Limit/20) tokens at a time; the sum of its own tokens and of the living leases never exceeds Limit.
// A lease lives between one and two times Per, on the server a little shorter than in the database; with the next lease a server
// tells what it did not use. So what a server takes with it when it ends is back soon.
//
// Where PostgreSQL can't be asked, a server grants what it has leased and further on at most a lease at once, refilled at the rule's rate.
// After a crash of PostgreSQL the buckets are full. Memory is bounded: buckets idle for longer than their lease lives are forgotten, and beyond maxBuckets
// any one makes room, whose lease is lost until its epoch ends.
type Limiter struct {
	db     leaser
	log    *slog.Logger
	now    func() time.Time
	away   atomic.Bool // PostgreSQL could not be asked the last time
	shards [64]shard

	requests               *prometheus.CounterVec
	passed, refused, alone prometheus.Counter
}

type shard struct {
	mu      sync.Mutex
	buckets map[Key]*bucket
}

const maxBuckets = 1 << 17 // over all shards; about 150 bytes each

// A bucket is what this server knows of a Key.
type bucket struct {
	mu      sync.Mutex
	left    float64   // of the lease
	leased  float64   // the lease's size
	epoch   int64     // of the lease
	until   time.Time // the lease ends
	refused time.Time // until then the shared bucket is known to be empty
	used    time.Time
	per     time.Duration
	others  float64 // what was free in the shared bucket when the lease was taken, and
	asked   time.Time

	alone     float64 // tokens while PostgreSQL is away
	aloneFrom time.Time
}

// A leaser is the shared side of the buckets.
type leaser interface {
	lease(ctx context.Context, key Key, rule Rule, back giveBack) (granted, error)
}

// giveBack is what becomes of a server's last lease: its size and epoch, and how much of it was not used.
type giveBack struct {
	epoch  int64
	leased float64
	unused float64
}

// granted is the database's answer: the tokens leased, until when, and what is left for others.
type granted struct {
	tokens float64
	left   float64
	epoch  int64
	lives  time.Duration
}

// NewLimiter makes a Limiter over a migrated database. Run drops idle buckets.
func NewLimiter(db *pg.DB, log *slog.Logger) *Limiter {
	return newLimiter(&sharedBuckets{db}, log, time.Now)
}

func newLimiter(db leaser, log *slog.Logger, now func() time.Time) *Limiter {
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sayrud_middleware_rate_limit_requests_total",
		Help: "Requests at a rate limit: passed, refused, or alone where this server counted by itself because PostgreSQL was away.",
	}, []string{"result"})
	l := &Limiter{
		db: db, log: log, now: now,
		requests: requests, passed: requests.WithLabelValues("passed"), refused: requests.WithLabelValues("refused"), alone: requests.WithLabelValues("alone"),
	}
	for i := range l.shards {
		l.shards[i].buckets = make(map[Key]*bucket)
	}
	return l
}

// Register adds the limiter's metrics.
func (l *Limiter) Register(registry prometheus.Registerer) {
	registry.MustRegister(l.requests, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "sayrud_middleware_rate_limit_buckets", Help: "Buckets in this server's memory.",
	}, func() float64 { return float64(l.Len()) }))
}

// Take takes a token of the bucket and gives 0, or how long to wait for one. It is safe for concurrent use.
func (l *Limiter) Take(ctx context.Context, key Key, rule Rule) time.Duration {
	return l.TakeN(ctx, key, rule, 1)
}

// TakeN is Take of n tokens, all or none. More than the limit never come.
func (l *Limiter) TakeN(ctx context.Context, key Key, rule Rule, n int) time.Duration {
	wait := l.take(ctx, key, rule, float64(n))
	if wait > 0 {
		l.refused.Inc()
	} else {
		l.passed.Inc()
	}
	return wait
}

func (l *Limiter) take(ctx context.Context, key Key, rule Rule, want float64) time.Duration {
	if rule.want = want; want > rule.Limit {
		return rule.Per
	}
	b := l.bucket(key)
	b.mu.Lock()
	defer b.mu.Unlock()
	now := l.now()
	b.used, b.per = now, rule.Per
	if b.left >= want && now.Before(b.until) {
		b.left -= want
		return 0
	}
	if now.Before(b.refused) {
		return b.refused.Sub(now)
	}
	got, err := l.lease(ctx, key, rule, giveBack{epoch: b.epoch, leased: b.leased, unused: b.left})
	if err != nil {
		l.alone.Inc()
		return b.takeAlone(now, rule)
	}
	b.aloneFrom = time.Time{}
	b.others, b.asked = got.left, now
	b.leased, b.left, b.epoch, b.until = got.tokens, got.tokens, got.epoch, now.Add(got.lives)
	if b.left < want {
		wait := max(time.Duration((want-b.left-got.left)/rule.perSecond()*float64(time.Second)), time.Millisecond)
		if b.left < 1 {
			b.left, b.leased = 0, 0
			b.refused = now.Add(wait)
		}
		return wait
	}
	b.left -= want
	return 0
}

// Remaining gives how many tokens are left as far as this server knows - others may have taken some since it asked - and how long the
// bucket takes to be full.
func (l *Limiter) Remaining(key Key, rule Rule) (tokens int, full time.Duration) {
	b := l.bucket(key)
	b.mu.Lock()
	defer b.mu.Unlock()
	now := l.now()
	free := b.left
	if !now.Before(b.refused) {
		free += b.others + now.Sub(b.asked).Seconds()*rule.perSecond()
	}
	free = max(0, min(free, rule.Limit))
	return int(free), time.Duration((rule.Limit - free) / rule.perSecond() * float64(time.Second))
}

// leaseTimeout is how long a request waits for the shared bucket before this server counts alone.
const leaseTimeout = 2 * time.Second

// lease asks the shared bucket. A client that goes away must not lose what others wait for, so its context only bounds the time.
func (l *Limiter) lease(ctx context.Context, key Key, rule Rule, back giveBack) (granted, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseTimeout)
	defer cancel()
	got, err := l.db.lease(ctx, key, rule, back)
	if away := err != nil; l.away.CompareAndSwap(!away, away) {
		if away {
			l.log.Warn("rate limits are counted on this server alone", "error", err)
		} else {
			l.log.Info("rate limits are counted across servers again")
		}
	}
	return got, err
}

// takeAlone grants at most a lease at once while PostgreSQL is away.
func (b *bucket) takeAlone(now time.Time, rule Rule) time.Duration {
	b.left, b.leased = 0, 0
	if b.aloneFrom.IsZero() {
		b.alone = rule.lease()
	} else {
		b.alone = min(rule.lease(), b.alone+now.Sub(b.aloneFrom).Seconds()*rule.perSecond())
	}
	b.aloneFrom = now
	if b.alone < rule.want {
		return time.Duration((rule.want - b.alone) / rule.perSecond() * float64(time.Second))
	}
	b.alone -= rule.want
	return 0
}

func (l *Limiter) bucket(key Key) *bucket {
	s := &l.shards[key[0]%64]
	s.mu.Lock()
	defer s.mu.Unlock()
	b, found := s.buckets[key]
	if !found {
		for old := range s.buckets {
			if len(s.buckets) < maxBuckets/len(l.shards) {
				break
			}
			delete(s.buckets, old)
		}
		b = &bucket{used: l.now()}
		s.buckets[key] = b
	}
	return b
}

// sweep forgets buckets that were idle for as long as they need to fill.
func (l *Limiter) sweep() {
	now := l.now()
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		for key, b := range s.buckets {
			if b.mu.TryLock() {
				if now.Sub(b.used) > b.per && !now.Before(b.until) {
					delete(s.buckets, key)
				}
				b.mu.Unlock()
			}
		}
		s.mu.Unlock()
	}
}

// Len gives the number of buckets in memory.
func (l *Limiter) Len() int {
	n := 0
	for i := range l.shards {
		l.shards[i].mu.Lock()
		n += len(l.shards[i].buckets)
		l.shards[i].mu.Unlock()
	}
	return n
}

// Run forgets idle buckets every minute, here and in PostgreSQL, until ctx ends.
func (l *Limiter) Run(ctx context.Context) {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			l.sweep()
			if shared, ok := l.db.(*sharedBuckets); ok {
				if err := shared.sweep(ctx); err != nil && ctx.Err() == nil {
					l.log.Warn("drop idle rate limits", "error", err)
				}
			}
		}
	}
}
