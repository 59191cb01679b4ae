package script

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"
)

// alarm interrupts a runtime when an evaluation has used callTime or its frame's allowance. What does not heed that within heedTime, as
// a regular expression and some built-in functions do not, is given up with the process.
type alarm struct {
	rang   atomic.Bool
	rt     *goja.Runtime
	frame  allowance
	end    time.Duration // the processor time of the process at which it rings, then at which it gives up
	giveUp func()        // ends the process
	mu     sync.Mutex    // of timer
	timer  *time.Timer   // nil when stopped
}

func setAlarm(rt *goja.Runtime, frame allowance, giveUp func()) *alarm {
	a := &alarm{rt: rt, frame: frame, end: processorTime() + callTime, giveUp: giveUp}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer = time.AfterFunc(a.left(), a.ring)
	return a
}

func (a *alarm) left() time.Duration {
	left := a.end - processorTime()
	if a.rang.Load() {
		return left
	}
	return min(left, a.frame.left())
}

func (a *alarm) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer == nil {
		return
	}
	left := a.left()
	switch {
	case left > 0:
	case a.rang.Load():
		a.giveUp()
	default:
		a.rang.Store(true)
		a.rt.Interrupt(ErrTime)
		a.end = processorTime() + heedTime
		left = heedTime
	}
	a.timer.Reset(max(left, time.Millisecond))
}

func (a *alarm) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer.Stop()
	a.timer = nil
}
