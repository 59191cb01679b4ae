package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

// An endpoint is a compiled endpoint on the air. It is immutable.
type endpoint struct {
	server     *Server
	plan       *plan.Plan
	chain      *middleware.Chain
	handler    middleware.Handler
	route      route
	match      []condition
	metrics    *observed
	needsQuery bool
	needsBody  bool // the body is read and checked although no parameter may stand in it
	tags       bool // LIST and VIEW get an ETag of their body, unless a script may change that behind main
	bodyParams bool // some parameter is a member of the body

	files []*plan.Param // those that take files from the body

	uses []*engine.Table // what the plan depends on; see reusable
}

// newEndpoint compiles ep with the onion around its main. A trial counts no limits and has no metrics of its own.
func (s *Server) newEndpoint(p *engine.Project, ep *engine.Endpoint, trial bool) (*endpoint, engine.Problems) {
	e := &endpoint{server: s, route: parseRoute(ep.Route.Path), uses: plan.Tables(p, ep)}
	bench := s.bench(p, ep, e.uses, trial)
	compiled, problems := plan.Compile(p, ep, func(compiled *plan.Plan, after *template.Scope) (problems engine.Problems) {
		bench.Scope, bench.After = compiled.Scope(), after
		e.chain, problems = middleware.Compile(compiled.Steps, bench)
		return problems.At("middlewares")
	})
	if problems != nil {
		return nil, problems
	}
	e.plan = compiled
	if e.match, problems = parseMatch(ep.Match); problems != nil {
		return nil, problems.At("match")
	}
	for _, param := range compiled.Params {
		e.needsQuery = e.needsQuery || param.In == engine.InQuery
		e.bodyParams = e.bodyParams || param.In == engine.InBody && !param.IsWhole()
		e.needsBody = e.needsBody || param.In == engine.InBody
		if param.Type == engine.TypeFile && param.In == engine.InBody {
			e.files = append(e.files, param)
		}
	}
	e.needsBody = e.needsBody || mentionsBody(ep)
	e.tags = compiled.Read != nil && ep.Route.Method == http.MethodGet &&
		!slices.ContainsFunc(compiled.Steps, func(step engine.Step) bool { return step.Name == "script" })
	main := e.main(s.cfg.Records.RunThen)
	if compiled.Write != nil {
		main = e.once(main)
	}
	e.handler = e.chain.Handler(main, nil)
	if e.metrics = s.metrics.none; !trial {
		e.metrics = s.metrics.bind(p.Name, ep.Name)
		e.metrics.traffic = s.track(p, e)
	}
	return e, nil
}

// bench gives what the steps around ep are made with, but for their scopes. uses are the tables it depends on.
func (s *Server) bench(p *engine.Project, ep *engine.Endpoint, uses []*engine.Table, trial bool) middleware.Bench {
	bench := middleware.Bench{Project: p.ID, Endpoint: ep.ID, Limits: s.cfg.Limits, Secrets: s.cfg.Secrets, Outbound: s.cfg.Outbound}
	bench.ProjectName, bench.Auth, bench.KeySets = p.Name, s.cfg.Auth, s.keySets
	bench.Captchas = s.cfg.Captchas
	bench.Def, bench.Reads, bench.Cache, bench.Keep = ep, plan.IDs(uses), s.cfg.Cache, keep(p, uses)
	bench.Writes = ep.Kind == engine.Create || ep.Kind == engine.Update || ep.Kind == engine.Delete
	if trial {
		bench.Limits, bench.Cache, bench.Captchas = nil, nil, nil
	}
	return bench
}

// keep bounds how long an answer from these tables may be kept: a link of a file in it still lasts as long when it is given last.
func keep(p *engine.Project, tables []*engine.Table) time.Duration {
	if plan.SignedLinks(p, tables) {
		return file.LinkTime / 2
	}
	return 0
}

// mentionsBody reports whether an expression of the endpoint may read $request.body; then a broken body is refused and not taken
// for an absent one.
func mentionsBody(ep *engine.Endpoint) bool {
	text, err := json.Marshal(ep)
	return err != nil || strings.Contains(string(text), "$request.body")
}

func (e *endpoint) lang(q *middleware.Request) value.Lang {
	if e.plan.Project.Language != "auto" {
		return value.PickLang(e.plan.Project.Language, "")
	}
	return value.PickLang("auto", q.HTTP.Header.Get("Accept-Language"))
}

// prepare fills the Env that slots and templates see.
func (e *endpoint) prepare(q *middleware.Request) {
	q.Env.Context = q.HTTP.Context()
	q.Env.Scripts = e.server.cfg.Scripts
	q.Env.Now = time.Now()
	q.Env.Timezone = e.plan.Location
	q.Env.Auth = q.Principal.ValueIn(e.plan.Project.Name)
	q.Env.Total = -1
	q.Bind, q.SetParam = e.bind, e.setParam
	if e.plan.Endpoint.Bulk != nil {
		q.Items, q.OfItem = e.countItems, e.ofItem
	}
}

// serve runs the onion and writes its answer or its error.
func (e *endpoint) serve(q *middleware.Request, w http.ResponseWriter) {
	e.prepare(q)
	taken := e.takeFiles(q, w)
	err := e.run(q)
	if taken != nil {
		taken.done(err)
	}
	e.server.write(q, w)
}

// run makes the answer, whatever happens: a panic is an error like others. It gives what was answered as an error.
func (e *endpoint) run(q *middleware.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			e.server.logPanic(q, p)
			err = &engine.Error{Code: engine.Internal}
			e.server.fail(q, e, err)
			q.Cause = fmt.Errorf("panic: %v", p)
		}
	}()
	if err = e.handler(q); err != nil {
		e.server.fail(q, e, err)
	} else if e.tags && len(q.HTTP.Header["If-None-Match"]) > 0 {
		q.NotModified()
	}
	return err
}

// A runner runs a plan: record.Engine.RunThen, or a rehearsal of it.
type runner func(context.Context, *plan.Plan, *template.Env, *record.Result, func(*pg.Tx) error) error

// main makes the data operation: parameters, the plan, what is sent with it, the response.
func (e *endpoint) main(run runner) middleware.Handler {
	return func(q *middleware.Request) error {
		if err := q.Params(); err != nil {
			return err
		}
		answer, err := e.answer(q, run)
		if err != nil {
			return err
		}
		e.wake()
		return q.Answer(answer)
	}
}

// answer runs the plan, sends what goes with it, and renders its response.
func (e *endpoint) answer(q *middleware.Request, run runner) (template.Answer, error) {
	result := results.Get().(*record.Result)
	defer results.Put(result) // what it holds is rendered by then
	var then func(*pg.Tx) error
	if notices := e.chain.Notices(); len(notices) > 0 {
		then = func(tx *pg.Tx) error { return e.server.send(q, tx, e.plan.Project, notices) }
	}
	if err := run(q.Env.Context, e.plan, &q.Env, result, then); err != nil {
		return template.Answer{}, err
	}
	response := e.plan.Response
	if e.plan.One != nil && !q.Many {
		response = e.plan.One
	}
	answer, err := response.Render(q.Body[:0], &q.Env)
	if answer.Status == 0 {
		answer.Status = cmp.Or(result.Status, e.plan.Status)
	}
	if e.tags && answer.Status == http.StatusOK && err == nil {
		q.Header["Etag"] = []string{etagOf(q.Env.Record, answer.Body)}
	}
	return answer, err
}

// wake tells the queue that there may be something to send.
func (e *endpoint) wake() {
	if e.server.cfg.Jobs != nil && (len(e.chain.Notices()) > 0 || e.plan.Write != nil && len(e.plan.Table.Def.OnWrite) > 0) {
		e.server.cfg.Jobs.Wake()
	}
}

// send puts what notices have to say into the outbox, as part of a write where there is one.
func (s *Server) send(q *middleware.Request, tx *pg.Tx, p *engine.Project, notices []*job.Notice) error {
	if s.cfg.Jobs == nil {
		return &engine.Error{Code: engine.Unavailable, Cause: errors.New("this server has no queue for webhooks and mail")}
	}
	_, err := s.cfg.Jobs.Put(q.Env.Context, tx, p.ID, notices, &q.Env)
	return err
}

// results keeps the memory of runs for the next ones.
var results = sync.Pool{New: func() any { return new(record.Result) }}
