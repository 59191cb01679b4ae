package traffic

import (
	"sync/atomic"
	"time"
)

// A rate is how often a gate opens: once in every, and at once for as many as fit into burst.
type rate struct{ every, burst time.Duration }

// Together they keep at most a thousand requests a minute on each server.
var (
	urgentRate  = rate{every: 150 * time.Millisecond, burst: 30 * time.Second} // failed or slow: 400 a minute, 200 at once
	refusedRate = rate{every: 200 * time.Millisecond, burst: 20 * time.Second} // 300 a minute, 100 at once
	sampleRate  = rate{every: 200 * time.Millisecond, burst: 20 * time.Second}
	ownRate     = rate{every: time.Second, burst: 20 * time.Second} // of refused ones and of samples, for one endpoint: so that a busy one leaves room
)

// A gate lets a bounded number through without a lock. It holds the time at which it will be as if nobody had passed, in nanoseconds
// of any clock. The zero value is open.
type gate struct{ free atomic.Int64 }

// pass reports whether one may pass at the time now.
func (g *gate) pass(now int64, r rate) bool {
	for {
		free := g.free.Load()
		from := max(free, now)
		if from-now >= int64(r.burst) {
			return false
		}
		if g.free.CompareAndSwap(free, from+int64(r.every)) {
			return true
		}
	}
}
