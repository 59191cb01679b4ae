package definition

import (
	"fmt"
	"strings"
)

// A Section describes one kind of object of the project file: the reference of the language.
type Section struct {
	Name string // "endpoint"
	Doc  string
	Keys []Key
}

// A Key is a member of it.
type Key struct {
	Name     string
	Type     string // in words: "text", "list of texts", "GET /path", a [section](#section)
	Doc      string
	Required bool
	Values   []string // what it may be; empty is anything of its type
}

// Reference gives the sections in the order of the language, from the shapes that decode it.
func Reference() []Section {
	var list []Section
	for _, s := range []struct {
		name  string
		shape *shape
	}{
		{"project", projectShape()}, {"table", tableShape()}, {"field", fieldShape()}, {"endpoint", endpointShape()}, {"param", paramShape()},
		{"page", pageShape()}, {"include", includeShape()}, {"source", sourceShape()}, {"guard", guardShape()}, {"response", responseShape()},
	} {
		section := Section{Name: s.name, Doc: s.shape.doc}
		for _, k := range s.shape.keys {
			section.Keys = append(section.Keys, Key{Name: k.name, Type: k.shape.word(), Doc: k.doc, Required: k.required, Values: k.shape.values})
		}
		list = append(list, section)
	}
	return list
}

// word names a shape for people.
func (s *shape) word() string {
	if name, isSection := shared[s.doc]; isSection {
		return fmt.Sprintf("[%s](#%s)", name, name)
	}
	switch s.kind {
	case textValue:
		return "text"
	case nameText:
		return "name"
	case boolValue:
		return "true or false"
	case wholeValue:
		if s.min != s.max {
			return fmt.Sprintf("%d to %d", s.min, s.max)
		}
		return "whole number"
	case listValue:
		return "list: " + s.item().word()
	case mapValue:
		return "name: " + s.item().word()
	case eitherValue:
		forms := make([]string, len(s.either))
		for i, form := range s.either {
			forms[i] = form.word()
		}
		return strings.Join(forms, ", or ")
	case objectValue:
		return "{" + strings.Join(s.names(), ", ") + "}"
	case scriptText:
		return "JavaScript"
	case sqlText:
		return "SQL"
	case routeText:
		return "`METHOD /path`"
	case scalarValue:
		return "text, number or boolean"
	case filterValue:
		return "[filter](filters.md)"
	case sortValue:
		return "[sort](filters.md#sorting)"
	case stepValue:
		return "[middleware](middlewares.md)"
	}
	if s.doc != "" {
		return "[slot](expressions.md)"
	}
	return "any JSON"
}
