package template

import (
	"math"
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

const (
	maxDepth = 32     // arrays and objects inside one another
	maxNodes = 10_000 // values of one template
)

// A compiler turns one definition into nodes and collects what is wrong with it.
type compiler struct {
	scope     *Scope
	template  bool // $each and the like have their meaning
	dropNulls bool
	escape    func(string) string // of inserted values; nil: they stand as they are
	cookie    bool                // the value of a Set-Cookie header

	place    []string // of the value being compiled
	names    []binding
	active   int // locals in use
	locals   int // most locals in use at once
	depth    int
	nodes    int
	mentions [][]string
	shared   []sharedWhole
	problems engine.Problems
}

// A binding is a name that an enclosing $each made.
type binding struct {
	name   string
	local  int
	record Record // of an item that is a record; nil for a value
	index  bool   // the item's position
}

// A sharedWhole is a whole record, or the list of them, that several scripts read.
type sharedWhole struct {
	row  int
	in   *step
	list *list // nil: one record
	node node
}

func (c *compiler) refuse(offset int, hint, message string) {
	c.problems = append(c.problems, engine.Problem{Path: slices.Clone(c.place), Offset: offset, Message: message, Hint: hint})
}

// in compiles with part as the innermost part of the place.
func (c *compiler) in(part string, compile func() node) node {
	c.place = append(c.place, part)
	n := compile()
	c.place = c.place[:len(c.place)-1]
	return n
}

// value compiles any JSON value. Its result is never nil.
func (c *compiler) value(v raw.Value) node {
	if c.nodes++; c.nodes > maxNodes {
		if c.nodes == maxNodes+1 {
			c.refuse(0, "at most "+strconv.Itoa(maxNodes)+" are allowed", "too many values in one template")
		}
		return omit{}
	}
	switch v.Kind() {
	case raw.String:
		s, _ := v.Text()
		return c.text(s)
	case raw.Array, raw.Object:
		if c.depth++; c.depth > maxDepth {
			c.refuse(0, "at most "+strconv.Itoa(maxDepth)+" levels are allowed", "nested too deep")
			c.depth--
			return omit{}
		}
		defer func() { c.depth-- }()
		if v.Kind() == raw.Array {
			return c.array(v)
		}
		return c.object(v)
	case raw.Absent:
		return omit{}
	}
	return constant(slices.Clone(v))
}

// fold writes a node of constants.
func fold(n node) node {
	b, _ := n.write(&writer{limit: math.MaxInt}, nil)
	return constant(b)
}

// path compiles a path that stands at offset.
func (c *compiler) path(names []string, offset int) node {
	n, refused := c.resolve(names)
	if refused != nil {
		c.refuse(offset, refused.hint, refused.message)
		return omit{}
	}
	c.mention(names)
	return n
}

// mention notes a path that the definition reads. An item of $records counts as $record; other items were mentioned with their list.
func (c *compiler) mention(names []string) {
	if b := c.binding(names[0]); b != nil {
		if b.record == nil || b.record != c.scope.Records {
			return
		}
		names = append([]string{"$record"}, names[1:]...)
	}
	for _, m := range c.mentions {
		if slices.Equal(m, names) {
			return
		}
	}
	c.mentions = append(c.mentions, slices.Clone(names))
}
