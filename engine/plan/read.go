package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
)

// The bounds of a page.
const (
	DefaultSize = 100  // records without `page`
	MaxSize     = 1000 // records of a page, whatever was asked
	shortPage   = 100  // records of a page that is no long read
)

// A Read is a compiled LIST or VIEW.
type Read struct {
	Query  *Query
	Layout Layout
	One    bool // VIEW, or an aggregate without groups: one record
	Page   *Page
	Sort   *Sort
	Narrow *Narrowing // nil: requests have no filter of their own
	Total  bool       // the statement counts all matches
	count  *Query
	writer *readWriter

	// Usual is how many records most requests want: the size that is written out, or the default of the parameter that it is; 0 is
	// unknown. It stands in a statement of its own, for a number that PostgreSQL does not know seems so dear to it that it plans each
	// request anew (PostgreSQL manual, PREPARE, "Notes"), which costs as much as the page.
	Usual int64

	Most       int64 // results without `page`
	Aggregated bool  // the results are groups
}

// A Page holds the slots that bound a LIST; nil ones were not given.
type Page struct {
	Number, Size, Offset, Limit, Cursor *template.Slot
	Skip                                int // records left out behind the cursor
}

// A Start says where a page begins.
type Start int

// The starts.
const (
	AtTop     Start = iota
	AtOffset        // ArgOffset rows are skipped
	BehindKey       // behind the record whose sort keys are given
	BeyondKey       // ArgOffset rows behind that record are skipped, too
	starts
)

// skips reports whether ArgOffset counts.
func (s Start) skips() bool { return s == AtOffset || s == BeyondKey }

// A Layout says where the columns of a result stand; -1 is one that was not fetched.
type Layout struct {
	ID, UID, Version, CreatedAt, UpdatedAt, Data int
	Fields                                       []FieldColumn // stored fields fetched one by one, where Data is not
	Columns                                      int           // index of the first further column; there are Extra of them
	Extra                                        int
	Lists                                        int           // index of the first list joined to the record
	Joined                                       []*ListLayout // how those are read
	Total                                        int
	Keys                                         int // index of the first sort key, as text; -1 where there is no cursor
}

// A FieldColumn is a column that holds one stored field: its JSON, or the text of its JSON string, which PostgreSQL gives without the
// work of escaping it.
type FieldColumn struct {
	Column, Slot int
	Text         bool
}

// Variant gives the number of the statement: order is an index of the allowed orders, limit how many records are wanted.
func (r *Read) Variant(mask, order int, start Start, limit int64) int {
	return ((order<<len(r.Query.Optional)|mask)*int(starts)+int(start))*2 + index(limit == r.Usual)
}

// Count gives the statement that counts all matches, for a page beyond the end; it has the values of Query.
func (r *Read) Count(mask int) *Statement { return r.count.Statement(mask) }

func (c *compiler) read() {
	ep, t := c.endpoint, c.plan.Table
	r := &Read{Query: &Query{}, One: ep.Kind == engine.View, Most: DefaultSize}
	c.plan.Read = r
	c.refuseWriting()
	where := c.filter(r.Query, ep.Filter, t.Def, false, "filter")
	keys := c.keys(r.Query, t.Def, ep.Keys)
	a := c.aggregation(t.Def)
	c.keyedGroup(keys, a)
	if keys != nil {
		r.Most = MaxSize
	}
	if a != nil && len(c.problems) == 0 {
		c.plan.Shape, r.Aggregated = a.shape(), true
		r.One, r.Most = a.groups == 0, MaxSize
	}
	if a != nil && ep.Include.Len() > 0 {
		c.problem([]string{"include"}, "", "groups and aggregates have no records to join lists to")
	} else if a == nil {
		c.includes(r.Query, c.plan.Shape, ep.Include, 1, 1, "include")
	}
	r.Sort = c.sort(t.Def, a)
	r.Narrow = c.narrow(t.Def)
	if r.One && ep.Page != nil {
		c.problem([]string{"page"}, "", "one record has no page")
	}
	if ep.Page != nil && !r.One {
		r.Page = c.page(ep.Page)
		r.Usual = c.usual(ep.Page)
		r.Total = ep.Page.Total
	}
	if len(c.problems) > 0 {
		return
	}
	c.finish = func() {
		shape := c.plan.Shape
		shape.version = shape.version || r.One && a == nil
		shape.close()
		rw := &readWriter{r: r, leaf: t.Leaf, where: where, aggregation: a, single: r.One && (a != nil || where.pins()), keys: keys}
		r.writer = rw
		rw.columns, r.Layout = shape.selection(shape.fields, r.Total)
		rw.lists = shape.lists
		if r.Page != nil && r.Page.Cursor != nil {
			r.Layout.Keys = r.Layout.end()
		}
		bits := len(r.Query.Optional)
		r.Query.prepare(len(r.Sort.Orders)<<bits*int(starts)*2, rw.write)
		r.count = &Query{}
		r.count.prepare(1<<bits, func(w *writer, mask int) {
			w.text("SELECT count(*)")
			rw.from(w, mask, "\n")
		})
	}
}

// A readWriter writes the statements of a LIST or VIEW.
type readWriter struct {
	r       *Read
	leaf    string
	where   *node
	single  bool // at most one record matches
	columns string
	lists   []*include // joined to each record

	aggregation *aggregation // nil is none
	keys        *keyed       // nil: all that match, in the order of the sort
}

// from writes FROM and WHERE, each behind gap.
func (rw *readWriter) from(w *writer, mask int, gap string) {
	w.text(gap, "FROM ")
	if rw.keys != nil {
		rw.keys.from(w)
		w.text([]string{gap + "JOIN ", gap + "LEFT JOIN "}[index(rw.aggregation != nil)])
	}
	if rw.aggregation != nil {
		rw.aggregation.from(w, rw.leaf, rw.where, mask)
		rw.join(w)
		return
	}
	w.text(rw.leaf, " r")
	rw.join(w)
	if rw.where != nil && rw.where.left(mask) {
		w.text(gap, "WHERE ")
		rw.where.emit(w, mask)
	}
}

// join writes on what the results join the keys.
func (rw *readWriter) join(w *writer) {
	if rw.keys != nil {
		w.text(" ON ", rw.keys.match)
	}
}

// first is what comes before the order.
func (rw *readWriter) first() string {
	if rw.keys != nil {
		return "k.n, "
	}
	return ""
}

func (rw *readWriter) write(w *writer, variant int) {
	r, bits := rw.r, len(rw.r.Query.Optional)
	usual := variant%2 == 1
	variant /= 2
	start := Start(variant % int(starts))
	mask, order := variant/int(starts)&(1<<bits-1), &r.Sort.Orders[variant/int(starts)>>bits]
	w.once = rw.aggregation == nil && order.newest() // every index of a field goes on with the newest first
	if rw.aggregation == nil && len(rw.lists) == 0 && rw.keys == nil && !start.skips() && (rw.single || r.Page == nil || usual && r.Usual <= shortPage) {
		w.size = ShortRead
	}
	w.text("SELECT ", rw.columns)
	for _, inc := range rw.lists {
		w.text(",\n  ")
		inc.write(w, mask)
	}
	if r.Total {
		w.text(",\n  (SELECT count(*)")
		rw.from(w, mask, " ")
		w.text(")")
	}
	if r.Layout.Keys >= 0 {
		order.texts(w)
	}
	skips := start.skips() && len(rw.lists)+r.Layout.Extra > 0 && rw.keys == nil && rw.aggregation == nil
	if skips {
		// PostgreSQL would compute the lists and the further columns of the records that are skipped, too.
		w.text("\nFROM (SELECT r.*")
	}
	rw.from(w, mask, "\n")
	if start == BehindKey || start == BeyondKey {
		filtered := rw.where != nil && rw.where.left(mask)
		w.text([]string{"\nWHERE ", "\n  AND "}[index(filtered)])
		order.after(w)
	}
	if !rw.single {
		w.text("\nORDER BY ", rw.first(), order.sql)
	}
	r.limit(w, rw.single, usual)
	if start.skips() {
		w.text(" OFFSET ")
		r.hidden(w, ArgOffset)
	}
	if skips {
		w.text(") r\nORDER BY ", order.sql)
	}
}

// All gives the statement that selects what is stored of all matches, in the given order and without bounds: uid, created_at, updated_at,
// version and data. It has the values of Query.
func (r *Read) All(mask, order int) *Statement {
	w := &writer{values: r.Query.Values}
	w.text("SELECT r.uid, r.created_at, r.updated_at, r.version, r.data")
	r.writer.from(w, mask, "\n")
	w.text("\nORDER BY ", r.Sort.Orders[order].sql)
	return w.statement()
}

func (r *Read) limit(w *writer, single, usual bool) {
	switch {
	case single:
	case r.One:
		w.text("\nLIMIT 1")
	case r.Page == nil:
		w.text("\nLIMIT ", strconv.FormatInt(r.Most, 10))
	case usual && r.Usual > 0:
		w.text("\nLIMIT ", strconv.FormatInt(r.Usual+int64(index(r.Page.Cursor != nil)), 10))
	default:
		w.text("\nLIMIT ")
		r.hidden(w, ArgLimit)
	}
}

// hidden writes a number that bounds the page. Where lists are joined to the records it hides it from the planner: to plan such a
// statement anew takes longer than to run it.
func (r *Read) hidden(w *writer, arg int) {
	if len(r.Layout.Joined) == 0 {
		w.arg(arg, "bigint")
		return
	}
	w.text("(SELECT ")
	w.arg(arg, "bigint")
	w.text(")")
}

// newline is where on a line of its own.
func (n *node) newline(w *writer, mask int) {
	if n != nil && n.left(mask) {
		w.text("\nWHERE ")
		n.emit(w, mask)
	}
}

// refuseWriting refuses the attributes that only writing endpoints have.
func (c *compiler) refuseWriting() {
	if c.endpoint.Set.Len() > 0 {
		c.problem([]string{"set"}, "", "a %s sets nothing", c.endpoint.Kind)
	}
	if c.endpoint.Limit != 0 {
		c.problem([]string{"limit"}, "page bounds a LIST", "limit is for UPDATE and DELETE")
	}
}

func (c *compiler) page(page *engine.Page) *Page {
	byNumber, byOffset, byCursor := page.Number != nil, page.Offset != nil || page.Limit != nil, page.Cursor != nil
	if byOffset && (byNumber || page.Size != nil) || byCursor && (byNumber || byOffset) {
		c.problem([]string{"page"}, "", "a page is bounded by number and size, by offset and limit, or by cursor and size")
	}
	if byCursor && c.endpoint.Keys.Len() > 0 {
		c.problem([]string{"page", "cursor"}, "number and size", "a list of keys has no cursor")
	}
	if byCursor && c.plan.Read.Aggregated {
		c.problem([]string{"page", "cursor"}, "number and size", "groups have no cursor")
	} else if byCursor {
		c.openKeys()
	}
	slot := func(v []byte, name string) *template.Slot {
		if v == nil {
			return nil
		}
		s, problems := template.CompileSlot(v, c.plan.scope)
		c.add(problems, "page", name)
		return s
	}
	return &Page{Number: slot(page.Number, "number"), Size: slot(page.Size, "size"), Offset: slot(page.Offset, "offset"), Limit: slot(page.Limit, "limit"), Cursor: slot(page.Cursor, "cursor"), Skip: page.Skip}
}

// usual gives the size that most pages have, or 0.
func (c *compiler) usual(page *engine.Page) int64 {
	written := page.Size
	if page.Limit != nil {
		written = page.Limit
	}
	if written == nil {
		return DefaultSize
	}
	if name, isParam := strings.CutPrefix(textOf(written), "$params."); isParam {
		i := slices.IndexFunc(c.plan.Params, func(p *Param) bool { return p.Name == name })
		if i < 0 || c.plan.Params[i].Default == nil {
			return 0
		}
		written, _ = c.plan.Params[i].Default.Const()
	}
	n, err := strconv.ParseInt(textOf(written), 10, 64)
	if err != nil || n < 1 || n > MaxSize {
		return 0
	}
	return n
}

func textOf(v raw.Value) string {
	text, _ := v.Text()
	return text
}

// openKeys refuses a cursor over hidden fields: it carries their values to the client.
func (c *compiler) openKeys() {
	for _, order := range c.plan.Read.Sort.Orders {
		for _, key := range order.Keys {
			if f := key.col.field; f != nil && f.Hidden && c.plan.Shape.hides(f) {
				c.problem([]string{"page", "cursor"}, "", "a cursor would show %s, which is hidden", key.col.name)
			}
		}
	}
}

// end gives the number of columns before the sort keys.
func (l *Layout) end() int {
	if l.Total >= 0 {
		return l.Total + 1
	}
	return l.Columns + l.Extra + len(l.Joined)
}

// prepare makes room for n variants.
func (q *Query) prepare(n int, write func(w *writer, variant int)) {
	q.cells = newCells(n)
	q.write = write
}

// separately is how many stored fields are fetched one by one. PostgreSQL prints a record of seven fields in 2.8 µs and takes one field
// out of it in 0.3 to 0.6 µs, so with more of them the whole record is cheaper.
const separately = 5

// selection writes what is fetched of row r, and where it stands. The total, if any, comes last.
func (s *Shape) selection(fields []*engine.Field, total bool) (string, Layout) {
	if s.names != nil {
		return s.aggregates(total)
	}
	l := Layout{ID: -1, UID: 0, Version: -1, CreatedAt: -1, UpdatedAt: -1, Data: -1, Total: -1, Keys: -1}
	sql, n := "r.uid", 1
	add := func(use bool, index *int, column string) {
		if use {
			*index = n
			sql += ", r." + column
			n++
		}
	}
	add(s.id, &l.ID, "id")
	add(s.version, &l.Version, "version")
	add(s.createdAt, &l.CreatedAt, "created_at")
	add(s.updatedAt, &l.UpdatedAt, "updated_at")
	add(len(fields) > separately, &l.Data, "data")
	for _, f := range fields {
		if l.Data < 0 {
			text := relation.Type(f.Type) == relation.Text
			l.Fields = append(l.Fields, FieldColumn{Column: n, Slot: s.keys.Slot(f.Key), Text: text})
			sql += []string{", r.data->", ", r.data->>"}[index(text)] + literal(f.Key)
			n++
		}
	}
	l.Columns, l.Extra = n, len(s.columns)
	for _, column := range s.columns {
		sql += ",\n  " + column
		n++
	}
	l.Lists = n
	for _, inc := range s.lists {
		l.Joined = append(l.Joined, &inc.list)
		n++
	}
	if total {
		l.Total = n
	}
	return sql, l
}

// aggregates is selection for results that are no records.
func (s *Shape) aggregates(total bool) (string, Layout) {
	l := Layout{ID: -1, UID: -1, Version: -1, CreatedAt: -1, UpdatedAt: -1, Data: -1, Extra: len(s.columns), Total: -1, Keys: -1}
	if total {
		l.Total = len(s.columns)
	}
	return strings.Join(s.columns, ", "), l
}

// numbers gives the autonumbers among the fields that are read: all that a CREATE does not know of its record.
func (s *Shape) numbers() []*engine.Field {
	var numbers []*engine.Field
	for _, f := range s.fields {
		if f.Type == engine.TypeAutonumber {
			numbers = append(numbers, f)
		}
	}
	return numbers
}
