package traffic

import (
	"net/http"
	"sync/atomic"
	"time"
)

// Trials names the Counter of requests that were only tried; no endpoint can have the name, nor none, which counts requests of the
// project that have no endpoint.
const (
	Trials = "*"
	none   = ""
)

// Slow is the duration from which a request is remarkable.
const Slow = 500 * time.Millisecond

// A Counter counts the requests of an endpoint since they were last written. It is safe for concurrent use.
type Counter struct {
	log      *Log
	project  int
	endpoint string

	took            [buckets]atomic.Uint32
	refused, failed atomic.Uint32
	bytes, micros   atomic.Int64

	refusals, samples gate
}

// Count counts a request that was answered with status, took as long, and had an answer of as many bytes. It reports whether the request
// is worth keeping, see [Log.Keep].
func (c *Counter) Count(at time.Time, status int, took time.Duration, bytes int) (remarkable bool) {
	c.took[bucketOf(took)].Add(1)
	c.bytes.Add(int64(bytes))
	c.micros.Add(took.Microseconds())
	now, l := at.UnixNano(), c.log
	switch {
	case status >= http.StatusInternalServerError:
		c.failed.Add(1)
		return l.urgent.pass(now, urgentRate)
	case status >= http.StatusBadRequest:
		c.refused.Add(1)
		if took < Slow {
			return c.refusals.pass(now, ownRate) && l.refusals.pass(now, refusedRate)
		}
	}
	if took >= Slow {
		return l.urgent.pass(now, urgentRate)
	}
	return c.samples.pass(now, ownRate) && l.samples.pass(now, sampleRate)
}

// take gives what was counted since the last time.
func (c *Counter) take() (t tally) {
	for i := range c.took {
		if n := c.took[i].Swap(0); n > 0 {
			t.took[i] = int64(n)
			t.Requests += int64(n)
		}
	}
	if t.Requests > 0 {
		t.Refused, t.Failed = int64(c.refused.Swap(0)), int64(c.failed.Swap(0))
		t.Bytes, t.micros = c.bytes.Swap(0), c.micros.Swap(0)
	}
	return t
}

// A tally is what was counted of an endpoint in some time. A request that is being counted while it is taken may have its parts in two.
type tally struct {
	Requests int64
	Refused  int64 // answered 4xx
	Failed   int64 // and 5xx
	Bytes    int64
	micros   int64
	took     histogram
}

func (t *tally) add(other *tally) {
	t.Requests += other.Requests
	t.Refused += other.Refused
	t.Failed += other.Failed
	t.Bytes += other.Bytes
	t.micros += other.micros
	t.took.add(&other.took)
}
