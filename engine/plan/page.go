package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// The bounds of a page.
const (
	DefaultSize = 100  // records without `page`
	MaxSize     = 1000 // records of a page, whatever was asked
	shortPage   = 100  // records of a page that is no long read
)

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
