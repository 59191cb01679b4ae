package record

import (
	"errors"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

// change runs an UPDATE or a DELETE.
func (r *run) change() error {
	wanted, err := r.precondition()
	if err != nil {
		return err
	}
	return r.apply(wanted.versions, nil)
}

// apply changes the matches of r.w. ids is a parameter of it, or nil.
func (r *run) apply(wanted versions, ids []byte) error {
	w := r.w
	if err := r.bind(w.Query); err != nil {
		return err
	}
	variant, err := r.assign()
	if err != nil {
		return err
	}
	a := r.write()
	if a.versions, a.ids = wanted, ids; wanted != nil {
		variant |= w.VersionBit()
	}
	if w.Keep != nil && r.idle() {
		return r.keep(a)
	}
	if touched := r.touched(); len(touched) > 0 || len(r.kept) > 0 {
		return r.atomically(func() error { return r.changeLocked(touched, variant, a) })
	}
	s := w.Query.Statement(variant)
	if _, err := r.query(s, r.params(s, a.get), r.result.expect(r.plan, &w.Layout)); err != nil {
		return err
	}
	return r.changed(a)
}

// idle reports whether no value came for an UPDATE, so that there is nothing to change.
func (r *run) idle() bool {
	for _, s := range r.w.Sets {
		if s.Op != plan.Assign && s.Applies(r.env.Params) || r.result.fields[s.Index] != nil {
			return false
		}
	}
	return true
}

// keep answers the matches as they are; what would refuse a change refuses here too.
func (r *run) keep(a *arg) error {
	w := r.w
	s := w.Keep.Statement(0)
	if _, err := r.query(s, r.params(s, a.get), r.result.expect(r.plan, &w.Layout)); err != nil {
		return err
	}
	rows := r.result.rows
	switch {
	case len(rows) == 0:
		return r.sentence(engine.NotFound, "not_found")
	case len(rows) > w.Limit:
		return r.sentence(engine.Conflict, "many", w.Limit)
	}
	for i := range rows {
		if !a.versions.allow(string(rows[i].Version)) {
			return r.sentence(engine.Precondition, "precondition")
		}
	}
	return r.changed(a)
}

// changed hands over the records that a write gave back; where there are none it finds out why.
func (r *run) changed(a *arg) error {
	rows := r.result.rows
	if len(rows) == 0 {
		return r.unchanged(a)
	}
	r.env.Record, r.env.Records = &rows[0], rows
	return nil
}

// unchanged tells why a write changed nothing: no record, too many, another version, a reference to nothing, or a bound.
func (r *run) unchanged(a *arg) error {
	w := r.w
	matches := int64(0)
	s := w.Count.Statement(0)
	if _, err := r.query(s, r.params(s, a.get), func(values [][]byte) (err error) {
		matches, err = strconv.ParseInt(string(values[0]), 10, 64)
		return err
	}); err != nil {
		return err
	}
	switch {
	case matches == 0:
		return r.sentence(engine.NotFound, "not_found")
	case matches > int64(w.Limit):
		return r.sentence(engine.Conflict, "many", w.Limit)
	case a.versions != nil:
		return r.sentence(engine.Precondition, "precondition")
	}
	if err := r.missingReferences(); !isConflict(err) {
		return err
	}
	return r.beyondBounds()
}

func isConflict(err error) bool {
	var refused *engine.Error
	return errors.As(err, &refused) && refused.Code == engine.Conflict
}

// beyondBounds refuses a count that would leave its field's min or max.
func (r *run) beyondBounds() error {
	refused := &engine.Error{Code: engine.Invalid}
	for _, s := range r.w.Sets {
		rules := s.Field.Def.Rules
		if s.Op != plan.Increment || !s.Applies(r.env.Params) || rules.Min == nil && rules.Max == nil {
			continue
		}
		rule, key, bound := "max", "max", rules.Max
		if amount := r.result.args[s.Amount]; bound == nil || rules.Min != nil && len(amount) > 0 && amount[0] == '-' {
			rule, key, bound = "min", "min", rules.Min
		}
		wrong := s.Field.Checker.Refuse(r.language(), rule, "constraint")
		if s.Field.Def.Message == "" {
			wrong.Message = r.sentence(engine.Invalid, key, s.Field.Checker.Label(), string(bound)).Message
		}
		s.Field.Explain(wrong, r.env, r.result.args[s.Amount])
		refused.Fields = append(refused.Fields, *wrong)
	}
	if len(refused.Fields) == 0 {
		return r.sentence(engine.Conflict, "conflict")
	}
	return refused
}

// A locked row is a match of an UPDATE under constraints.
type locked struct {
	id      int64
	uid     string
	version string
	data    raw.Value // as it will be stored
}

// changeLocked locks the matches, checks constraints against what they would become, and changes them.
func (r *run) changeLocked(touched []*plan.Field, variant int, a *arg) error {
	w := r.w
	var rows []locked
	s := w.Lock.Statement(variant &^ w.VersionBit())
	if _, err := r.query(s, r.params(s, a.get), func(values [][]byte) error {
		id, err := strconv.ParseInt(string(values[0]), 10, 64)
		rows = append(rows, locked{id: id, uid: string(values[1]), version: string(values[2]), data: append(raw.Value(nil), values[3]...)})
		return err
	}); err != nil {
		return err
	}
	switch {
	case len(rows) == 0:
		return r.sentence(engine.NotFound, "not_found")
	case len(rows) > w.Limit:
		return r.sentence(engine.Conflict, "many", w.Limit)
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		if !a.versions.allow(row.version) {
			return r.sentence(engine.Precondition, "precondition")
		}
		ids[i] = row.id
	}
	if err := r.checkKept(rows); err != nil {
		return err
	}
	if err := r.checkLocked(touched, rows); err != nil {
		return err
	}
	a.ids = appendIDs(ids)
	s = w.ByID.Statement(variant)
	if _, err := r.query(s, r.params(s, a.get), r.result.expect(r.plan, &w.Layout)); err != nil {
		return err
	}
	return r.changed(a)
}
