package template

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// members compiles the members of an object.
func (c *compiler) members(pairs []pair) node {
	o := &object{dropNulls: c.dropNulls}
	for _, p := range pairs {
		c.in(p.key, func() node {
			switch {
			case !c.template:
				c.slotMember(o, p)
			case p.key == "$spread":
				c.spread(o, p.value)
			default:
				c.member(o, p)
			}
			return nil
		})
	}
	constants := true
	for i := range o.members {
		m := &o.members[i]
		o.computed = o.computed || m.name != nil || m.spread
		o.scripts = o.scripts || m.name != nil && m.name.scripted() || m.value.scripted()
		_, isConstant := m.value.(constant)
		constants = constants && isConstant
		if p, ok := m.value.(*path); ok && p.from == fromRecord && p.in == nil {
			m.field = p
		}
	}
	if constants && !o.computed {
		return fold(o)
	}
	if n := o.whole(); n != nil {
		return n
	}
	return o
}

// whole gives the quicker form of an object whose members are all fields of one record, or nil.
func (o *object) whole() *whole {
	n := &whole{named: true, dropNulls: o.dropNulls}
	for i := range o.members {
		m := &o.members[i]
		if o.computed || m.field == nil || i > 0 && m.field.row != n.row {
			return nil
		}
		n.row = m.field.row
		n.members = append(n.members, wholeMember{m.key, m.field.ref})
	}
	return n
}

// slotMember compiles a member outside templates: its name is itself.
func (c *compiler) slotMember(o *object, p pair) {
	for _, name := range directiveNames {
		if p.key == name {
			c.refuse(0, "", p.key+" has its meaning in responses only")
			return
		}
	}
	o.set(member{key: memberKey(p.key), value: c.value(p.value)})
}

// member compiles a member of a template, whose name may be an expression.
func (c *compiler) member(o *object, p pair) {
	name := node(constant(raw.Text(p.key)))
	if strings.HasPrefix(p.key, "$") || strings.HasPrefix(p.key, "=") || strings.Contains(p.key, "${") {
		problems := len(c.problems)
		if name = c.text(p.key); len(c.problems) > problems {
			c.hintDirective(p.key)
			return
		}
	}
	value := c.value(p.value)
	if name == (omit{}) {
		return
	}
	if quoted, isConstant := name.(constant); isConstant {
		key := append(append([]byte{','}, quoted...), ':')
		o.set(member{key: key, value: value})
		return
	}
	o.members = append(o.members, member{name: name, value: value})
}

// hintDirective says which directive a refused name is most like.
func (c *compiler) hintDirective(key string) {
	names := make([]string, 0, len(directiveNames)+1)
	names = append(names, directiveNames...)
	if r := missing("", "", "", key, names); strings.HasPrefix(r.hint, "did you mean ") {
		c.problems[len(c.problems)-1].Hint = r.hint
	}
}

// spread compiles $spread: the members of a value, or of each value of a list.
func (c *compiler) spread(o *object, v raw.Value) {
	if v.Kind() != raw.Array {
		c.spreadOne(o, v)
		return
	}
	v.Items(func(i int, v raw.Value) bool {
		c.in(strconv.Itoa(i), func() node {
			c.spreadOne(o, v)
			return nil
		})
		return true
	})
}

func (c *compiler) spreadOne(o *object, v raw.Value) {
	value := c.value(v)
	switch n := value.(type) {
	case omit:
		return
	case constant:
		if raw.Value(n).Kind() != raw.Object {
			c.refuse(0, "", "$spread wants an object, not "+string(n))
			return
		}
		raw.Value(n).Members(func(key, v raw.Value) bool {
			o.set(member{key: append(append([]byte{','}, key...), ':'), value: constant(v)})
			return true
		})
		return
	case *whole:
		if n.row == envRecord && c.scope.Error {
			break // there may be no record, so no members either
		}
		for _, m := range n.members {
			o.set(member{key: m.key, value: &path{from: fromRecord, row: n.row, in: n.in, ref: m.ref}})
		}
		return
	}
	o.members = append(o.members, member{value: value, spread: true})
}

// set adds a member with a static name, or gives the one there is its value. $omit takes it away.
func (o *object) set(m member) {
	if o.mixed() {
		o.members = append(o.members, m)
		return
	}
	i := slices.IndexFunc(o.members, func(other member) bool { return bytes.Equal(other.key, m.key) })
	switch absent := m.value == (omit{}); {
	case i >= 0 && absent:
		o.members = slices.Delete(o.members, i, i+1)
	case i >= 0:
		o.members[i].value = m.value
	case !absent:
		o.members = append(o.members, m)
	}
}

// mixed reports whether there are members whose names are not known yet: what comes behind them must stay behind them.
func (o *object) mixed() bool {
	return slices.ContainsFunc(o.members, func(m member) bool { return m.spread || m.name != nil })
}
