package record

import (
	"fmt"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// assign evaluates what the write sets into r.result.fields, one value a field: nil leaves it, null clears it. It checks rules and
// gives the variant of the statement; all refusals come at once.
func (r *run) assign() (variant int, err error) {
	w, t := r.w, r.plan.Table
	r.kept = nil
	values := grow(r.result.fields, len(t.Fields))
	clear(values)
	r.result.fields = values
	slots, err := r.slots(w)
	if err != nil {
		return 0, err
	}
	refused := &engine.Error{Code: engine.Invalid}
	creates := r.w.Creates
	var missing []*plan.Field
	for i, s := range w.Sets {
		if !s.Applies(r.env.Params) {
			continue
		}
		if s.Op != plan.Assign {
			variant |= r.operation(s, refused)
			continue
		}
		v, checked := r.value(s, slots, i)
		if v == nil {
			continue
		}
		if !checked {
			canonical, wrong := s.Field.Checker.JSON(v, r.language())
			if wrong != nil {
				s.Field.Explain(wrong, r.env, v)
				refused.Fields = append(refused.Fields, *wrong)
				continue
			}
			v = canonical
		}
		if s.Field.Def.Type == engine.TypeFile {
			stored, wrong, err := r.assignFile(s.Field, v)
			if err != nil {
				return 0, err
			}
			if wrong != nil {
				s.Field.Explain(wrong, r.env, v)
				refused.Fields = append(refused.Fields, *wrong)
				continue
			}
			v = stored
		}
		values[s.Index] = v
		if !v.IsNull() && len(v) > 2 {
			variant |= s.Bit()
		}
		if !creates && s.Field.Def.IsRequired() && s.Field.Checker.Missing(v) {
			missing = append(missing, s.Field)
		}
	}
	if creates {
		if missing, err = r.complete(values, &variant, refused); err != nil {
			return 0, err
		}
	}
	for _, f := range missing {
		wrong := f.Checker.Required(r.language())
		f.Explain(wrong, r.env, nil)
		refused.Fields = append(refused.Fields, *wrong)
	}
	if len(refused.Fields) > 0 {
		return 0, refused
	}
	return variant, nil
}

// slots evaluates the slots of the sets, all scripts in one frame; nil where no set has one.
func (r *run) slots(w *plan.Write) ([]raw.Value, error) {
	if w.Slots == nil {
		return nil, nil
	}
	found, err := template.EvalAll(r.env, w.Slots...)
	if err != nil {
		return nil, fmt.Errorf("evaluate set: %w", err)
	}
	return found, nil
}

// value gives what a set assigns and whether it is canonical already.
func (r *run) value(s *plan.Set, slots []raw.Value, i int) (v raw.Value, checked bool) {
	switch {
	case s.Param >= 0:
		return r.env.Params[s.Param], s.Checked
	case s.Slot != nil:
		return slots[i], false
	}
	return s.Const, true
}

// operation checks the amount of a set that reads the field in the statement.
func (r *run) operation(s *plan.Set, refused *engine.Error) int {
	if r.result.args[s.Amount] == nil {
		refused.Fields = append(refused.Fields, *s.Field.Checker.Required(r.language()))
	}
	return s.Bit()
}

// complete gives a new record its defaults and finds what is missing.
func (r *run) complete(values []raw.Value, variant *int, refused *engine.Error) (missing []*plan.Field, err error) {
	for i, f := range r.plan.Table.Fields {
		if values[i] == nil && f.HasDefault() && !refusedField(refused, f) {
			v := f.Constant
			if f.Default != nil {
				if v, err = r.defaultOf(f, refused); err != nil {
					return nil, err
				}
			}
			values[i] = v
			if !v.IsNull() && len(v) > 2 {
				*variant |= r.w.BitOf(f)
			}
		}
		if f.Def.IsRequired() && f.Checker.Missing(values[i]) && !refusedField(refused, f) {
			missing = append(missing, f)
		}
	}
	return missing, nil
}

func refusedField(refused *engine.Error, f *plan.Field) bool {
	for _, wrong := range refused.Fields {
		if wrong.Param == f.Def.Name {
			return true
		}
	}
	return false
}

// defaultOf evaluates a default that depends on the request.
func (r *run) defaultOf(f *plan.Field, refused *engine.Error) (raw.Value, error) {
	v, err := f.Default.Eval(r.env)
	if err != nil {
		return nil, fmt.Errorf("evaluate the default of %s: %w", f.Def.Name, err)
	}
	canonical, wrong := f.Checker.JSON(v, r.language())
	if wrong != nil {
		refused.Fields = append(refused.Fields, *wrong)
		return nil, nil
	}
	return canonical, nil
}

// appendData writes the JSON of the values under their keys, without nulls.
func appendData(dst []byte, fields []*plan.Field, values []raw.Value) []byte {
	dst = append(dst, '{')
	first := true
	for i, v := range values {
		if v.IsNull() {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(append(append(dst, '"'), fields[i].Def.Key...), `":`...)
		dst = append(dst, v...)
	}
	return append(dst, '}')
}

// appendRemoved writes the array literal of the keys that values clear.
func appendRemoved(dst []byte, fields []*plan.Field, values []raw.Value) []byte {
	dst = append(dst, '{')
	first := true
	for i, v := range values {
		if v == nil || !v.IsNull() {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, fields[i].Def.Key...)
	}
	return append(dst, '}')
}

// appendReference writes the parameter of a reference: a uid, or the array of uids of references. An absent one is nil.
func appendReference(dst []byte, v raw.Value) (out, arg []byte) {
	if v.IsNull() {
		return dst, nil
	}
	start := len(dst)
	if v.Kind() != raw.Array {
		dst = raw.AppendText(dst, v)
		return dst, dst[start:len(dst):len(dst)]
	}
	dst = append(dst, '{')
	v.Items(func(i int, item raw.Value) bool {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, item...) // a uid needs no escapes: its JSON string is an array element as it stands
		return true
	})
	dst = append(dst, '}')
	return dst, dst[start:len(dst):len(dst)]
}

// arg gives the parameters of a write that are no values of its query.
type arg struct {
	run           *run
	uid           []byte
	data, removed []byte
	versions      versions
	ids           []byte
}

func (a *arg) get(n int) []byte {
	switch n {
	case plan.ArgUID:
		return a.uid
	case plan.ArgData:
		return a.data
	case plan.ArgRemove:
		return a.removed
	case plan.ArgVersions:
		return a.versions.array()
	case plan.ArgID:
		return a.ids
	}
	res := a.run.result
	var text []byte
	res.buf, text = appendReference(res.buf, res.fields[plan.FieldOfArg(n)])
	return text
}

// write gathers the parameters of the values set.
func (r *run) write() *arg {
	res, fields := r.result, r.plan.Table.Fields
	a := &arg{run: r}
	start := len(res.buf)
	res.buf = appendData(res.buf, fields, res.fields)
	middle := len(res.buf)
	a.data = res.buf[start:middle:middle]
	if !r.w.Creates {
		res.buf = appendRemoved(res.buf, fields, res.fields)
		a.removed = res.buf[middle:len(res.buf):len(res.buf)]
	}
	return a
}

func appendIDs(ids []int64) []byte {
	b := []byte{'{'}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return append(b, '}')
}
