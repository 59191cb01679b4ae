package middleware

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func database(t *testing.T) *pg.DB {
	t.Helper()
	db := pgtest.New(t)
	if err := pg.Migrate(t.Context(), db, os.DirFS("../catalog/migrations")); err != nil {
		t.Fatal(err)
	}
	return db
}

// granted counts how many of n requests by each of the servers at once are served.
func grantedBy(servers []*Limiter, key Key, rule Rule, n int) int {
	var count atomic.Int64
	var wait sync.WaitGroup
	for _, l := range servers {
		for range 4 {
			wait.Go(func() {
				for range n / 4 {
					if l.Take(context.Background(), key, rule) == 0 {
						count.Add(1)
					}
				}
			})
		}
	}
	wait.Wait()
	return int(count.Load())
}

func TestLimitHoldsAcrossServers(t *testing.T) {
	t.Parallel()
	db := database(t)
	servers := []*Limiter{NewLimiter(db, quiet()), NewLimiter(db, quiet()), NewLimiter(db, quiet())}
	for i, test := range []struct {
		limit float64
		tries int
	}{{5, 20}, {30, 60}, {100, 120}, {1000, 800}} {
		rule := Rule{Limit: test.limit, Per: 31 * 24 * time.Hour}
		got := grantedBy(servers, Key{byte(i)}, rule, test.tries)
		// What other servers hold of their leases may stay unused: at most a lease on each of the two others.
		least := test.limit - 2*(rule.lease()-1)
		if float64(got) > test.limit || float64(got) < least {
			t.Errorf("limit %v: %d granted, want %v to %v", test.limit, got, least, test.limit)
		}
	}
}

func TestLeasesDieWithTheSecondPeriod(t *testing.T) {
	t.Parallel()
	db := database(t)
	rule := Rule{Limit: 100, Per: 31 * 24 * time.Hour}
	for periods, want := range []int{95, 95, 100} {
		key := Key{byte(periods)}
		if wait := NewLimiter(db, quiet()).Take(t.Context(), key, rule); wait != 0 { // a server that ends at once, with a lease of five
			t.Fatal(wait)
		}
		// The bucket is moved into the past; what it would have gained since, fills it as far as the lease allows.
		if _, err := db.Pool().Exec(t.Context(), `UPDATE sl_rate_limits SET epoch = epoch - $2, at = at - $2 * $3 WHERE key = $1`,
			key[:], periods, rule.Per.Seconds()); err != nil {
			t.Fatal(err)
		}
		if got := grantedBy([]*Limiter{NewLimiter(db, quiet())}, key, rule, 120); got != want {
			t.Errorf("%d periods later: %d granted, want %d", periods, got, want)
		}
	}
}

// tested is a shared bucket whose clock the test moves: the arithmetic of leaseStatement in Go, as a model.
type tested struct {
	mu            sync.Mutex
	at            time.Time
	tokens        float64
	held, before  float64
	epoch         int64
	seen          time.Time
	failing       bool
	calls, misses int
}

func (m *tested) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at
}

func (m *tested) advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at = m.at.Add(d)
}

func (m *tested) lease(_ context.Context, _ Key, rule Rule, back giveBack) (granted, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.failing {
		return granted{}, errors.New("away")
	}
	epoch := m.at.UnixNano() / int64(rule.epoch())
	if m.seen.IsZero() {
		m.tokens = rule.Limit
	} else {
		switch epoch - m.epoch {
		case 0:
		case 1:
			m.held, m.before = 0, m.held
		default:
			m.held, m.before = 0, 0
		}
		switch epoch - back.epoch {
		case 0:
			m.held -= back.leased
		case 1:
			m.before -= back.leased
		default:
			back.unused = 0
		}
		m.tokens = max(0, min(rule.Limit-m.held-m.before, m.tokens+back.unused+m.at.Sub(m.seen).Seconds()*rule.perSecond()))
	}
	m.seen, m.epoch = m.at, epoch
	grant := float64(int(min(rule.lease(), m.tokens)))
	m.tokens, m.held = m.tokens-grant, m.held+grant
	if m.tokens+m.held+m.before > rule.Limit+1e-6 {
		m.misses++
	}
	return granted{tokens: grant, left: m.tokens, epoch: epoch, lives: time.Duration((epoch+2)*int64(rule.epoch()) - m.at.UnixNano())}, nil
}

func TestASlowClientMayUseAllOfItsLimit(t *testing.T) {
	t.Parallel()
	m := &tested{at: time.Unix(1_800_000_000, 0)}
	l := newLimiter(m, quiet(), m.now)
	rule := Rule{Limit: 60, Per: time.Minute}
	for i := range 600 { // one a second is what the bucket refills, although it leases three at a time
		if wait := l.Take(t.Context(), Key{}, rule); wait > 0 {
			t.Fatalf("request %d is refused for %s", i, wait)
		}
		m.advance(1100 * time.Millisecond)
	}
	if m.misses > 0 {
		t.Errorf("%d times more was out than the limit", m.misses)
	}
}

func TestABurstBehindAPauseStaysInTheLimit(t *testing.T) {
	t.Parallel()
	m := &tested{at: time.Unix(1_800_000_000, 0)}
	servers := []*Limiter{newLimiter(m, quiet(), m.now), newLimiter(m, quiet(), m.now)}
	rule := Rule{Limit: 100, Per: time.Hour}
	for _, l := range servers { // each holds a lease now
		l.Take(t.Context(), Key{}, rule)
	}
	m.advance(3 * time.Hour)
	if got := grantedBy(servers, Key{}, rule, 200); got > 100 {
		t.Errorf("%d granted", got)
	}
}

func TestRefusedRequestsDoNotAskAgain(t *testing.T) {
	t.Parallel()
	m := &tested{at: time.Unix(1_800_000_000, 0)}
	l := newLimiter(m, quiet(), m.now)
	rule := Rule{Limit: 2, Per: time.Minute}
	var last time.Duration
	for range 50 {
		last = l.Take(t.Context(), Key{}, rule)
	}
	if m.calls != 3 || last <= 29*time.Second || last > 30*time.Second {
		t.Errorf("%d calls, wait %s", m.calls, last)
	}
	m.advance(last)
	if wait := l.Take(t.Context(), Key{}, rule); wait != 0 {
		t.Errorf("refused for %s behind the promised wait", wait)
	}
}

func TestWithoutPostgreSQLAServerGrantsALease(t *testing.T) {
	t.Parallel()
	m := &tested{at: time.Unix(1_800_000_000, 0), failing: true}
	l := newLimiter(m, quiet(), m.now)
	rule := Rule{Limit: 100, Per: 100 * time.Second}
	if got := grantedBy([]*Limiter{l}, Key{}, rule, 40); got != 5 {
		t.Errorf("%d granted at once, want a lease of 5", got)
	}
	m.advance(2 * time.Second)
	if got := grantedBy([]*Limiter{l}, Key{}, rule, 40); got != 2 {
		t.Errorf("%d granted in 2 seconds, want 2", got)
	}
}

func TestIdleBucketsAreForgottenAndMemoryIsBounded(t *testing.T) {
	t.Parallel()
	m := &tested{at: time.Unix(1_800_000_000, 0)}
	l := newLimiter(m, quiet(), m.now)
	rule := Rule{Limit: 1000, Per: time.Minute}
	for i := range 300_000 {
		l.bucket(bucketKey(nil, string(rune(i)))).per = rule.Per
	}
	if n := l.Len(); n > maxBuckets {
		t.Errorf("%d buckets", n)
	}
	m.advance(3 * time.Minute)
	l.sweep()
	if n := l.Len(); n != 0 {
		t.Errorf("%d buckets behind the sweep", n)
	}
}

func TestSweepDropsFullBucketsInPostgreSQL(t *testing.T) {
	t.Parallel()
	db := database(t)
	shared := &sharedBuckets{db}
	for i, per := range []time.Duration{time.Millisecond, time.Hour} {
		if _, err := shared.lease(t.Context(), Key{byte(i)}, Rule{Limit: 10, Per: per}, giveBack{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Pool().Exec(t.Context(), `UPDATE sl_rate_limits SET full_at = full_at - 1`); err != nil {
		t.Fatal(err)
	}
	if err := shared.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM sl_rate_limits`).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d rows left, %v", left, err)
	}
}

func TestLimitOfSeveralAtOnce(t *testing.T) {
	t.Parallel()
	l := NewLimiter(database(t), quiet())
	rule := Rule{Limit: 100, Per: 31 * 24 * time.Hour}
	for i, test := range []struct {
		n      int
		passes bool
	}{{101, false}, {60, true}, {50, false}, {30, true}, {11, false}, {10, true}, {1, false}} {
		if wait := l.TakeN(t.Context(), Key{9}, rule, test.n); (wait == 0) != test.passes {
			t.Errorf("step %d: %d tokens: wait %v", i, test.n, wait)
		}
	}
}
