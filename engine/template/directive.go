package template

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

var directiveNames = []string{"$each", "$as", "$index", "$if", "$value", "$key", "$spread"}

// A directed is an object of a template: its directives, nil where not said, and the other members.
type directed struct {
	each, as, index, when, value, key, spread raw.Value
	rest                                      []pair // with $spread in its place
}

type pair struct {
	key   string
	value raw.Value
}

func directives(v raw.Value) directed {
	var d directed
	v.Members(func(key, v raw.Value) bool {
		name, _ := key.Text()
		switch name {
		case "$each":
			d.each = v
		case "$as":
			d.as = v
		case "$index":
			d.index = v
		case "$if":
			d.when = v
		case "$value":
			d.value = v
		case "$key":
			d.key = v
		default:
			if name == "$spread" {
				d.spread = v
			}
			d.rest = append(d.rest, pair{name, v})
		}
		return true
	})
	return d
}

// object compiles an object that is no $each in a list.
func (c *compiler) object(v raw.Value) node {
	d := directives(v)
	if !c.template {
		return c.members(slotPairs(v))
	}
	if d.each != nil {
		if d.key == nil {
			c.refuse(0, "write [{$each: …}], or say $key to make members of an object", "$each makes items, so it stands in a list")
			return omit{}
		}
		e := c.repeat(d)
		return &object{members: []member{{each: e}}, computed: true, dropNulls: c.dropNulls, scripts: e.scripts}
	}
	for _, alone := range []struct {
		name  string
		value raw.Value
	}{{"$as", d.as}, {"$index", d.index}, {"$key", d.key}} {
		if alone.value != nil {
			c.in(alone.name, func() node {
				c.refuse(0, "", alone.name+" belongs beside $each")
				return nil
			})
		}
	}
	return c.condition(d, c.content(d, nil))
}

func slotPairs(v raw.Value) []pair {
	var pairs []pair
	v.Members(func(key, v raw.Value) bool {
		name, _ := key.Text()
		pairs = append(pairs, pair{name, v})
		return true
	})
	return pairs
}

// content compiles what the object stands for: $value, or the members; item, made when it is needed, where neither is said.
func (c *compiler) content(d directed, item func() node) node {
	switch {
	case d.value != nil && len(d.rest) > 0:
		c.refuse(0, "use $spread to add members", "$value is the whole value, so "+d.rest[0].key+" has no place beside it")
		return omit{}
	case d.value != nil:
		return c.in("$value", func() node { return c.value(d.value) })
	case len(d.rest) == 0 && item != nil:
		return item()
	}
	return c.members(d.rest)
}

func (c *compiler) condition(d directed, then node) node {
	if d.when == nil {
		return then
	}
	when := c.in("$if", func() node { return c.value(d.when) })
	if v, isConstant := when.(constant); isConstant {
		if truthy(raw.Value(v)) {
			return then
		}
		return omit{}
	}
	return &condition{when, then}
}

// repeat compiles an object with $each. The names it makes exist inside it only.
func (c *compiler) repeat(d directed) *each {
	names, active := len(c.names), c.active
	defer func() { c.names, c.active = c.names[:names], active }()
	e := &each{}
	var item func() node
	c.in("$each", func() node {
		item = c.levels(e, d)
		return nil
	})
	if d.index != nil {
		c.in("$index", func() node {
			if name := c.name(d.index); name != "" {
				c.names = append(c.names, binding{name: name, local: c.active - 1, index: true})
			}
			return nil
		})
	}
	e.body = c.content(d, item)
	if d.key == nil {
		e.body = c.condition(d, e.body)
	} else {
		n := &entry{value: e.body}
		n.name = c.in("$key", func() node { return c.value(d.key) })
		if d.when != nil {
			n.when = c.in("$if", func() node { return c.value(d.when) })
		}
		e.body = n
	}
	e.scripts = e.scripts || e.body.scripted()
	return e
}

// levels compiles the list of $each, or the lists of which each is read for the items of the one before, and binds their items.
// It gives what makes the node of the innermost item.
func (c *compiler) levels(e *each, d directed) func() node {
	lists := []raw.Value{d.each}
	nested := d.each.Kind() == raw.Array && d.each.Len() > 0
	d.each.Items(func(_ int, v raw.Value) bool {
		s, _ := v.Text()
		nested = nested && v.Kind() == raw.String && (strings.HasPrefix(s, "$") || strings.HasPrefix(s, "="))
		return true
	})
	if nested {
		lists = lists[:0]
		d.each.Items(func(_ int, v raw.Value) bool { lists = append(lists, v); return true })
	}
	as := c.itemNames(d.as, len(lists))
	for i, list := range lists {
		if nested {
			c.in(strconv.Itoa(i), func() node { c.level(e, list, as[i]); return nil })
		} else {
			c.level(e, list, as[i])
		}
	}
	last := binding{local: c.active - 1, index: true, name: "$index"}
	c.names = append(c.names, last)
	records := e.levels[len(e.levels)-1].list == nil
	return func() node {
		if records {
			return c.whole(c.scope.Records, last.local)
		}
		return &path{from: fromLocal, index: last.local}
	}
}

// level compiles one list of $each and binds its item. The items of $records are read member by member, so nothing asks for all of
// their members here.
func (c *compiler) level(e *each, list raw.Value, as string) {
	l, b := level{local: c.active}, binding{name: as, local: c.active}
	if raw.EqualString(list, "$records") && c.scope.Records != nil && c.binding("$records") == nil {
		b.record = c.scope.Records
		b.name = cmp.Or(as, "$record")
	} else {
		l.list = c.value(list)
		e.scripts = e.scripts || l.list.scripted()
	}
	c.active++
	c.locals = max(c.locals, c.active)
	if b.name != "" {
		c.names = append(c.names, b)
	}
	e.levels = append(e.levels, l)
}

// itemNames gives the names of the items of n lists: $as names that of the last, or is a list of names, one for each.
func (c *compiler) itemNames(as raw.Value, n int) []string {
	names := make([]string, n)
	if as == nil {
		return names
	}
	within := c.place
	c.place = append(slices.Clone(within[:len(within)-1]), "$as")
	defer func() { c.place = within }()
	if as.Kind() != raw.Array {
		names[n-1] = c.name(as)
		return names
	}
	if as.Len() != n {
		c.refuse(0, "", "$as has "+strconv.Itoa(as.Len())+" names for "+strconv.Itoa(n)+" lists")
		return names
	}
	as.Items(func(i int, v raw.Value) bool {
		names[i] = c.name(v)
		return true
	})
	return names
}

// name checks a name that $as or $index gives and writes it with its dollar sign.
func (c *compiler) name(v raw.Value) string {
	s, _ := v.Text()
	name := "$" + s
	switch {
	case v.Kind() != raw.String || !engine.ValidMemberName(s):
		hint := "a name has letters, digits and underscores"
		if strings.HasPrefix(s, "$") {
			hint = "write it without the dollar sign here"
		}
		c.refuse(0, hint, string(v)+" is no name")
		return ""
	case name != "$record" && slices.Contains(allNames, name) || helper(name):
		c.refuse(0, "choose another name", name+" has a meaning of its own")
		return ""
	}
	return name
}
