package definition

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// shapeKind is what a value of the project file may be.
type shapeKind byte

const (
	anyValue    shapeKind = iota
	textValue             // a JSON string
	boolValue             // true or false
	wholeValue            // a whole number
	listValue             // of item
	objectValue           // of keys
	mapValue              // names the user chose: item
	eitherValue           // one of either, chosen by the JSON kind
	scriptText            // a text that is JavaScript
	sqlText               // a text that is SQL
	routeText             // "GET /path"
	nameText              // a member's name (field, endpoint, parameter)
	scalarValue           // text, number or boolean
	filterValue           // see engine.ParseFilter
	sortValue             // see engine.ParseSort
	stepValue             // a middleware: a name, or {name: settings}
)

// A shape describes a value: the one source of decoding and of the JSON Schema. Shapes are immutable.
type shape struct {
	kind     shapeKind
	doc      string
	keys     []key             // objectValue
	item     func() *shape     // listValue, mapValue; a function, since includes nest
	either   []*shape          // eitherValue
	values   []string          // textValue: what it may be; empty is anything
	hints    map[string]string // value the user may have written: what would be right
	others   map[string]string // name the user may have written: what would be right
	min, max int64             // wholeValue; equal is unbounded
	nonEmpty bool              // listValue
	nullable bool              // null means an empty object
	hint     string            // what would be right where the kind is wrong
}

// A key is a member of an object.
type key struct {
	name     string
	shape    *shape
	doc      string
	required bool
}

func (s *shape) key(name string) *key {
	for i := range s.keys {
		if s.keys[i].name == name {
			return &s.keys[i]
		}
	}
	return nil
}

func (s *shape) names() []string {
	names := make([]string, len(s.keys))
	for i, k := range s.keys {
		names[i] = k.name
	}
	return names
}

func text() *shape    { return &shape{kind: textValue} }
func boolean() *shape { return &shape{kind: boolValue} }
func slot() *shape {
	return &shape{kind: anyValue, doc: "a value, a $path, =JavaScript, or a text with ${path}"}
}
func whole(low, high int64) *shape    { return &shape{kind: wholeValue, min: low, max: high} }
func list(item *shape) *shape         { return &shape{kind: listValue, item: func() *shape { return item }} }
func named(item func() *shape) *shape { return &shape{kind: mapValue, item: item} }
func either(forms ...*shape) *shape   { return &shape{kind: eitherValue, either: forms} }
func slots() *shape                   { return named(slot) }
func only[T ~string](values ...T) *shape {
	s := &shape{kind: textValue}
	for _, v := range values {
		s.values = append(s.values, string(v))
	}
	return s
}

// fits reports whether v has the JSON kind that s wants; what is inside is checked later.
func (s *shape) fits(v raw.Value) bool {
	switch s.kind {
	case anyValue, filterValue, sortValue:
		return true
	case boolValue:
		return v.Kind() == raw.Bool
	case wholeValue:
		return v.Kind() == raw.Number
	case listValue:
		return v.Kind() == raw.Array
	case objectValue:
		return v.Kind() == raw.Object || s.nullable && v.IsNull()
	case mapValue:
		return v.Kind() == raw.Object || v.IsNull()
	case stepValue:
		return v.Kind() == raw.Object || v.Kind() == raw.String
	case scalarValue:
		return v.Kind() == raw.String || v.Kind() == raw.Number || v.Kind() == raw.Bool
	case eitherValue:
		return slices.ContainsFunc(s.either, func(form *shape) bool { return form.fits(v) })
	}
	return v.Kind() == raw.String
}

// wants names the kind in a sentence.
func (s *shape) wants() string {
	switch s.kind {
	case boolValue:
		return "true or false"
	case wholeValue:
		return "a whole number"
	case listValue:
		return "a list"
	case objectValue, mapValue:
		return "an object"
	case stepValue:
		return "a middleware"
	case scalarValue:
		return "a text or a number"
	case scriptText:
		return "JavaScript"
	case sqlText:
		return "a SQL expression"
	case routeText:
		return "a route"
	case eitherValue:
		words := s.either[0].wants()
		for _, form := range s.either[1:] {
			words += " or " + form.wants()
		}
		return words
	}
	return "a text"
}

var kindWords = [...]string{"nothing", "nothing", "a boolean", "a number", "a text", "a list", "an object"}

var (
	writtenFieldTypes = []engine.FieldType{engine.TypeText, engine.TypeNumber, engine.TypeBoolean, engine.TypeDatetime, engine.TypeDate, engine.TypeEnum,
		engine.TypeJSON, engine.TypeEmail, engine.TypeURL, engine.TypeAutonumber, engine.TypeReference, engine.TypeReferences, engine.TypeFile, engine.TypeGenerated}
	writtenParamTypes = []engine.FieldType{engine.TypeText, engine.TypeInteger, engine.TypeNumber, engine.TypeBoolean, engine.TypeDatetime, engine.TypeDate,
		engine.TypeEnum, engine.TypeJSON, engine.TypeEmail, engine.TypeURL, engine.TypeFile}
)
