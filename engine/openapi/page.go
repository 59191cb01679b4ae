package openapi

import (
	"bytes"
	_ "embed"
	"html/template"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// Page prints what [Document] says for people: one page of HTML, without scripts. origin is that of the server, such as
// https://example.org, for the examples.
func Page(p *engine.Project, plans []*plan.Plan, origin string) ([]byte, error) {
	d := describe(p, plans)
	page := pageOf{Name: p.Name}
	for _, plan := range plans {
		page.Endpoints = append(page.Endpoints, d.shown(plan, origin))
	}
	for _, name := range sorted(d.schemas) {
		if name != "Problem" {
			page.Schemas = append(page.Schemas, pageSchema{name, typeText(d.component(name), 0)})
		}
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, page)
	return b.Bytes(), err
}

type pageOf struct {
	Name      string
	Endpoints []pageEndpoint
	Schemas   []pageSchema
}

type pageSchema struct{ Name, Text string }

type pageEndpoint struct {
	Name, Method, Path, Label, Help, Example string
	Params                                   []pageParam
	Answers                                  []pageAnswer
}

type pageParam struct{ Name, In, Type, Rules, Label string }

type pageAnswer struct{ Status, Media, Text string }

func (d *document) shown(p *plan.Plan, origin string) pageEndpoint {
	ep := p.Endpoint
	out := pageEndpoint{Name: ep.Name, Method: ep.Route.Method, Path: "/api/" + d.project.Name + ep.Route.Path, Label: ep.Label, Help: ep.Help,
		Example: example(p, origin+"/api/"+d.project.Name)}
	for _, param := range p.Params {
		out.Params = append(out.Params, pageParam{param.As, string(param.In), typeText(inputSchema(param), 0), rulesText(p, param), description(param)})
	}
	answers := d.responses(p)
	for _, at := range sorted(answers) {
		o := answers[at].(object)
		shown := pageAnswer{Status: at}
		if at == "default" {
			shown.Status = "error"
		}
		bodies, _ := o["content"].(object)
		for _, media := range sorted(bodies) {
			shown.Media, shown.Text = media, typeText(bodies[media].(object)["schema"].(object), 0)
		}
		out.Answers = append(out.Answers, shown)
	}
	return out
}

// rulesText says a parameter's rules in one line.
func rulesText(of *plan.Plan, p *plan.Param) string {
	var words []string
	if isRequired(of, p) {
		words = append(words, "required")
	}
	for _, bound := range []struct {
		name  string
		value raw.Value
	}{{"min", p.Rules.Min}, {"max", p.Rules.Max}, {"default", p.Rules.Default}} {
		if bound.value != nil {
			words = append(words, bound.name+" "+string(bound.value))
		}
	}
	if p.Rules.Pattern != "" {
		words = append(words, "matches "+p.Rules.Pattern)
	}
	return strings.Join(words, "; ")
}

// example gives a curl command that calls the endpoint with what it requires.
func example(p *plan.Plan, address string) string {
	ep := p.Endpoint
	path, query := ep.Route.Path, ""
	var further []string
	for _, param := range p.Params {
		sample := "…"
		if len(param.Rules.Values) > 0 {
			sample = param.Rules.Values[0]
		}
		switch required := isRequired(p, param); {
		case param.In == engine.InPath:
			path = strings.ReplaceAll(path, "{"+param.As+"}", sample)
		case !required:
		case param.In == engine.InQuery:
			query += []string{"?", "&"}[min(len(query), 1)] + param.As + "=" + sample
		case param.In == engine.InBody:
			further = append(further, "-d '"+param.As+"="+sample+"'")
		case param.In == engine.InHeader:
			further = append(further, "-H '"+param.As+": "+sample+"'")
		case param.In == engine.InCookie:
			further = append(further, "-b '"+param.As+"="+sample+"'")
		}
	}
	words := []string{"curl"}
	if method := ep.Route.Method; method != "GET" && (method != "POST" || !slices.ContainsFunc(further, isData)) {
		words = append(words, "-X", method)
	}
	return strings.Join(append(append(words, further...), "'"+address+path+query+"'"), " ")
}

func isData(word string) bool { return strings.HasPrefix(word, "-d ") }
