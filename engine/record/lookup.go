package record

import (
	"bytes"

	"github.com/sayrud/sayrud/engine"
)

// lookups replaces them once, of each item of a bulk.
func (r *run) lookups() error {
	if r.looked || len(r.plan.Lookups) == 0 {
		return nil
	}
	r.looked = true
	if r.env.Items == nil {
		return r.lookup()
	}
	return r.each(r.lookup)
}

// lookup replaces the parameters that name records by something else by their uids. All that name nothing are refused at once.
func (r *run) lookup() error {
	if len(r.plan.Lookups) == 0 {
		return nil
	}
	refused := &engine.Error{Code: engine.Invalid}
	for _, l := range r.plan.Lookups {
		p, v := r.plan.Params[l.Param], r.env.Params[l.Param]
		if v.IsNull() {
			continue
		}
		names, n := p.Names(nil, v)
		if n == 0 {
			continue
		}
		uids := make([][]byte, 0, n)
		missing := false
		if _, err := r.query(l.Statement, [][]byte{names}, func(values [][]byte) error {
			missing = missing || values[0] == nil
			uids = append(uids, bytes.Clone(values[0]))
			return nil
		}); err != nil {
			return err
		}
		if missing && p.In == engine.InPath {
			return r.sentence(engine.NotFound, "not_found")
		}
		if missing {
			wrong := p.Missing(r.language())
			p.Explain(wrong, r.env, v)
			refused.Fields = append(refused.Fields, *wrong)
			continue
		}
		r.env.Params[l.Param] = p.Resolve(uids)
	}
	if len(refused.Fields) > 0 {
		return refused
	}
	return nil
}
