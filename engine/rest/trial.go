package rest

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/storage/pg"
)

// errRollback ends the transaction of a trial.
var errRollback = errors.New("the trial is over")

// runTrial sends the request through the endpoint, in a transaction that is rolled back.
func (s *Server) runTrial(c *call, e *endpoint, in *tryRequest) (endpointTried, error) {
	r, err := in.request(c.ctx(), e)
	if err != nil {
		return endpointTried{}, err
	}
	header := http.Header{}
	q := middleware.Acquire(r, header)
	defer q.Release()
	q.MaxBody, q.IP, q.ID, q.Names = s.cfg.MaxBody, c.q.IP, c.q.ID, e.route.names
	r.Host, q.Secure = c.q.HTTP.Host, c.q.Secure
	if in.Session {
		lendSession(r, c.q.HTTP)
	}
	path, _, _ := strings.Cut(in.Path, "?")
	segments, ok := cutPath(nil, strings.TrimPrefix(path, "/"))
	if ok = ok && len(segments) == len(e.route.segments); ok {
		q.Path, ok = e.route.values(q.Path[:0], segments)
	}
	if !ok {
		return endpointTried{}, engine.Errorf(engine.Invalid, "The path %s does not fit the route %s.", path, e.plan.Endpoint.Route.Path)
	}
	out := endpointTried{SQL: statementsOf(e.plan), Steps: []tryStep{}}
	trace := func(name string, took time.Duration, err error) {
		step := tryStep{Name: name, MS: milliseconds(took)}
		if err != nil {
			step.Error = err.Error()
		}
		out.Steps = append(out.Steps, step)
	}
	e.prepare(q)
	start := time.Now()
	ended := s.cfg.DB.Tx(q.Env.Context, func(tx *pg.Tx) error {
		err = e.chain.Handler(e.main(func(ctx context.Context, p *plan.Plan, env *template.Env, into *record.Result, then func(*pg.Tx) error) error {
			err := s.cfg.Records.RunIn(ctx, tx, p, env, into)
			if err == nil && then != nil {
				err = then(tx) // what is sent is rolled back too
			}
			return err
		}), trace)(q)
		return errRollback
	})
	if !errors.Is(ended, errRollback) {
		return endpointTried{}, ended
	}
	out.MS = milliseconds(time.Since(start))
	if err != nil {
		out.Error = err.Error()
		s.fail(q, e, err)
	}
	out.Status, out.Body, out.Headers = max(q.Status, 200), string(q.Body), header
	header["Content-Type"] = []string{q.ContentType}
	return out, nil
}

// lendSession gives the trial's request what tells who signed in. The header that a foreign page cannot set stood in the request for
// the trial, so it may stand here.
func lendSession(r, of *http.Request) {
	for _, name := range []string{"Cookie", "Authorization", middleware.CSRFHeader} {
		if value := of.Header.Get(name); value != "" && r.Header.Get(name) == "" {
			r.Header.Set(name, value)
		}
	}
}

func (in *tryRequest) request(ctx context.Context, e *endpoint) (*http.Request, error) {
	target, err := url.ParseRequestURI("/api/" + e.plan.Project.Name + "/" + strings.TrimPrefix(in.Path, "/"))
	if err != nil {
		return nil, engine.Errorf(engine.Invalid, "The path is malformed.")
	}
	r, err := http.NewRequestWithContext(ctx, e.plan.Endpoint.Route.Method, target.String(), strings.NewReader(in.Body))
	if err != nil {
		return nil, engine.Errorf(engine.Invalid, "The request is malformed.")
	}
	for name, text := range in.Headers {
		r.Header.Set(name, text)
	}
	if in.Body != "" && r.Header.Get("Content-Type") == "" {
		if _, err := raw.Valid([]byte(in.Body), raw.Limits{}); err == nil {
			r.Header.Set("Content-Type", "application/json")
		} else {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}
	return r, nil
}
