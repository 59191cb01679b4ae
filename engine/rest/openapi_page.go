package rest

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

// openAPIPage prints what openapi.json says for people: a page without scripts.
func (p *project) openAPIPage() ([]byte, error) {
	page := pageOf{Name: p.def.Name}
	for _, e := range p.all {
		page.Endpoints = append(page.Endpoints, pageEndpointOf(e))
	}
	var b bytes.Buffer
	t, err := template.New("page").Parse(pageText)
	if err == nil {
		err = t.Execute(&b, page)
	}
	return b.Bytes(), err
}

type pageOf struct {
	Name      string
	Endpoints []pageEndpoint
}

type pageEndpoint struct {
	Name, Method, Path, Label, Help string
	Params                          []pageParam
}

type pageParam struct{ Name, In, Type, Rules, Label string }

func pageEndpointOf(e *endpoint) pageEndpoint {
	ep := e.plan.Endpoint
	out := pageEndpoint{Name: ep.Name, Method: ep.Route.Method, Path: "/api/" + e.plan.Project.Name + ep.Route.Path, Label: ep.Label, Help: ep.Help}
	for _, p := range e.plan.Params {
		kind := string(p.Type)
		if p.IsList() {
			kind = "list of " + kind
		}
		out.Params = append(out.Params, pageParam{p.As, string(p.In), kind, rulesText(p), description(p)})
	}
	return out
}

// rulesText says a parameter's rules in one line.
func rulesText(p *plan.Param) string {
	var words []string
	if p.Required || p.In == engine.InPath {
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
	if len(p.Rules.Values) > 0 {
		words = append(words, "one of "+strings.Join(p.Rules.Values, ", "))
	}
	if p.Rules.Pattern != "" {
		words = append(words, "matches "+p.Rules.Pattern)
	}
	return strings.Join(words, "; ")
}

const pageText = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{.Name}}: API</title>
<style>
body { font: 14px/22px system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1.5rem; color: #1d2129 }
h2 { font-size: 15px; margin: 2rem 0 .25rem } code { font-family: ui-monospace, monospace }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e5e6eb; vertical-align: top }
th { font-weight: 600; color: #4e5969 }
@media (prefers-color-scheme: dark) { body { background: #17171a; color: #e5e6eb } td, th { border-color: #333335 } th { color: #a9aeb8 } }
</style>
<h1>{{.Name}}</h1>
<p>For programs: <a href="openapi.json">openapi.json</a></p>
{{range .Endpoints}}<h2 id="{{.Name}}"><code>{{.Method}} {{.Path}}</code></h2>
<p>{{if .Label}}{{.Label}}{{else}}{{.Name}}{{end}}{{if .Help}}. {{.Help}}{{end}}</p>
{{if .Params}}<table><tr><th>Parameter<th>In<th>Type<th>Rules<th>Meaning</tr>
{{range .Params}}<tr><td><code>{{.Name}}</code><td>{{.In}}<td>{{.Type}}<td>{{.Rules}}<td>{{.Label}}</tr>
{{end}}</table>
{{end}}{{end}}</html>
`
