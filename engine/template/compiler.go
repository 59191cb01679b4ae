package template

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
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

	place    []string // of the value being compiled
	names    []binding
	active   int // locals in use
	locals   int // most locals in use at once
	depth    int
	nodes    int
	mentions [][]string
	shared   []sharedWhole
	environ  map[string]string // what $env gives
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
	list bool
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

func (c *compiler) array(v raw.Value) node {
	n := &array{}
	v.Items(func(i int, v raw.Value) bool {
		c.in(strconv.Itoa(i), func() node {
			var it item
			if d := directives(v); c.template && d.each != nil && d.key == nil {
				it.each = c.repeat(d)
			} else if it.value = c.value(v); it.value == (omit{}) {
				return nil
			}
			n.items = append(n.items, it)
			return nil
		})
		return true
	})
	constants := true
	for _, it := range n.items {
		if it.each != nil {
			n.scripts, constants = n.scripts || it.each.scripts, false
			continue
		}
		_, isConstant := it.value.(constant)
		n.scripts, constants = n.scripts || it.value.scripted(), constants && isConstant
	}
	if constants {
		return fold(n)
	}
	return n
}

// fold writes a node of constants.
func fold(n node) node {
	b, _ := n.write(&writer{limit: math.MaxInt}, nil)
	return constant(b)
}

// text compiles a string.
func (c *compiler) text(s string) node {
	switch {
	case s == "$omit":
		return omit{}
	case strings.HasPrefix(s, "$$"), strings.HasPrefix(s, "=="):
		return c.insertions(s[:1], s[2:], 2)
	case strings.HasPrefix(s, "="):
		return c.script(s[1:], 1)
	case strings.HasPrefix(s, "$") && !strings.HasPrefix(s, "${"):
		names, n := scanPath(s)
		if n != len(s) {
			c.refuse(n, meant(s, c.knows), strconv.Quote(s)+" is no path")
			return omit{}
		}
		return c.path(names, 0)
	}
	return c.insertions("", s, 0)
}

// insertions compiles text with ${path} in it; s begins at offset in the definition's text and literal stands before it.
func (c *compiler) insertions(literal, s string, offset int) node {
	n := &text{}
	for {
		open := strings.Index(s, "${")
		if open < 0 {
			break
		}
		end := strings.IndexByte(s[open:], '}')
		if end < 0 {
			c.refuse(offset+open, "write ${$name.part}", "${ is not closed")
			return omit{}
		}
		inside := s[open+2 : open+end]
		names, length := scanPath(inside)
		if length == 0 || length != len(inside) {
			c.refuse(offset+open, c.meantInside(inside), "${"+inside+"} inserts no path")
			return omit{}
		}
		n.pieces = append(n.pieces, piece{literal: appendInside(nil, literal+s[:open]), path: c.path(names, offset+open+2)})
		literal = ""
		s, offset = s[open+end+1:], offset+open+end+1
	}
	if len(n.pieces) == 0 {
		return constant(raw.Text(literal + s))
	}
	n.pieces = append(n.pieces, piece{literal: appendInside(nil, literal+s)})
	return n
}

func (c *compiler) meantInside(inside string) string {
	if names, n := scanPath("$" + strings.TrimPrefix(strings.TrimSpace(inside), "$")); n > 0 && c.knows(names[0]) {
		if trimmed := "$" + strings.TrimPrefix(strings.TrimSpace(inside), "$"); n == len(trimmed) {
			return "write ${" + trimmed + "}"
		}
	}
	return "only a path stands there; write =`…${…}` for JavaScript"
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

// script compiles JavaScript that stands at offset.
func (c *compiler) script(source string, offset int) node {
	program, problems := script.Compile(source, script.Names{Roots: c.roots(), Known: c.isMember})
	for _, p := range problems {
		c.refuse(offset+p.Offset, p.Hint, p.Message)
	}
	if len(problems) > 0 {
		return omit{}
	}
	for _, name := range program.Env() {
		c.readEnv(name)
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

func (c *compiler) readEnv(name string) {
	if c.scope.Env == nil {
		return
	}
	if value, listed := c.scope.Env(name); listed {
		if c.environ == nil {
			c.environ = make(map[string]string)
		}
		c.environ[name] = value
	}
}

// isMember reports whether a path is a name directly below a record or the parameters, so that "length" means that member. Anywhere
// else JavaScript finds it.
func (c *compiler) isMember(names []string) bool {
	if len(names) != 2 {
		return false
	}
	b := c.binding(names[0])
	if b != nil && b.record == nil || b == nil && !slices.Contains([]string{"$record", "$params", "$this", "$that"}, names[0]) {
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
		want.row = n.row
		n.dropNulls = false
	case *wholes:
		want.list = true
		n.record.dropNulls = false
	default:
		return n
	}
	for _, s := range c.shared {
		if s.row == want.row && s.list == want.list {
			return s.node
		}
	}
	c.shared = append(c.shared, want)
	return n
}

// mention notes a path that the definition reads. An item of $records counts as $record; items that are values were mentioned with
// their list.
func (c *compiler) mention(names []string) {
	if b := c.binding(names[0]); b != nil {
		if b.record == nil {
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
