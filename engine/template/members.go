package template

import (
	"bytes"
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
		if p, ok := m.value.(*path); ok && p.from == fromRecord {
			m.field = p
		}
	}
	if constants && !o.computed {
		return fold(o)
	}
	return o
}

// slotMember compiles a member outside templates: its name is itself.
func (c *compiler) slotMember(o *object, p pair) {
	for _, name := range directiveNames {
		if p.key == name {
			c.refuse(0, "", p.key+" has its meaning in responses only")
			return
		}
	}
	if value := c.value(p.value); value != (omit{}) {
		o.set(member{key: memberKey(p.key), value: value})
	}
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
	if name == (omit{}) || value == (omit{}) {
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
	if v.Kind() == raw.Array {
		v.Items(func(_ int, v raw.Value) bool { c.spread(o, v); return true })
		return
	}
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
			o.set(member{key: m.key, value: &path{from: fromRecord, row: n.row, ref: m.ref}})
		}
		return
	}
	o.members = append(o.members, member{value: value, spread: true})
}

// set adds a member with a static name, or gives the one there is its value.
func (o *object) set(m member) {
	for i := range o.members {
		if len(m.key) > 0 && bytes.Equal(o.members[i].key, m.key) && !o.mixed() {
			o.members[i].value = m.value
			return
		}
	}
	o.members = append(o.members, m)
}

// mixed reports whether there are members whose names are not known yet: what comes behind them must stay behind them.
func (o *object) mixed() bool {
	for i := range o.members {
		if o.members[i].spread || o.members[i].name != nil {
			return true
		}
	}
	return false
}
