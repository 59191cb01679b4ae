package openapi

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

// inputSchema gives the schema of a parameter's value.
func inputSchema(p *plan.Param) object {
	s := valueSchema(p.Type, &p.Rules)
	if p.Type == engine.TypeFile { // a new one, an address, or what responses show
		s = anyOf(object{"type": "string", "format": "binary"}, typed("object"))
		if p.TakesMany() {
			s = anyOf(array(s), s)
		}
	}
	if p.Format != "" {
		s = anyOf(typed("number"), s)
	}
	if p.By != "" {
		s = anyOf(s, object{"type": "object", "properties": object{p.By: s}})
	} else if p.Field != nil && p.Type == engine.TypeReference {
		s = anyOf(typed("string"), object{"type": "object", "required": []string{"u"}, "properties": object{"u": typed("string")}})
	}
	if p.IsList() {
		s = array(s)
	}
	if p.Default != nil {
		if constant, ok := p.Default.Const(); ok && constant != nil {
			s["default"] = constant
		}
	}
	return s
}

// isRequired reports whether a request without the parameter is refused: by its own rule or by that of the field it is written to.
func isRequired(p *plan.Plan, param *plan.Param) bool {
	ep, f := p.Endpoint, param.Field
	if param.Required || param.In == engine.InPath {
		return true
	}
	return ep.Kind == engine.Create && ep.Set.Len() == 0 && f != nil && f.IsRequired() && f.Default == nil && param.Default == nil
}

// parameter describes an input that is not in the body. name is its name in the path, which endpoints of one path share.
func parameter(p *plan.Plan, param *plan.Param, name string) object {
	o := object{"name": name, "in": string(param.In)}
	s := inputSchema(param)
	if param.Type == engine.TypeJSON && !param.IsList() {
		o["content"] = content("application/json", s)
	} else {
		o["schema"] = s
	}
	if isRequired(p, param) {
		o["required"] = true
	}
	if text := description(param); text != "" {
		o["description"] = text
	}
	if param.IsList() && param.In == engine.InQuery && o["schema"] != nil {
		o["style"], o["explode"] = "form", param.Split != ","
	}
	return o
}

// description joins a parameter's label, where it says more than the name, and its help.
func description(p *plan.Param) string {
	text := ""
	if p.Label != p.Name {
		text = p.Label
	}
	if p.Rules.Help != "" {
		text = strings.TrimPrefix(text+": "+p.Rules.Help, ": ")
	}
	return text
}

// body describes the request's body, or gives nil.
func body(p *plan.Plan) object {
	schema := typed("object")
	for _, param := range p.Params {
		if param.In != engine.InBody {
			continue
		}
		s := inputSchema(param)
		if text := description(param); text != "" {
			s["description"] = text
		}
		required := isRequired(p, param)
		if param.IsWhole() {
			if p.Endpoint.Bulk != nil {
				s = anyOf(s, array(s))
			}
			return wholeBody(param, s, required)
		}
		if !required {
			s = nullable(s)
		}
		path := param.Path
		if path == nil {
			path = []string{param.As}
		}
		place(schema, path, s, required)
	}
	matchBody(p.Endpoint, schema)
	if schema["properties"] == nil {
		return nil
	}
	media := object{"schema": schema}
	if bulk := p.Endpoint.Bulk; bulk != nil {
		many := anyOf(schema, array(schema))
		if p.BulkPath != nil {
			list := typed("object")
			place(list, p.BulkPath, array(schema), true)
			many = anyOf(many, list)
		}
		return object{"required": schema["required"] != nil, "content": object{"application/json": object{"schema": many}, "application/x-www-form-urlencoded": media}}
	}
	return object{"required": schema["required"] != nil, "content": object{
		"application/json": media, "application/x-www-form-urlencoded": media, "multipart/form-data": media}}
}

// wholeBody describes a body that is one parameter.
func wholeBody(param *plan.Param, s object, required bool) object {
	contents := content("application/json", s)
	if param.Type == engine.TypeText && !param.IsList() {
		contents["text/plain"] = object{"schema": s}
	}
	return object{"required": required, "content": contents}
}

// place puts the schema of a member into that of an object. What leads through an array stays open.
func place(into object, path []string, s object, required bool) {
	properties, _ := into["properties"].(object)
	if properties == nil {
		properties = object{}
		into["properties"] = properties
	}
	if names, _ := into["required"].([]string); required && !slices.Contains(names, path[0]) {
		into["required"] = append(names, path[0])
	}
	if len(path) == 1 {
		properties[path[0]] = s
		return
	}
	inner, _ := properties[path[0]].(object)
	switch {
	case path[1][0] >= '0' && path[1][0] <= '9':
		properties[path[0]] = typed("array")
		return
	case inner["type"] != "object":
		inner = typed("object")
		properties[path[0]] = inner
	}
	place(inner, path[1:], s, required)
}

// matched describes what `match` asks of the query and the headers and no parameter declares.
func matched(ep *engine.Endpoint, declared []object) []object {
	var list []object
	for key, v := range ep.Match.All() {
		in, name, _ := strings.Cut(key, ".")
		taken := slices.ContainsFunc(declared, func(p object) bool { return p["in"] == in && p["name"] == name })
		s := matchSchema(v)
		if taken || in == "body" || s == nil {
			continue
		}
		list = append(list, object{"name": name, "in": in, "required": true, "schema": s})
	}
	return list
}

// matchBody adds what `match` asks of the body and no parameter declares.
func matchBody(ep *engine.Endpoint, schema object) {
	for key, v := range ep.Match.All() {
		in, name, _ := strings.Cut(key, ".")
		s := matchSchema(v)
		properties, _ := schema["properties"].(object)
		if _, declared := properties[name]; declared || in != "body" || s == nil {
			continue
		}
		path := plan.NamePath(name)
		if path == nil {
			path = []string{name}
		}
		place(schema, path, s, true)
	}
}

// matchSchema describes a value of `match`: a text, one of a list, or any ("*"); nil is one that must not be there ("").
func matchSchema(v raw.Value) object {
	var values []any
	switch text, isText := v.Text(); {
	case isText && text == "":
		return nil
	case isText && text == "*":
		return typed("string")
	case isText:
		values = []any{text}
	}
	for _, item := range itemsOf(v) {
		text, _ := item.Text()
		values = append(values, text)
	}
	return object{"type": "string", "enum": values}
}
