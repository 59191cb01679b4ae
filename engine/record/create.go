package record

import (
	"cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// create stores one record.
func (r *run) create() error {
	variant, err := r.assign()
	if err != nil {
		return err
	}
	if r.w.Upsert != nil {
		return r.atomically(func() error { return r.upsert(variant) })
	}
	return r.insert(variant)
}

// insert stores the record whose values are assigned.
func (r *run) insert(variant int) error {
	uid := cmp.Or(r.env.NewUID, r.engine.uids.New())
	w := r.w
	if err := r.draw(); err != nil {
		return err
	}
	if len(w.Constrained) > 0 {
		if err := r.checkNew(uid); err != nil {
			return err
		}
	}
	a := r.write()
	a.uid = []byte(uid)
	s := w.Query.Statement(variant)
	n, err := r.query(s, r.params(s, a.get), r.result.expect(r.plan, &w.Layout))
	if err != nil {
		return err
	}
	if n == 0 {
		return r.missingReferences()
	}
	row := &r.result.rows[0]
	r.fill(row)
	r.env.Record = row
	return nil
}

// draw numbers the record before its constraints are asked, where they want to know.
func (r *run) draw() error {
	for _, i := range r.w.Drawn {
		if _, err := r.query(r.plan.Table.Fields[i].Next, nil, func(values [][]byte) error {
			r.result.fields[i] = append(raw.Value(nil), values[0]...)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// fill gives a new record the values that were stored, which PostgreSQL was not asked to send back.
func (r *run) fill(row *template.Row) {
	for i, f := range r.plan.Table.Fields {
		if v := r.result.fields[i]; !v.IsNull() {
			row.Slots[f.Slot] = v
		}
	}
}

// missingReferences tells which of the records referred to are not there, after a write that found one missing.
func (r *run) missingReferences() error {
	refused := &engine.Error{Code: engine.Invalid}
	for _, s := range r.w.Sets {
		f := s.Field
		if f.Target == nil || s.Op == plan.Remove || !s.Applies(r.env.Params) {
			continue
		}
		var uids []byte
		if s.Op == plan.Append {
			uids = r.result.args[s.Amount]
		} else {
			_, uids = appendReference(nil, r.result.fields[s.Index])
		}
		if uids == nil {
			continue
		}
		if s.Op == plan.Append || r.result.fields[s.Index].Kind() != raw.Array {
			uids = append(append([]byte{'{'}, uids...), '}')
		}
		there := false
		if _, err := r.query(f.Exists, [][]byte{uids}, func(values [][]byte) error {
			there = string(values[0]) == "t"
			return nil
		}); err != nil {
			return err
		}
		if !there {
			wrong := f.Checker.Refuse(r.language(), "reference", "missing")
			f.Explain(wrong, r.env, r.result.fields[s.Index])
			refused.Fields = append(refused.Fields, *wrong)
		}
	}
	if len(refused.Fields) == 0 {
		return r.sentence(engine.Conflict, "conflict") // it has come meanwhile, or a bound refused: see the caller
	}
	return refused
}
