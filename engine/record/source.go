package record

import (
	"slices"

	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/storage/pg"
)

// ask prepares the statements of the sources that the response reads, so that what is wrong with their values is known before
// anything is written. They are sent with the statement of a LIST or VIEW, or behind a write, in its transaction.
func (r *run) ask() error {
	r.asked = r.asked[:0]
	r.env.Sources = make([][]template.Row, len(r.plan.Sources))
	for i, source := range r.plan.Sources {
		if !source.Used {
			continue
		}
		if err := r.bind(source.Read.Query); err != nil {
			return err
		}
		read, order, err := r.order(source.Read)
		if err != nil {
			return err
		}
		s := read.Query.Statement(read.Variant(read.Query.Mask(r.result.args), order, plan.AtTop, 0))
		r.asked = append(r.asked, pg.Call{
			Statement: prepared(s), Args: slices.Clone(r.params(s, nil)), Row: r.sourceRow(i, source.Shape, &read.Layout),
		})
	}
	return nil
}

// sourceRow collects the rows of a source.
func (r *run) sourceRow(i int, shape *plan.Shape, layout *plan.Layout) func(values [][]byte) error {
	keys := shape.Keys()
	return func(values [][]byte) error {
		r.env.Sources[i] = append(r.env.Sources[i], r.result.decode(keys, layout, values))
		return r.result.bounded()
	}
}

// read runs the statement of a LIST or VIEW, and with it those of the sources, in one round trip.
func (r *run) read(s *plan.Statement, args [][]byte, row func(values [][]byte) error) error {
	if len(r.asked) == 0 {
		_, err := r.query(s, args, row)
		return err
	}
	return r.queryAll([]pg.Call{{Statement: prepared(s), Args: args, Row: row}})
}

// queryAll runs calls and those of the sources.
func (r *run) queryAll(calls []pg.Call) error {
	calls = append(calls, r.asked...)
	r.asked = r.asked[:0]
	if r.tx != nil {
		return r.tx.QueryAll(calls)
	}
	return r.engine.db.QueryAll(r.ctx, calls)
}
