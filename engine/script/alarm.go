package script

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"
)

// alarm interrupts a runtime after callTime. Where the system tells, that is processor time, so a script does not fail because the
// machine is busy with something else; at the deadline of its frame it is interrupted in any case.
type alarm struct {
	rang     atomic.Bool
	rt       *goja.Runtime
	deadline time.Time
	used     time.Duration // processor time of the process when it was set
	mu       sync.Mutex    // of timer
	timer    *time.Timer   // nil when stopped
}

func setAlarm(rt *goja.Runtime, deadline time.Time) *alarm {
	a := &alarm{rt: rt, deadline: deadline, used: processorTime()}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer = time.AfterFunc(min(callTime, time.Until(deadline)), a.ring)
	return a
}

func (a *alarm) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.timer == nil {
		return
	}
	left := callTime - (processorTime() - a.used)
	if until := time.Until(a.deadline); left > 0 && until > 0 {
		a.timer.Reset(min(max(left, time.Millisecond), until))
		return
	}
	a.rang.Store(true)
	a.rt.Interrupt(ErrTime)
}

func (a *alarm) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer.Stop()
	a.timer = nil
}
