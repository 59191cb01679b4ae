package middleware

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
)

// A Property describes one setting of a middleware: it checks the setting and prints its JSON Schema.
type Property struct {
	Name     string
	Doc      string
	Type     PropertyType
	Required bool                                   // must be there
	Slot     bool                                   // a string, also one inside it, may hold an expression; the schema says "x-slot": true
	OrSecret bool                                   // a secret may stand instead; the schema says "x-secret": true
	Default  raw.Value                              // for the form; nil is none
	Example  raw.Value                              // what a form begins with where something must be there; nil is nothing
	Min, Max int64                                  // of an integer, of the items of an array or map; both 0 is unbounded
	Values   []string                               // what a string may be; nil is anything
	Form     string                                 // the JSON Schema "pattern" of a string, for the form
	Of       *Property                              // of an array or map: what its items are; nil is texts
	Members  []Property                             // of an object
	Check    func(raw.Value) (message, hint string) // further; "" is good; it never sees a secret
	// When tells of a secret whether it makes sense beside the other members of its object; where it does not, it may be absent and the
	// stored one is let go. nil: always.
	When func(object raw.Value) bool
}

// PropertyType is what a setting is. Its first five are types of JSON Schema.
type PropertyType = string

// The types.
const (
	TypeString  PropertyType = "string"
	TypeInteger PropertyType = "integer"
	TypeBoolean PropertyType = "boolean"
	TypeArray   PropertyType = "array"  // of Of
	TypeObject  PropertyType = "object" // of Members
	TypeMap     PropertyType = "map"    // names of the user's choice, each with an Of
	TypeTexts   PropertyType = "texts"  // a text, or a list of them; see texts
	TypeSecret  PropertyType = "secret" // {env: NAME}, {file: PATH}; see the secret package and Bench.Secret
	TypeAny     PropertyType = "any"    // any JSON
)

var textItem = Property{Type: TypeString}

// item gives what the items of an array or map are.
func (p *Property) item() *Property {
	if p.Of == nil {
		return &textItem
	}
	return p.Of
}

// slots names the settings below properties that may hold expressions: "by", "data.title", "headers.*".
func slots(properties []Property, prefix string) []string {
	var names []string
	for i := range properties {
		p := &properties[i]
		name := prefix + p.Name
		switch {
		case p.Slot:
			names = append(names, name)
		case p.Type == TypeObject:
			names = append(names, slots(p.Members, name+".")...)
		case p.Type == TypeArray || p.Type == TypeMap:
			item := *p.item()
			item.Name = "*"
			names = append(names, slots([]Property{item}, name+".")...)
		}
	}
	return names
}

// checkSettings tells what is wrong with settings: no object, unknown and missing names, wrong types.
func checkSettings(settings raw.Value, properties []Property) engine.Problems {
	if settings.IsNull() {
		settings = raw.Value("{}")
	}
	if settings.Kind() != raw.Object {
		return engine.Problems{engine.Problemf(nil, "", "settings must be an object")}
	}
	var problems engine.Problems
	names := make([]string, len(properties))
	for i, p := range properties {
		names[i] = p.Name
		v := settings.Get(p.Name)
		switch {
		case v != nil && (p.Required || p.Type == TypeAny || !v.IsNull()): // null is absent
			problems = append(problems, p.check(v).At(p.Name)...)
		case p.Required:
			problems = append(problems, engine.Problemf(nil, p.Doc, "the setting %s is missing", p.Name))
		}
	}
	settings.Members(func(key, _ raw.Value) bool {
		name, _ := key.Text()
		if slices.Contains(names, name) {
			return true
		}
		hint := "there are " + joined(names)
		if near := engine.Near(name, names); near != "" {
			hint = "did you mean " + near + "?"
		} else if len(names) == 0 {
			hint = "it takes no settings"
		}
		problems = append(problems, engine.Problemf([]string{name}, hint, "unknown setting %s", name))
		return true
	})
	return problems
}

func (p *Property) check(v raw.Value) engine.Problems {
	if p.Type == TypeSecret || p.OrSecret && v.Kind() == raw.Object {
		if message, hint := secret.Check(v); message != "" {
			return engine.Problems{engine.Problemf(nil, hint, "%s", message)}
		}
		return nil
	}
	if !p.Slot {
		if problems := p.checkType(v); problems != nil {
			return problems
		}
	}
	if p.Check != nil {
		if message, hint := p.Check(v); message != "" {
			return engine.Problems{engine.Problemf(nil, hint, "%s", message)}
		}
	}
	return nil
}

func (p *Property) checkType(v raw.Value) engine.Problems {
	wrong := func(format string, args ...any) engine.Problems {
		return engine.Problems{engine.Problemf(nil, p.Doc, format, args...)}
	}
	switch p.Type {
	case TypeString:
		if v.Kind() != raw.String {
			return wrong("must be a text")
		}
		text, _ := v.Text()
		if p.Values != nil && !slices.Contains(p.Values, text) {
			hint := "there are " + joined(p.Values)
			if near := engine.Near(text, p.Values); near != "" {
				hint = "did you mean " + near + "?"
			}
			return engine.Problems{engine.Problemf(nil, hint, "must be one of %s", strings.Join(p.Values, ", "))}
		}
	case TypeBoolean:
		if v.Kind() != raw.Bool {
			return wrong("must be true or false")
		}
	case TypeInteger:
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil {
			return wrong("must be a whole number")
		}
		if (p.Min != 0 || p.Max != 0) && (n < p.Min || n > p.Max) {
			return wrong("must lie between %d and %d", p.Min, p.Max)
		}
	case TypeTexts:
		if !isTexts(v) {
			return wrong("must be a text or a list of texts")
		}
	case TypeObject:
		if v.Kind() != raw.Object {
			return wrong("must be an object")
		}
		return checkSettings(v, p.Members)
	case TypeArray, TypeMap:
		return p.checkItems(v)
	}
	return nil
}

func (p *Property) checkItems(v raw.Value) engine.Problems {
	wrong := func(format string, args ...any) engine.Problems {
		return engine.Problems{engine.Problemf(nil, p.Doc, format, args...)}
	}
	item := p.item()
	plain := p.Of == nil
	var problems engine.Problems
	switch {
	case p.Type == TypeMap && v.Kind() != raw.Object:
		return wrong("must be an object of names and values")
	case p.Type == TypeArray && (v.Kind() != raw.Array || plain && !isTexts(v)):
		if plain {
			return wrong("must be a list of texts")
		}
		return wrong("must be a list")
	}
	if n := int64(v.Len()); (p.Min != 0 || p.Max != 0) && (n < p.Min || n > p.Max) {
		return wrong("must have %d to %d items", p.Min, p.Max)
	}
	for i, one := range v.Items {
		problems = append(problems, item.check(one).At(strconv.Itoa(i))...)
	}
	for key, one := range v.Members {
		name, _ := key.Text()
		problems = append(problems, item.check(one).At(name)...)
	}
	return problems
}

// isTexts reports whether v is a text or a list of texts.
func isTexts(v raw.Value) bool {
	good := v.Kind() == raw.String || v.Kind() == raw.Array
	v.Items(func(_ int, item raw.Value) bool {
		good = good && item.Kind() == raw.String
		return good
	})
	return good
}

// texts gives the strings of a list, or the one text.
func texts(v raw.Value) []string {
	if text, one := v.Text(); one {
		return []string{text}
	}
	var list []string
	v.Items(func(_ int, item raw.Value) bool {
		text, _ := item.Text()
		list = append(list, text)
		return true
	})
	return list
}

func joined(names []string) string { return strings.Join(names, ", ") }
