package record

import (
	"context"

	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/storage/pg"
)

// RunIn is RunInto inside the caller's transaction, which the caller may roll back: an endpoint is tried before it is saved.
func (e *Engine) RunIn(ctx context.Context, tx *pg.Tx, p *plan.Plan, env *template.Env, into *Result) error {
	env.Record, env.Records, env.Sources, env.Total, env.Next = nil, nil, nil, -1, nil
	into.reset()
	r := &run{engine: e, ctx: ctx, plan: p, env: env, result: into, tx: tx}
	r.link(into)
	if err := r.guardedMain(); err != nil {
		return r.refuse(err)
	}
	return nil
}
