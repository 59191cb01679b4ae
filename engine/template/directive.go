package template

import "github.com/sayrud/sayrud/engine/raw"

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
		if raw.Value(v).Truthy() {
			return then
		}
		return omit{}
	}
	return &condition{when, then}
}
