package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
)

// The bounds of lists joined to records.
const (
	DefaultJoined = 20   // records of one list where `limit` is absent
	MaxJoined     = 1000 // records of one list, with those that are joined to each of them
	MaxIncludes   = 10   // lists of one record
	maxNested     = 2    // lists inside one another
)

// An include is a list joined to each record of a shape. It is one more column of the statement: a subquery for each record, which the
// index of the field that joins serves, gives the text of a JSON array of rows. docs/design/reads.md has the measures.
type include struct {
	name  string
	shape *Shape
	leaf  string
	by    []joinedBy
	where *node
	order Order
	limit int
	row   string // SQL of the row's text over row r, up to the lists joined to it
	used  int    // place among the lists of a row, from 1; 0: nothing reads it
	list  ListLayout
}

// A joinedBy is a condition between an included record, row r, and a value of the outer one.
type joinedBy struct {
	outer string // SQL over the outer row r
	match func(value string) string
}

// A ListLayout says how the rows of an included list are read: each is a JSON array with the columns of Layout.
type ListLayout struct {
	Keys   raw.Keys
	Layout Layout
}

// includes compiles the lists joined to the records of a shape.
func (c *compiler) includes(q *Query, outer *Shape, written engine.Map[*engine.Include], depth, rows int, at ...string) {
	if written.Len() > MaxIncludes {
		c.problem(at, "", "a record has at most %d lists joined to it", MaxIncludes)
		return
	}
	if depth > maxNested && written.Len() > 0 {
		c.problem(at, "", "include nests %d times at most", maxNested)
		return
	}
	for name, w := range written.All() {
		place := append(append([]string(nil), at...), name)
		if inc := c.include(q, outer, name, w, rows, place); inc != nil {
			outer.includes = append(outer.includes, inc)
			c.includes(q, inc.shape, w.Include, depth+1, rows*inc.limit, append(place, "include")...)
		}
	}
}

func (c *compiler) include(q *Query, outer *Shape, name string, written *engine.Include, rows int, at []string) *include {
	below := func(parts ...string) []string { return append(append([]string(nil), at...), parts...) }
	t, found := c.project.Tables.Get(written.Table)
	switch _, taken := outer.table.Fields.Get(name); {
	case !found:
		c.problem(below("table"), near(written.Table, c.project.Tables.Names()), "there is no table %q", written.Table)
		return nil
	case t.Kind == engine.KindFiles:
		c.problem(below("table"), "", "tables of kind files are not supported yet")
		return nil
	case taken || reservedColumn(name, "r") != nil:
		c.problem(at, "choose another name", "%s has a field %q already", outer.table.Name, name)
		return nil
	}
	inc := &include{name: name, shape: newShape(c.project, t, nil), leaf: relation.Leaf(c.project, t), limit: written.Limit}
	if inc.limit == 0 {
		inc.limit = DefaultJoined
	}
	if inc.limit < 0 || inc.limit*rows > MaxJoined {
		c.problem(below("limit"), "a smaller limit here or above", "a record has at most %d records joined to it, here it could have %d", MaxJoined, inc.limit*rows)
	}
	if written.By.Len() == 0 {
		c.problem(below("by"), "by: {parent: uid}", "include wants the fields that join")
	}
	for inner, out := range written.By.All() {
		if by, ok := c.joinedBy(t, outer.table, inner, out, below("by", inner)); ok {
			inc.by = append(inc.by, by)
		}
	}
	inc.where = c.filter(q, written.Filter, t, false, below("filter")...)
	inc.order = c.includeOrder(t, written.Sort, below("sort"))
	return inc
}

// includeOrder is the order of a joined list: no request chooses it. Without keys the newest come first.
func (c *compiler) includeOrder(t *engine.Table, written raw.Value, at []string) Order {
	sort, problems := engine.ParseSort(written)
	c.add(problems, at...)
	if sort != nil && sort.By != nil {
		c.problem(at, "sort: [-created_at]", "the order of a list joined to records is a list of fields")
		return Order{}
	}
	keys := []engine.SortKey{{Field: "created_at", Desc: true}}
	if sort != nil {
		keys = sort.Keys
	}
	return c.order(t, keys, at...)
}

// joinedBy compiles `inner: out`: a field of the included table and one of the outer record.
func (c *compiler) joinedBy(t, outer *engine.Table, inner, out string, at []string) (joinedBy, bool) {
	col, wrong, hint := resolve(c.project, t, inner)
	if col == nil {
		c.problem(at, hint, "%s", wrong)
		return joinedBy{}, false
	}
	other, wrong, hint := resolve(c.project, outer, out)
	if other == nil {
		c.problem(at, hint, "%s", wrong)
		return joinedBy{}, false
	}
	by := joinedBy{outer: other.sql}
	narrow := narrowed(col)
	switch {
	case strings.Contains(inner, ".") || strings.Contains(out, "."):
		c.problem(at, "", "fields that join have no path")
		return by, false
	case col.references() && other.typ == relation.Text:
		by.match = func(value string) string { return col.sql + " @> to_jsonb(" + value + ")" }
	case other.references() && col.typ == relation.Text:
		by.match = func(value string) string {
			return col.sql + " = ANY (ARRAY(SELECT jsonb_array_elements_text(CASE WHEN jsonb_typeof(" + value + ") = 'array' THEN " + value + " END)))"
		}
	case col.typ == relation.JSONB || kindOf(col.typ) != kindOf(other.typ):
		c.problem(at, "", "%s is a %s and %s a %s: they cannot join", inner, col.describe(), out, other.describe())
		return by, false
	case narrow != nil:
		by.match = func(value string) string {
			return narrow(col.sql) + " = " + narrow(value) + " AND " + col.sql + " = " + value
		}
	default:
		by.match = func(value string) string { return col.sql + " = " + value }
	}
	return by, true
}

// include gives the list joined under a name, or nil, and notes that it is read.
func (s *Shape) include(name string) *include {
	for _, inc := range s.includes {
		if inc.name != name {
			continue
		}
		if inc.used == 0 {
			s.lists = append(s.lists, inc)
			inc.used = len(s.lists)
		}
		return inc
	}
	return nil
}

// close ends the gathering: it writes the text of a row. Texts and times stand in quotes as they are, for nothing in them wants an escape.
func (inc *include) close() {
	s := inc.shape
	s.close()
	l := Layout{ID: -1, UID: 0, Version: -1, CreatedAt: -1, UpdatedAt: -1, Data: -1, Total: -1, Keys: -1}
	parts, n := []string{`'["'`, "r.uid", `'"'`}, 1
	add := func(use bool, index *int, column, quote string) {
		if use {
			*index = n
			parts = append(parts, "',"+quote+"'", column)
			if quote != "" {
				parts = append(parts, "'"+quote+"'")
			}
			n++
		}
	}
	add(s.id, &l.ID, "r.id", "")
	add(s.version, &l.Version, "r.version", "")
	add(s.createdAt, &l.CreatedAt, "r.created_at", `"`)
	add(s.updatedAt, &l.UpdatedAt, "r.updated_at", `"`)
	add(len(s.fields) > separately, &l.Data, "r.data", "")
	for _, f := range s.fields {
		if l.Data < 0 {
			l.Fields = append(l.Fields, FieldColumn{Column: n, Slot: s.keys.Slot(f.Key)})
			parts = append(parts, "','", "coalesce(r.data->"+literal(f.Key)+", 'null')")
			n++
		}
	}
	l.Columns, l.Extra = n, len(s.columns)
	for _, column := range s.columns {
		parts = append(parts, "','", "coalesce("+column+", 'null')")
		n++
	}
	l.Lists = n
	for _, list := range s.lists {
		l.Joined = append(l.Joined, &list.list)
	}
	inc.row, inc.list = concat(parts), ListLayout{Keys: s.keys, Layout: l}
}

// maxArguments is how many arguments one call of concat is given; PostgreSQL takes 100 (PostgreSQL manual, Appendix K).
const maxArguments = 90

// concat writes texts and other values behind one another. It takes a third of the time of || and casts.
func concat(parts []string) string {
	var calls []string
	for chunk := range slices.Chunk(parts, maxArguments) {
		calls = append(calls, "concat("+strings.Join(chunk, ", ")+")")
	}
	return strings.Join(calls, "\n      || ")
}

// write writes the list as a column over the outer row r. Inside, r is the included record; the values of the outer one go by way of o.
func (inc *include) write(w *writer, mask int) {
	w.text("(SELECT '[' || array_to_string(ARRAY(\n    SELECT ", inc.row)
	for _, list := range inc.shape.lists {
		w.text("\n      || ',' || ")
		list.write(w, mask)
	}
	w.text(" || ']'\n    FROM ", inc.leaf, " r\n    WHERE ")
	for i, by := range inc.by {
		w.text([]string{"", " AND "}[min(i, 1)], by.match("o.v"+strconv.Itoa(i)))
	}
	if inc.where != nil && inc.where.left(mask) {
		w.text(" AND ")
		inc.where.emit(w, mask)
	}
	w.text("\n    ORDER BY ", inc.order.sql, "\n    LIMIT ", strconv.Itoa(inc.limit), "), ',') || ']'\n  FROM (SELECT ")
	for i, by := range inc.by {
		w.text([]string{"", ", "}[min(i, 1)], by.outer, " AS v", strconv.Itoa(i))
	}
	w.text(") o)")
}
