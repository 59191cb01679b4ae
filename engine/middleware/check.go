package middleware

import (
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/template"
)

// Check tells what is wrong with the onions of a project and with on_write of its tables: unknown middlewares and settings, slots that
// do not compile. Paths begin at the root of the project file.
func Check(p *engine.Project) engine.Problems {
	var problems engine.Problems
	check := func(def *engine.Endpoint, steps []engine.Step, params []string, place ...string) {
		bench := Bench{Def: def, Scope: &template.Scope{Request: true, Auth: true, Params: params}}
		compile := func() {
			_, found := Compile(steps, bench)
			problems = append(problems, found.At(place...)...)
		}
		if !slices.ContainsFunc(steps, isNotice) {
			compile()
			return
		}
		// What names the record is compiled with the plan. A plan that does not stand up is told of by others.
		_, _ = plan.Compile(p, def, func(compiled *plan.Plan, after *template.Scope) engine.Problems {
			bench.Scope, bench.After, steps = compiled.Scope(), after, compiled.Steps
			compile()
			return nil
		})
	}
	if p.Defaults != nil {
		if i := slices.IndexFunc(p.Defaults.Middlewares, isNotice); i >= 0 {
			place := []string{"defaults", "middlewares", strconv.Itoa(i), p.Defaults.Middlewares[i].Name}
			problems = append(problems, engine.Problemf(place, "name it on the endpoints, or in on_write of the table", "it also serves answers without a success"))
		} else {
			check(nil, p.Defaults.Middlewares, nil, "defaults", "middlewares")
		}
	}
	for name, ep := range p.Endpoints.All() {
		params := slices.Concat([]string{}, ep.Params.Names(), ep.Route.Names())
		check(ep, ep.Middlewares, params, "endpoints", name, "middlewares")
	}
	for name, t := range p.Tables.All() {
		for _, ep := range p.CrudEndpoints(t) {
			check(ep, ep.Middlewares, ep.Route.Names(), "tables", name, "crud")
		}
		problems = append(problems, checkOnWrite(p, t).At("tables", name, "on_write")...)
	}
	return problems
}

// checkOnWrite tells what is wrong with the steps of a table; paths begin with the place of a step.
func checkOnWrite(p *engine.Project, t *engine.Table) engine.Problems {
	var problems engine.Problems
	for i, s := range t.OnWrite {
		place := []string{strconv.Itoa(i), s.Name}
		if !isNotice(s) {
			problems = append(problems, engine.Problemf(place, "there are webhook, email", "%s is nothing that on_write can run", s.Name))
			continue
		}
		d, _ := lookup(s.Name)
		problems = append(problems, checkSettings(s.Settings, d.Properties).At(place...)...)
	}
	if len(t.OnWrite) == 0 || len(problems) > 0 {
		return problems
	}
	return job.CheckTable(p, t)
}
