package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
)

// An aggregation is what `group` and `aggregate` ask for: an inner query of groups, g, and what is shown of each.
type aggregation struct {
	names  []string // of the members of a result
	inner  []string // SQL over row r: group columns, then aggregates
	groups int      // how many of them are group columns
	types  []expr.Type
	shown  []string // the same as jsonb over row g
	counts []bool   // they count: of nothing they are 0

	keyed *keyed // nil: all groups
	key   int    // the group column that it is
}

// member gives the sort key of a name.
func (a *aggregation) column(name string) *column {
	i := slices.Index(a.names, name)
	if i < 0 {
		return nil
	}
	return &column{name: name, sql: "g.c" + strconv.Itoa(i), typ: a.types[i]}
}

func (a *aggregation) add(name, inner, shown string, typ expr.Type) {
	a.names, a.inner, a.shown, a.types = append(a.names, name), append(a.inner, inner), append(a.shown, shown), append(a.types, typ)
	a.counts = append(a.counts, strings.HasPrefix(inner, "count("))
}

// aggregation compiles `group` and `aggregate`; nil where the endpoint has neither.
func (c *compiler) aggregation(t *engine.Table) *aggregation {
	ep := c.endpoint
	if len(ep.Group) == 0 && ep.Aggregate.Len() == 0 {
		return nil
	}
	if ep.Kind != engine.List {
		c.problem([]string{"aggregate"}, "kind: LIST", "a %s aggregates nothing", ep.Kind)
		return nil
	}
	a := &aggregation{}
	for i, name := range ep.Group {
		c.group(a, t, name, "group", strconv.Itoa(i))
	}
	a.groups = len(a.inner)
	for name, written := range ep.Aggregate.All() {
		if slices.Contains(a.names, name) {
			c.problem([]string{"aggregate", name}, "give it another name", "%s is a field of the group", name)
			continue
		}
		c.aggregate(a, t, name, written)
	}
	return a
}

// group adds a column that records are grouped by.
func (c *compiler) group(a *aggregation, t *engine.Table, name string, at ...string) {
	if reserved := reservedColumn(name, "r"); reserved != nil {
		c.problem(at, "", "every record has its own %s; group by a field", name)
		return
	}
	f, err := visible(t, name, c.endpoint.Reveal)
	if err != nil {
		c.problem(at, "", "%s", err)
		return
	}
	col, _, _ := resolve(c.project, t, name)
	g := "g.c" + strconv.Itoa(len(a.inner))
	shown := asJSON(g, col.typ)
	if f.Type == engine.TypeReference {
		display := "NULL"
		if field := displayOf(c.project, f); field != nil {
			target, _ := c.project.Tables.Get(f.To)
			display = "(SELECT " + fieldJSON(c.project, target, field, "x1", 2) + " FROM " + relation.Leaf(c.project, target) + " x1 WHERE x1.uid = " + g + ")"
		}
		shown = "CASE WHEN " + g + " IS NOT NULL THEN jsonb_build_object('u', " + g + ", 'v', " + display + ") END"
	}
	a.add(name, col.sql, shown, col.typ)
}

// functions gives the SQL of an aggregate over a column.
var functions = map[string]string{"count": "count(%s)", "sum": "sum(%s)", "avg": "trim_scale(avg(%s))", "min": "min(%s)", "max": "max(%s)", "distinct": "count(DISTINCT %s)"}

var functionNames = []string{"count", "sum", "avg", "min", "max", "distinct"}

// aggregate adds `name: count` or `name: {max: field}`.
func (c *compiler) aggregate(a *aggregation, t *engine.Table, name string, written raw.Value) {
	at := []string{"aggregate", name}
	g := "g.c" + strconv.Itoa(len(a.inner))
	if word, ok := written.Text(); ok && word == "count" {
		a.add(name, "count(*)", "to_jsonb("+g+")", bigint)
		return
	} else if ok || written.Kind() != raw.Object || written.Len() != 1 {
		c.problem(at, "count, or {max: field}: "+joinNames(functionNames), "%s is no aggregate", show(written))
		return
	}
	var function, field string
	written.Members(func(key, v raw.Value) bool {
		function, _ = key.Text()
		field, _ = v.Text()
		return true
	})
	form, known := functions[function]
	if !known {
		c.problem(at, near(function, functionNames), "there is no aggregate %q", function)
		return
	}
	col, wrong, hint := resolve(c.project, t, field)
	if col == nil {
		c.problem(append(at, function), hint, "%s", wrong)
		return
	}
	if f := col.field; f != nil && f.Hidden && !slices.Contains(c.endpoint.Reveal, f.Name) {
		c.problem(append(at, function), "", "%s is hidden", field)
		return
	}
	typ := col.typ
	switch numeric := kindOf(typ) == relation.Numeric; {
	case (function == "sum" || function == "avg") && !numeric:
		c.problem(append(at, function), "", "%s wants a number, %s is a %s", function, field, col.describe())
		return
	case (function == "min" || function == "max") && (typ == relation.Boolean || typ == relation.JSONB):
		c.problem(append(at, function), "", "%s wants a number, text or time, %s is a %s", function, field, col.describe())
		return
	case function == "count" || function == "distinct":
		typ = bigint
	}
	a.add(name, fmt.Sprintf(form, col.sql), asJSON(g, typ), typ)
}

// shape gives the shape of the results: their members are columns.
func (a *aggregation) shape() *Shape {
	columns := slices.Clone(a.shown)
	if a.keyed != nil {
		for i := range columns {
			g := "g.c" + strconv.Itoa(i)
			switch {
			case i == a.key:
				columns[i] = strings.ReplaceAll(columns[i], g, "k.v")
			case a.counts[i]:
				columns[i] = "to_jsonb(coalesce(" + g + ", 0))"
			}
		}
	}
	return &Shape{names: a.names, columns: columns}
}

// from writes the inner query as row g.
func (a *aggregation) from(w *writer, leaf string, where *node, mask int) {
	w.text("(SELECT ")
	for i, sql := range a.inner {
		w.text([]string{"", ", "}[min(i, 1)], sql, " AS c", strconv.Itoa(i))
	}
	w.text(" FROM ", leaf, " r")
	where.where(w, mask)
	if a.keyed != nil {
		w.text([]string{" WHERE ", " AND "}[index(where != nil && where.left(mask))])
		a.keyed.among(w)
	}
	for i := range a.groups {
		w.text([]string{" GROUP BY ", ", "}[min(i, 1)], strconv.Itoa(i+1))
	}
	w.text(") g")
}

// order compiles the keys of a grouped list: names of its members. The group's own columns, all of them, come last, so no two
// results are equal in it.
func (c *compiler) groupOrder(a *aggregation, keys []engine.SortKey, at ...string) Order {
	var o Order
	used := make(map[string]bool)
	for _, key := range keys {
		col := a.column(key.Field)
		if col == nil {
			c.problem(at, near(key.Field, a.names), "%s is neither in group nor in aggregate", key.Field)
			continue
		}
		used[key.Field] = true
		o.add(&Key{col: col, desc: key.Desc})
	}
	o.asked = len(o.Keys)
	for _, name := range a.names[:a.groups] {
		if !used[name] {
			o.add(&Key{col: a.column(name)})
		}
	}
	return o
}

// member resolves a path below a result of an aggregation.
func (s *Shape) aggregated(path []string) (template.Ref, error) {
	if i := slices.Index(s.names, path[0]); i >= 0 {
		return template.Ref{Kind: template.RefColumn, Index: i, Display: -1, Path: path[1:]}, nil
	}
	text := fmt.Sprintf("there is no %q in group or aggregate", path[0])
	if hint := near(path[0], s.names); hint != "" {
		text += "; " + hint
	}
	return template.Ref{}, fmt.Errorf("%s", text)
}
