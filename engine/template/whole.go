package template

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A whole is an object whose members are all read from one record: its default representation, or members that a template names.
type whole struct {
	row       int
	in        *step // how the record is reached from that row
	members   []wholeMember
	named     bool // by a template: where there is no record the members are null, and not the whole
	dropNulls bool
}

type wholeMember struct {
	key []byte // `,"name":`
	ref Ref
}

func newWhole(record Record, row int, dropNulls bool) *whole {
	members := record.Whole()
	n := &whole{row: row, members: make([]wholeMember, len(members)), dropNulls: dropNulls}
	for i, m := range members {
		n.members[i] = wholeMember{memberKey(m.Name), m.Ref}
	}
	n.lists()
	return n
}

func memberKey(name string) []byte { return append(raw.AppendString([]byte{','}, name), ':') }

func (n *whole) gather(*writer) bool { return true }

func (n *whole) scripted() bool { return false }

func (n *whole) write(w *writer, dst []byte) ([]byte, bool) {
	row := reach(n.in, findRow(n.row, w.env, w.locals))
	switch {
	case row != nil:
		return n.append(dst, row), true
	case n.named:
		return n.append(dst, noRow), true
	}
	return append(dst, raw.NullValue...), true
}

func (n *whole) append(dst []byte, row *Row) []byte {
	dst = append(dst, '{')
	start := len(dst)
	for i := range n.members {
		m := &n.members[i]
		mark := len(dst)
		if mark == start {
			dst = append(dst, m.key[1:]...)
		} else {
			dst = append(dst, m.key...)
		}
		value := len(dst)
		if dst = m.ref.append(dst, row); n.dropNulls && dst[value] == 'n' {
			dst = dst[:mark]
		}
	}
	return append(dst, '}')
}

// AppendRecord appends the default representation of row to dst.
func AppendRecord(dst []byte, record Record, row *Row) []byte {
	dst = append(dst, '{')
	for i, m := range record.Whole() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(raw.AppendString(dst, m.Name), ':')
		dst = m.Ref.append(dst, row)
	}
	return append(dst, '}')
}

// Default gives the program of an endpoint without a template. LIST answers {"items": […]} and, where paged, "page", "size", "total"
// and "next" as far as Env has them; the others answer the record. record nil answers null.
func Default(kind engine.EndpointKind, record Record, paged bool) *Program {
	if record == nil {
		return &Program{body: constant(raw.NullValue)}
	}
	if kind != engine.List {
		return &Program{body: newWhole(record, envRecord, false), mentions: [][]string{{"$record"}}}
	}
	items := &wholes{record: newWhole(record, 0, false)}
	o := &object{members: []member{{key: memberKey("items"), value: items}}, dropNulls: true}
	if paged {
		o.members = append(o.members,
			member{key: memberKey("page"), value: &path{from: fromPage}}, member{key: memberKey("size"), value: &path{from: fromSize}},
			member{key: memberKey("total"), value: &path{from: fromTotal}}, member{key: memberKey("next"), value: &path{from: fromNext}})
	}
	return &Program{body: o, mentions: [][]string{{"$records"}}}
}

// DefaultList makes the program of $records as a bare array of what Default gives of one.
func DefaultList(record Record) *Program {
	return &Program{body: &wholes{record: newWhole(record, 0, false)}, mentions: [][]string{{"$records"}}}
}
