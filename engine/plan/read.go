package plan

import (
	"github.com/sayrud/sayrud/engine"
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
