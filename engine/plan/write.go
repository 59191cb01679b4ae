package plan

import (
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/template"
)

// A Write is a compiled CREATE, UPDATE or DELETE.
type Write struct {
	Query  *Query // Values are those of the filter and of operations; its variants are the whole write in one statement
	Layout Layout // of the rows that come back
	Sets   []*Set
	Slots  []*template.Slot // of Sets, in their order; nil where none has one
	Limit  int              // of records changed
	Single bool             // the filter holds for at most one record

	Creates bool
	Bulk    *Query  // of a CREATE that takes lists: makes all items; nil takes none
	Upsert  *Upsert // of a CREATE that may change what is there; nil is none

	Drawn       []int    // autonumbers of Table.Fields that a constraint wants to see before the record is made
	Constrained []*Field // fields whose constraint this write may have to check
	Lock        *Query   // UPDATE under constraints: locks the matches and gives id, uid, version and what data will be
	ByID        *Query   // and then changes those rows
	Keep        *Query   // gives the matches as they are, up to one more than Limit: an UPDATE to which no value came
	Count       *Query   // counts matches, up to one more than Limit: tells none from too many

	bits int // of the variant that Sets use; the bit above says that If-Match gave a version
}

// VersionBit is the bit of the variant that says a version is wanted.
func (w *Write) VersionBit() int { return 1 << w.bits }

// maxWriteBits bounds the variants of a write; further references are written with a NULL test.
const maxWriteBits = 8

// BitOf gives the bit that says the write gives f a value; 0 is none.
func (w *Write) BitOf(f *Field) int {
	for _, s := range w.Sets {
		if s.Field == f && s.ChoiceParam < 0 {
			return s.Bit()
		}
	}
	return 0
}

// number gives bits to the sets that change the text of the statement, and lines up their slots.
func (w *Write) number() {
	for i, s := range w.Sets {
		if s.Slot != nil && w.Slots == nil {
			w.Slots = make([]*template.Slot, len(w.Sets))
		}
		if s.Slot != nil {
			w.Slots[i] = s.Slot
		}
		if w.bits < maxWriteBits && (s.ChoiceParam >= 0 && s.Op != Assign || s.Field.Target != nil && s.Op != Remove) {
			s.bit = w.bits
			w.bits++
		}
	}
}

// constrained finds the constraints that the sets can touch.
func (w *Write) constrained(t *Table) {
	written := make(map[string]bool)
	for _, s := range w.Sets {
		written[s.Field.Def.Name] = true
	}
	for _, f := range t.Fields {
		if f.Constraint != nil && f.Constraint.Touched(f.Def.Name, func(name string) bool { return written[name] }) {
			w.Constrained = append(w.Constrained, f)
		}
	}
}

// draws finds the autonumbers that constraints of a new record read.
func (w *Write) draws(t *Table) {
	if len(w.Constrained) == 0 {
		return
	}
	for i, f := range t.Fields {
		if f.Sequence != "" && slices.ContainsFunc(t.constrained, func(other *Field) bool { return other.Constraint.mentions(f.Def.Name) }) {
			w.Drawn = append(w.Drawn, i)
		}
	}
}

// create compiles a CREATE.
func (c *compiler) create() {
	ep, t := c.endpoint, c.plan.Table
	c.refuseReading()
	if ep.Filter != nil {
		c.problem([]string{"filter"}, "guards refuse a request", "a CREATE has no filter")
	}
	if ep.Limit != 0 {
		c.problem([]string{"limit"}, "", "limit is for UPDATE and DELETE")
	}
	w := &Write{Query: &Query{}, Limit: 1, Single: true, Creates: true}
	c.plan.Write = w
	c.sets(w, &ep.Set, "set")
	c.upsert(w)
	c.fillDefaults(w)
	c.bulk(w)
	w.number()
	w.constrained(t)
	w.draws(t)
	if len(c.problems) > 0 {
		return
	}
	c.finish = func() {
		numbers := ""
		for i, f := range t.Fields {
			if f.Sequence != "" && !slices.Contains(w.Drawn, i) {
				numbers += nextNumber(f)
			}
		}
		shape := c.plan.Shape
		shape.close()
		columns, layout := shape.selection(shape.numbers(), false)
		w.Layout = layout
		if w.Upsert != nil {
			w.Upsert.finish(t, shape)
		}
		if w.Bulk != nil {
			w.Bulk.prepare(1, func(wr *writer, _ int) { w.insertAll(wr, t, columns) })
		}
		w.Query.prepare(1<<w.bits, func(wr *writer, variant int) {
			wr.size = ShortInsert
			conditions := w.referenceChecks(wr, variant)
			wr.text("INSERT INTO ", t.Leaf, " AS r (uid, data)\nSELECT ")
			wr.arg(ArgUID, "text")
			wr.text(", ")
			wr.arg(ArgData, "jsonb")
			wr.text(numbers)
			for i, condition := range conditions {
				wr.text([]string{"\nWHERE ", " AND "}[min(i, 1)])
				condition(wr)
			}
			wr.text("\nRETURNING ", columns)
		})
	}
}

// nextNumber writes the part of a new record's data that numbers it.
func nextNumber(f *Field) string {
	return " || jsonb_build_object(" + literal(f.Def.Key) + ", nextval(" + literal(f.Sequence) + "))"
}

// fillDefaults adds the fields that nothing sets but that have a default or must be there.
func (c *compiler) fillDefaults(w *Write) {
	set := make(map[*Field]bool)
	for _, s := range w.Sets {
		set[s.Field] = set[s.Field] || s.ChoiceParam < 0
	}
	for i, f := range c.plan.Table.Fields {
		switch {
		case set[f] || f.Def.Type == engine.TypeAutonumber:
		case f.HasDefault():
			w.Sets = append(w.Sets, &Set{Field: f, Index: i, Param: -1, Amount: -1, Min: -1, Max: -1, ChoiceParam: -1, bit: -1})
		case f.Def.IsRequired():
			c.problem([]string{"set"}, "add a parameter "+f.Def.Name+", or give the field a default", "%s is required and nothing sets it", f.Def.Name)
		}
	}
}

// refuseReading refuses the attributes that only reading endpoints have.
func (c *compiler) refuseReading() {
	if c.endpoint.Page != nil {
		c.problem([]string{"page"}, "", "a %s has no page", c.endpoint.Kind)
	}
	if c.endpoint.Sort != nil {
		c.problem([]string{"sort"}, "", "a %s is not sorted", c.endpoint.Kind)
	}
}

// referenceChecks writes the WITH clause that locks the records referred to, against their deletion, and gives the conditions that
// they are there.
func (w *Write) referenceChecks(wr *writer, variant int) []func(wr *writer) {
	var conditions []func(wr *writer)
	n := 0
	for _, s := range w.Sets {
		if s.Field.Target == nil || s.Op == Remove || s.bit >= 0 && variant&s.Bit() == 0 {
			continue
		}
		name := "t" + strconv.Itoa(n)
		wr.text([]string{"WITH ", ", "}[min(n, 1)], name, " AS (SELECT x.uid FROM ", s.Field.TargetLeaf, " x WHERE x.uid = ")
		many := s.Op == Assign && s.Field.Def.Type == engine.TypeReferences
		arg, cast := ArgField(s.Index), "text"
		if s.Op == Append {
			arg = s.Amount
		}
		if many {
			cast = "text[]"
			wr.text("ANY (")
		}
		wr.arg(arg, cast)
		if many {
			wr.text(")")
		}
		wr.text(" FOR KEY SHARE)\n")
		n++
		conditions = append(conditions, func(wr *writer) {
			if s.bit < 0 {
				wr.text("(")
				wr.arg(arg, cast)
				wr.text(" IS NULL OR ")
			}
			if many {
				wr.text("(SELECT count(*) FROM ", name, ") = cardinality(")
				wr.arg(arg, cast)
				wr.text(")")
			} else {
				wr.text("EXISTS (SELECT FROM ", name, ")")
			}
			if s.bit < 0 {
				wr.text(")")
			}
		})
	}
	return conditions
}
