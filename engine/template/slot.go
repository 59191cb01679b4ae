package template

import (
	"html"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Slot is one compiled value of a definition. It is immutable and safe for concurrent use.
type Slot struct {
	root     node
	mentions [][]string
}

// CompileSlot compiles a value: a path ($params.page), JavaScript (=…), text with inserted paths (text ${$record.nick}), a literal, or
// an array or object of those. Its Problems name the place below v and the byte in the text that stands there.
func CompileSlot(v raw.Value, sc *Scope) (*Slot, engine.Problems) {
	c := &compiler{scope: sc}
	return c.slot(c.value(v))
}

// CompileHTML is CompileSlot for a text that is HTML: what a path inserts is escaped, so that it is text there. JavaScript gives HTML
// itself.
func CompileHTML(v raw.Value, sc *Scope) (*Slot, engine.Problems) {
	c := &compiler{scope: sc, escape: html.EscapeString}
	return c.slot(c.value(v))
}

// CompileScript compiles source as JavaScript, whatever it begins with: constraints and the strings of LITERAL.
func CompileScript(source string, sc *Scope) (*Slot, engine.Problems) {
	c := &compiler{scope: sc}
	return c.slot(c.script(source, 0))
}

func (c *compiler) slot(root node) (*Slot, engine.Problems) {
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return &Slot{root: root, mentions: c.mentions}, nil
}

// Const gives the value of a slot that needs no Env. A constant nil is $omit.
func (s *Slot) Const() (raw.Value, bool) {
	switch n := s.root.(type) {
	case constant:
		return raw.Value(n), true
	case omit:
		return nil, true
	}
	return nil, false
}

// Eval gives the slot's value: nil where it is absent ($omit, JavaScript's undefined). A path that leads nowhere is null.
// The value may share memory with env. Errors come from scripts, see the script package, and from Env.MaxBytes.
func (s *Slot) Eval(env *Env) (raw.Value, error) {
	switch n := s.root.(type) {
	case constant:
		return raw.Value(n), nil
	case *path:
		if v := n.read(env, nil); v != nil {
			return v, nil
		}
		return raw.NullValue, nil
	}
	values, err := EvalAll(env, s)
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

// EvalAll evaluates slots, in order, all their scripts in one frame. A nil slot gives nil.
func EvalAll(env *Env, slots ...*Slot) ([]raw.Value, error) {
	var w writer
	w.begin(env, 0)
	var roots []node
	for _, s := range slots {
		if s != nil && s.root.scripted() {
			roots = append(roots, s.root)
		}
	}
	if len(roots) > 0 {
		if err := w.run(roots...); err != nil {
			return nil, err
		}
	}
	values := make([]raw.Value, len(slots))
	for i, s := range slots {
		if s != nil {
			values[i] = w.value(s.root)
		}
	}
	return values, w.err
}

// Mentions gives the static paths the slot reads, names first: {"$params", "page"}. A root alone is read whole.
func (s *Slot) Mentions() [][]string { return s.mentions }
