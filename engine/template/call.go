package template

import (
	"fmt"

	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

// A call is JavaScript in a slot.
type call struct {
	program *script.Program
	inputs  []node // in the order of program.Inputs
	place   string // for errors
}

func (c *call) scripted() bool { return true }

func (c *call) write(w *writer, dst []byte) ([]byte, bool) {
	v := w.results[occurrence{c, w.turn}]
	return append(dst, v...), v != nil
}

func (c *call) gather(w *writer) bool {
	o := occurrence{c, w.turn}
	if _, known := w.results[o]; known || w.err != nil {
		return true
	}
	inputs := make([]raw.Value, len(c.inputs))
	for i, n := range c.inputs {
		inputs[i] = w.input(n)
		w.bytes += len(inputs[i])
	}
	if w.bytes > w.limit {
		w.fail(fmt.Errorf("read %d bytes into scripts: %w", w.bytes, ErrTooLarge))
		return true
	}
	w.calls = append(w.calls, script.Call{Program: c.program, Inputs: inputs})
	w.queued = append(w.queued, o)
	return false
}

// input gives the value of n; whole records and lists of them are built once a rendering.
func (w *writer) input(n node) raw.Value {
	var key wholeKey
	switch n := n.(type) {
	case *whole:
		key = wholeKey{n, findRow(n.row, w.env, w.locals)}
	case *wholes:
		key = wholeKey{node: n}
	default:
		return w.value(n)
	}
	if v, known := w.wholes[key]; known {
		return v
	}
	v := w.value(n)
	if w.wholes == nil {
		w.wholes = make(map[wholeKey]raw.Value)
	}
	w.wholes[key] = v
	w.bytes += len(v)
	return v
}
