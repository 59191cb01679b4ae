package pg

import (
	"time"
)

// A Class says whether a statement may travel with others. Those of one class that are asked for at the same time go
// to the server together, with one Sync: that saves most of what a short statement costs, which is waking up both
// sides. For the server they are one transaction (PostgreSQL manual, 54.2.4 "Pipelining"), so a statement of a class
//
//   - depends on no other: each sees what committed before it was asked for, and what went before it in the same batch;
//   - finds now() where the batch began;
//   - holds its locks until the batch ends.
//
// An error of one takes back what the batch wrote; all of them then run again, each alone, so nobody gets the error of
// another. Statements that take long do not stay among the short ones: one that takes 250 ms, or waits 100 ms for a
// lock, runs again alone, and so do those that went with it; for a second it stays alone, and until it was quick again.
type Class int

// The classes.
const (
	Single      Class = iota // always alone
	ShortRead                // reads few rows by an index
	ShortInsert              // makes one row
	ShortUpdate              // changes one row; one batch after the other, so that two never wait for each other's rows
)

const (
	// longestShort bounds a statement that goes together with others.
	longestShort = 250 * time.Millisecond
	// longestLockWait bounds its wait for a lock. It is shorter than the deadlock timeout of 1 s.
	longestLockWait = 100 * time.Millisecond
	// quickRead is what a read, or a batch of reads, usually takes at most. A write may take longestShort: it waits for the disk.
	quickRead = 50 * time.Millisecond
	// mostStrikes is how often in a row a statement may take longer when it is tried alone: on a machine that has too much to do, quick
	// ones do at times.
	mostStrikes = 3
	// apartFor is how long a slow statement stays alone before it is tried.
	apartFor = time.Second
	// widest bounds the parameters of a statement that goes together with others, in bytes.
	widest = 32 << 10
)

// What stands in Statement.apart where it is no time.
const (
	trusted   = iota
	suspected // the next call tries it alone
	tried     // a call is about it
)

func (c Class) quick() time.Duration {
	if c == ShortRead {
		return quickRead
	}
	return longestShort
}

// together reports whether s may go with others now.
func (s *Statement) together(args [][]byte) bool {
	switch apart := s.apart.Load(); {
	case s.class == Single || apart > tried:
		return false
	case apart == suspected && s.apart.CompareAndSwap(suspected, tried):
		return false
	}
	size := 0
	for _, arg := range args {
		size += len(arg)
	}
	return size <= widest
}

// timed takes note of how long s took alone.
func (s *Statement) timed(took time.Duration) {
	switch apart := s.apart.Load(); {
	case took > longestShort || took > s.class.quick() && s.strikes.Add(1) >= mostStrikes:
		s.slow()
	case took > s.class.quick():
		s.apart.CompareAndSwap(tried, suspected)
	case apart <= tried || time.Now().UnixNano() >= apart:
		s.strikes.Store(0)
		s.apart.CompareAndSwap(apart, trusted)
	}
}

// slow keeps s alone for a while.
func (s *Statement) slow() { s.apart.Store(time.Now().Add(apartFor).UnixNano()) }

// suspect has s tried alone.
func (s *Statement) suspect() { s.apart.CompareAndSwap(trusted, suspected) }
