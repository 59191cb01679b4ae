package openapi

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
)

// Document prints the OpenAPI 3.1 document of a project's endpoints, in JSON. Operations are named as the endpoints are.
func Document(p *engine.Project, plans []*plan.Plan) ([]byte, error) {
	return write(describe(p, plans).whole())
}

// Path gives the name of a plan's path in the document of plans: where paths differ only in the names of their parameters, the
// first one's names count.
func Path(plans []*plan.Plan, of *plan.Plan) string {
	form := pathForm(of.Endpoint.Route.Path, nil)
	for _, p := range plans {
		if pathForm(p.Endpoint.Route.Path, nil) == form {
			return p.Endpoint.Route.Path
		}
	}
	return of.Endpoint.Route.Path
}

// A document is one in the making.
type document struct {
	project *engine.Project
	paths   object
	schemas object
	schemes object              // of security
	names   map[string][]string // of the parameters of a path, by its form: the same form must not stand there twice
}

func describe(p *engine.Project, plans []*plan.Plan) *document {
	d := &document{project: p, paths: object{}, schemas: object{"Problem": Problem()}, schemes: object{}, names: map[string][]string{}}
	for _, plan := range plans {
		d.add(plan)
	}
	return d
}

func (d *document) whole() object {
	components := object{"schemas": d.schemas}
	if len(d.schemes) > 0 {
		components["securitySchemes"] = d.schemes
	}
	return object{
		"openapi":    Version,
		"info":       object{"title": d.project.Name, "version": strconv.FormatInt(d.project.Revision, 10)},
		"servers":    []object{{"url": "/api/" + d.project.Name}},
		"paths":      d.paths,
		"components": components,
	}
}

// component gives the schema that a $ref names.
func (d *document) component(name string) object {
	s, _ := d.schemas[strings.TrimPrefix(name, "#/components/schemas/")].(object)
	return s
}

func (d *document) add(p *plan.Plan) {
	ep := p.Endpoint
	form := pathForm(ep.Route.Path, nil)
	names, known := d.names[form]
	if !known {
		names = ep.Route.Names()
		d.names[form] = names
	}
	path := pathForm(ep.Route.Path, names)
	item, found := d.paths[path].(object)
	if !found {
		item = object{}
		d.paths[path] = item
	}
	method := strings.ToLower(ep.Route.Method)
	o := d.operation(p, names)
	if first, taken := item[method].(object); taken {
		o = join(first, o)
	}
	item[method] = o
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

// operation describes one endpoint. names are those of the path's parameters in the document.
func (d *document) operation(p *plan.Plan, names []string) object {
	ep := p.Endpoint
	o := object{"operationId": ep.Name, "responses": d.responses(p)}
	if ep.Label != "" {
		o["summary"] = ep.Label
	}
	if ep.Help != "" {
		o["description"] = ep.Help
	}
	if ep.Table != "" {
		o["tags"] = []string{ep.Table}
	}
	if security := d.security(p); security != nil {
		o["security"] = security
	}
	own := ep.Route.Names()
	var parameters []object
	for _, param := range p.Params {
		if param.In == engine.InBody {
			continue
		}
		name := param.As
		if i := slices.Index(own, param.As); i >= 0 && param.In == engine.InPath {
			name = names[i]
		}
		parameters = append(parameters, parameter(p, param, name))
	}
	parameters = append(parameters, matched(ep, parameters)...)
	if parameters != nil {
		o["parameters"] = parameters
	}
	if body := body(p); body != nil {
		o["requestBody"] = body
	}
	return o
}

// responses describes the answers of an endpoint: what its template writes, and its errors.
func (d *document) responses(p *plan.Plan) object {
	r := cmp.Or(p.Endpoint.Response, &engine.Response{})
	answers := object{cmp.Or(status(r.Status), strconv.Itoa(p.Status)): d.answer(r, d.success(p, r), "The answer.")}
	if p.Endpoint.Upsert != nil && r.Status.IsNull() { // 200 where it changed a record
		answers["200"] = answers[strconv.Itoa(p.Status)]
	}
	errors := p.Endpoint.Errors
	if errors == nil && d.project.Defaults != nil {
		errors = d.project.Defaults.Errors
	}
	const what = "What was refused and why."
	if errors == nil {
		answers["default"] = object{"description": what, "content": content("application/problem+json", ref("Problem"))}
		return answers
	}
	var schema object
	if errors.Body != nil {
		schema = answer{dropNulls: errors.Nulls == "drop"}.of(errors.Body, d.errorScope(p)).schema
	}
	failure, at := d.answer(errors, schema, what), cmp.Or(status(errors.Status), "default")
	computed := status(errors.Status) == "default" // so it may be that of success
	for known, success := range answers {
		if known == at || computed {
			answers[known] = joinAnswers(success.(object), failure)
		}
	}
	if answers[at] == nil {
		answers[at] = failure
	}
	return answers
}

// success gives the schema of a response's body; nil is no body.
func (d *document) success(p *plan.Plan, r *engine.Response) object {
	s := d.scopeOf(p)
	switch {
	case r.Body != nil:
		return answer{dropNulls: r.Nulls == "drop"}.of(r.Body, s).schema
	case p.Table == nil:
		return nil
	case p.Endpoint.Kind == engine.List && (p.Read == nil || !p.Read.One):
		return d.listed(p, s)
	}
	if p.Endpoint.Bulk != nil { // as the body came
		return anyOf(s.names["$record"].schema(d), s.names["$records"].schema(d))
	}
	return s.names["$record"].schema(d)
}

// listed describes what a LIST answers without a template; what is not known of the page is left out.
func (d *document) listed(p *plan.Plan, s *scope) object {
	properties := object{"items": s.names["$records"].schema(d)}
	if page := p.Endpoint.Page; page != nil {
		properties["page"], properties["size"] = typed("integer"), typed("integer")
		if page.Total {
			properties["total"] = typed("integer")
		}
		if page.Cursor != nil {
			properties["next"] = typed("string")
		}
	}
	return object{"type": "object", "required": []string{"items"}, "properties": properties}
}

// answer describes one response; a nil schema is one without body.
func (d *document) answer(r *engine.Response, schema object, what string) object {
	o := object{"description": what}
	if schema != nil {
		media := r.ContentType
		if media == "" {
			media = "application/json"
			if schema["type"] == "string" {
				media = "text/plain"
			}
		}
		o["content"] = content(media, schema)
	}
	if r.Headers.Len() > 0 {
		headers := object{}
		for name := range r.Headers.All() {
			if !strings.EqualFold(name, "Content-Type") { // the content says it
				headers[name] = object{"schema": typed("string")}
			}
		}
		o["headers"] = headers
	}
	return o
}

// sorted gives the names of an object in order.
func sorted(o object) []string { return slices.Sorted(maps.Keys(o)) }
