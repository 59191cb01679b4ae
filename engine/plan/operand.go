package plan

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// castOf gives the type to which a parameter is cast where it meets a column of type t.
func castOf(t expr.Type) string { return string(t) }

// inputType gives the type an input must have to meet a column of type t.
var inputType = map[expr.Type]engine.FieldType{
	relation.Numeric: engine.TypeNumber, bigint: engine.TypeInteger, relation.Boolean: engine.TypeBoolean,
	relation.Timestamptz: engine.TypeDatetime, relation.Date: engine.TypeDate,
}

// typed adds a value that is compared with a column.
func (fc *filterCompiler) typed(o engine.Operand, col *column) (int, bool) {
	return fc.add(o, fc.valueFor(o, col))
}

// list adds a list of such values.
func (fc *filterCompiler) list(o engine.Operand, col *column) (int, bool) {
	v := fc.valueFor(o, col)
	v.list = true
	return fc.add(o, v)
}

// reference adds the uid of a record.
func (fc *filterCompiler) reference(o engine.Operand, col *column) (int, bool) {
	return fc.add(o, &Value{Name: col.name, form: formChecked, checker: newChecker(engine.TypeReference, col.name, nil)})
}

// plain adds a value that is compared with another value.
func (fc *filterCompiler) plain(o engine.Operand) (int, bool) {
	return fc.add(o, &Value{Name: "value", form: formJSON})
}

func (fc *filterCompiler) valueFor(o engine.Operand, col *column) *Value {
	v := &Value{Name: col.name}
	t, checked := inputType[col.typ]
	switch {
	case col.typ == relation.JSONB:
		v.form = formJSON
		return v
	case col.field != nil && col.field.Type == engine.TypeReference:
		t, checked = engine.TypeReference, true
	}
	if checked {
		v.form, v.checker = formChecked, newChecker(t, col.name, fc.c.plan.Location)
		if col.typ == bigint {
			v.form = formWhole
		}
	}
	if col.field != nil && col.field.Type == engine.TypeEnum {
		v.values = col.field.Values
	}
	v.trusted = fc.trusted(o, t, checked)
	return v
}

// stranger gives the text of a constant, or of an item of it, that its enum does not have.
func (v *Value) stranger(constant raw.Value) string {
	if v.values == nil || v.form != formText {
		return ""
	}
	found := ""
	check := func(_ int, item raw.Value) bool {
		if text, ok := item.Text(); ok && !slices.Contains(v.values, text) {
			found = text
		}
		return found == ""
	}
	if constant.Kind() == raw.Array {
		constant.Items(check)
	} else {
		check(0, constant)
	}
	return found
}

// trusted reports whether the value is a parameter that its checker has made canonical for the same type.
func (fc *filterCompiler) trusted(o engine.Operand, t engine.FieldType, checked bool) bool {
	i := fc.param(o)
	if i < 0 {
		return false
	}
	p := fc.c.plan.Params[i]
	if !checked {
		return p.Type == engine.TypeText || p.Type == engine.TypeEnum || p.Type == engine.TypeEmail || p.Type == engine.TypeURL || p.Type == engine.TypeReference
	}
	return p.Type == t || t == engine.TypeNumber && p.Type == engine.TypeInteger
}

// add compiles the slot of a value and checks it where it is constant.
func (fc *filterCompiler) add(o engine.Operand, v *Value) (int, bool) {
	slot, constant, known, ok := fc.slot(o)
	if !ok {
		return 0, false
	}
	v.Slot, v.Param = slot, fc.param(o)
	if known {
		if stranger := v.stranger(constant); stranger != "" {
			fc.problem(o.Path, near(stranger, v.values), "%q is no value of %s: %s", stranger, v.Name, joinNames(v.values))
			return 0, false
		}
		_, text, refused := v.Append(nil, constant, value.English)
		if refused != nil {
			fc.problem(o.Path, "", "%s does not fit %s", show(constant), v.Name)
			return 0, false
		}
		v.Slot, v.text, v.known = nil, text, true
	}
	if v.Param >= 0 {
		v.Slot = nil
	}
	fc.query.Values = append(fc.query.Values, v)
	fc.query.Slots = append(fc.query.Slots, v.Slot)
	fc.query.Scripted = fc.query.Scripted || v.Slot != nil
	return len(fc.query.Values) - 1, true
}

// param gives the index of the parameter that the value is, or -1.
func (fc *filterCompiler) param(o engine.Operand) int {
	text, _ := o.Value.Text()
	name, isParam := strings.CutPrefix(text, "$params.")
	if !isParam || fc.data || o.Value.Kind() != raw.String {
		return -1
	}
	return slices.IndexFunc(fc.c.plan.Params, func(p *Param) bool { return p.Name == name })
}

// slot compiles an operand's value: a literal, a path, JavaScript.
func (fc *filterCompiler) slot(o engine.Operand) (slot *template.Slot, constant raw.Value, known, ok bool) {
	if v, written := fc.literal(o); written {
		return nil, v, true, true
	}
	var problems engine.Problems
	text, _ := o.Value.Text()
	if o.Script && !isPath(text) {
		slot, problems = template.CompileScript(text, fc.c.plan.scope)
	} else {
		slot, problems = template.CompileSlot(o.Value, fc.c.plan.scope)
	}
	if len(problems) > 0 || slot == nil {
		fc.c.add(problems, append(append([]string(nil), fc.at...), o.Path...)...)
		return nil, nil, false, false
	}
	constant, known = slot.Const()
	return slot, constant, known, true
}

// isPath reports whether JavaScript is a plain path, which means the same natively.
func isPath(text string) bool {
	if len(text) < 2 || text[0] != '$' {
		return false
	}
	for i := 1; i < len(text); i++ {
		c := text[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		digit := c >= '0' && c <= '9'
		if !letter && !(digit && text[i-1] != '.') && !(c == '.' && text[i-1] != '.' && i+1 < len(text)) {
			return false
		}
	}
	return true
}

func show(v raw.Value) string {
	if len(v) > 60 {
		return string(v[:60]) + "…"
	}
	return string(v)
}
