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
	if p.Field != nil && p.Type == engine.TypeReference {
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
	properties, required := object{}, []string{}
	for _, param := range p.Params {
		if param.In != engine.InBody {
			continue
		}
		s := inputSchema(param)
		if text := description(param); text != "" {
			s["description"] = text
		}
		if isRequired(p, param) {
			required = append(required, param.As)
		} else {
			s = nullable(s)
		}
		properties[param.As] = s
	}
	required = matchBody(p.Endpoint, properties, required)
	if len(properties) == 0 {
		return nil
	}
	schema := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	media := object{"schema": schema}
	return object{"required": len(required) > 0, "content": object{
		"application/json": media, "application/x-www-form-urlencoded": media, "multipart/form-data": media}}
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
func matchBody(ep *engine.Endpoint, properties object, required []string) []string {
	for key, v := range ep.Match.All() {
		in, name, _ := strings.Cut(key, ".")
		s := matchSchema(v)
		if _, declared := properties[name]; declared || in != "body" || s == nil {
			continue
		}
		properties[name] = s
		required = append(required, name)
	}
	return required
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
