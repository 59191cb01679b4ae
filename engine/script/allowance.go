package script

import "time"

// allowance is what a frame may use up. Processor time is what counts, where the system tells it, so a script does not fail because the
// machine is busy with something else; the clock bounds what waits all the same.
type allowance struct {
	processor time.Duration // the processor time of the process at which it ends
	clock     time.Time
}

func allow() allowance {
	return allowance{processor: processorTime() + frameTime, clock: time.Now().Add(frameClock)}
}

// left is how long the frame may run on, at least as long as nothing else runs; not above 0 when it is used up.
func (a allowance) left() time.Duration { return min(a.processor-processorTime(), time.Until(a.clock)) }
