package plan

import (
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine/relation"
)

// An Upsert is what a CREATE does where a record with the same key is there. It takes a lock named by the key, looks, and makes or
// changes; so it holds while the unique index of the key is still being built.
type Upsert struct {
	Key   []*Set // of the CREATE, in the order of the definition
	Find  *Query // the id of the record with that key, locked; its parameters are the values of the fields
	Write *Write // the change; its filter is ArgID
}

// upsert compiles `upsert` of a CREATE whose sets are compiled.
func (c *compiler) upsert(w *Write) {
	written := c.endpoint.Upsert
	if written == nil {
		return
	}
	u := &Upsert{Write: &Write{Query: &Query{}, Limit: 1, Single: true}}
	for i, name := range written.Key {
		j := slices.IndexFunc(w.Sets, func(s *Set) bool { return s.Field.Def.Name == name && s.ChoiceParam < 0 })
		at := []string{"upsert", "key", strconv.Itoa(i)}
		switch {
		case j < 0:
			c.problem(at, near(name, c.plan.Table.Def.Fields.Names()), "%s is no field that the CREATE sets", name)
		case relation.Type(w.Sets[j].Field.Def.Type) == relation.JSONB:
			c.problem(at, "", "%s is a %s and cannot be a key", name, w.Sets[j].Field.Def.Type)
		default:
			u.Key = append(u.Key, w.Sets[j])
		}
	}
	if len(written.Key) == 0 {
		c.problem([]string{"upsert", "key"}, "", "an upsert needs a key")
	}
	if written.Set.Len() > 0 {
		c.sets(u.Write, &written.Set, "upsert", "set")
	} else {
		u.Write.Sets = u.carriedOver(w)
	}
	u.Write.number()
	u.Write.constrained(c.plan.Table)
	w.Upsert = u
}

// carriedOver gives what the CREATE sets, but for the key.
func (u *Upsert) carriedOver(w *Write) []*Set {
	var sets []*Set
	for _, s := range w.Sets {
		if !slices.Contains(u.Key, s) {
			copied := *s
			copied.bit = -1
			sets = append(sets, &copied)
		}
	}
	return sets
}

func (u *Upsert) finish(t *Table, shape *Shape) {
	w := u.Write
	columns, layout := shape.selection(shape.fields, false)
	w.Layout = layout
	byID := &node{op: pinned, write: func(wr *writer) {
		wr.text("r.id = ANY (")
		wr.arg(ArgID, "bigint[]")
		wr.text(")")
	}}
	b := &changeWriter{t: t, w: w, where: byID, columns: columns}
	w.Query.prepare(2<<w.bits, b.update)
	b.prepareSteps()
	w.Count = &Query{}
	w.Count.prepare(1, func(wr *writer, _ int) { b.count(wr) })
	u.Find = &Query{}
	u.Find.prepare(1, func(wr *writer, _ int) { u.find(wr, t) })
}

func (u *Upsert) find(wr *writer, t *Table) {
	wr.text("SELECT r.id\nFROM ", t.Leaf, " r")
	for i, s := range u.Key {
		sql, typ := relation.Column(t.Project, t.Def, s.Field.Def, "r")
		arg, cast := ArgField(s.Index), castOf(typ)
		wr.text([]string{"\nWHERE ", " AND "}[min(i, 1)])
		if relation.Prefixed(s.Field.Def) {
			// The unique index of a long text holds its md5.
			wr.text("md5(", sql, ") = md5(")
			wr.arg(arg, cast)
			wr.text(") AND ")
		}
		wr.text(sql, " = ")
		wr.arg(arg, cast)
	}
	wr.text("\nORDER BY r.id LIMIT 1\nFOR NO KEY UPDATE")
}

// Name gives the name of the lock of a key, from the texts of its values.
func (u *Upsert) Name(t *Table, values [][]byte) []byte {
	name := []byte(t.Leaf)
	for _, v := range values {
		name = appendElement(append(name, '/'), string(v))
	}
	return name
}
