package template

import (
	"bytes"
	"cmp"
	"math"

	"github.com/sayrud/sayrud/engine/raw"
)

// An object writes its members in order. A member whose value is absent is left out. Where a name stands twice, which only computed
// names and $spread can bring about, the last value counts, an absent one too, and stands in the place of the first, as in JavaScript.
type object struct {
	members   []member
	computed  bool // some names are not known when the template is compiled
	dropNulls bool
	scripts   bool
}

// A member is a value under a static name, a value under a computed name, a $spread, or the members that a $each makes.
type member struct {
	key    []byte // `,"name":`, empty where the name is computed
	name   node
	value  node
	field  *path // value, where it is a path that begins at a record
	spread bool
	each   *each // whose body is an *entry
}

// An entry is one member of an object made by $each: $if, $key and its value.
type entry struct {
	when  node // nil: always
	name  node
	value node
}

func (o *object) scripted() bool { return o.scripts }

func (o *object) gather(w *writer) bool {
	ready := true
	for i := range o.members {
		m := &o.members[i]
		switch {
		case m.each != nil:
			ready = m.each.gather(w) && ready
		case m.name != nil:
			ready = gatherEntry(w, m.name, m.value) && ready
		case m.value.scripted():
			ready = m.value.gather(w) && ready
		}
	}
	return ready
}

func gatherEntry(w *writer, name, value node) bool {
	v, ready := w.control(name)
	if !ready || v.IsNull() {
		return ready
	}
	return !value.scripted() || value.gather(w)
}

func (o *object) write(w *writer, dst []byte) ([]byte, bool) {
	if o.computed {
		return o.writeComputed(w, dst), true
	}
	dst = append(dst, '{')
	start := len(dst)
	var row *Row
	last := math.MinInt
	for i := range o.members {
		m := &o.members[i]
		mark := len(dst)
		if mark == start {
			dst = append(dst, m.key[1:]...)
		} else {
			dst = append(dst, m.key...)
		}
		value, ok := len(dst), true
		if m.field != nil {
			if m.field.row != last {
				last, row = m.field.row, cmp.Or(findRow(m.field.row, w.env, w.locals), noRow)
			}
			dst = m.field.ref.append(dst, row)
		} else {
			dst, ok = m.value.write(w, dst)
		}
		if len(dst) > w.limit || w.err != nil {
			w.full(dst)
			break
		}
		if !ok || o.dropNulls && dst[value] == 'n' {
			dst = dst[:mark]
		}
	}
	return append(dst, '}'), true
}

// noRow stands for a record that is not there: all its members are null.
var noRow = &Row{}

// A span is where a member stands in the bytes written so far.
type span struct{ key, colon, end int }

func (o *object) writeComputed(w *writer, dst []byte) []byte {
	base := len(w.spans)
	dst = append(dst, '{')
	start := len(dst)
	for i := range o.members {
		m := &o.members[i]
		switch {
		case m.each != nil:
			e := m.each.body.(*entry)
			m.each.walk(w, func() bool {
				if e.stands(w) {
					dst = o.writeEntry(w, dst, start, e.name, e.value)
				}
				return !w.full(dst)
			})
		case m.spread:
			w.value(m.value).Members(func(key, v raw.Value) bool {
				dst = o.writeMember(w, dst, start, key, constant(v))
				return !w.full(dst)
			})
		case m.name != nil:
			dst = o.writeEntry(w, dst, start, m.name, m.value)
		default:
			dst = o.writeMember(w, dst, start, m.key[1:len(m.key)-1], m.value)
		}
		if w.full(dst) {
			break
		}
	}
	dst = unique(dst, start, w.spans[base:])
	w.spans = w.spans[:base]
	return append(dst, '}')
}

func (o *object) writeEntry(w *writer, dst []byte, start int, name, value node) []byte {
	key, _ := w.control(name)
	switch key.Kind() {
	case raw.Absent, raw.Null:
		return dst
	case raw.String:
	default:
		key = raw.AppendString(nil, []byte(key))
	}
	return o.writeMember(w, dst, start, key, value)
}

// writeMember writes a member under a quoted key and notes its span. An absent value is written as nothing for now: it takes away
// what stood under its name before.
func (o *object) writeMember(w *writer, dst []byte, start int, key raw.Value, value node) []byte {
	if len(dst) > start {
		dst = append(dst, ',')
	}
	s := span{key: len(dst)}
	dst = append(dst, key...)
	s.colon = len(dst)
	dst = append(dst, ':')
	dst, ok := value.write(w, dst)
	if !ok || o.dropNulls && len(dst) > s.colon+1 && dst[s.colon+1] == 'n' {
		dst = dst[:s.colon+1]
	}
	s.end = len(dst)
	w.spans = append(w.spans, s)
	return dst
}

func (s span) absent() bool { return s.end == s.colon+1 }

// unique writes dst[start:] again where a name stands in it twice or a value is absent.
func unique(dst []byte, start int, spans []span) []byte {
	last := make([]span, 0, 16) // the distinct members with their last value, in the order of their first
	places := make(map[string]int, len(spans))
	clean := true
	for _, s := range spans {
		name := dst[s.key:s.colon]
		if bytes.IndexByte(name, '\\') >= 0 {
			text, _ := raw.Value(name).Text()
			name = raw.AppendString(nil, text)
		}
		clean = clean && !s.absent()
		if place, twice := places[string(name)]; twice {
			last[place], clean = s, false
			continue
		}
		places[string(name)] = len(last)
		last = append(last, s)
	}
	if clean {
		return dst
	}
	written := bytes.Clone(dst[start:])
	dst = dst[:start]
	for _, s := range last {
		if s.absent() {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(dst, written[s.key-start:s.end-start]...)
	}
	return dst
}

func (e *entry) write(w *writer, dst []byte) ([]byte, bool) { return e.value.write(w, dst) }

func (e *entry) gather(w *writer) bool {
	if e.when != nil {
		v, ready := w.control(e.when)
		if !ready || !v.Truthy() {
			return ready
		}
	}
	return gatherEntry(w, e.name, e.value)
}

func (e *entry) scripted() bool {
	return e.when != nil && e.when.scripted() || e.name.scripted() || e.value.scripted()
}

// stands reports whether $if keeps the entry.
func (e *entry) stands(w *writer) bool {
	if e.when == nil {
		return true
	}
	v, _ := w.control(e.when)
	return v.Truthy()
}
