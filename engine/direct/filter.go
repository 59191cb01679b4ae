package direct

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A filter that comes with a request, and not with a definition, is data: its values are taken as they are. The strings of LITERAL,
// JavaScript in a definition, may be a quoted JavaScript string here.

// PlainFilter rewrites the filter of a request so that nothing in it is an expression, or refuses it.
func PlainFilter(v raw.Value) (raw.Value, error) {
	if v.IsNull() {
		return nil, nil
	}
	if v.Kind() != raw.Object {
		return nil, engine.Errorf(engine.Invalid, "The filter must be an object.")
	}
	return plainNode(v)
}

// operators are the canonical ones, without FIELD and LITERAL.
var operators = map[string]bool{
	"AND": true, "OR": true, "NOT": true, "=": true, "<>": true, ">": true, "<": true, ">=": true, "<=": true, "LIKE": true, "ILIKE": true,
	"IN": true, "IS_NULL": true, "CONTAINS": true, "STARTS_WITH": true, "BETWEEN": true, "SEARCH": true,
}

// plainNode rewrites a node of the tree, an operand, or the shorthand.
func plainNode(v raw.Value) (raw.Value, error) {
	if v.Kind() == raw.Array {
		return eachItem(v, plainNode)
	}
	if v.Kind() != raw.Object {
		return plainValue(v)
	}
	switch t, _ := v.Get("t").Text(); {
	case t == "FIELD":
		return v, nil
	case t == "LITERAL":
		return eachMember(v, func(name string, value raw.Value) (raw.Value, error) {
			if name == "v" {
				return literal(value)
			}
			return value, nil
		})
	case operators[t]:
		return eachMember(v, func(name string, value raw.Value) (raw.Value, error) {
			if name == "l" || name == "r" || name == "v" {
				return plainNode(value)
			}
			return value, nil
		})
	}
	return eachMember(v, func(name string, value raw.Value) (raw.Value, error) {
		switch {
		case name == "AND" || name == "OR" || name == "NOT":
			return plainNode(value)
		case value.Kind() == raw.Object: // {op: value, optional: true}
			return eachMember(value, func(_ string, v raw.Value) (raw.Value, error) { return plainValue(v) })
		}
		return plainValue(value)
	})
}

// plainValue keeps strings from being slots.
func plainValue(v raw.Value) (raw.Value, error) {
	switch v.Kind() {
	case raw.String:
		text, _ := v.Text()
		return raw.Text(plainText(text)), nil
	case raw.Array:
		return eachItem(v, plainValue)
	}
	return v, nil
}

// plainText writes text so that a slot gives just it. A "${" would insert a path wherever it stands, so a text with one becomes a
// JavaScript string.
func plainText(text string) string {
	switch {
	case strings.Contains(text, "${"):
		return "=" + string(scriptString(text))
	case strings.HasPrefix(text, "$"):
		return "$" + text
	case strings.HasPrefix(text, "="):
		return "=" + text
	}
	return text
}

// scriptString writes text as a JavaScript string: JSON, but for two line ends that JavaScript once did not take.
func scriptString(text string) raw.Value { return raw.Text(text) }

// literal reads the value of a LITERAL: a quoted JavaScript string, or any JSON but a string.
func literal(v raw.Value) (raw.Value, error) {
	if v.Kind() != raw.String {
		return v, nil
	}
	source, _ := v.Text()
	text, ok := unquote(strings.TrimSpace(source))
	if !ok {
		return nil, engine.Errorf(engine.Invalid, "A LITERAL here is a quoted text such as \"'approved'\", or another JSON value; expressions are for endpoints.")
	}
	return raw.Text(string(scriptString(text))), nil
}

// unquote reads 'text' or "text" with the escapes \\ \' \" \n \t \r.
func unquote(source string) (string, bool) {
	if len(source) < 2 || source[0] != '\'' && source[0] != '"' || source[len(source)-1] != source[0] {
		return "", false
	}
	quote, body := source[0], source[1:len(source)-1]
	var b strings.Builder
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] == quote || body[i] == '\n' || body[i] == '\r':
			return "", false
		case body[i] != '\\':
			b.WriteByte(body[i])
		default:
			i++
			if i == len(body) {
				return "", false
			}
			plain, known := map[byte]byte{'\\': '\\', '\'': '\'', '"': '"', 'n': '\n', 't': '\t', 'r': '\r'}[body[i]]
			if !known {
				return "", false
			}
			b.WriteByte(plain)
		}
	}
	return b.String(), true
}

func eachItem(v raw.Value, change func(raw.Value) (raw.Value, error)) (raw.Value, error) {
	b := raw.Value{'['}
	var failed error
	v.Items(func(i int, item raw.Value) bool {
		if i > 0 {
			b = append(b, ',')
		}
		var changed raw.Value
		changed, failed = change(item)
		b = append(b, changed...)
		return failed == nil
	})
	return append(b, ']'), failed
}

func eachMember(v raw.Value, change func(name string, value raw.Value) (raw.Value, error)) (raw.Value, error) {
	b := raw.Value{'{'}
	var failed error
	v.Members(func(key, value raw.Value) bool {
		if len(b) > 1 {
			b = append(b, ',')
		}
		name, _ := key.Text()
		var changed raw.Value
		changed, failed = change(name, value)
		b = append(append(append(b, key...), ':'), changed...)
		return failed == nil
	})
	return append(b, '}'), failed
}

// checkNames refuses hidden fields in a filter and a sort where they do not exist, also behind references.
func (t *Table) checkNames(filter raw.Value, sort []string) error {
	if t.Hidden {
		return nil
	}
	paths := sort
	if filter != nil {
		tree, problems := engine.ParseFilter(filter)
		if problems != nil {
			return problems
		}
		paths = append(fieldsOf(tree), sort...)
	}
	for _, path := range paths {
		at := t.Def
		for name := range strings.SplitSeq(strings.TrimPrefix(path, "-"), ".") {
			f := at.Field(name)
			if f == nil {
				break
			}
			if f.Hidden {
				return engine.Errorf(engine.Invalid, "There is no field %s.", path)
			}
			next, found := t.Project.Tables.Get(f.To)
			if !found {
				break
			}
			at = next
		}
	}
	return nil
}

func fieldsOf(f *engine.Filter) []string {
	if f == nil {
		return nil
	}
	var names []string
	for _, operands := range [][]engine.Operand{f.Left, f.Right} {
		for _, o := range operands {
			if o.Field != "" {
				names = append(names, o.Field)
			}
		}
	}
	for _, child := range f.Filters {
		names = append(names, fieldsOf(child)...)
	}
	return names
}
