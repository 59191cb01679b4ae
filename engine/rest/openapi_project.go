package rest

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

// projectDocument answers openapi.json or the page of it: to anybody where the project is public, else to whoever has a role in it.
func (s *Server) projectDocument(q *middleware.Request, p *project, print func() ([]byte, error), contentType string) {
	if !p.def.Public {
		c := &call{server: s, q: q}
		err := c.identify()
		if err == nil && c.principal.RoleIn(p.def.Name) == "" {
			err = &engine.Error{Code: engine.Unauthorized, Header: [][2]string{{"WWW-Authenticate", `Bearer realm="sayrud"`}}}
		}
		if err != nil {
			s.fail(q, nil, err)
			return
		}
	} else {
		q.Header.Set("Access-Control-Allow-Origin", "*")
	}
	document, err := print()
	if err != nil {
		s.fail(q, nil, err)
		return
	}
	q.Status, q.ContentType, q.Body = 200, contentType, append(q.Body[:0], document...)
}

// openAPI prints the document of the project's endpoints, made from their plans. Endpoints that differ only by `match` share one
// operation, the first one's; it names the others.
func (p *project) openAPI() ([]byte, error) {
	d := documentOf{
		paths: object{}, names: map[string][]string{},
		schemas: object{"Problem": problemSchema()},
	}
	for _, e := range p.all {
		d.add(e)
	}
	title := p.def.Name
	return rawOf(object{
		"openapi":    openAPIVersion,
		"info":       object{"title": title, "version": raw.Text(string(raw.Int(p.def.Revision)))},
		"servers":    []object{{"url": "/api/" + p.def.Name}},
		"paths":      d.paths,
		"components": object{"schemas": d.schemas},
	})
}

type documentOf struct {
	paths   object
	schemas object
	names   map[string][]string // of the parameters of a path, by its form: the same form must not stand there twice
}

func (d *documentOf) add(e *endpoint) {
	ep := e.plan.Endpoint
	form := pathForm(ep.Route.Path, nil)
	names, known := d.names[form]
	if !known {
		names = e.route.names
		d.names[form] = names
	}
	path := pathForm(ep.Route.Path, names)
	item, found := d.paths[path].(object)
	if !found {
		item = object{}
		d.paths[path] = item
	}
	method := strings.ToLower(ep.Route.Method)
	if first, taken := item[method].(object); taken {
		first["description"] = strings.TrimSpace(textOf(first["description"]) + "\n\nAlso " + ep.Name + ", chosen by what the request holds.")
		return
	}
	item[method] = d.operation(e, names)
}

func textOf(v any) string {
	text, _ := v.(string)
	return text
}

// pathForm replaces the names in braces, in order; without names by nothing.
func pathForm(path string, names []string) string {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(path, "{")
		_, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			return b.String() + path
		}
		b.WriteString(before + "{")
		if len(names) > 0 {
			b.WriteString(names[0])
			names = names[1:]
		}
		b.WriteString("}")
		path = after
	}
}

func (d *documentOf) operation(e *endpoint, names []string) object {
	ep := e.plan.Endpoint
	o := object{"operationId": ep.Name, "responses": d.responses(e)}
	if ep.Label != "" {
		o["summary"] = ep.Label
	}
	if ep.Help != "" {
		o["description"] = ep.Help
	}
	if ep.Table != "" {
		o["tags"] = []string{ep.Table}
	}
	var parameters []object
	body := object{}
	var required []string
	for _, p := range e.plan.Params {
		if p.In == engine.InBody {
			body[p.As] = paramSchema(p)
			if p.Required {
				required = append(required, p.As)
			}
			continue
		}
		name := p.As
		for i, own := range e.route.names {
			if p.In == engine.InPath && own == p.As {
				name = names[i]
			}
		}
		parameters = append(parameters, paramObject(p, name))
	}
	if parameters != nil {
		o["parameters"] = parameters
	}
	if e.bodyParams {
		schema := object{"type": "object", "properties": body}
		if required != nil {
			schema["required"] = required
		}
		media := object{"schema": schema}
		o["requestBody"] = object{"required": required != nil, "content": object{
			"application/json": media, "application/x-www-form-urlencoded": media, "multipart/form-data": media}}
	}
	return o
}

func paramObject(p *plan.Param, name string) object {
	o := object{"name": name, "in": string(p.In), "schema": paramSchema(p)}
	if p.Required || p.In == engine.InPath {
		o["required"] = true
	}
	if text := description(p); text != "" {
		o["description"] = text
	}
	if p.IsList() && p.In == engine.InQuery {
		o["style"], o["explode"] = "form", p.Split != ","
	}
	return o
}

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

func paramSchema(p *plan.Param) object {
	schema := valueSchema(p.Type, &p.Rules)
	if p.IsList() {
		schema = object{"type": "array", "items": schema}
	}
	if p.Default != nil {
		if constant, ok := p.Default.Const(); ok && constant != nil {
			schema["default"] = constant
		}
	}
	if text := description(p); text != "" && p.In == engine.InBody {
		schema["description"] = text
	}
	return schema
}

// valueSchema gives the JSON Schema of an input of a type under its rules.
func valueSchema(t engine.FieldType, r *engine.Rules) object {
	s := typeSchema(t)
	if r == nil {
		return s
	}
	if r.Integer {
		s["type"] = "integer"
	}
	if len(r.Values) > 0 {
		s["enum"] = r.Values
	}
	low, high := "minLength", "maxLength"
	if s["type"] == "number" || s["type"] == "integer" {
		low, high = "minimum", "maximum"
		delete(s, "enum")
	}
	if s["format"] != "date-time" && s["format"] != "date" {
		if r.Min.Kind() == raw.Number {
			s[low] = r.Min
		}
		if r.Max.Kind() == raw.Number {
			s[high] = r.Max
		}
	}
	if r.Pattern != "" && s["type"] == "string" {
		s["pattern"] = r.Pattern
	}
	return s
}

func typeSchema(t engine.FieldType) object {
	switch t {
	case engine.TypeNumber:
		return object{"type": "number"}
	case engine.TypeInteger, engine.TypeAutonumber:
		return object{"type": "integer"}
	case engine.TypeBoolean:
		return object{"type": "boolean"}
	case engine.TypeDatetime:
		return object{"type": "string", "format": "date-time"}
	case engine.TypeDate:
		return object{"type": "string", "format": "date"}
	case engine.TypeEmail:
		return object{"type": "string", "format": "email"}
	case engine.TypeURL:
		return object{"type": "string", "format": "uri"}
	case engine.TypeJSON, engine.TypeGenerated:
		return object{}
	case engine.TypeReferences:
		return object{"type": "array", "items": object{"type": "string"}}
	}
	return object{"type": "string"}
}
