package rest

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/raw"
)

// endpointDetail is an endpoint with its definition, as in the project file.
type endpointDetail struct {
	Name       string    `json:"name"`
	Method     string    `json:"method"`
	Path       string    `json:"path"` // below /api/<project>
	Kind       string    `json:"kind"`
	Table      string    `json:"table"`
	Enabled    bool      `json:"enabled"`
	Crud       bool      `json:"crud"` // made by `crud` of its table; change that
	Revision   int64     `json:"revision"`
	Definition raw.Value `json:"definition" definition:"endpoint"`
	Problems   []string  `json:"problems"` // why it is off the air; empty is well
}

func (s *Server) endpoints(c *call, _ *none) (list[endpointDetail], error) {
	items := []endpointDetail{}
	for _, ep := range c.project.AllEndpoints() {
		d, err := s.endpointDetail(c, ep)
		if err != nil {
			return list[endpointDetail]{}, err
		}
		items = append(items, d)
	}
	return list[endpointDetail]{items}, nil
}

func (s *Server) endpointDetail(c *call, ep *engine.Endpoint) (endpointDetail, error) {
	_, own := c.project.Endpoints.Get(ep.Name)
	d := endpointDetail{Name: ep.Name, Method: ep.Route.Method, Path: ep.Route.Path, Kind: string(ep.Kind), Table: ep.Table,
		Enabled: ep.IsEnabled(), Crud: !own, Revision: ep.Revision, Problems: []string{}}
	if g := s.generation.Load(); g.projects[c.project.Name] != nil {
		for _, problem := range g.projects[c.project.Name].broken[ep.Name] {
			d.Problems = append(d.Problems, problem.Error())
		}
	}
	var err error
	d.Definition, err = rawOf(ep)
	return d, err
}

type endpointIn struct {
	Endpoint string `path:"endpoint"`
}

func noEndpoint(name string) error {
	return engine.Errorf(engine.NotFound, "There is no endpoint %s.", name)
}

func (s *Server) endpoint(c *call, in *endpointIn) (endpointDetail, error) {
	for _, ep := range c.project.AllEndpoints() {
		if ep.Name == in.Endpoint {
			return s.endpointDetail(c, ep)
		}
	}
	return endpointDetail{}, noEndpoint(in.Endpoint)
}

func (s *Server) endpointVersions(c *call, in *endpointIn) (list[catalog.EndpointVersion], error) {
	ep, own := c.project.Endpoints.Get(in.Endpoint)
	if !own {
		return list[catalog.EndpointVersion]{}, noEndpoint(in.Endpoint)
	}
	items, err := s.cfg.Catalog.EndpointVersions(c.ctx(), ep.ID)
	return list[catalog.EndpointVersion]{items}, err
}

func (s *Server) createEndpoint(c *call, in *createIn) (edited, error) {
	return s.edit(c, in.changeOptions, func(p *engine.Project) error {
		if _, found := p.Endpoints.Get(in.Name); found {
			return engine.Errorf(engine.Conflict, "There is an endpoint named %s already.", in.Name)
		}
		ep, problems := definition.DecodeEndpoint(in.Name, orEmpty(in.Definition))
		if problems != nil {
			return problems
		}
		p.Endpoints.Set(in.Name, ep)
		return nil
	})
}

type putEndpointIn struct {
	changeOptions
	Endpoint   string    `path:"endpoint" json:"-"`
	Name       string    `json:"name"` // a new name; "" keeps it
	Definition raw.Value `json:"definition"`
}

// putEndpoint replaces the definition; what it leaves out returns to its default.
func (s *Server) putEndpoint(c *call, in *putEndpointIn) (edited, error) {
	return s.edit(c, in.changeOptions, func(p *engine.Project) error {
		old, found := p.Endpoints.Get(in.Endpoint)
		if !found {
			return noEndpoint(in.Endpoint)
		}
		ep, problems := definition.DecodeEndpoint(in.Endpoint, orEmpty(in.Definition))
		if problems != nil {
			return problems
		}
		ep.ID, ep.Revision = old.ID, old.Revision
		p.Endpoints.Set(in.Endpoint, ep)
		if in.Name != "" && in.Name != in.Endpoint {
			if _, taken := p.Endpoints.Get(in.Name); taken {
				return engine.Errorf(engine.Conflict, "There is an endpoint named %s already.", in.Name)
			}
			ep.Was, ep.Name = in.Endpoint, in.Name
			p.Endpoints.Rename(in.Endpoint, in.Name)
		}
		return nil
	})
}

type dropEndpointIn struct {
	changeOptions
	Endpoint string `path:"endpoint" json:"-"`
}

func (s *Server) dropEndpoint(c *call, in *dropEndpointIn) (edited, error) {
	return s.edit(c, in.changeOptions, func(p *engine.Project) error {
		if _, found := p.Endpoints.Get(in.Endpoint); !found {
			return noEndpoint(in.Endpoint)
		}
		p.Endpoints.Delete(in.Endpoint)
		return nil
	})
}

// middlewareInfo is a row of the manifest from which the panel draws its forms.
type middlewareInfo struct {
	Name   string    `json:"name"`
	Doc    string    `json:"doc"`
	Schema raw.Value `json:"schema"` // JSON Schema of the settings; "x-slot" marks those that take expressions
	Slots  []string  `json:"slots"`
	Before bool      `json:"before"` // stands before main only
}

func (s *Server) middlewares(*call, *none) (list[middlewareInfo], error) {
	var items []middlewareInfo
	for _, d := range middleware.Definitions() {
		slots := d.Slots()
		if slots == nil {
			slots = []string{}
		}
		items = append(items, middlewareInfo{d.Name, d.Doc, d.Schema(), slots, d.Before})
	}
	return list[middlewareInfo]{items}, nil
}
