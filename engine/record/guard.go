package record

import (
	"fmt"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

// guards refuses the request where one of the plan's guards does.
func (r *run) guards() error {
	for _, g := range r.plan.Guards {
		if g.Lock != nil {
			if err := r.lock(g); err != nil {
				return err
			}
		}
		holds, err := r.guarded(g)
		if err != nil {
			return err
		}
		if holds {
			return r.guardRefusal(g)
		}
	}
	return nil
}

// lock waits for its turn among the requests with the same value; a null locks nothing. Outside a transaction there is nothing to
// serialise.
func (r *run) lock(g *plan.Guard) error {
	v, err := g.Lock.Eval(r.env)
	if err != nil {
		return fmt.Errorf("evaluate lock: %w", err)
	}
	if v.IsNull() || r.tx == nil {
		return nil
	}
	name := raw.AppendText([]byte(r.plan.Project.Name+"/"), v)
	_, err = r.query(r.engine.locks, [][]byte{name}, nil)
	return err
}

// guarded reports whether the guard refuses.
func (r *run) guarded(g *plan.Guard) (bool, error) {
	if g.When != nil {
		v, err := g.When.Eval(r.env)
		if err != nil {
			return false, fmt.Errorf("evaluate when: %w", err)
		}
		if string(v) == "true" {
			return true, nil
		}
	}
	if g.Query == nil {
		return false, nil
	}
	if err := r.bind(g.Query); err != nil {
		return false, err
	}
	s, count := g.Query.Statement(g.Query.Mask(r.result.args)), int64(0)
	if _, err := r.query(s, r.params(s, nil), func(values [][]byte) (err error) {
		count, err = strconv.ParseInt(string(values[0]), 10, 64)
		return err
	}); err != nil {
		return false, err
	}
	if g.Over == nil {
		return (count == 0) == g.Absent, nil
	}
	over := int64(0)
	v, err := g.Over.Eval(r.env)
	if err != nil {
		return false, fmt.Errorf("evaluate over: %w", err)
	}
	if n, ok := wholeNumber(v); ok {
		over = n
	}
	return count > over, nil
}

func (r *run) guardRefusal(g *plan.Guard) error {
	refused := r.sentence(engine.Guarded, "guard")
	refused.Status = g.Status
	if g.Message != nil {
		if v, err := g.Message.Eval(r.env); err == nil {
			if text, ok := v.Text(); ok && text != "" {
				refused.Message = text
			}
		}
	}
	return refused
}
