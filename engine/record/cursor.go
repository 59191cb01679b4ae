package record

import (
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// A cursor is the base64url (RFC 4648 section 5, without padding) of a JSON array: the number of the order, then the sort keys of the
// last record as texts, the id last.

// maxCursor bounds a cursor that comes with a request, in characters.
const maxCursor = 64 << 10

// cursor reads the cursor of a request into b.keys; an absent or empty one begins at the top.
func (r *run) cursor(slot *template.Slot, order *plan.Order, b *bounds) error {
	v, err := slot.Eval(r.env)
	if err != nil {
		return fmt.Errorf("evaluate page.cursor: %w", err)
	}
	text, ok := v.Text()
	if v.IsNull() || ok && text == "" {
		return nil
	}
	refused := r.invalid("cursor", "type", r.sentence(engine.Invalid, "cursor").Message)
	if !ok || len(text) > maxCursor {
		return refused
	}
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return refused
	}
	list, err := raw.Valid(decoded, raw.Limits{})
	if err != nil || list.Kind() != raw.Array || list.Len() != len(order.Keys)+1 || string(list.Index(0)) != strconv.Itoa(order.ID) {
		return refused
	}
	b.keys = make([][]byte, len(order.Keys))
	for i, key := range order.Keys {
		in := list.Index(i + 1)
		if key.IsJSON() && !in.IsNull() {
			if in, err = raw.Valid(raw.AppendText(nil, in), raw.Limits{}); err != nil {
				return refused
			}
		}
		var wrong *engine.FieldError
		if _, b.keys[i], wrong = key.Value.Append(nil, in, r.language()); wrong != nil {
			return refused
		}
	}
	b.start = plan.BehindKey
	return nil
}

// collect takes the rows of the page and their keys; the one beyond only tells that there are more.
func (b *bounds) collect(r *run, keys []*plan.Key, row func(values [][]byte) error) func(values [][]byte) error {
	first := r.plan.Read.Layout.Keys
	return func(values [][]byte) error {
		if int64(len(r.result.rows)) == b.limit {
			b.more = true
			return nil
		}
		b.last = b.last[:0]
		for i, key := range values[first:] {
			switch {
			case key == nil:
			case keys[i].IsTime():
				key = appendTime(nil, key)
			default:
				key = append([]byte{}, key...)
			}
			b.last = append(b.last, key)
		}
		return row(values)
	}
}

// next gives $next: the cursor of the following page, or null.
func (b *bounds) next(order *plan.Order) raw.Value {
	if !b.more {
		return raw.NullValue
	}
	list := strconv.AppendInt([]byte{'['}, int64(order.ID), 10)
	for _, key := range b.last {
		list = append(list, ',')
		if key == nil {
			list = append(list, raw.NullValue...)
		} else {
			list = raw.AppendString(list, key)
		}
	}
	return raw.Text(base64.RawURLEncoding.EncodeToString(append(list, ']')))
}
