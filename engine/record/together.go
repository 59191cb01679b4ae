package record

import (
	"context"

	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/storage/pg"
)

// Together runs fn in one transaction, in which it runs plans with RunIn: all of what they write is kept, or none. fn may run again
// after a lost race. As after Run, what may have changed is told before Together returns.
func (e *Engine) Together(ctx context.Context, plans []*plan.Plan, fn func(tx *pg.Tx) error) error {
	err := e.db.Tx(ctx, fn)
	var touched []int
	for _, p := range plans {
		touched = append(touched, p.Touched...)
	}
	if len(touched) > 0 { // an error may come behind the commit
		e.changed(touched...)
	}
	return err
}
