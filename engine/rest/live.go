package rest

import (
	"sync"

	"github.com/sayrud/sayrud/engine"
)

const (
	maxStreams          = 512 // of this server
	maxStreamsOfOne     = 32  // of one principal: tabs of a browser
	retryAfterTooOften  = 30  // seconds
	streamsAreExhausted = "There are too many open event streams; close a tab of the panel."
)

// A live tells open event streams that definitions changed or that the server is closing, and counts them.
type live struct {
	mu      sync.Mutex
	changed chan struct{} // closed by the next change
	ended   chan struct{} // closed when no stream may go on
	streams map[string]int
	total   int
}

func newLive() *live {
	return &live{changed: make(chan struct{}), ended: make(chan struct{}), streams: map[string]int{}}
}

// tell wakes all streams.
func (l *live) tell() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
}

// next gives what the next change closes. Whoever takes it before looking at definitions misses none.
func (l *live) next() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

// enter counts a stream of whoever asks until leave is called.
func (l *live) enter(actor string) (leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= maxStreams || l.streams[actor] >= maxStreamsOfOne {
		return nil, &engine.Error{Code: engine.RateLimited, Message: streamsAreExhausted, RetryAfter: retryAfterTooOften}
	}
	l.total++
	l.streams[actor]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.total--
		if l.streams[actor]--; l.streams[actor] == 0 {
			delete(l.streams, actor)
		}
	}, nil
}

// end ends all streams for good.
func (l *live) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.ended:
	default:
		close(l.ended)
	}
}
