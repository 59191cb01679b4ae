package rest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/raw"
)

// object is a JSON object of an OpenAPI document; its names are printed sorted.
type object = map[string]any

func reference(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func jsonContent(schema any) object {
	return object{"application/json": object{"schema": schema}}
}

func problemAnswer(description string) object {
	return object{"description": description, "content": object{"application/problem+json": object{"schema": reference("Problem")}}}
}

// schemas gathers the component schemas of Go types.
type schemas struct{ components object }

var (
	timeType  = reflect.TypeFor[time.Time]()
	rawType   = reflect.TypeFor[raw.Value]()
	roleType  = reflect.TypeFor[auth.Role]()
	scopeType = reflect.TypeFor[auth.Scope]()
)

// of gives the JSON Schema of a Go type as encoding/json writes it. Named structs become components.
func (s *schemas) of(t reflect.Type) object {
	switch t {
	case timeType:
		return object{"type": "string", "format": "date-time"}
	case rawType:
		return object{}
	case roleType:
		return object{"type": "string", "enum": []auth.Role{auth.Owner, auth.Editor, auth.Viewer, ""}}
	case scopeType:
		return object{"type": "string", "enum": auth.Scopes()}
	}
	switch t.Kind() {
	case reflect.Pointer:
		inner := s.of(t.Elem())
		if kind, ok := inner["type"].(string); ok {
			inner = maps.Clone(inner)
			inner["type"] = []string{kind, "null"}
		}
		return inner
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.named(t)
	}
	return object{}
}

func (s *schemas) named(t reflect.Type) object {
	name := schemaName(t.Name())
	if name == "" {
		return s.structure(t)
	}
	if _, known := s.components[name]; !known {
		s.components[name] = object{} // for types that hold themselves
		s.components[name] = s.structure(t)
	}
	return reference(name)
}

// schemaName makes a component's name: "list[*…/auth.Token]" is "ListOfToken".
func schemaName(name string) string {
	outer, inner, generic := strings.Cut(name, "[")
	if outer == "" {
		return ""
	}
	outer = strings.ToUpper(outer[:1]) + outer[1:]
	if !generic {
		return outer
	}
	inner = strings.TrimSuffix(inner[strings.LastIndexAny(inner, "./*")+1:], "]")
	return outer + "Of" + strings.ToUpper(inner[:1]) + inner[1:]
}

func (s *schemas) structure(t reflect.Type) object {
	properties := object{}
	s.addFields(properties, t)
	return object{"type": "object", "properties": properties}
}

func (s *schemas) addFields(properties object, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("path") != "" || f.Tag.Get("query") != "":
		case f.Anonymous && name == "":
			s.addFields(properties, f.Type)
		case name != "" && name != "-":
			properties[name] = s.of(f.Type)
		}
	}
}

// sortedNames gives the names of an object in order.
func sortedNames[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
