package rest

import (
	"encoding/json"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/middleware"
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

// schemas gathers the component schemas of Go types. What the API answers has all its members; of what it takes, members may be left out.
type schemas struct {
	components object
	types      map[string]reflect.Type // of components, by their names
	optional   bool                    // the type is an input
}

// input is of for what the API takes.
func (s *schemas) input(t reflect.Type) object {
	taken := schemas{s.components, s.types, true}
	return taken.of(t)
}

// definitionPrefix begins the names of the components that are parts of the project file.
const definitionPrefix = "Definition"

// addDefinitions makes components of the parts of the project file: a raw.Value tagged `definition:"table"` is one of them.
func (s *schemas) addDefinitions() error {
	document := definition.JSONSchema(middleware.Manifest())
	text := strings.ReplaceAll(string(document), `"#/$defs/`, `"#/components/schemas/`+definitionPrefix)
	text = strings.ReplaceAll(text, `"$ref": "#"`, `"$ref": "#/components/schemas/`+definitionPrefix+`project"`)
	var file object
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		return err
	}
	for name, schema := range file["$defs"].(object) {
		s.components[definitionPrefix+name] = schema
	}
	delete(file, "$defs")
	delete(file, "$schema")
	s.components[definitionPrefix+"project"] = file
	return nil
}

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
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
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
	if other := s.types[name]; other != nil && other != t { // two rooms call different things the same
		name = schemaName(path.Base(t.PkgPath())) + name
	}
	if s.types[name] == nil {
		s.types[name] = t
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
	o := object{"type": "object", "properties": properties}
	if names := sortedNames(properties); !s.optional && len(names) > 0 {
		o["required"] = names
	}
	return o
}

func (s *schemas) addFields(properties object, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("path") != "" || f.Tag.Get("query") != "":
		case f.Anonymous && name == "":
			s.addFields(properties, f.Type)
		case name == "" || name == "-":
		case f.Tag.Get("definition") != "":
			properties[name] = reference(definitionPrefix + f.Tag.Get("definition"))
		default:
			properties[name] = s.of(f.Type)
		}
	}
}

// sortedNames gives the names of an object in order.
func sortedNames[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
