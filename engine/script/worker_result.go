package script

import (
	"math"
	"reflect"
	"strings"

	"github.com/dop251/goja"

	"github.com/sayrud/sayrud/engine/raw"
)

// result gives a value of JavaScript as JSON, nil for undefined. It bounds size and depth, so cycles and lists that hold one another
// many times over end in an error. It runs getters and toJSON.
func (in *interpreter) result(v goja.Value) (raw.Value, error) {
	if v == nil || goja.IsUndefined(v) {
		return nil, nil
	}
	e := &encoder{in: in}
	if err := e.value(v, "", 0); err != nil {
		return nil, err
	}
	if e.dst == nil {
		return nil, nil
	}
	return e.dst, nil
}

type encoder struct {
	in    *interpreter
	dst   []byte
	count int
}

// lookAtClock is how many values are encoded between two looks.
const lookAtClock = 256

func (e *encoder) value(v goja.Value, key string, depth int) error {
	if len(e.dst) > maxResult {
		return ErrResult
	}
	if e.count++; e.count%lookAtClock == 0 && e.in.frame.left() <= 0 {
		return ErrTime
	}
	switch v := v.(type) {
	case goja.String:
		s := v.String()
		if strings.IndexByte(s, 0) >= 0 {
			return errorf("the result holds U+0000, which no text may")
		}
		if len(s) > maxResult {
			return ErrResult
		}
		e.dst = raw.AppendString(e.dst, s)
		return nil
	case *goja.Symbol:
		return errorf("the result holds a symbol, which is no JSON")
	case *goja.Object:
		return e.object(v, key, depth+1)
	}
	switch x := v.Export().(type) {
	case nil:
		e.dst = append(e.dst, "null"...)
	case bool:
		e.dst, _ = boolValue(x).appendText(e.dst)
	case int64:
		e.dst = appendNumber(e.dst, float64(x))
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			e.dst = append(e.dst, "null"...)
		} else {
			e.dst = appendNumber(e.dst, x)
		}
	default:
		return errorf("the result holds a BigInt, which is no JSON; make it a Number or a String")
	}
	return nil
}

func (e *encoder) object(o *goja.Object, key string, depth int) error {
	if depth > maxDepth {
		return errorf("the result is nested deeper than %d levels, or holds itself", maxDepth)
	}
	if _, callable := goja.AssertFunction(o); callable {
		return errorf("the result holds a function; was it meant to be called?")
	}
	switch exported := exportDynamic(o).(type) {
	case *record:
		if !exported.touched {
			e.dst = appendCanonical(e.dst, exported.raw)
			return nil
		}
		return e.members(o, depth)
	case *goja.Promise:
		return errorf("the result holds a promise; nothing can be awaited here")
	}
	class := o.ClassName()
	if tag, ok := o.GetSymbol(goja.SymToStringTag).(goja.String); ok && class == "Object" {
		class = tag.String() // a Map, an iterator
	}
	switch class {
	case "Object":
		if replaced, err := e.toJSON(o, key, depth); replaced || err != nil {
			return err
		}
		return e.members(o, depth)
	case "Array":
		return e.items(o, depth)
	case "String", "Number", "Boolean", "Date", "RawJSON":
		return e.wrapped(o, key, depth)
	default:
		return errorf("the result holds %s %s, which is no JSON", article(class), class)
	}
}

// exportDynamic gives what stands behind an object that goja made of a value of Go, without unfolding any other.
func exportDynamic(o *goja.Object) any {
	if t := o.ExportType(); t == recordType || t == promiseType {
		return o.Export()
	}
	return nil
}

var (
	recordType  = reflect.TypeFor[*record]()
	promiseType = reflect.TypeFor[*goja.Promise]()
)

func article(noun string) string {
	if strings.ContainsAny(noun[:1], "AEIOU") {
		return "an"
	}
	return "a"
}

// toJSON asks an object for what stands for it.
func (e *encoder) toJSON(o *goja.Object, key string, depth int) (bool, error) {
	method, ok := goja.AssertFunction(o.Get("toJSON"))
	if !ok {
		return false, nil
	}
	v, err := method(o, e.in.rt.ToValue(key))
	if err != nil {
		return true, e.in.fault(err)
	}
	if v == nil || goja.IsUndefined(v) {
		e.dst = append(e.dst, "null"...)
		return true, nil
	}
	return true, e.value(v, key, depth)
}

// wrapped encodes what JSON.stringify has its own way with: dates and objects around plain values.
func (e *encoder) wrapped(o *goja.Object, key string, depth int) error {
	if replaced, err := e.toJSON(o, key, depth); replaced || err != nil {
		return err
	}
	valueOf, ok := goja.AssertFunction(o.Get("valueOf"))
	if !ok {
		return errorf("the result holds an object that is no JSON")
	}
	v, err := valueOf(o)
	if err != nil {
		return e.in.fault(err)
	}
	if _, again := v.(*goja.Object); again || v == nil {
		return errorf("the result holds an object that is no JSON")
	}
	return e.value(v, key, depth)
}

func (e *encoder) members(o *goja.Object, depth int) error {
	e.dst = append(e.dst, '{')
	first := true
	for _, name := range o.Keys() {
		v := o.Get(name)
		if v == nil || goja.IsUndefined(v) {
			continue
		}
		if strings.IndexByte(name, 0) >= 0 {
			return errorf("the result holds U+0000, which no text may")
		}
		if !first {
			e.dst = append(e.dst, ',')
		}
		first = false
		e.dst = append(raw.AppendString(e.dst, name), ':')
		if err := e.value(v, name, depth); err != nil {
			return err
		}
	}
	e.dst = append(e.dst, '}')
	return nil
}

func (e *encoder) items(o *goja.Object, depth int) error {
	length := o.Get("length").ToInteger()
	if length > maxResult/2 {
		return ErrResult
	}
	e.dst = append(e.dst, '[')
	for i := range length {
		if i > 0 {
			e.dst = append(e.dst, ',')
		}
		key := string(appendNumber(nil, float64(i)))
		v := o.Get(key)
		if v == nil || goja.IsUndefined(v) {
			e.dst = append(e.dst, "null"...)
			continue
		}
		if err := e.value(v, key, depth); err != nil {
			return err
		}
	}
	e.dst = append(e.dst, ']')
	return nil
}
