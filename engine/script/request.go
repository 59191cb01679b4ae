package script

import (
	"bytes"
	"hash/maphash"

	"github.com/sayrud/sayrud/engine/raw"
)

// newRequest gathers calls into a frame: each program once, each value once where it is worth looking for.
func newRequest(sh Shared, calls []Call, which []int) (*request, error) {
	q := &request{shared: sh, calls: make([]requestCall, 0, len(which))}
	programs := make(map[*Program]int, 4)
	values := sharedValues{seed: maphash.MakeSeed()}
	size := 0
	for _, place := range which {
		c := calls[place]
		at, known := programs[c.Program]
		if !known {
			at = len(q.programs)
			programs[c.Program] = at
			q.programs = append(q.programs, c.Program)
			size += len(c.Program.source)
		}
		call := requestCall{program: at, values: make([]int, len(c.Program.inputs))}
		for i := range call.values {
			var v raw.Value
			if i < len(c.Inputs) {
				v = c.Inputs[i]
			}
			call.values[i] = values.add(v)
		}
		q.calls = append(q.calls, call)
	}
	for _, v := range values.list {
		size += len(v) + 8
	}
	if size > maxRequest-64<<10 {
		return nil, ErrInput
	}
	q.values = values.list
	return q, nil
}

// sharedValues keeps each value once. Short ones are not worth comparing.
type sharedValues struct {
	list  []raw.Value
	seed  maphash.Seed
	found map[uint64]int
}

const shortValue = 128

func (s *sharedValues) add(v raw.Value) int {
	if len(v) >= shortValue {
		sum := maphash.Bytes(s.seed, v)
		if i, found := s.found[sum]; found && bytes.Equal(s.list[i], v) {
			return i
		}
		if s.found == nil {
			s.found = map[uint64]int{}
		}
		s.found[sum] = len(s.list)
	}
	s.list = append(s.list, v)
	return len(s.list) - 1
}
