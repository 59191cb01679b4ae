package plan

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// SetOp is what a write does to a field.
type SetOp byte

// The operations. All but Assign read the field in the statement itself, so racing writers lose nothing.
const (
	Assign    SetOp = iota
	Increment       // a number, clamped by Min and Max where they are given
	Append          // an item to a list of references or a json array
	Remove          // an item from one
)

// A Set is what a write does to one field.
type Set struct {
	Field *Field
	Index int // of Field in Table.Fields
	Op    SetOp

	Param   int            // of Assign: the parameter that holds the value, or -1
	Slot    *template.Slot // of Assign: the value, where it is neither a parameter nor constant
	Const   raw.Value      // of Assign: the canonical constant
	Checked bool           // of Assign: the parameter's checker is the field's own

	Amount, Min, Max int // of the others: indexes of Query.Values; -1 is none

	ChoiceParam int    // the parameter that names this field, where the key is a path; -1 is none
	Choice      string // the value it has then
	bit         int    // in the variant, of a Set with a choice or a reference; -1 is none
}

// Applies reports whether the Set is the chosen one, where its key is a path.
func (s *Set) Applies(params []raw.Value) bool {
	return s.ChoiceParam < 0 || raw.EqualString(params[s.ChoiceParam], s.Choice)
}

// Bit gives the bit of the variant that says the Set writes a value; 0 is none.
func (s *Set) Bit() int {
	if s.bit < 0 {
		return 0
	}
	return 1 << s.bit
}

// sets compiles `set`; without one, parameters are written to the fields of their names.
func (c *compiler) sets(w *Write, set *engine.Map[raw.Value], at ...string) {
	if set.Len() == 0 {
		for i, field := range c.plan.Table.Fields {
			for j, p := range c.plan.Params {
				if p.Name == field.Def.Name && field.Def.Type != engine.TypeAutonumber {
					w.Sets = append(w.Sets, &Set{Field: field, Index: i, Param: j, Checked: p.plain, ChoiceParam: -1, bit: -1})
				}
			}
		}
		return
	}
	for key, written := range set.All() {
		at := append(append([]string(nil), at...), key)
		if !strings.HasPrefix(key, "$") {
			c.set(w, key, written, -1, "", at...)
			continue
		}
		name, ok := strings.CutPrefix(key, "$params.")
		j := slices.IndexFunc(c.plan.Params, func(p *Param) bool { return p.Name == name })
		if !ok || j < 0 || len(c.plan.Params[j].Rules.Values) == 0 {
			c.problem(at, "a key may be $params.x where the parameter x lists its values", "the field to set is not known")
			continue
		}
		for _, choice := range c.plan.Params[j].Rules.Values {
			c.set(w, choice, written, j, choice, at...)
		}
	}
}

func (c *compiler) set(w *Write, name string, written raw.Value, choiceParam int, choice string, at ...string) {
	t := c.plan.Table
	field := t.Field(name)
	if field == nil {
		hint := near(name, t.Def.Fields.Names())
		if f, found := t.Def.Fields.Get(name); found && !f.Stored() {
			hint = "a generated field is computed when it is read"
		}
		c.problem(at, hint, "%s has no field %q to set", t.Def.Name, name)
		return
	}
	if field.Def.Type == engine.TypeAutonumber {
		c.problem(at, "", "%s numbers itself", name)
		return
	}
	s := &Set{Field: field, Index: slices.Index(t.Fields, field), Param: -1, Amount: -1, Min: -1, Max: -1, ChoiceParam: choiceParam, Choice: choice, bit: -1}
	if op, amount := operationOf(field.Def, written); op != Assign {
		c.operationSet(w, s, op, amount, written, at)
	} else {
		c.assign(s, written, at)
	}
	w.Sets = append(w.Sets, s)
}

// operationOf recognises {increment: n}, {append: v} and {remove: v}.
func operationOf(f *engine.Field, written raw.Value) (SetOp, raw.Value) {
	if written.Kind() != raw.Object {
		return Assign, nil
	}
	if v := written.Get("increment"); v != nil && f.Type != engine.TypeJSON {
		return Increment, v
	}
	if f.Type == engine.TypeJSON && written.Len() != 1 {
		return Assign, nil
	}
	if v := written.Get("append"); v != nil {
		return Append, v
	}
	if v := written.Get("remove"); v != nil {
		return Remove, v
	}
	return Assign, nil
}

func (c *compiler) assign(s *Set, written raw.Value, at []string) {
	text, _ := written.Text()
	if name, isParam := strings.CutPrefix(text, "$params."); isParam && written.Kind() == raw.String {
		if j := slices.IndexFunc(c.plan.Params, func(p *Param) bool { return p.Name == name }); j >= 0 {
			s.Param = j
			s.Checked = c.plan.Params[j].plain && c.plan.Params[j].Field == s.Field.Def
			return
		}
	}
	slot, problems := template.CompileSlot(written, c.plan.scope)
	c.add(problems, at...)
	if slot == nil || len(problems) > 0 {
		return
	}
	constant, known := slot.Const()
	if !known {
		s.Slot = slot
		return
	}
	canonical, refused := s.Field.Checker.JSON(constant, value.English)
	switch {
	case refused != nil:
		c.problem(at, "", "the value is not allowed: %s", refused.Message)
	case s.Field.Def.IsRequired() && s.Field.Checker.Missing(canonical):
		c.problem(at, "", "%s is required", s.Field.Def.Name)
	}
	s.Const = canonical
}

// operationSet compiles the amount and the bounds of an operation as values of the query.
func (c *compiler) operationSet(w *Write, s *Set, op SetOp, amount, written raw.Value, at []string) {
	s.Op = op
	word := [...]string{"", "increment", "append", "remove"}[op]
	f := s.Field.Def
	isList := f.Type == engine.TypeReferences || f.Type == engine.TypeJSON
	switch {
	case w.Creates:
		c.problem(at, "", "%s changes a record that exists: a CREATE sets values", word)
	case op == Increment && f.Type != engine.TypeNumber:
		c.problem(at, "", "increment wants a number, %s is a %s", f.Name, f.Type)
	case op != Increment && !isList:
		c.problem(at, "", "%s wants references or json, %s is a %s", word, f.Name, f.Type)
	}
	written.Members(func(key, _ raw.Value) bool {
		if name, _ := key.Text(); name != word && (op != Increment || name != "min" && name != "max") {
			c.problem(append(at, name), "", "%s has no %q", word, name)
		}
		return true
	})
	add := func(v raw.Value, name string) int {
		if v == nil {
			return -1
		}
		fc := &filterCompiler{c: c, at: at, query: w.Query}
		val := &Value{Name: f.Name, form: formJSON}
		switch {
		case op == Increment:
			val.form, val.checker = formChecked, newChecker(engine.TypeNumber, f.Name, nil)
			if f.Integer {
				val.checker = newChecker(engine.TypeInteger, f.Name, nil)
			}
		case f.Type == engine.TypeReferences:
			val.form, val.checker = formChecked, newChecker(engine.TypeReference, f.Name, nil)
		}
		i, ok := fc.add(engine.Operand{Value: v, Path: []string{name}}, val)
		if !ok {
			return -1
		}
		return i
	}
	s.Amount = add(amount, word)
	if op == Increment {
		s.Min, s.Max = add(written.Get("min"), "min"), add(written.Get("max"), "max")
	}
}
