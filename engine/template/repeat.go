package template

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

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
	var record Record
	for i, list := range lists {
		if nested {
			c.in(strconv.Itoa(i), func() node { record = c.level(e, list, as[i]); return nil })
		} else {
			record = c.level(e, list, as[i])
		}
	}
	last := binding{local: c.active - 1, index: true, name: "$index"}
	c.names = append(c.names, last)
	return func() node { return c.itemOf(record, last.local) }
}

// level compiles one list of $each and binds its item; it gives what reads the items where they are records. Those are read member by
// member, so nothing asks for all of their members here.
func (c *compiler) level(e *each, list raw.Value, as string) Record {
	l, b := level{local: c.active}, binding{name: as, local: c.active}
	if rows, record := c.rows(list); rows != nil {
		l.rows, b.record = rows, record
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
	return b.record
}

// rows gives the records that a list of $each names by a path; nil where it is anything else.
func (c *compiler) rows(v raw.Value) (*list, Record) {
	text, _ := v.Text()
	names, n := scanPath(text)
	if v.Kind() != raw.String || n == 0 || n != len(text) {
		return nil, nil
	}
	rows, record := c.listAt(names)
	if rows != nil && rows.from != listRecords {
		c.mention(names)
	}
	return rows, record
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
