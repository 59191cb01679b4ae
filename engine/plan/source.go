package plan

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/template"
)

// MaxSources bounds the sources of an endpoint.
const MaxSources = 20

// A Source is a compiled further result: a LIST of its own with the parameters of its endpoint.
type Source struct {
	Name  string
	Read  *Read
	Shape *Shape
	Used  bool // the response reads it; else nothing asks for it

	finish func()
}

// sources compiles the sources of the endpoint, each as the LIST that it is. It is false where that cannot be, so that nothing else is
// said of what reads them.
func (c *compiler) sources() bool {
	if c.endpoint.Sources.Len() > MaxSources {
		c.problem([]string{"sources"}, "", "an endpoint has at most %d sources", MaxSources)
		return false
	}
	for name, written := range c.endpoint.Sources.All() {
		if source := c.source(name, written); source != nil {
			c.plan.Sources = append(c.plan.Sources, source)
		}
	}
	return len(c.plan.Sources) == c.endpoint.Sources.Len()
}

func (c *compiler) source(name string, written *engine.Source) *Source {
	ep := &engine.Endpoint{
		Name: name, Kind: engine.List, Table: written.Table, Filter: written.Filter, Sort: written.Sort, Group: written.Group,
		Aggregate: written.Aggregate, Include: written.Include, Keys: written.Keys,
	}
	inner := &compiler{project: c.project, endpoint: ep}
	inner.plan = &Plan{Project: c.project, Endpoint: ep, Params: c.plan.Params, Location: c.plan.Location, scope: c.plan.scope}
	inner.table()
	if inner.plan.Table != nil {
		inner.read()
	}
	if written.Limit < 0 || written.Limit > MaxSize {
		inner.problem([]string{"limit"}, "", "a source has at most %d results", MaxSize)
	}
	c.add(inner.problems, "sources", name)
	if len(inner.problems) > 0 {
		return nil
	}
	if written.Limit > 0 {
		inner.plan.Read.Most = int64(written.Limit)
	}
	return &Source{Name: name, Read: inner.plan.Read, Shape: inner.plan.Shape, finish: inner.finish}
}

// sourceNames gives what a template sees of the sources.
func (p *Plan) sourceNames() []template.Source {
	var list []template.Source
	for _, s := range p.Sources {
		list = append(list, template.Source{Name: s.Name, Record: s.Shape, One: s.Read.One})
	}
	return list
}

// finishSources closes the sources once the response has said which of them it reads.
func (c *compiler) finishSources() {
	for _, path := range c.plan.Response.Mentions() {
		if path[0] != "$sources" {
			continue
		}
		for _, s := range c.plan.Sources {
			s.Used = s.Used || len(path) == 1 || path[1] == s.Name
		}
	}
	for _, s := range c.plan.Sources {
		s.finish()
		c.plan.reads = c.plan.reads || s.Used
	}
}
