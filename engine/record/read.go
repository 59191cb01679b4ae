package record

import (
	"fmt"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// view reads one record.
func (r *run) view() error {
	read := r.plan.Read
	if err := r.bind(read.Query); err != nil {
		return err
	}
	read, order, err := r.order(read)
	if err != nil {
		return err
	}
	s := read.Query.Statement(read.Variant(read.Query.Mask(r.result.args), order, plan.AtTop, 0))
	if err := r.read(s, r.params(s, nil), r.result.expect(r.plan, &read.Layout)); err != nil {
		return err
	}
	if len(r.result.rows) == 0 {
		return r.sentence(engine.NotFound, "not_found")
	}
	r.env.Record = &r.result.rows[0]
	return nil
}

// list reads a page of records, and counts all matches where the plan wants it.
func (r *run) list() error {
	read, err := r.narrow(r.plan.Read)
	if err != nil {
		return err
	}
	if err := r.bind(read.Query); err != nil {
		return err
	}
	read, order, err := r.order(read)
	if err != nil {
		return err
	}
	sorted := &read.Sort.Orders[order]
	page, err := r.page(sorted)
	if err != nil {
		return err
	}
	mask := read.Query.Mask(r.result.args)
	s := read.Query.Statement(read.Variant(mask, order, page.start, page.limit))
	row := r.result.expect(r.plan, &read.Layout)
	if read.Layout.Keys >= 0 {
		row = page.collect(r, sorted.Keys, row)
	}
	if err := r.read(s, r.params(s, page.arg), row); err != nil {
		return err
	}
	r.env.Next = page.next(sorted)
	r.env.Records, r.env.Page, r.env.Size = r.result.rows, page.number, page.limit
	if r.env.Records == nil {
		r.env.Records = []template.Row{}
	}
	if !read.Total {
		return nil
	}
	return r.total(read, mask, page)
}

// total takes the count that came with the rows; an empty page beyond the first asks for it.
func (r *run) total(read *plan.Read, mask int, page *bounds) error {
	count := r.result.total
	if count == nil && page.start == plan.AtTop {
		r.env.Total = 0
		return nil
	}
	if count == nil {
		s := read.Count(mask)
		if _, err := r.query(s, r.params(s, nil), func(values [][]byte) error {
			count = r.result.copy(values[0])
			return nil
		}); err != nil {
			return err
		}
	}
	n, err := strconv.ParseInt(string(count), 10, 64)
	if err != nil {
		return fmt.Errorf("read the total: %w", err)
	}
	r.env.Total = n
	return nil
}

// narrow adds the filter that the request wrote, where the endpoint allows one.
func (r *run) narrow(read *plan.Read) (*plan.Read, error) {
	if read.Narrow == nil {
		return read, nil
	}
	asked, err := read.Narrow.By.Eval(r.env)
	if err != nil {
		return nil, fmt.Errorf("evaluate narrow.by: %w", err)
	}
	read, given, wrong := read.Narrowed(asked)
	if wrong != nil {
		return nil, r.invalid("filter", "filter", value.Sentence(r.language(), "narrow", wrong.Error()))
	}
	r.given = given
	return read, nil
}

// order picks the sort order that the request names, and the read that has it.
func (r *run) order(read *plan.Read) (*plan.Read, int, error) {
	sort := read.Sort
	if sort.By == nil {
		return read, 0, nil
	}
	v, err := sort.By.Eval(r.env)
	if err != nil {
		return nil, 0, fmt.Errorf("evaluate sort.by: %w", err)
	}
	orders, ok := sort.Pick(v)
	if !ok {
		return nil, 0, r.invalid("sort", "values", value.Sentence(r.language(), "sort", "sort", joined(sort.Names)))
	}
	read, i := read.Sorted(orders)
	return read, i, nil
}

// bounds are where a page begins and ends.
type bounds struct {
	number, limit, offset int64
	start                 plan.Start
	text                  [2][]byte // of limit and offset
	keys                  [][]byte  // of the record behind which the page begins
	last                  [][]byte  // of the page's last record
	more                  bool      // records follow
}

func (b *bounds) arg(arg int) []byte {
	if arg == plan.ArgOffset {
		return b.text[1]
	}
	if i := plan.KeyOfArg(arg); i >= 0 {
		return b.keys[i]
	}
	return b.text[0]
}

// skip lets the page begin behind offset records more.
func (b *bounds) skip() {
	switch {
	case b.offset == 0:
	case b.start == plan.BehindKey:
		b.start = plan.BeyondKey
	default:
		b.start = plan.AtOffset
	}
}

// maxOffset bounds how far a page can lie; nobody reads that deep.
const maxOffset = 1 << 40

// page evaluates the slots that bound the list.
func (r *run) page(order *plan.Order) (*bounds, error) {
	b := &bounds{number: 1, limit: plan.DefaultSize}
	p := r.plan.Read.Page
	if p == nil {
		return b, nil
	}
	var err error
	number, offset := int64(1), int64(0)
	for _, slot := range []struct {
		slot *template.Slot
		name string
		into *int64
		min  int64
		max  int64
	}{
		{p.Number, "page", &number, 1, maxOffset / plan.MaxSize}, {p.Size, "size", &b.limit, 1, plan.MaxSize},
		{p.Offset, "offset", &offset, 0, maxOffset}, {p.Limit, "limit", &b.limit, 1, plan.MaxSize},
	} {
		if slot.slot == nil {
			continue
		}
		if err = r.whole(slot.slot, slot.name, slot.into, slot.min, slot.max); err != nil {
			return b, err
		}
	}
	b.number, b.offset = number, (number-1)*b.limit
	if p.Offset != nil || p.Limit != nil {
		b.offset, b.number = offset, offset/b.limit+1
	}
	fetched := b.limit
	if p.Cursor != nil {
		fetched++ // one more tells whether there is a next page
		if err = r.cursor(p.Cursor, order, b); err != nil {
			return b, err
		}
		b.offset = int64(p.Skip)
	}
	b.skip()
	start := len(r.result.buf)
	r.result.buf = strconv.AppendInt(r.result.buf, fetched, 10)
	middle := len(r.result.buf)
	r.result.buf = strconv.AppendInt(r.result.buf, b.offset, 10)
	b.text = [2][]byte{r.result.buf[start:middle:middle], r.result.buf[middle:]}
	return b, nil
}

// whole evaluates a slot that is a whole number within bounds; absent leaves *into.
func (r *run) whole(slot *template.Slot, name string, into *int64, low, high int64) error {
	v, err := slot.Eval(r.env)
	if err != nil {
		return fmt.Errorf("evaluate page.%s: %w", name, err)
	}
	if v.IsNull() || string(v) == `""` {
		return nil
	}
	n, ok := wholeNumber(v)
	switch {
	case !ok:
		return r.invalid(name, "type", value.Sentence(r.language(), "integer", name))
	case n > high && (name == "size" || name == "limit"):
		return r.invalid(name, "max", value.Sentence(r.language(), "page.size", high))
	case n < low || n > high:
		return r.invalid(name, "min", value.Sentence(r.language(), "page"))
	}
	*into = n
	return nil
}

func wholeNumber(v raw.Value) (int64, bool) {
	if v.Kind() == raw.Number {
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	text, ok := v.Text()
	n, err := strconv.ParseInt(text, 10, 64)
	return n, ok && err == nil
}
