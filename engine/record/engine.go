package record

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

// An Engine reads and writes records. It is safe for concurrent use.
type Engine struct {
	db      *pg.DB
	scripts *script.Runner
	log     *slog.Logger
	uids    engine.UIDs
	locks   *plan.Statement
	changed func(tables ...int)
	files   *file.Files // nil: records hold no files
}

// New makes an Engine over a database that the catalog has migrated. A nil log is slog.Default().
func New(db *pg.DB, scripts *script.Runner, log *slog.Logger) *Engine {
	if log == nil {
		log = slog.Default()
	}
	return &Engine{db: db, scripts: scripts, log: log, locks: plan.LockStatement(), changed: func(...int) {}}
}

// OnChange makes the Engine call fn with the ids of the tables that a write may have changed, before the write is acknowledged. It is to
// be called before the Engine is used.
func (e *Engine) OnChange(fn func(tables ...int)) { e.changed = fn }

// Run runs p and fills env: Record, or Records with Page, Size and Total. It reads env.Params, which are checked already, and what
// the plan's slots name. Its error is an *engine.Error, or internal. The rows live as long as env.
func (e *Engine) Run(ctx context.Context, p *plan.Plan, env *template.Env) error {
	return e.RunInto(ctx, p, env, new(Result))
}

// RunInto is Run with memory of the caller's: what env gets lives until the Result is used again.
func (e *Engine) RunInto(ctx context.Context, p *plan.Plan, env *template.Env, into *Result) error {
	return e.RunThen(ctx, p, env, into, nil)
}

// RunThen is RunInto that also calls then, unless it is nil, when the operation has succeeded. Of a write it is part: it gets the
// transaction, its error undoes the write, and it may be called again after a lost race. A reading operation gives it no transaction.
func (e *Engine) RunThen(ctx context.Context, p *plan.Plan, env *template.Env, into *Result, then func(tx *pg.Tx) error) error {
	env.Record, env.Records, env.Sources, env.Total, env.Next = nil, nil, nil, -1, nil
	into.reset()
	r := &run{engine: e, ctx: ctx, plan: p, env: env, result: into}
	r.link(into)
	var err error
	switch {
	case p.Write != nil && then != nil:
		err = r.atomically(func() error {
			if err := r.guardedMain(); err != nil {
				return err
			}
			return then(r.tx)
		})
	case p.Write != nil && (p.Locks() || p.ReadsSources()):
		err = r.atomically(r.guardedMain)
	default:
		err = r.guardedMain()
	}
	if p.Touched != nil { // an error may come behind the commit
		e.changed(p.Touched...)
	}
	if err != nil {
		return r.refuse(err)
	}
	if then != nil && p.Write == nil {
		return then(nil)
	}
	return nil
}

// atomically runs fn in one transaction; inside one already, it joins. fn may run again after a lost race.
func (r *run) atomically(fn func() error) error {
	if r.tx != nil {
		return fn()
	}
	return r.engine.db.Tx(r.ctx, func(tx *pg.Tx) error {
		r.tx = tx
		defer func() { r.tx = nil }()
		return fn()
	})
}

// guardedMain does what the endpoint is for, if no guard refuses.
func (r *run) guardedMain() error {
	r.w = r.plan.Write
	if err := r.lookups(); err != nil {
		return err
	}
	if r.env.Items == nil { // a bulk asks them for each item
		if err := r.guards(); err != nil {
			return err
		}
	}
	if r.plan.ReadsSources() {
		if err := r.ask(); err != nil {
			return err
		}
	}
	if err := r.main(); err != nil || len(r.asked) == 0 {
		return err
	}
	return r.queryAll(nil)
}

func (r *run) main() error {
	switch p := r.plan; {
	case p.Read != nil && p.Read.One:
		return r.view()
	case p.Read != nil:
		return r.list()
	case p.Write != nil && r.env.Items != nil:
		return r.bulk()
	case p.Write != nil && p.Endpoint.Kind == engine.Create:
		err := r.create()
		if p.Write.Bulk != nil {
			r.env.Records = r.result.rows
		}
		return err
	case p.Write != nil:
		return r.change()
	}
	return nil
}

// A run is one use of a plan.
type run struct {
	engine *Engine
	ctx    context.Context
	plan   *plan.Plan
	env    *template.Env
	result *Result
	lang   value.Lang
	tx     *pg.Tx      // nil outside a transaction
	kept   []kept      // files that an UPDATE leaves where they are
	w      *plan.Write // of the plan, or of its upsert while that changes a record
	looked bool        // the parameters that name records by something else hold their uids
	given  [][]byte    // values of the filter that the request wrote
	asked  []pg.Call   // of the sources, until they are sent
}

// link lets the rows of a Result show where files are.
func (r *run) link(into *Result) {
	if r.engine.files != nil {
		into.links = r.engine.files
	}
}

// language picks the language of refusals when the first one is needed.
func (r *run) language() value.Lang {
	if r.lang == "" {
		accept := ""
		if r.plan.Project.Language == "auto" && r.env.Request != nil {
			accept, _ = r.env.Request.Value([]string{"headers", "accept-language"}).Text()
		}
		r.lang = value.PickLang(r.plan.Project.Language, accept)
	}
	return r.lang
}

// query runs a statement on the run's transaction, or on the pool.
func (r *run) query(s *plan.Statement, args [][]byte, row func(values [][]byte) error) (int64, error) {
	if r.tx != nil {
		return r.tx.Query(prepared(s), args, row)
	}
	return r.engine.db.Query(r.ctx, prepared(s), args, row)
}

var classes = [...]pg.Class{plan.Long: pg.Single, plan.ShortRead: pg.ShortRead, plan.ShortInsert: pg.ShortInsert, plan.ShortUpdate: pg.ShortUpdate}

// prepared gives the storage's handle of a statement, made once for each.
func prepared(s *plan.Statement) *pg.Statement {
	if known, ok := s.Prepared.Load().(*pg.Statement); ok {
		return known
	}
	made := pg.NewShortStatement(s.SQL, classes[s.Size])
	s.Prepared.Store(made)
	return made
}

// bind evaluates the values of a query into r.result.args.
func (r *run) bind(q *plan.Query) error {
	res := r.result
	res.args = grow(res.args, len(q.Values))
	var found []raw.Value
	if q.Scripted {
		var err error
		if found, err = template.EvalAll(r.env, q.Slots...); err != nil {
			return fmt.Errorf("evaluate the filter: %w", err)
		}
	}
	for i, v := range q.Values {
		if text, known := v.Constant(); known {
			res.args[i] = text
			continue
		}
		if given := v.Given(); given >= 0 {
			res.args[i] = r.given[given]
			continue
		}
		var in raw.Value
		if v.Param >= 0 {
			in = r.env.Params[v.Param]
		} else {
			in = found[i]
		}
		var refused *engine.FieldError
		if res.buf, res.args[i], refused = v.Append(res.buf, in, r.language()); refused != nil {
			return &engine.Error{Code: engine.Invalid, Fields: []engine.FieldError{*refused}}
		}
	}
	return nil
}

// params gives the parameters of a statement in order; other tells those that are no values of the query.
func (r *run) params(s *plan.Statement, other func(arg int) []byte) [][]byte {
	res := r.result
	res.params = grow(res.params, len(s.Args))
	for i, arg := range s.Args {
		if arg >= 0 {
			res.params[i] = res.args[arg]
		} else {
			res.params[i] = other(arg)
		}
	}
	return res.params
}
