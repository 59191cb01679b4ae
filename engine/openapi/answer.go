package openapi

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// An answer finds the schema of what a template writes.
type answer struct {
	dropNulls bool // members that are null are left out
}

// A written is the schema of a value of the template; a value that may be absent drops its member or item.
type written struct {
	schema   object
	optional bool
}

func (a answer) of(v raw.Value, s *scope) written {
	switch v.Kind() {
	case raw.Bool:
		return written{schema: typed("boolean")}
	case raw.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return written{schema: typed("number")}
		}
		return written{schema: typed("integer")}
	case raw.String:
		text, _ := v.Text()
		return slot(text, s)
	case raw.Array:
		return written{schema: a.list(v, s)}
	case raw.Object:
		return a.object(v, s)
	}
	return written{schema: typed("null")}
}

// slot describes a string of the template.
func slot(text string, s *scope) written {
	switch {
	case text == "$omit":
		return written{schema: object{}, optional: true}
	case strings.HasPrefix(text, "$$"), strings.HasPrefix(text, "=="), strings.HasPrefix(text, "${"):
		return written{schema: typed("string")}
	case strings.HasPrefix(text, "="):
		return expression(strings.TrimSpace(text[1:]))
	case strings.HasPrefix(text, "$"):
		return written{schema: s.path(text[1:]).schema(s.document)}
	}
	return written{schema: typed("string")}
}

// helpers are those whose result has one type; null of null.
var helpers = map[string]object{
	"$now": typed("string"), "$ago": typed("string"), "$uuid": typed("string"), "$json": typed("string"), "$int": nullable(typed("integer")),
	"$md5": nullable(typed("string")), "$sha256": nullable(typed("string")), "$markdown": nullable(typed("string")), "$date": nullable(typed("string")),
	"$epoch": nullable(typed("integer")), "$epoch_ms": nullable(typed("integer")), "$env": nullable(typed("string")),
}

// expression describes JavaScript: known where it is one call of a helper, else open, and perhaps undefined.
func expression(source string) written {
	name, rest, isCall := strings.Cut(source, "(")
	if schema, known := helpers[strings.TrimSpace(name)]; isCall && known && closesAtEnd(rest) {
		return written{schema: schema}
	}
	return written{schema: object{}, optional: true}
}

// closesAtEnd reports whether the parenthesis that opened before text closes with its last character.
func closesAtEnd(text string) bool {
	depth, quote := 1, rune(0)
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case strings.ContainsRune("\"'`", r):
			quote = r
		case r == '(':
			depth++
		case r == ')':
			if depth--; depth == 0 {
				return i == len(text)-1
			}
		}
	}
	return false
}

// list describes an array of the template: its items, those of $each among them.
func (a answer) list(v raw.Value, s *scope) object {
	var forms []object
	v.Items(func(_ int, item raw.Value) bool {
		if item.Kind() == raw.Object && item.Get("$each") != nil {
			forms = append(forms, a.each(item, s))
		} else {
			forms = append(forms, a.of(item, s).schema)
		}
		return true
	})
	if len(forms) == 0 {
		return typed("array")
	}
	return array(anyOf(forms...))
}

// each describes one item of a $each.
func (a answer) each(v raw.Value, s *scope) object {
	inner, item := s.repeated(v)
	if value := v.Get("$value"); value != nil {
		return a.of(value, inner).schema
	}
	if !hasMembers(v) {
		return item.schema(s.document)
	}
	return a.members(v, inner)
}

// hasMembers reports whether an object says more than how it is repeated.
func hasMembers(v raw.Value) bool {
	found := false
	v.Members(func(key, _ raw.Value) bool {
		name, _ := key.Text()
		found = found || !slices.Contains([]string{"$each", "$as", "$index", "$if", "$key"}, name)
		return !found
	})
	return found
}

// repeated gives the scope inside an object with $each, and what its item is.
func (s *scope) repeated(v raw.Value) (*scope, node) {
	lists, as := []raw.Value{v.Get("$each")}, []raw.Value{v.Get("$as")}
	if lists[0].Kind() == raw.Array {
		lists = itemsOf(lists[0])
		if as[0].Kind() == raw.Array {
			as = itemsOf(as[0])
		} else {
			as = append(make([]raw.Value, max(0, len(lists)-1)), as...)
		}
	}
	item := plain(object{})
	for i, list := range lists {
		text, isText := list.Text()
		item = plain(object{})
		if path, isPath := strings.CutPrefix(text, "$"); isText && isPath {
			item = s.path(path).item()
		}
		if name, named := at(as, i).Text(); named {
			s = s.with("$"+name, item)
		} else if text == "$records" {
			s = s.with("$record", item)
		}
	}
	if name, named := v.Get("$index").Text(); named {
		s = s.with("$"+name, plain(typed("integer")))
	}
	return s, item
}

func at(list []raw.Value, i int) raw.Value {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func itemsOf(v raw.Value) []raw.Value {
	var list []raw.Value
	v.Items(func(_ int, item raw.Value) bool {
		list = append(list, item)
		return true
	})
	return list
}

// object describes an object that stands by itself.
func (a answer) object(v raw.Value, s *scope) written {
	if v.Get("$each") != nil { // with $key: members by name
		inner, item := s.repeated(v)
		value := item.schema(s.document)
		if written := v.Get("$value"); written != nil {
			value = a.of(written, inner).schema
		} else if hasMembers(v) {
			value = a.members(v, inner)
		}
		return written{schema: object{"type": "object", "additionalProperties": value}}
	}
	optional := v.Get("$if") != nil
	if value := v.Get("$value"); value != nil {
		of := a.of(value, s)
		return written{schema: of.schema, optional: of.optional || optional}
	}
	return written{schema: a.members(v, s), optional: optional}
}

// members describes the names of an object. Computed names and what cannot be spread by name leave it open.
func (a answer) members(v raw.Value, s *scope) object {
	properties, required, closed := object{}, []string{}, true
	set := func(name string, of written) {
		if a.dropNulls && (len(of.schema) == 0 || isNullable(of.schema)) {
			of = written{schema: present(of.schema), optional: true}
		}
		properties[name] = of.schema
		required = slices.DeleteFunc(required, func(known string) bool { return known == name })
		if !of.optional {
			required = append(required, name)
		}
	}
	v.Members(func(key, value raw.Value) bool {
		name, _ := key.Text()
		switch {
		case name == "$spread":
			closed = a.spread(value, s, set) && closed
		case strings.HasPrefix(name, "$$"), strings.HasPrefix(name, "=="):
			set(name[1:], a.of(value, s))
		case strings.HasPrefix(name, "$") && slices.Contains([]string{"$each", "$as", "$index", "$if", "$key", "$value"}, name):
		case strings.HasPrefix(name, "$"), strings.HasPrefix(name, "="), strings.Contains(name, "${"):
			closed = false
		default:
			if text, _ := value.Text(); text == "$omit" {
				delete(properties, name)
				required = slices.DeleteFunc(required, func(known string) bool { return known == name })
				return true
			}
			set(name, a.of(value, s))
		}
		return true
	})
	schema := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	if closed {
		schema["additionalProperties"] = false
	}
	return schema
}

// spread adds the members of what $spread names, where they are known; it reports whether they are.
func (a answer) spread(value raw.Value, s *scope, set func(string, written)) bool {
	of := a.of(value, s).schema
	if value.Kind() == raw.Array { // members of each
		of = object{}
	}
	if name, isRef := of["$ref"].(string); isRef {
		of = s.document.component(name)
	}
	properties, known := of["properties"].(object)
	if !known {
		return false
	}
	always, _ := of["required"].([]string)
	for _, name := range sorted(properties) {
		set(name, written{schema: properties[name].(object), optional: !slices.Contains(always, name)})
	}
	return true
}

// status gives the written status of a template: a number, "" where it says none, "default" where it is computed.
func status(v raw.Value) string {
	if v.IsNull() {
		return ""
	}
	if n, err := strconv.Atoi(string(v)); err == nil {
		return strconv.Itoa(n)
	}
	return "default"
}
