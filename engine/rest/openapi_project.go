package rest

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
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

// plans gives the plans of the endpoints on the air, in the order of the definition.
func (p *project) plans() []*plan.Plan {
	plans := make([]*plan.Plan, len(p.all))
	for i, e := range p.all {
		plans[i] = e.plan
	}
	return plans
}
