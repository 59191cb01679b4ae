package plan

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/template"
)

// The bounds of a page.
const (
	DefaultSize = 100  // records without `page`
	MaxSize     = 1000 // records of a page, whatever was asked
)

// A Read is a compiled LIST or VIEW.
type Read struct {
	Query  *Query
	Layout Layout
	One    bool // VIEW: one record or not_found
	Page   *Page
	Sort   *Sort
	Total  bool // the statement counts all matches
	count  *Query
}

// A Page holds the slots that bound a LIST; nil ones were not given.
type Page struct {
	Number, Size, Offset, Limit *template.Slot
}

// A Layout says where the columns of a result stand; -1 is one that was not fetched.
type Layout struct {
	ID, UID, Version, CreatedAt, UpdatedAt, Data int
	Columns                                      int // index of the first further column; there are Extra of them
	Extra                                        int
	Total                                        int
}

// Variant gives the number of the statement: sort is an index of the allowed orders, offset tells whether rows are skipped.
func (r *Read) Variant(mask, sort int, offset bool) int {
	v := (sort<<len(r.Query.Optional) | mask) << 1
	if offset {
		v |= 1
	}
	return v
}

// Count gives the statement that counts all matches, for a page beyond the end; it has the values of Query.
func (r *Read) Count(mask int) *Statement { return r.count.Statement(mask) }

func (c *compiler) read() {
	ep, t := c.endpoint, c.plan.Table
	r := &Read{Query: &Query{}, One: ep.Kind == engine.View}
	c.plan.Read = r
	c.refuseWriting()
	where := c.filter(r.Query, ep.Filter, t.Def, false, "filter")
	r.Sort = c.sort(t.Def)
	if r.One && ep.Page != nil {
		c.problem([]string{"page"}, "", "a VIEW has no page")
	}
	if ep.Page != nil && !r.One {
		r.Page = c.page(ep.Page)
		r.Total = ep.Page.Total
	}
	if len(c.problems) > 0 {
		return
	}
	single := r.One && where.pins()
	c.finish = func() {
		shape := c.plan.Shape
		if r.One {
			shape.version = true
		}
		shape.close()
		columns, layout := shape.selection(r.Total)
		r.Layout = layout
		bits := len(r.Query.Optional)
		r.Query.prepare(len(r.Sort.Orders)<<bits<<1, func(w *writer, variant int) {
			mask, sort := variant>>1&(1<<bits-1), variant>>1>>bits
			w.text("SELECT ", columns)
			if r.Total {
				w.text(",\n  (SELECT count(*) FROM ", t.Leaf, " r")
				where.where(w, mask)
				w.text(")")
			}
			w.text("\nFROM ", t.Leaf, " r")
			where.newline(w, mask)
			if !single {
				w.text("\nORDER BY ", r.Sort.Orders[sort].sql)
			}
			r.limit(w, single, variant&1 == 1)
		})
		r.count = &Query{}
		r.count.prepare(1<<bits, func(w *writer, mask int) {
			w.text("SELECT count(*)\nFROM ", t.Leaf, " r")
			where.newline(w, mask)
		})
	}
}

func (r *Read) limit(w *writer, single, offset bool) {
	switch {
	case single:
	case r.One:
		w.text("\nLIMIT 1")
	case r.Page == nil:
		w.text("\nLIMIT ", strconv.Itoa(DefaultSize))
	default:
		w.text("\nLIMIT ")
		w.arg(ArgLimit, "bigint")
		if offset {
			w.text(" OFFSET ")
			w.arg(ArgOffset, "bigint")
		}
	}
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
	if page.Cursor != nil {
		c.problem([]string{"page", "cursor"}, "", "cursor is not supported yet")
	}
	byNumber, byOffset := page.Number != nil || page.Size != nil, page.Offset != nil || page.Limit != nil
	if byNumber && byOffset {
		c.problem([]string{"page"}, "", "a page is bounded by number and size or by offset and limit, not by both")
	}
	slot := func(v []byte, name string) *template.Slot {
		if v == nil {
			return nil
		}
		s, problems := template.CompileSlot(v, c.plan.scope)
		c.add(problems, "page", name)
		return s
	}
	return &Page{Number: slot(page.Number, "number"), Size: slot(page.Size, "size"), Offset: slot(page.Offset, "offset"), Limit: slot(page.Limit, "limit")}
}

// prepare makes room for n variants.
func (q *Query) prepare(n int, write func(w *writer, variant int)) {
	q.cells = newCells(n)
	q.write = write
}

// selection writes what is fetched of row r, and where it stands. The total, if any, comes last.
func (s *Shape) selection(total bool) (string, Layout) {
	l := Layout{ID: -1, UID: 0, Version: -1, CreatedAt: -1, UpdatedAt: -1, Data: -1, Total: -1}
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
	add(s.data, &l.Data, "data")
	l.Columns, l.Extra = n, len(s.columns)
	for _, column := range s.columns {
		sql += ",\n  " + column
		n++
	}
	if total {
		l.Total = n
	}
	return sql, l
}
