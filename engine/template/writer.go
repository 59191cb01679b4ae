package template

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

// ErrTooLarge says that a response or value grew beyond Env.MaxBytes, or a $each beyond [maxIterations].
var ErrTooLarge = errors.New("the response is too large")

const (
	defaultMaxBytes = 16 << 20
	maxIterations   = 1_000_000 // of all $each of one response together
	maxRounds       = 64        // of frames of scripts; each level of $if and $each may need one
)

// A node is a compiled value.
type node interface {
	// write appends the value as JSON. false: it is absent, and dst is as it was.
	write(w *writer, dst []byte) ([]byte, bool)
	// gather queues the scripts below the node that have no result yet and reports whether there were none.
	gather(w *writer) bool
	// scripted reports whether there are scripts below the node.
	scripted() bool
}

// A writer is one rendering. Scripts run first: gather walks the nodes and queues calls, which travel in one frame; where a script
// decides what follows ($if, a key, the list of $each) what is below it waits for the next round. Then write walks once more.
type writer struct {
	env    *Env
	locals []local
	limit  int // of the length of the bytes being written
	steps  int // iterations of $each
	err    error

	spans []span // of objects with computed members, see object.go

	calls     []script.Call
	queued    []occurrence // whose calls they are
	bytes     int          // of the inputs of calls
	blocked   bool         // something waits for the calls
	gathering bool
	results   map[occurrence]raw.Value
	turn      int           // the present iteration of $each, by number
	turns     map[visit]int // numbers of iterations
	wholes    map[wholeKey]raw.Value
}

// An occurrence is a script in one iteration of $each.
type occurrence struct {
	call *call
	turn int
}

// A visit is iteration index of a level of $each inside the iteration outer.
type visit struct {
	level *level
	outer int
	index int64
}

type wholeKey struct {
	node node
	row  *Row
}

func (w *writer) begin(env *Env, locals int) {
	w.env = env
	w.limit = defaultMaxBytes
	if env.MaxBytes > 0 {
		w.limit = env.MaxBytes
	}
	if cap(w.locals) < locals {
		w.locals = make([]local, locals)
	}
	w.locals = w.locals[:locals]
}

// reset lets go of everything that belongs to a request.
func (w *writer) reset() {
	clear(w.locals)
	*w = writer{locals: w.locals[:0], spans: w.spans[:0]}
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// full reports whether writing has to end, because of an error or because dst is too long.
func (w *writer) full(dst []byte) bool {
	if len(dst) > w.limit {
		w.fail(fmt.Errorf("write %d bytes: %w", len(dst), ErrTooLarge))
	}
	return w.err != nil
}

// step counts an iteration and reports whether it may run.
func (w *writer) step() bool {
	if w.steps++; w.steps > maxIterations {
		w.fail(fmt.Errorf("repeat $each %d times: %w", w.steps, ErrTooLarge))
	}
	if w.steps&1023 == 0 && w.env.Context != nil && w.env.Context.Err() != nil {
		w.fail(w.env.Context.Err())
	}
	return w.err == nil
}

// value gives the value of n, nil where it is absent. Its memory may be that of Env or of the node.
func (w *writer) value(n node) raw.Value {
	switch n := n.(type) {
	case constant:
		return raw.Value(n)
	case *path:
		if v := n.read(w.env, w.locals); v != nil {
			return v
		}
		return raw.NullValue
	case *call:
		return w.results[occurrence{n, w.turn}]
	}
	b, ok := n.write(w, nil)
	if !ok {
		return nil
	}
	return b
}

// control gives the value that decides about what follows. ready is false where scripts have to run before it is known.
func (w *writer) control(n node) (v raw.Value, ready bool) {
	if w.gathering && n.scripted() && !n.gather(w) {
		w.blocked = true
		return nil, false
	}
	return w.value(n), w.err == nil
}

// run evaluates the scripts below roots until every one has its result.
func (w *writer) run(roots ...node) error {
	for round := 0; round < maxRounds; round++ {
		w.calls, w.queued, w.blocked, w.steps = w.calls[:0], w.queued[:0], false, 0
		w.gathering = true
		ready := true
		for _, root := range roots {
			if root != nil && root.scripted() && !root.gather(w) {
				ready = false
			}
		}
		w.gathering, w.steps = false, 0
		if w.err != nil || ready {
			return w.err
		}
		if err := w.send(); err != nil {
			return err
		}
		if !w.blocked {
			return nil
		}
	}
	return fmt.Errorf("run scripts in %d rounds: %w", maxRounds, ErrTooLarge)
}

func (w *writer) send() error {
	if w.env.Scripts == nil {
		return errors.New("run scripts: there is no runner")
	}
	results, err := w.env.Scripts.RunAll(w.context(), w.shared(), w.calls)
	if err != nil {
		return w.failed(err)
	}
	for i, o := range w.queued {
		w.remember(o, results[i])
	}
	return nil
}

// places tells where the scripts of a frame stand, for an error.
func (w *writer) places() string {
	var places []string
	for _, o := range w.queued {
		if place := o.call.place; place != "" && !slices.Contains(places, place) && len(places) < 3 {
			places = append(places, place)
		}
	}
	if len(places) == 0 {
		return ""
	}
	return " " + strings.Join(places, ", ")
}

func (w *writer) remember(o occurrence, v raw.Value) {
	if w.results == nil {
		w.results = make(map[occurrence]raw.Value)
	}
	w.results[o] = v
}

func (w *writer) shared() script.Shared {
	return script.Shared{Now: w.env.Now, Timezone: w.env.Timezone}
}

func (w *writer) context() context.Context {
	if w.env.Context == nil {
		return context.Background()
	}
	return w.env.Context
}
