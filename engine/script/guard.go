package script

import (
	"sync"
	"time"
)

// Bounds of a program that keeps running into its bounds.
const (
	guardCount  = 3
	guardWithin = time.Minute
	guardPause  = 30 * time.Second
)

// guard answers for a program at once where it ran into a bound three times within a minute. It belongs to one compiled program, so
// what happens at one endpoint does not touch another with the same text.
type guard struct {
	mu    sync.Mutex
	times []time.Time // the last ones, at most guardCount
	until time.Time
}

func (g *guard) check(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.until) {
		return ErrBroken
	}
	return nil
}

func (g *guard) count(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.times = append(g.times, now)
	if len(g.times) < guardCount {
		return
	}
	if now.Sub(g.times[0]) <= guardWithin {
		g.until, g.times = now.Add(guardPause), nil
		return
	}
	g.times = g.times[1:]
}
