package rest

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/value"
)

// A generation is everything compiled from one Schema. It is immutable.
type generation struct {
	schema   *engine.Schema
	projects map[string]*project
}

// A project is a project's part of a generation.
type project struct {
	def      *engine.Project
	routes   node
	fallback *endpoint // for requests that no endpoint takes: the project's default onion and errors; nil where those are broken
	all      []*endpoint
	byDef    map[*engine.Endpoint]*endpoint
	byCrud   map[crudKey]*endpoint
	broken   map[string]engine.Problems // by endpoint name
	unrouted *observed                  // counts requests that no endpoint takes
}

// A crudKey names an endpoint that a table's crud makes: each time a new value, but the same as long as the table is.
type crudKey struct {
	table *engine.Table
	name  string
}

// compile makes the generation of schema. What did not change is taken from the one before.
func (s *Server) compile(schema *engine.Schema, before *generation) *generation {
	g := &generation{schema: schema, projects: make(map[string]*project, len(schema.Projects))}
	broken := 0
	for name, def := range schema.Projects {
		var old *project
		if before != nil {
			old = before.projects[name]
		}
		if old != nil && old.def == def {
			g.projects[name] = old
		} else {
			g.projects[name] = s.compileProject(def, old)
		}
		broken += len(g.projects[name].broken)
	}
	s.metrics.broken.Set(float64(broken))
	return g
}

func (s *Server) compileProject(def *engine.Project, old *project) *project {
	p := &project{def: def, byDef: map[*engine.Endpoint]*endpoint{}, byCrud: map[crudKey]*endpoint{}, broken: map[string]engine.Problems{}}
	p.unrouted = s.metrics.unrouted(s.track(def, nil))
	fallback := &engine.Endpoint{Route: engine.Route{Method: "GET", Path: "/"}}
	var problems engine.Problems
	if p.fallback, problems = s.newEndpoint(def, fallback, false); problems != nil {
		s.log.Error("defaults of a project are broken; answers without an endpoint do without them", "project", def.Name, "error", problems)
	} else {
		p.fallback.handler = p.fallback.chain.Handler(s.noRoute, nil)
	}
	for _, ep := range def.Endpoints.All() {
		if e := s.place(p, ep, old.reusable(def, ep, crudKey{})); e != nil {
			p.byDef[ep] = e
		}
	}
	for _, t := range def.Tables.All() {
		for _, ep := range def.CrudEndpoints(t) {
			key := crudKey{t, ep.Name}
			if e := s.place(p, ep, old.reusable(def, ep, key)); e != nil {
				p.byCrud[key] = e
			}
		}
	}
	return p
}

// place puts an endpoint into the routes: as it was compiled before, or compiled now. It gives nil where it is off the air.
func (s *Server) place(p *project, ep *engine.Endpoint, e *endpoint) *endpoint {
	if !ep.IsEnabled() {
		return nil
	}
	if e == nil {
		var problems engine.Problems
		if e, problems = s.newEndpoint(p.def, ep, false); problems != nil {
			p.broken[ep.Name] = problems
			s.log.Error("endpoint is broken and off the air", "project", p.def.Name, "endpoint", ep.Name, "error", problems)
			return nil
		}
	}
	p.all = append(p.all, e)
	p.routes.add(e)
	return e
}

// reusable gives the compiled endpoint of the generation before where nothing it depends on has changed.
func (p *project) reusable(def *engine.Project, ep *engine.Endpoint, crud crudKey) *endpoint {
	if p == nil {
		return nil
	}
	e, was := p.byDef[ep], p.def
	if crud.table != nil {
		e = p.byCrud[crud]
	}
	if e == nil || was.Timezone != def.Timezone || was.Language != def.Language || was.Defaults != def.Defaults {
		return nil
	}
	for _, t := range e.uses {
		if now, _ := def.Tables.Get(t.Name); now != t {
			return nil
		}
	}
	if ep.Kind == engine.Delete && !slices.Equal(e.plan.Touched, plan.IDs(plan.Touched(def, e.plan.Table.Def, ep.Kind))) {
		return nil // another table refers to this one
	}
	return e
}

// noRoute is main where no endpoint takes the request; serveProject has put the reason into the request.
func (s *Server) noRoute(q *middleware.Request) error { return q.Refused }

// refuse answers with an error by way of the project's default onion and errors template.
func (p *project) refuse(s *Server, q *middleware.Request, code engine.Code, key string, args ...any) {
	if p.fallback == nil {
		s.fail(q, nil, &engine.Error{Code: code, Message: value.Sentence("", key, args...)})
		return
	}
	p.fallback.prepare(q)
	refused := &engine.Error{Code: code, Message: value.Sentence(p.fallback.lang(q), key, args...)}
	q.Refused = refused
	_ = p.fallback.run(q) // it is answered
}
