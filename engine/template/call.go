package template

import (
	"fmt"
	"slices"
	"strings"

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
		key = wholeKey{n, reach(n.in, findRow(n.row, w.env, w.locals))}
	case *wholes:
		key = wholeKey{node: n}
		if n.list.from == listJoined {
			key.row = reach(n.list.in, findRow(n.list.row, w.env, w.locals))
		}
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

// script compiles JavaScript that stands at offset.
func (c *compiler) script(source string, offset int) node {
	program, problems := script.Compile(source, script.Names{Roots: c.roots(), Known: c.isMember})
	for _, p := range problems {
		c.refuse(offset+p.Offset, p.Hint, p.Message)
	}
	if len(problems) > 0 {
		return omit{}
	}
	n := &call{program: program, place: strings.Join(c.place, ".")}
	for _, names := range program.Inputs() {
		input, refused := c.resolve(names)
		if refused != nil {
			c.refuse(offset+max(0, strings.Index(source, strings.Join(names, "."))), refused.hint, refused.message)
			return omit{}
		}
		c.mention(names)
		n.inputs = append(n.inputs, c.share(input))
	}
	return n
}

// isMember reports whether a path is a name directly below a record or the parameters, so that "length" means that member. Anywhere
// else JavaScript finds it.
func (c *compiler) isMember(names []string) bool {
	if len(names) != 2 {
		return false
	}
	b := c.binding(names[0])
	if b != nil && b.record == nil || b == nil && !slices.Contains([]string{"$record", "$params", "$this", "$that", "$sources"}, names[0]) {
		return false
	}
	_, refused := c.resolve(names)
	return refused == nil
}

// share gives the one node that all scripts of the template use for a whole record or list.
func (c *compiler) share(n node) node {
	want := sharedWhole{node: n}
	switch n := n.(type) {
	case *whole:
		want.row, want.in = n.row, n.in
		n.keepNulls()
	case *wholes:
		want.list = &n.list
		n.record.keepNulls()
	default:
		return n
	}
	for _, s := range c.shared {
		if s.same(&want) {
			return s.node
		}
	}
	c.shared = append(c.shared, want)
	return n
}

// same reports whether s is the same record, or the same list, as other.
func (s *sharedWhole) same(other *sharedWhole) bool {
	if s.list == nil || other.list == nil {
		return s.list == other.list && s.row == other.row && s.in == other.in
	}
	return *s.list == *other.list
}
