package record

import (
	"bytes"
	"fmt"

	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// keepBytes bounds what a Result keeps for its next use.
const keepBytes = 1 << 20

// A Result is the memory of one run: rows and the bytes they are made of. Its zero value is ready. A Result serves one run at a time;
// used again, it overwrites what it held.
type Result struct {
	Status int // of the answer where the response says none: 200 where an upsert changed a record; 0 is the plan's

	buf    []byte
	rows   []template.Row
	cells  []raw.Value // of the rows' Slots and Columns
	args   [][]byte    // the query's values
	params [][]byte    // a statement's parameters
	fields []raw.Value // the values of a change, by field
	total  []byte
	joined int            // records of lists joined to rows
	links  template.Links // of files

	keys   raw.Keys
	layout *plan.Layout
	add    func(values [][]byte) error // r.row, bound once
}

func (r *Result) reset() {
	if cap(r.buf) > keepBytes {
		r.buf = nil
	}
	r.Status, r.joined = 0, 0
	r.buf, r.rows, r.cells, r.total = r.buf[:0], r.rows[:0], r.cells[:0], nil
	if r.add == nil {
		r.add = r.row
	}
}

// expect says how the coming rows are to be read.
func (r *Result) expect(p *plan.Plan, layout *plan.Layout) func(values [][]byte) error {
	r.keys, r.layout = p.Shape.Keys(), layout
	r.rows = r.rows[:0]
	return r.add
}

// row takes over one row of a result.
func (r *Result) row(values [][]byte) error {
	l := r.layout
	r.rows = append(r.rows, r.decode(r.keys, l, values))
	if l.Total >= 0 && r.total == nil {
		r.total = r.copy(values[l.Total])
	}
	return r.bounded()
}

// maxJoined bounds the records that lists join to those of one request.
const maxJoined = 100_000

func (r *Result) bounded() error {
	if r.joined > maxJoined {
		return fmt.Errorf("join more than %d records to those of one request: %w", maxJoined, template.ErrTooLarge)
	}
	return nil
}

// decode copies one row out of a result.
func (r *Result) decode(keys raw.Keys, l *plan.Layout, values [][]byte) template.Row {
	size := 0
	for _, v := range values {
		size += len(v) + 8
	}
	r.room(size)
	row := template.Row{UID: r.copy(at(values, l.UID)), ID: r.copy(at(values, l.ID)), Version: r.copy(at(values, l.Version))}
	row.Links = r.links
	row.CreatedAt = r.time(at(values, l.CreatedAt))
	row.UpdatedAt = r.time(at(values, l.UpdatedAt))
	slots := keys.Len()
	cells := r.take(slots + l.Extra)
	row.Slots, row.Columns = cells[:slots:slots], cells[slots:]
	if l.Data >= 0 {
		keys.Scan(raw.Value(r.copy(values[l.Data])), row.Slots)
	} else {
		clear(row.Slots)
		for _, f := range l.Fields {
			if v := values[f.Column]; f.Text && v != nil {
				row.Slots[f.Slot] = r.quote(v)
			} else {
				row.Slots[f.Slot] = raw.Value(r.copy(v))
			}
		}
	}
	for i := range row.Columns {
		row.Columns[i] = raw.Value(r.copy(values[l.Columns+i]))
	}
	if len(l.Joined) > 0 {
		row.Lists = make([][]template.Row, len(l.Joined))
		for i, list := range l.Joined {
			row.Lists[i] = r.list(list, values[l.Lists+i])
		}
	}
	return row
}

// list reads the rows of a list joined to a record: a JSON array of arrays.
func (r *Result) list(l *plan.ListLayout, text raw.Value) []template.Row {
	rows := make([]template.Row, 0, text.Len())
	r.joined += cap(rows)
	var values [][]byte
	text.Items(func(_ int, row raw.Value) bool {
		values = values[:0]
		row.Items(func(_ int, v raw.Value) bool {
			if v.IsNull() {
				v = nil
			}
			values = append(values, v)
			return true
		})
		for _, quoted := range [...]int{l.Layout.UID, l.Layout.CreatedAt, l.Layout.UpdatedAt} {
			if quoted >= 0 {
				values[quoted] = values[quoted][1 : len(values[quoted])-1]
			}
		}
		rows = append(rows, r.decode(l.Keys, &l.Layout, values))
		return true
	})
	return rows
}

func at(values [][]byte, i int) []byte {
	if i < 0 {
		return nil
	}
	return values[i]
}

// room makes place for n more bytes without moving those that rows refer to.
func (r *Result) room(n int) {
	if cap(r.buf)-len(r.buf) < n {
		r.buf = make([]byte, 0, max(n, 2*cap(r.buf), 4096))
	}
}

func (r *Result) copy(v []byte) []byte {
	if v == nil {
		return nil
	}
	start := len(r.buf)
	r.buf = append(r.buf, v...)
	return r.buf[start:len(r.buf):len(r.buf)]
}

// quote takes over a text as a JSON string.
func (r *Result) quote(text []byte) raw.Value {
	start := len(r.buf)
	r.buf = raw.AppendString(r.buf, text)
	return raw.Value(r.buf[start:len(r.buf):len(r.buf)])
}

// take gives n cells whose content is undefined.
func (r *Result) take(n int) []raw.Value {
	if cap(r.cells)-len(r.cells) < n {
		r.cells = make([]raw.Value, 0, max(n, 2*cap(r.cells), 64))
	}
	start := len(r.cells)
	r.cells = r.cells[:start+n]
	return r.cells[start : start+n : start+n]
}

// time takes over a timestamptz that PostgreSQL printed in UTC, "2026-11-23 05:28:00.12+00", as 2026-11-23T05:28:00.120Z.
func (r *Result) time(v []byte) []byte {
	if v == nil {
		return nil
	}
	start := len(r.buf)
	r.buf = appendTime(r.buf, v)
	return r.buf[start:len(r.buf):len(r.buf)]
}

func appendTime(dst, v []byte) []byte {
	space := bytes.IndexByte(v, ' ')
	if space < 0 || len(v) < space+9 {
		return append(dst, v...)
	}
	dst = append(append(dst, v[:space]...), 'T')
	dst = append(dst, v[space+1:space+9]...)
	dst = append(dst, '.')
	rest, digits := v[space+9:], 0
	if len(rest) > 0 && rest[0] == '.' {
		for digits < 3 && digits+1 < len(rest) && rest[digits+1] >= '0' && rest[digits+1] <= '9' {
			dst = append(dst, rest[digits+1])
			digits++
		}
	}
	for ; digits < 3; digits++ {
		dst = append(dst, '0')
	}
	return append(dst, 'Z')
}

// grow gives s with length n; its content is undefined.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, max(n, 2*cap(s)))
	}
	return s[:n]
}
