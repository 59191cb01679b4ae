package openapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
)

// object is a JSON object of the document; its names are printed sorted.
type object = map[string]any

// Version is the version of the documents (spec.openapis.org/oas/v3.1.0).
const Version = "3.1.0"

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func typed(name string) object { return object{"type": name} }

// array gives the schema of a list.
func array(items object) object { return object{"type": "array", "items": items} }

// nullable gives s that may also be null.
func nullable(s object) object {
	if len(s) == 0 || isNullable(s) {
		return s
	}
	if kind, ok := s["type"].(string); ok {
		s = maps.Clone(s)
		s["type"] = []string{kind, "null"}
		if values, ok := s["enum"].([]any); ok {
			s["enum"] = append(slices.Clone(values), nil)
		}
		return s
	}
	return anyOf(s, typed("null"))
}

// isNullable reports whether s says that the value may be null.
func isNullable(s object) bool {
	switch kind := s["type"].(type) {
	case string:
		return kind == "null"
	case []string:
		return slices.Contains(kind, "null")
	}
	for _, form := range formsOf(s) {
		if isNullable(form) {
			return true
		}
	}
	return false
}

// present gives s without null.
func present(s object) object {
	if kinds, ok := s["type"].([]string); ok {
		s = maps.Clone(s)
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return kind == "null" })
		if s["type"] = kinds; len(kinds) == 1 {
			s["type"] = kinds[0]
		}
		if values, ok := s["enum"].([]any); ok {
			s["enum"] = slices.DeleteFunc(slices.Clone(values), func(v any) bool { return v == nil })
		}
		return s
	}
	forms := slices.DeleteFunc(slices.Clone(formsOf(s)), func(form object) bool { return form["type"] == "null" })
	if len(forms) == 0 {
		return s
	}
	return anyOf(forms...)
}

func formsOf(s object) []object {
	forms, _ := s["anyOf"].([]object)
	return forms
}

// anyOf gives the schema of a value that fits one of forms. A form that takes anything makes it open.
func anyOf(forms ...object) object {
	var distinct []object
	for _, form := range forms {
		if len(form) == 0 {
			return object{}
		}
		inner := formsOf(form)
		if inner == nil {
			inner = []object{form}
		}
		for _, form := range inner {
			if !slices.ContainsFunc(distinct, func(known object) bool { return reflect.DeepEqual(known, form) }) {
				distinct = append(distinct, form)
			}
		}
	}
	if len(distinct) == 1 {
		return distinct[0]
	}
	return object{"anyOf": distinct}
}

// texts gives an enum's values.
func texts(values []string) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// content gives the content of a body in one media type.
func content(media string, schema object) object { return object{media: object{"schema": schema}} }

// Problem gives the schema of application/problem+json (RFC 9457) as every door of Sayrud writes it.
func Problem() map[string]any {
	text := typed("string")
	item := object{"type": "object", "required": []string{"param", "label", "code", "message"},
		"properties": object{"param": text, "label": text, "code": text, "message": text}}
	problem := object{"type": "object", "properties": object{
		"path": array(text), "offset": typed("integer"), "message": text, "hint": text}}
	return object{"type": "object", "required": []string{"type", "title", "status", "detail", "code", "request_id"}, "properties": object{
		"type": text, "title": text, "status": typed("integer"), "detail": text, "code": text, "request_id": text,
		"errors": array(item), "problems": array(problem),
	}}
}

// write prints the document without escapes for HTML.
func write(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
