package plan

import (
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
)

// A Sort holds the orders of a LIST. Without By there is one.
type Sort struct {
	By     *template.Slot // names an order; absent takes First
	Names  []string       // of Orders
	Orders []Order        // free: two of each name, as it is written and turned around
	First  int            // of Orders
	free   *composer      // nil: By gives one of the names
}

// An Order is one compiled ORDER BY. Its keys end with the id, so no two records are equal in it.
type Order struct {
	ID    int // no other order of its sort has it, also among those that are composed
	Keys  []*Key
	asked int // of Keys; those behind make it total
	sql   string
}

// A Key is one column of an order.
type Key struct {
	Value *Value // how a cursor's text becomes a parameter
	col   *column
	desc  bool
}

// sort compiles the orders. Without any, the newest records come first; every leaf has an index for that.
func (c *compiler) sort(t *engine.Table, a *aggregation) *Sort {
	written, problems := engine.ParseSort(c.endpoint.Sort)
	c.add(problems, "sort")
	order, newest := c.order, []engine.SortKey{{Field: "created_at", Desc: true}}
	if a != nil {
		order = func(_ *engine.Table, keys []engine.SortKey, at ...string) Order { return c.groupOrder(a, keys, at...) }
		newest = nil
	}
	s := &Sort{Orders: []Order{order(t, newest, "sort")}}
	if written == nil || len(problems) > 0 {
		return s
	}
	if written.By == nil {
		s.Orders = []Order{order(t, written.Keys, "sort")}
		return s
	}
	slot, problems := template.CompileSlot(written.By, c.plan.scope)
	c.add(problems, "sort", "by")
	s.By, s.Orders = slot, nil
	for name, keys := range written.Allow.All() {
		at := []string{"sort", "allow", name}
		if written.Free {
			at[2] = strconv.Itoa(len(s.Names))
		}
		s.Names = append(s.Names, name)
		s.Orders = append(s.Orders, order(t, keys, at...))
		if written.Free && len(c.problems) == 0 {
			s.Orders = append(s.Orders, order(t, turned(keys), at...))
		}
	}
	for i := range s.Orders {
		s.Orders[i].ID = i
	}
	if written.Free {
		s.First, s.free = index(written.Reversed), newComposer()
	}
	if written.Free && len(s.Names) > maxNames {
		c.problem([]string{"sort", "allow"}, "", "a sort allows at most %d names in both directions", maxNames)
	}
	return s
}

// turned gives keys in the other direction.
func turned(keys []engine.SortKey) []engine.SortKey {
	other := slices.Clone(keys)
	for i := range other {
		other[i].Desc = !other[i].Desc
	}
	return other
}

// order compiles keys: nulls last both ways, and the id in the direction of the last key. The columns that are never NULL say no
// NULLS LAST, for their indexes have PostgreSQL's own order.
func (c *compiler) order(t *engine.Table, keys []engine.SortKey, at ...string) Order {
	var o Order
	byID := false
	for _, key := range keys {
		col, wrong, hint := resolve(c.project, t, key.Field)
		if col == nil {
			c.problem(at, hint, "%s", wrong)
			continue
		}
		if col.typ == relation.JSONB && col.text == "" || col.references() {
			c.problem(at, "", "a list cannot be sorted by %s, a %s", key.Field, col.describe())
			continue
		}
		byID = byID || col.unique
		o.add(c.key(col, key.Desc))
	}
	o.asked = len(o.Keys)
	if !byID && len(o.Keys) > 0 {
		id := reservedColumn("id", "r")
		id.name = "id"
		o.add(c.key(id, o.Keys[len(o.Keys)-1].desc))
	}
	return o
}

// newest reports whether the order is that of new records first.
func (o *Order) newest() bool {
	return len(o.Keys) == 2 && o.Keys[0].desc && o.Keys[0].col.name == "created_at"
}

func (c *compiler) key(col *column, desc bool) *Key {
	fc := &filterCompiler{c: c}
	return &Key{Value: fc.valueFor(engine.Operand{}, col), col: col, desc: desc}
}

// IsTime reports whether the key's text is a time as PostgreSQL prints it.
func (k *Key) IsTime() bool { return k.col.typ == relation.Timestamptz }

// IsJSON reports whether the key's text is JSON.
func (k *Key) IsJSON() bool { return k.col.typ == relation.JSONB }

func (o *Order) add(k *Key) {
	if o.sql != "" {
		o.sql += ", "
	}
	o.sql += k.col.sql
	if k.desc {
		o.sql += " DESC"
	}
	if !k.col.required {
		o.sql += " NULLS LAST"
	}
	o.Keys = append(o.Keys, k)
}

// texts writes the keys as columns of a result, for the next cursor.
func (o *Order) texts(w *writer) {
	for _, k := range o.Keys {
		w.text(",\n  (", k.col.sql, ")::text")
	}
}

// after writes the condition that a record comes behind the one whose keys are given.
func (o *Order) after(w *writer) {
	plain := true
	for _, k := range o.Keys {
		plain = plain && k.col.required && k.desc == o.Keys[0].desc
	}
	if plain {
		o.afterPlain(w)
		return
	}
	w.text("(")
	for i, k := range o.Keys {
		if i > 0 {
			w.text(" OR ")
		}
		w.text("(")
		for j, before := range o.Keys[:i] {
			w.text(before.col.sql, " IS NOT DISTINCT FROM ")
			w.arg(ArgKey(j), castOf(before.col.typ))
			w.text(" AND ")
		}
		k.behind(w, i)
		w.text(")")
	}
	w.text(")")
}

// afterPlain compares rows, which an index over the keys serves.
func (o *Order) afterPlain(w *writer) {
	w.text("(")
	for i, k := range o.Keys {
		w.text([]string{"", ", "}[min(i, 1)], k.col.sql)
	}
	w.text([]string{") > (", ") < ("}[index(o.Keys[0].desc)])
	for i, k := range o.Keys {
		w.text([]string{"", ", "}[min(i, 1)])
		w.arg(ArgKey(i), castOf(k.col.typ))
	}
	w.text(")")
}

// behind writes that a key comes behind the given one; nulls come last.
func (k *Key) behind(w *writer, i int) {
	cast := castOf(k.col.typ)
	w.text("(", k.col.sql, []string{" > ", " < "}[index(k.desc)])
	w.arg(ArgKey(i), cast)
	if !k.col.required {
		w.text(" OR (", k.col.sql, " IS NULL AND ")
		w.arg(ArgKey(i), cast)
		w.text(" IS NOT NULL)")
	}
	w.text(")")
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}
