package plan

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// maxOptionalBits bounds the optional comparisons that make statements of their own; more are written with a NULL test.
const maxOptionalBits = 8

// A node is a compiled filter: a connective of nodes, or a comparison that writes itself.
type node struct {
	op       engine.FilterOp
	nodes    []*node
	write    func(w *writer)
	bit      int   // of an optional comparison: its bit in the mask + 1
	nullable []int // of an optional comparison without a bit: the values to test
	values   []int // all values it needs
}

// A filterCompiler compiles one filter over rows called r of a table.
type filterCompiler struct {
	c       *compiler
	at      []string // where the filter stands
	table   *engine.Table
	query   *Query
	data    bool // the values are data of a request, never expressions
	refuses bool // optional comparisons are refused: UPDATE and DELETE
	within  int  // how many OR and NOT are around the comparison
}

// filter compiles the written form; a filter that is not there is nil.
func (c *compiler) filter(q *Query, written []byte, t *engine.Table, changes bool, at ...string) *node {
	f, problems := engine.ParseFilter(written)
	c.add(problems, at...)
	if f == nil || len(problems) > 0 {
		return nil
	}
	fc := &filterCompiler{c: c, at: at, table: t, query: q, refuses: changes}
	return fc.node(f)
}

func (fc *filterCompiler) problem(path []string, hint, format string, args ...any) {
	fc.c.problem(append(append([]string(nil), fc.at...), path...), hint, format, args...)
}

func (fc *filterCompiler) node(f *engine.Filter) *node {
	switch f.Op {
	case engine.OpAnd, engine.OpOr, engine.OpNot:
		if f.Op != engine.OpAnd {
			fc.within++
			defer func() { fc.within-- }()
		}
		n := &node{op: f.Op}
		for _, inner := range f.Filters {
			if kid := fc.node(inner); kid != nil {
				n.nodes = append(n.nodes, kid)
			}
		}
		return n
	}
	n := fc.comparison(f)
	if n == nil || !f.Optional {
		return n
	}
	if fc.refuses {
		fc.problem(f.Path, "", "optional is for reading: UPDATE and DELETE would act on everything")
		return n
	}
	for _, i := range n.values {
		if !fc.query.Values[i].known {
			n.nullable = append(n.nullable, i)
		}
	}
	if len(n.nullable) > 0 && len(fc.query.Optional) < maxOptionalBits {
		fc.query.Optional = append(fc.query.Optional, n.nullable)
		n.bit, n.nullable = len(fc.query.Optional), nil
	}
	return n
}

// emit writes the node without what mask drops; nothing where nothing is left.
func (n *node) emit(w *writer, mask int) {
	if !n.left(mask) {
		return
	}
	switch n.op {
	case engine.OpNot:
		w.text("(NOT ")
		n.nodes[0].emit(w, mask)
		w.text(")")
	case engine.OpAnd, engine.OpOr:
		w.text("(")
		first := true
		for _, kid := range n.nodes {
			if !kid.left(mask) {
				continue
			}
			if !first {
				w.text(" ", string(n.op), " ")
			}
			first = false
			kid.emit(w, mask)
		}
		w.text(")")
	default:
		n.emitComparison(w)
	}
}

func (n *node) emitComparison(w *writer) {
	if len(n.nullable) == 0 {
		n.write(w)
		return
	}
	w.text("(")
	for _, i := range n.nullable {
		w.arg(i, "text")
		w.text(" IS NULL OR ")
	}
	n.write(w)
	w.text(")")
}

// left reports whether anything of the node stands under mask.
func (n *node) left(mask int) bool {
	if n.write != nil {
		return n.bit == 0 || mask&(1<<(n.bit-1)) == 0
	}
	for _, kid := range n.nodes {
		if kid.left(mask) {
			return true
		}
	}
	return false
}

// where writes " WHERE …", or nothing.
func (n *node) where(w *writer, mask int) {
	if n == nil || !n.left(mask) {
		return
	}
	w.text(" WHERE ")
	n.emit(w, mask)
}

// pins reports whether the filter holds for at most one row whatever its values: uid or id stands at its top under AND.
func (n *node) pins() bool {
	switch {
	case n == nil:
		return false
	case n.op == engine.OpAnd:
		for _, kid := range n.nodes {
			if kid.pins() {
				return true
			}
		}
	}
	return n.op == pinned && n.bit == 0
}

// pinned marks the comparison of uid or id with a value by "=".
const pinned engine.FilterOp = "pinned"

// joinNames writes a list of names for a sentence.
func joinNames(names []string) string { return strings.Join(names, ", ") }
