package definition

import (
	"encoding/json"
)

// JSONSchema gives the JSON Schema (draft 2020-12) of the project file, from the shapes that decode it. Editors complete by it.
func JSONSchema() []byte {
	w := &schemaWriter{defs: make(map[string]map[string]any)}
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
	defs map[string]map[string]any
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
		return map[string]any{"type": []string{"object", "null"}}
	case sortValue:
		return map[string]any{"type": []string{"array", "object", "string", "null"}}
	case stepValue:
		return map[string]any{"anyOf": []any{map[string]any{"type": "string"},
			map[string]any{"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": map[string]any{"type": []string{"object", "null"}}}}}
	case scalarValue:
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	case anyValue:
		return map[string]any{}
	}
	return schemaText(s)
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
