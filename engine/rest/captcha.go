package rest

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
)

// captchaChallenge answers with a puzzle for the endpoint that the query names, to the pages that its cors lets read. It is no part of
// the endpoint's onion: it costs less than a refused request, and nothing is kept of it.
func (s *Server) captchaChallenge(q *middleware.Request, p *project) {
	name := ""
	if texts := q.QueryTexts(nil, "endpoint"); len(texts) > 0 {
		name = texts[0]
	}
	for _, e := range p.all {
		if e.plan.Endpoint.Name != name {
			continue
		}
		answered, err := e.chain.AnswerChallenge(q)
		if !answered {
			break
		}
		if cors := e.chain.CORS(); cors != nil {
			cors.Apply(q.HTTP.Header.Get("Origin"), q.Header)
		}
		if err != nil {
			s.fail(q, e, err)
		}
		return
	}
	p.refuse(s, q, engine.NotFound, "no_route")
}
