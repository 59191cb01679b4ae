package definition

import (
	"encoding/json"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Middleware is what the JSON Schema says of a step: the middleware package knows it.
type Middleware struct {
	Name   string
	Doc    string
	Schema raw.Value // JSON Schema of its settings
}

// JSONSchema gives the JSON Schema (draft 2020-12) of the project file, from the shapes that decode it. Editors complete by it.
func JSONSchema(steps []Middleware) []byte {
	w := &schemaWriter{steps: steps, defs: make(map[string]map[string]any)}
	root := w.object(projectShape())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Sayrud project"
	root["$defs"] = w.defs
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // maps of texts, numbers and booleans: cannot fail
	}
	return append(text, '\n')
}

// A schemaWriter names the shapes that nest in themselves or stand in several places.
type schemaWriter struct {
	steps []Middleware
	defs  map[string]map[string]any
}

// shared are the shapes under $defs, by the words that describe them.
var shared = map[string]string{"a field": "field", "a parameter": "param", "a table": "table", "an endpoint": "endpoint", "a template: JSON by example": "response",
	"a list joined to each record": "include", "a further named result": "source", "refuses a request": "guard"}

func (w *schemaWriter) write(s *shape) map[string]any {
	name, isShared := shared[s.doc]
	if !isShared || s.kind != objectValue {
		return w.inline(s)
	}
	if _, done := w.defs[name]; !done {
		w.defs[name] = nil
		w.defs[name] = w.object(s)
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

func (w *schemaWriter) inline(s *shape) map[string]any {
	switch s.kind {
	case boolValue:
		return map[string]any{"type": "boolean"}
	case wholeValue:
		out := map[string]any{"type": "integer"}
		if s.min != s.max {
			out["minimum"], out["maximum"] = s.min, s.max
		}
		return out
	case listValue:
		out := map[string]any{"type": "array", "items": w.write(s.item())}
		if s.nonEmpty {
			out["minItems"] = 1
		}
		return out
	case objectValue:
		return w.object(s)
	case mapValue:
		return map[string]any{"type": "object", "additionalProperties": w.write(s.item())}
	case eitherValue:
		forms := make([]any, len(s.either))
		for i, form := range s.either {
			forms[i] = w.write(form)
		}
		return map[string]any{"anyOf": forms}
	case filterValue:
		return w.named("filter", filterSchema)
	case sortValue:
		return w.named("sort", sortSchema)
	case stepValue:
		return w.named("step", w.step)
	case scalarValue:
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	case anyValue:
		return map[string]any{}
	}
	return schemaText(s)
}

// named puts what make gives under $defs, once, and refers to it.
func (w *schemaWriter) named(name string, make func() map[string]any) map[string]any {
	if _, done := w.defs[name]; !done {
		w.defs[name] = make()
	}
	return map[string]any{"$ref": "#/$defs/" + name}
}

// step describes an item of an onion: the name of a middleware, or the name with its settings.
func (w *schemaWriter) step() map[string]any {
	names, settings := []string{}, map[string]any{}
	for _, m := range w.steps {
		names = append(names, m.Name)
		own := map[string]any{}
		if err := json.Unmarshal(m.Schema, &own); err != nil {
			panic(err) // printed by the middleware package from its own declarations
		}
		delete(own, "$schema")
		own["description"], own["type"] = m.Doc, []string{"object", "null"}
		settings[m.Name] = own
	}
	return map[string]any{"description": "a middleware: its name, or {name: settings}", "anyOf": []any{
		map[string]any{"type": "string", "enum": names},
		map[string]any{"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": settings}}}
}

// filterSchema describes what engine.ParseFilter reads: the tree, or the shorthand by field.
func filterSchema() map[string]any {
	node := map[string]any{"$ref": "#/$defs/filter"}
	operand := map[string]any{"description": "{t: FIELD, v: name}, {t: LITERAL, v: value}, or the value itself"}
	return map[string]any{"description": "which records: {t, l, r, v}, or {field: value, other: {op: value, optional: true}}", "anyOf": []any{
		map[string]any{"type": "null"},
		map[string]any{"type": "object", "required": []string{"t"}, "properties": map[string]any{
			"t": map[string]any{"enum": engine.FilterOps()}, "l": operand, "r": operand, "v": map[string]any{},
			"optional": map[string]any{"type": "boolean", "description": "dropped where its value is absent or null"}}},
		map[string]any{"type": "object", "properties": map[string]any{
			"AND": map[string]any{"type": "array", "items": node}, "OR": map[string]any{"type": "array", "items": node}, "NOT": node}},
	}}
}

// sortSchema describes what engine.ParseSort reads.
func sortSchema() map[string]any {
	keys := map[string]any{"type": "array", "items": map[string]any{"type": "string"}}
	return map[string]any{"description": "names, a minus in front of those that descend; or {by: slot, allow: {name: keys}}", "anyOf": []any{
		map[string]any{"type": []string{"string", "null"}}, keys,
		map[string]any{"type": "object", "properties": map[string]any{"by": map[string]any{}, "allow": map[string]any{}}}}}
}

func schemaText(s *shape) map[string]any {
	out := map[string]any{"type": "string"}
	if len(s.values) > 0 {
		out["enum"] = s.values
	}
	if s.kind == routeText {
		out["pattern"] = `^(GET|POST|PUT|PATCH|DELETE) /`
	}
	return out
}

func (w *schemaWriter) object(s *shape) map[string]any {
	properties, required := make(map[string]any, len(s.keys)), []string{}
	for _, k := range s.keys {
		property := w.write(k.shape)
		property["description"] = k.doc
		properties[k.name] = property
		if k.required {
			required = append(required, k.name)
		}
	}
	out := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if s.nullable {
		out["type"] = []string{"object", "null"}
	}
	if len(required) > 0 {
		out["required"] = required
	}
	if s.doc != "" {
		out["description"] = s.doc
	}
	return out
}
