package rest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/openapi"
)

// serveProject answers a request below /api/: rest is its escaped path behind that. It gives whose metrics the request counts for.
func (s *Server) serveProject(q *middleware.Request, w http.ResponseWriter, rest string) *observed {
	name, path, _ := strings.Cut(rest, "/")
	g := s.generation.Load()
	var p *project
	if g != nil {
		p = g.projects[name]
	}
	if p == nil {
		s.fail(q, nil, engine.Errorf(engine.NotFound, "There is no such project."))
		s.write(q, w)
		return s.metrics.none
	}
	var memory [16]string
	segments, ok := cutPath(memory[:0], path)
	find := search{q: q, method: q.HTTP.Method, segments: segments}
	if ok && q.HTTP.Method == http.MethodOptions && q.HTTP.Header.Get("Access-Control-Request-Method") != "" {
		s.preflight(q, w, p, &find)
		return s.metrics.none
	}
	if ok && p.find(&find) {
		find.found.serve(q, w)
		return find.found.metrics
	}
	counts := s.metrics.none
	switch allowed := methodsOf(find.at); {
	case path == "openapi.json" && len(allowed) == 0 && reads(q.HTTP.Method):
		s.projectDocument(q, p, func() ([]byte, error) { return openapi.Document(p.def, p.plans()) }, "application/json")
	case path == "openapi.html" && len(allowed) == 0 && reads(q.HTTP.Method):
		q.Header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
		s.projectDocument(q, p, func() ([]byte, error) { return openapi.Page(p.def, p.plans(), q.Origin()) }, "text/html; charset=utf-8")
	case path == "_captcha" && len(allowed) == 0 && reads(q.HTTP.Method):
		s.captchaChallenge(q, p)
	case path == "_captcha.js" && len(allowed) == 0 && reads(q.HTTP.Method):
		q.Header.Set("Cache-Control", "public, max-age=3600")
		q.ContentType, q.Body = "text/javascript; charset=utf-8", append(q.Body[:0], middleware.Solver...)
	case len(allowed) > 0 && q.HTTP.Method == http.MethodOptions:
		q.Header.Set("Allow", strings.Join(allowed, ", "))
		q.Status = http.StatusNoContent
	case len(allowed) == 0 || slices.Contains(allowed, q.HTTP.Method):
		counts = p.unrouted
		p.refuse(s, q, engine.NotFound, "no_route")
	default:
		counts = p.unrouted
		q.Header.Set("Allow", strings.Join(allowed, ", "))
		p.refuse(s, q, engine.NotAllowed, "not_allowed", q.HTTP.Method)
	}
	s.write(q, w)
	return counts
}

// find looks for the endpoint; HEAD falls back to GET.
func (p *project) find(find *search) bool {
	if find.walk(&p.routes, 0) {
		return true
	}
	if find.method != http.MethodHead {
		return false
	}
	find.method, find.at = http.MethodGet, nil
	return find.walk(&p.routes, 0)
}

// methodsOf names the methods of endpoints, HEAD with GET, and OPTIONS, which always answers.
func methodsOf(endpoints []*endpoint) []string {
	if len(endpoints) == 0 {
		return nil
	}
	methods := []string{http.MethodOptions}
	for _, e := range endpoints {
		m := e.plan.Endpoint.Route.Method
		methods = append(methods, m)
		if m == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// preflight answers by the union of the cors settings at the path; it runs and counts nothing else. Where there is no endpoint, the
// project's defaults answer, so that a page may read the 404.
func (s *Server) preflight(q *middleware.Request, w http.ResponseWriter, p *project, find *search) {
	find.all = true
	find.walk(&p.routes, 0)
	var at []middleware.Preflighted
	for _, e := range find.at {
		at = append(at, middleware.Preflighted{Method: e.plan.Endpoint.Route.Method, CORS: e.chain.CORS()})
	}
	if len(at) == 0 && p.fallback != nil {
		at = append(at, middleware.Preflighted{Method: q.HTTP.Header.Get("Access-Control-Request-Method"), CORS: p.fallback.chain.CORS()})
	}
	middleware.Preflight(q.HTTP, q.Header, at)
	q.Status = http.StatusNoContent
	s.write(q, w)
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }
