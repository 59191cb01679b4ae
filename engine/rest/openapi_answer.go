package rest

import (
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// responses describes the answers of an endpoint: its template's shape as far as it is known, and the errors.
func (d *documentOf) responses(e *endpoint) object {
	status := strconv.Itoa(e.plan.Status)
	answer := object{"description": "The answer."}
	r := e.plan.Endpoint.Response
	media := "application/json"
	if r != nil {
		if n, err := strconv.Atoi(string(r.Status)); err == nil {
			status = strconv.Itoa(n)
		}
		if r.ContentType != "" {
			media = r.ContentType
		}
	}
	a := answerShape{endpoint: e}
	if e.plan.Table != nil {
		a.table = e.plan.Table.Def
	}
	if r != nil && r.Body != nil {
		answer["content"] = object{media: object{"schema": a.of(r.Body)}}
	} else if a.table != nil {
		answer["content"] = object{media: object{"schema": a.byDefault()}}
	}
	responses := object{status: answer}
	failure := problemAnswer("What was refused and why.")
	if e.plan.Errors != nil {
		failure = object{"description": "What was refused and why."}
		if errors := e.errorsTemplate(); errors.Body != nil {
			failure["content"] = jsonContent(a.of(errors.Body))
		}
	}
	responses["default"] = failure
	return responses
}

func (e *endpoint) errorsTemplate() *engine.Response {
	if e.plan.Endpoint.Errors != nil {
		return e.plan.Endpoint.Errors
	}
	return e.plan.Project.Defaults.Errors
}

// An answerShape guesses the JSON Schema of a template's output.
type answerShape struct {
	endpoint *endpoint
	table    *engine.Table // of $record; nil is none
}

func (a *answerShape) of(v raw.Value) object {
	switch v.Kind() {
	case raw.Null:
		return object{"type": "null"}
	case raw.Bool:
		return object{"type": "boolean"}
	case raw.Number:
		return object{"type": "number"}
	case raw.String:
		text, _ := v.Text()
		return a.slot(text)
	case raw.Array:
		return a.array(v)
	case raw.Object:
		return a.object(v)
	}
	return object{}
}

func (a *answerShape) array(v raw.Value) object {
	schema := object{"type": "array"}
	if v.Len() == 1 {
		schema["items"] = a.of(v.Index(0))
	}
	return schema
}

// object describes what the names tell; directives ($each, $spread …) leave it open.
func (a *answerShape) object(v raw.Value) object {
	if value := v.Get("$value"); value != nil {
		if v.Get("$key") != nil {
			return object{"type": "object", "additionalProperties": a.of(value)}
		}
		return a.of(value)
	}
	properties, closed := object{}, true
	v.Members(func(key, value raw.Value) bool {
		name, _ := key.Text()
		switch {
		case strings.HasPrefix(name, "$") && !strings.HasPrefix(name, "$$"):
			closed = closed && (name == "$each" || name == "$as" || name == "$index" || name == "$if")
		case strings.HasPrefix(name, "=") || strings.Contains(name, "${"):
			closed = false
		default:
			properties[strings.TrimPrefix(name, "$$")] = a.of(value)
		}
		return true
	})
	schema := object{"type": "object"}
	if len(properties) > 0 {
		schema["properties"] = properties
	}
	if closed && len(properties) > 0 {
		schema["additionalProperties"] = false
	}
	return schema
}

// slot describes a string of the template: what a path leads to, a text, or anything.
func (a *answerShape) slot(text string) object {
	if strings.HasPrefix(text, "$$") || strings.HasPrefix(text, "==") {
		return object{"type": "string"}
	}
	if strings.HasPrefix(text, "=") {
		return object{}
	}
	path, isPath := strings.CutPrefix(text, "$")
	if !isPath || strings.HasPrefix(path, "{") {
		return object{"type": "string"}
	}
	root, rest, _ := strings.Cut(path, ".")
	switch root {
	case "total", "page", "pages", "size":
		return object{"type": []string{"integer", "null"}}
	case "records":
		if a.table != nil && rest == "" {
			return object{"type": "array", "items": a.record()}
		}
	case "record":
		if a.table == nil {
			return object{}
		}
		if rest == "" {
			return a.record()
		}
		return a.member(rest)
	case "error":
		switch rest {
		case "code", "message":
			return object{"type": "string"}
		case "status":
			return object{"type": "integer"}
		}
	}
	return object{}
}

func (a *answerShape) member(name string) object {
	switch name {
	case "uid":
		return object{"type": "string"}
	case "id", "version":
		return object{"type": "integer"}
	case "created_at", "updated_at":
		return object{"type": "string", "format": "date-time"}
	}
	f, found := a.table.Fields.Get(name)
	if !found {
		return object{}
	}
	return outputSchema(f)
}

// outputSchema describes a field as responses show it; any field may be null.
func outputSchema(f *engine.Field) object {
	s := typeSchema(f.Type)
	if f.Integer {
		s["type"] = "integer"
	}
	if f.Type == engine.TypeReference {
		s = object{"type": "object", "properties": object{"u": object{"type": "string"}, "v": object{}}}
	}
	if kind, ok := s["type"].(string); ok {
		s["type"] = []string{kind, "null"}
	}
	if f.Label != "" {
		s["description"] = f.Label
	}
	return s
}

// record describes the default representation.
func (a *answerShape) record() object {
	properties := object{"uid": a.member("uid"), "created_at": a.member("created_at"), "updated_at": a.member("updated_at"), "version": a.member("version")}
	for name, f := range a.table.Fields.All() {
		if !f.Hidden || containsText(a.endpoint.plan.Endpoint.Reveal, name) {
			properties[name] = outputSchema(f)
		}
	}
	return object{"type": "object", "properties": properties}
}

func (a *answerShape) byDefault() object {
	if a.endpoint.plan.Endpoint.Kind != engine.List {
		return a.record()
	}
	number := object{"type": []string{"integer", "null"}}
	return object{"type": "object", "properties": object{
		"items": object{"type": "array", "items": a.record()}, "page": number, "size": number, "total": number}}
}

func containsText(list []string, text string) bool {
	for _, item := range list {
		if item == text {
			return true
		}
	}
	return false
}
