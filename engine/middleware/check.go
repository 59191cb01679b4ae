package middleware

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/template"
)

// Check tells what is wrong with the onions of a project: unknown middlewares and settings, slots that do not compile. Paths begin
// at the root of the project file.
func Check(p *engine.Project) engine.Problems {
	var problems engine.Problems
	check := func(def *engine.Endpoint, steps []engine.Step, params []string, place ...string) {
		_, found := Compile(steps, Bench{Def: def, Scope: &template.Scope{Request: true, Auth: true, Params: params}})
		problems = append(problems, found.At(place...)...)
	}
	if p.Defaults != nil {
		check(nil, p.Defaults.Middlewares, nil, "defaults", "middlewares")
	}
	for name, ep := range p.Endpoints.All() {
		params := slices.Concat([]string{}, ep.Params.Names(), ep.Route.Names())
		check(ep, ep.Middlewares, params, "endpoints", name, "middlewares")
	}
	for name, t := range p.Tables.All() {
		for _, ep := range p.CrudEndpoints(t) {
			check(ep, ep.Middlewares, ep.Route.Names(), "tables", name, "crud")
		}
	}
	return problems
}
