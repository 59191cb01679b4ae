package catalog

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// cloneProject gives a copy that may be edited without touching p. The text of raw values is shared: nobody writes into it.
func cloneProject(p *engine.Project) *engine.Project {
	c := shallow(p)
	for name, t := range p.Tables.All() {
		c.Tables.Set(name, cloneTable(t))
	}
	for name, ep := range p.Endpoints.All() {
		c.Endpoints.Set(name, cloneEndpoint(ep))
	}
	if d := p.Defaults; d != nil {
		c.Defaults = &engine.Defaults{Middlewares: slices.Clone(d.Middlewares), Errors: cloneResponse(d.Errors)}
	}
	return c
}

// cloneAltered gives a copy in which the tables of those names may be edited, and everything else replaced. nil names all.
func cloneAltered(p *engine.Project, tables []string) *engine.Project {
	if tables == nil {
		return cloneProject(p)
	}
	c := shallow(p)
	for _, name := range tables {
		if t, found := c.Tables.Get(name); found {
			c.Tables.Set(name, cloneTable(t))
		}
	}
	return c
}

// shallow gives a copy of p whose entries can be set; the entries themselves are p's.
func shallow(p *engine.Project) *engine.Project {
	c := *p
	c.Tables, c.Endpoints = p.Tables.Clone(), p.Endpoints.Clone()
	return &c
}

func cloneTable(t *engine.Table) *engine.Table {
	c := *t
	c.Fields = mapOf(&t.Fields, cloneField)
	c.Unique = slices.Clone(t.Unique)
	for i, names := range c.Unique {
		c.Unique[i] = slices.Clone(names)
	}
	c.OnWrite = slices.Clone(t.OnWrite)
	return &c
}

func cloneField(f *engine.Field) *engine.Field {
	c := *f
	c.Rules = cloneRules(f.Rules)
	c.Types = slices.Clone(f.Types)
	return &c
}

func cloneRules(r engine.Rules) engine.Rules {
	if r.Required != nil {
		required := *r.Required
		r.Required = &required
	}
	r.Values = slices.Clone(r.Values)
	return r
}

func cloneEndpoint(e *engine.Endpoint) *engine.Endpoint {
	c := *e
	c.Match, c.Aggregate, c.Keys, c.Set = e.Match.Clone(), e.Aggregate.Clone(), e.Keys.Clone(), e.Set.Clone()
	c.Params = mapOf(&e.Params, func(p *engine.Param) *engine.Param {
		c := *p
		c.Rules = cloneRules(p.Rules)
		return &c
	})
	c.Include = mapOf(&e.Include, cloneInclude)
	c.Sources = mapOf(&e.Sources, func(s *engine.Source) *engine.Source {
		c := *s
		c.Group, c.Aggregate, c.Keys, c.Include = slices.Clone(s.Group), s.Aggregate.Clone(), s.Keys.Clone(), mapOf(&s.Include, cloneInclude)
		return &c
	})
	if e.Page != nil {
		page := *e.Page
		c.Page = &page
	}
	if u := e.Upsert; u != nil {
		c.Upsert = &engine.Upsert{Key: slices.Clone(u.Key), Set: u.Set.Clone()}
	}
	if e.Enabled != nil {
		enabled := *e.Enabled
		c.Enabled = &enabled
	}
	c.Group, c.Reveal, c.Middlewares = slices.Clone(e.Group), slices.Clone(e.Reveal), slices.Clone(e.Middlewares)
	c.Guards = slices.Clone(e.Guards)
	for i := range c.Guards {
		g := &c.Guards[i]
		g.Exists, g.NotExists, g.Count = cloneGuardQuery(g.Exists), cloneGuardQuery(g.NotExists), cloneGuardQuery(g.Count)
	}
	c.Response, c.Errors = cloneResponse(e.Response), cloneResponse(e.Errors)
	return &c
}

func cloneInclude(i *engine.Include) *engine.Include {
	c := *i
	c.By, c.Include = i.By.Clone(), mapOf(&i.Include, cloneInclude)
	return &c
}

func cloneGuardQuery(q *engine.GuardQuery) *engine.GuardQuery {
	if q == nil {
		return nil
	}
	c := *q
	return &c
}

func cloneResponse(r *engine.Response) *engine.Response {
	if r == nil {
		return nil
	}
	c := *r
	c.Headers = r.Headers.Clone()
	return &c
}

func mapOf[T any](m *engine.Map[T], clone func(T) T) engine.Map[T] {
	var c engine.Map[T]
	for name, v := range m.All() {
		c.Set(name, clone(v))
	}
	return c
}

// settings is what a project says beside its tables and endpoints, in the form that is stored.
func settings(p *engine.Project) raw.Value {
	c := engine.Project{Timezone: p.Timezone, Language: p.Language, Public: p.Public, Defaults: p.Defaults}
	return encode(&c, "project")
}
