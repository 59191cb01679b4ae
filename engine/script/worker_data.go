package script

import (
	"math"

	"github.com/dop251/goja"

	"github.com/sayrud/sayrud/engine/raw"
)

// input gives an input to JavaScript: what is absent is null.
func (in *interpreter) input(v raw.Value) goja.Value {
	if v == nil {
		return goja.Null()
	}
	return in.value(v)
}

// value gives JSON to JavaScript. Arrays are real arrays. Objects have no prototype, so nothing of JavaScript's own shows among their
// members, and find their members when they are first touched; what a script changes in them is its own copy.
func (in *interpreter) value(v raw.Value) goja.Value {
	switch v.Kind() {
	case raw.Null:
		return goja.Null()
	case raw.Bool:
		return in.rt.ToValue(v[0] == 't')
	case raw.Number:
		f := parseNumber(v)
		if f == math.Trunc(f) && math.Abs(f) < 1<<53 && (f != 0 || v[0] != '-') {
			return in.rt.ToValue(int64(f))
		}
		return in.rt.ToValue(f)
	case raw.String:
		s, _ := v.Text()
		return in.rt.ToValue(s)
	case raw.Array:
		items := make([]any, 0, 8)
		v.Items(func(_ int, item raw.Value) bool {
			items = append(items, in.value(item))
			return true
		})
		return in.rt.NewArray(items...)
	case raw.Object:
		object := in.rt.NewDynamicObject(&record{in: in, raw: v})
		if err := object.SetPrototype(nil); err != nil {
			panic(err)
		}
		return object
	}
	return goja.Undefined()
}

// record is an object of the inputs (goja.DynamicObject).
type record struct {
	in      *interpreter
	raw     raw.Value
	parsed  bool
	touched bool // a member was set, deleted, or given out as an array or object
	members []recordMember
	index   map[string]int // only where there are many
}

type recordMember struct {
	name string
	raw  raw.Value
	made goja.Value // nil until it is first touched, and then always the same
}

const manyMembers = 16

func (o *record) parse() {
	if o.parsed {
		return
	}
	o.parsed = true
	o.raw.Members(func(key, v raw.Value) bool {
		name, _ := key.Text()
		o.members = append(o.members, recordMember{name: name, raw: v})
		return true
	})
	o.reindex()
}

func (o *record) reindex() {
	o.index = nil
	if len(o.members) > manyMembers {
		o.index = make(map[string]int, len(o.members))
		for i := range o.members {
			o.index[o.members[i].name] = i
		}
	}
}

func (o *record) find(name string) int {
	o.parse()
	if o.index != nil {
		if i, found := o.index[name]; found {
			return i
		}
		return -1
	}
	for i := range o.members {
		if o.members[i].name == name {
			return i
		}
	}
	return -1
}

// Get implements goja.DynamicObject.
func (o *record) Get(name string) goja.Value {
	i := o.find(name)
	if i < 0 {
		return nil
	}
	m := &o.members[i]
	if m.made == nil {
		m.made = o.in.value(m.raw)
		if kind := m.raw.Kind(); kind == raw.Array || kind == raw.Object {
			o.touched = true
		}
	}
	return m.made
}

// Set implements goja.DynamicObject.
func (o *record) Set(name string, v goja.Value) bool {
	o.touched = true
	if v == nil {
		v = goja.Undefined()
	}
	if i := o.find(name); i >= 0 {
		o.members[i].made = v
		return true
	}
	o.members = append(o.members, recordMember{name: name, made: v})
	if o.index != nil {
		o.index[name] = len(o.members) - 1
	} else {
		o.reindex()
	}
	return true
}

// Has implements goja.DynamicObject.
func (o *record) Has(name string) bool { return o.find(name) >= 0 }

// Delete implements goja.DynamicObject.
func (o *record) Delete(name string) bool {
	if i := o.find(name); i >= 0 {
		o.touched = true
		o.members = append(o.members[:i], o.members[i+1:]...)
		o.reindex()
	}
	return true
}

// Keys implements goja.DynamicObject.
func (o *record) Keys() []string {
	o.parse()
	names := make([]string, len(o.members))
	for i := range o.members {
		names[i] = o.members[i].name
	}
	return names
}
