package expr

import "cmp"

// unify gives nodes one type, so that they can be compared or stand for each other: NULL takes any type, a text literal is read as the
// other side's type, a date becomes the time at which it begins. It changes the slice; false where there is no such type.
func (c *checker) unify(what string, nodes []*node) bool {
	typ := c.common(nodes)
	for i, n := range nodes {
		if nodes[i] = c.as(n, typ); nodes[i] == nil {
			return false
		}
		if nodes[i].typ != typ {
			c.refuse(n.pos, "cast one of them, as in x::"+string(typ), "%s needs one type, and these are %s and %s", what, typ, n.typ)
			return false
		}
	}
	return true
}

// common gives the type that decides: of the first that is neither NULL nor a text literal, or timestamptz where dates and times
// meet; text where there is none.
func (c *checker) common(nodes []*node) Type {
	var typ Type
	for _, n := range nodes {
		switch {
		case n.untyped() || n.isLiteral() && n.typ == Text:
		case typ == "" || typ == Date && n.typ == TimestampTZ:
			typ = n.typ
		}
	}
	return cmp.Or(typ, Text)
}

// as converts what converts by itself: NULL, a text literal, a date to a time. Anything else it gives as it is; nil where a text literal
// cannot be read as the type.
func (c *checker) as(n *node, typ Type) *node {
	switch {
	case n.typ == typ:
		return n
	case n.untyped():
		return &node{op: opNull, typ: typ, pos: n.pos}
	case n.isLiteral() && n.typ == Text:
		text, ok := literalAs(n.text, typ, c.zone)
		if !ok {
			return c.refuse(n.pos, literalHint(typ), "%q is not a %s", n.text, typ)
		}
		return resized(&node{op: opLiteral, typ: typ, text: text, pos: n.pos})
	case n.typ == Date && typ == TimestampTZ:
		return c.convert(n, string(TimestampTZ), TimestampTZ)
	}
	return n
}

// convert makes a conversion a node of its own.
func (c *checker) convert(n *node, target string, typ Type) *node {
	return c.add(&node{op: opConvert, typ: typ, text: target, args: []*node{n}, pos: n.pos})
}

// textOf gives n as text, for what puts texts together.
func (c *checker) textOf(n *node) *node {
	if n = c.as(n, Text); n.typ == Text {
		return n
	}
	return c.convert(n, string(Text), Text)
}

// want gives n as typ, or refuses it in the name of who wants it.
func (c *checker) want(n *node, typ Type, who string) *node {
	got := c.as(n, typ)
	if got == nil || got.typ == typ {
		return got
	}
	hint := ""
	if _, ok := conversion(n.typ, typ); ok {
		hint = "cast it, as in x::" + string(typ)
	}
	return c.refuse(n.pos, hint, "%s takes %s, and this is %s", who, typ, n.typ)
}
