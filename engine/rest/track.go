package rest

import (
	"slices"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/traffic"
)

// A tracked counts the requests of an endpoint, or those of a project that have none, for the panel.
type tracked struct {
	*traffic.Counter
	project int
	prefix  string // of its paths: /api/<project>
	route   *route // nil: no endpoint
	written string // the route as the definition has it
	masked  []bool // which values of the path nobody must see
}

// track makes what counts the requests of an endpoint; nil is of none.
func (s *Server) track(p *engine.Project, e *endpoint) *tracked {
	t := &tracked{project: p.ID, prefix: "/api/" + p.Name}
	if e == nil {
		t.Counter = s.cfg.Traffic.Counter(p.ID, "")
		return t
	}
	ep := e.plan.Endpoint
	t.Counter, t.route, t.written = s.cfg.Traffic.Counter(p.ID, ep.Name), &e.route, ep.Route.Path
	t.masked = make([]bool, len(e.route.names))
	for i, name := range e.route.names {
		t.masked[i] = soundsSecret(name)
		for _, param := range e.plan.Params {
			if param.Name == name && param.Field != nil && param.Field.Hidden {
				t.masked[i] = true
			}
		}
	}
	return t
}

// soundsSecret reports whether a parameter's name lets one expect a value that opens something.
func soundsSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"token", "secret", "password", "passwd", "apikey", "api_key", "signature", "otp"},
		func(word string) bool { return strings.Contains(name, word) })
}

// countRequest counts an answered request, and keeps it where it is remarkable. Counting alone allocates nothing.
func (s *Server) countRequest(q *middleware.Request, out *counter, o *observed, at time.Time, took time.Duration) {
	t := o.traffic
	if !t.Count(at, out.status, took, out.bytes) {
		return
	}
	kept := traffic.Request{
		At: at, Project: t.project, Endpoint: o.name, Method: q.HTTP.Method, Route: t.written, Path: t.path(q), Status: out.status,
		Took: took, Bytes: out.bytes, IP: q.Address(), ID: q.ID,
	}
	if q.Principal != nil {
		kept.Principal = string(q.Principal.Kind)
	}
	if out.status >= 400 {
		kept.Code = string(q.Refusal)
		if q.Cause != nil {
			kept.Cause = q.Cause.Error()
		}
	}
	s.cfg.Traffic.Keep(kept)
}

// mask stands for a value that is not kept.
const mask = "•••"

// path gives the path of a request below /api/<project> with its query, without the values that nobody must see: of the path those
// that are masked, of the query all.
func (t *tracked) path(q *middleware.Request) string {
	var b strings.Builder
	if t.route != nil && len(q.Path) == len(t.masked) && slices.Contains(t.masked, true) {
		t.route.print(&b, q.Path, t.masked)
	} else {
		b.WriteString(strings.TrimPrefix(q.HTTP.URL.Path, t.prefix))
	}
	query := b.Len()
	pairs, _ := q.Query()
	for i, pair := range pairs {
		b.WriteByte("?&"[min(i, 1)])
		b.WriteString(pair.Name)
		b.WriteString("=…")
		if b.Len()-query > maxNames {
			break
		}
	}
	if text := b.String(); !middleware.HoldsToken(text) {
		return text
	}
	return mask
}

// maxNames bounds what is kept of a query, in bytes.
const maxNames = 200

// print writes a path of the route with its values, those that are masked left out.
func (r *route) print(b *strings.Builder, values []string, masked []bool) {
	at := 0
	for _, s := range r.segments {
		b.WriteByte('/')
		for i, text := range s.text {
			if i > 0 {
				value := values[at]
				if masked[at] {
					value = mask
				}
				b.WriteString(value)
				at++
			}
			b.WriteString(text)
		}
	}
}
