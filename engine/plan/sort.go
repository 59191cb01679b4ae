package plan

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
)

// A Sort holds the orders of a LIST. Without By there is one.
type Sort struct {
	By     *template.Slot // names an order; absent takes the first
	Names  []string       // of Orders
	Orders []Order
}

// An Order is one compiled ORDER BY.
type Order struct {
	sql string
}

// Order gives the index of the order named name, or -1.
func (s *Sort) Order(name string) int {
	for i, n := range s.Names {
		if n == name {
			return i
		}
	}
	return -1
}

// newestFirst is the order of a list that says none; every leaf has an index for it.
const newestFirst = "r.created_at DESC, r.id DESC"

func (c *compiler) sort(t *engine.Table) *Sort {
	written, problems := engine.ParseSort(c.endpoint.Sort)
	c.add(problems, "sort")
	s := &Sort{Orders: []Order{{sql: newestFirst}}}
	if written == nil || len(problems) > 0 {
		return s
	}
	if written.By == nil {
		s.Orders = []Order{c.order(t, written.Keys, "sort")}
		return s
	}
	slot, problems := template.CompileSlot(written.By, c.plan.scope)
	c.add(problems, "sort", "by")
	s.By, s.Orders = slot, nil
	for name, keys := range written.Allow.All() {
		s.Names = append(s.Names, name)
		s.Orders = append(s.Orders, c.order(t, keys, "sort", "allow", name))
	}
	return s
}

// order compiles keys: nulls last both ways, and the id in the direction of the last key. The columns that are never NULL say no
// NULLS LAST, for their indexes have PostgreSQL's own order.
func (c *compiler) order(t *engine.Table, keys []engine.SortKey, at ...string) Order {
	sql, last, byID := "", " DESC", false
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
		direction := ""
		if key.Desc {
			direction = " DESC"
		}
		last = direction
		byID = byID || col.unique
		if sql != "" {
			sql += ", "
		}
		sql += col.sql + direction
		if !col.required {
			sql += " NULLS LAST"
		}
	}
	if byID {
		return Order{sql: sql}
	}
	return Order{sql: sql + ", r.id" + last}
}
