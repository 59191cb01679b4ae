package openapi

import (
	"fmt"
	"slices"
	"strings"
)

// typeText writes a schema the way TypeScript would, for people. depth is how far it is indented.
func typeText(s object, depth int) string {
	if name, isRef := s["$ref"].(string); isRef {
		return name[strings.LastIndexByte(name, '/')+1:]
	}
	if forms := formsOf(s); forms != nil {
		return union(forms, depth)
	}
	if values, ok := s["enum"].([]any); ok {
		return choices(values)
	}
	switch kind := s["type"].(type) {
	case []string:
		var words []string
		for _, one := range kind {
			if one == "null" {
				words = append(words, "null")
			} else {
				words = append(words, typeText(withType(s, one), depth))
			}
		}
		return strings.Join(words, " | ")
	case string:
		return oneType(s, kind, depth)
	}
	return "any"
}

func withType(s object, kind string) object {
	one := object{"type": kind}
	for name, v := range s {
		if name != "type" {
			one[name] = v
		}
	}
	return one
}

func union(forms []object, depth int) string {
	words := make([]string, len(forms))
	for i, form := range forms {
		words[i] = typeText(form, depth)
	}
	return strings.Join(words, " | ")
}

func choices(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprintf("%q", v)
		if v == nil {
			words[i] = "null"
		}
	}
	return strings.Join(words, " | ")
}

func oneType(s object, kind string, depth int) string {
	switch kind {
	case "array":
		items, _ := s["items"].(object)
		text := typeText(items, depth)
		if strings.Contains(text, " | ") && !strings.HasPrefix(text, "{") {
			text = "(" + text + ")"
		}
		return text + "[]"
	case "object":
		return objectText(s, depth)
	case "string":
		if format, ok := s["format"].(string); ok {
			return "string<" + format + ">"
		}
	}
	return kind
}

func objectText(s object, depth int) string {
	properties, _ := s["properties"].(object)
	further, hasFurther := s["additionalProperties"].(object)
	if len(properties) == 0 && !hasFurther {
		return "object"
	}
	required, _ := s["required"].([]string)
	indent := strings.Repeat("  ", depth)
	var b strings.Builder
	b.WriteString("{\n")
	names := slices.Clone(required) // in the order of the template, the others behind them
	for _, name := range sorted(properties) {
		if !slices.Contains(required, name) {
			names = append(names, name)
		}
	}
	for i, name := range names {
		mark := "?"
		if i < len(required) {
			mark = ""
		}
		fmt.Fprintf(&b, "%s  %s%s: %s\n", indent, name, mark, typeText(properties[name].(object), depth+1))
	}
	if hasFurther {
		fmt.Fprintf(&b, "%s  [name]: %s\n", indent, typeText(further, depth+1))
	}
	b.WriteString(indent + "}")
	return b.String()
}
