package auth

import (
	"math"
	"sync"
	"time"

	"github.com/sayrud/sayrud/engine"
)

// A throttle counts attempts by name: burst at once, then one each interval. It forgets names that are full again and holds at
// most maxThrottled; beyond that strangers share one entry. Each server counts for itself.
type throttle struct {
	burst    float64
	interval time.Duration

	mu      sync.Mutex
	entries map[string]*attempts
	swept   time.Time
}

type attempts struct {
	left float64
	at   time.Time
}

const maxThrottled = 10_000

func newThrottle(burst int, interval time.Duration) *throttle {
	return &throttle{burst: float64(burst), interval: interval, entries: map[string]*attempts{}}
}

// take uses up one attempt of name, or tells how long to wait for one.
func (t *throttle) take(name string, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.entry(name, now)
	if e.left < 1 {
		return time.Duration((1 - e.left) * float64(t.interval))
	}
	e.left--
	return 0
}

// giveBack returns an attempt that succeeded.
func (t *throttle) giveBack(name string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.entry(name, now)
	e.left = min(t.burst, e.left+1)
}

func (t *throttle) entry(name string, now time.Time) *attempts {
	e, found := t.entries[name]
	if !found && len(t.entries) >= maxThrottled {
		t.sweep(now)
		if len(t.entries) >= maxThrottled {
			name = ""
			e, found = t.entries[name]
		}
	}
	if !found {
		e = &attempts{left: t.burst, at: now}
		t.entries[name] = e
	}
	if passed := now.Sub(e.at); passed > 0 {
		e.left = min(t.burst, e.left+float64(passed)/float64(t.interval))
		e.at = now
	}
	return e
}

// sweep drops the entries that are full again, at most once in an interval.
func (t *throttle) sweep(now time.Time) {
	if now.Sub(t.swept) < t.interval {
		return
	}
	t.swept = now
	for name, e := range t.entries {
		if e.left+float64(now.Sub(e.at))/float64(t.interval) >= t.burst {
			delete(t.entries, name)
		}
	}
}

func tooManyAttempts(wait time.Duration) *engine.Error {
	seconds := int(math.Ceil(wait.Seconds()))
	return &engine.Error{Code: engine.RateLimited, Message: "Too many attempts to sign in. Please wait.", RetryAfter: max(seconds, 1)}
}
