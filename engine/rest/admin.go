package rest

import (
	"context"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/middleware"
)

// An access says who may call an operation of the admin API.
type access struct {
	public bool       // anybody
	role   auth.Role  // the least role: in the project of the path, else in the instance; "" is anybody who is signed in
	scope  auth.Scope // what a token needs beside the role
}

// An operation is one row of the admin API's table: the table registers the routes, guards them and prints their OpenAPI document.
type operation struct {
	method  string
	path    string // below /_/api, chi's pattern
	summary string
	access  access
	shape   shape  // of the input and the output, by their Go types
	status  int    // 0 is 200
	body    string // the media type of a body that the operation reads itself; "" is JSON, or none
	handle  func(*call) (any, error)
}

// A call is a request to the admin API on its way through an operation.
type call struct {
	server    *Server
	q         *middleware.Request
	w         http.ResponseWriter
	principal *auth.Principal
	secret    string          // of the cookie session; "" for a token
	project   *engine.Project // of the path; nil is none
}

func (c *call) ctx() context.Context { return c.q.HTTP.Context() }

// A download is an answer that is no JSON object of ours.
type download struct {
	contentType string
	name        string // of a download; "" is none
	body        []byte
}

type requestKey struct{}

func withRequest(ctx context.Context, q *middleware.Request) context.Context {
	return context.WithValue(ctx, requestKey{}, q)
}

// adminHandler registers the table's operations.
func (s *Server) adminHandler() (http.Handler, error) {
	operations := s.operations()
	document, err := adminOpenAPI(operations, s.cfg.Version)
	if err != nil {
		return nil, err
	}
	operations = append(operations, operation{method: "GET", path: "/openapi.json", access: access{public: true},
		handle: func(*call) (any, error) { return download{contentType: "application/json", body: document}, nil }})
	r := chi.NewRouter()
	for _, op := range operations {
		r.Method(op.method, "/_/api"+op.path, s.operate(op))
	}
	answer := func(code engine.Code, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			q := r.Context().Value(requestKey{}).(*middleware.Request)
			s.fail(q, nil, engine.Errorf(code, "%s", message))
			s.write(q, w)
		}
	}
	r.NotFound(answer(engine.NotFound, "The admin API has no such address."))
	r.MethodNotAllowed(answer(engine.NotAllowed, "The admin API does not answer this method here."))
	return r, nil
}

// operate wraps an operation: who asks, may they, what do they say, what is the answer.
func (s *Server) operate(op operation) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.Context().Value(requestKey{}).(*middleware.Request)
		q.HTTP = r
		q.Header.Set("Cache-Control", "no-store")
		c := &call{server: s, q: q, w: w}
		out, err := s.guarded(c, &op)
		if lasting, ok := out.(stream); ok && err == nil {
			lasting.run(w)
			return
		}
		if flow, flows := out.(outflow); flows && err == nil {
			s.flow(c, &flow)
			return
		}
		if err == nil {
			err = c.answer(out, op.status)
		}
		if err != nil {
			s.fail(q, nil, err)
		}
		s.write(q, w)
	}
}

func (s *Server) guarded(c *call, op *operation) (any, error) {
	if err := c.identify(); err != nil {
		return nil, err
	}
	if err := c.authorise(op); err != nil {
		return nil, err
	}
	return op.handle(c)
}

// authorise decides whether an operation may be called. What depends on what a definition says, its handler asks of needScope.
func (c *call) authorise(op *operation) error {
	name := c.pathValue("project")
	if op.access.public {
		return nil
	}
	if c.principal == nil {
		return &engine.Error{Code: engine.Unauthorized, Header: [][2]string{{"WWW-Authenticate", `Bearer realm="sayrud"`}}}
	}
	if strings.Contains(op.path, "{project}") {
		c.project = c.server.cfg.Catalog.Schema().Project(name)
		if c.project == nil || c.principal.RoleIn(name) == "" {
			return engine.Errorf(engine.NotFound, "There is no such project.")
		}
	}
	if op.access.role != "" && !c.principal.RoleIn(name).AtLeast(op.access.role) {
		return engine.Errorf(engine.Forbidden, "This needs the role %s.", op.access.role)
	}
	return c.needScope(op.access.scope)
}

// needScope refuses a token that lacks the scope.
func (c *call) needScope(scope auth.Scope) error {
	if !c.principal.HasScope(scope) {
		return engine.Errorf(engine.Forbidden, "This needs a token with the scope %s.", scope)
	}
	return nil
}

// audit notes what the principal did. It is done already, so a failure to note it is logged and does not fail the request.
func (c *call) audit(action, target string, detail any) error {
	e := auth.Entry{Action: action, Target: target, Address: c.q.Address()}
	if c.project != nil {
		e.Project = c.project.Name
	}
	if detail != nil {
		var err error
		if e.Detail, err = rawOf(detail); err != nil {
			return err
		}
	}
	if err := c.server.cfg.Auth.Record(context.WithoutCancel(c.ctx()), c.principal, e); err != nil {
		c.server.log.Error("audit log not written", "actor", c.principal.Actor(), "action", action, "target", target, "error", err)
	}
	return nil
}
