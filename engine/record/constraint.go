package record

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// touched gives the constraints that an UPDATE has to check: those of a field it writes, or that mention one.
func (r *run) touched() []*plan.Field {
	w := r.w
	if len(w.Constrained) == 0 {
		return nil
	}
	written := func(name string) bool {
		for _, s := range w.Sets {
			if s.Field.Def.Name == name && (s.Op != plan.Assign && s.Applies(r.env.Params) || r.result.fields[s.Index] != nil) {
				return true
			}
		}
		return false
	}
	var touched []*plan.Field
	for _, f := range w.Constrained {
		if f.Constraint.Touched(f.Def.Name, written) {
			touched = append(touched, f)
		}
	}
	return touched
}

// checkNew checks the constraints of a record about to be made.
func (r *run) checkNew(uid string) error {
	t := r.plan.Table
	c := &constraints{engine: r.engine, that: r.that, shared: shared(r.env), table: t}
	if err := c.add(t.Constrained(), r.stored(uid)); err != nil {
		return err
	}
	return c.check(r.ctx, r.language(), r.env)
}

// checkLocked checks the constraints of rows about to be changed.
func (r *run) checkLocked(touched []*plan.Field, rows []locked) error {
	t := r.plan.Table
	c := &constraints{engine: r.engine, that: r.that, shared: shared(r.env), table: t}
	for _, row := range rows {
		this := &plan.Stored{Table: t.Def, Keys: t.Keys, UID: row.uid, Slots: make([]raw.Value, t.Keys.Len())}
		t.Keys.Scan(row.data, this.Slots)
		if err := c.add(touched, this); err != nil {
			return err
		}
	}
	return c.check(r.ctx, r.language(), r.env)
}

func shared(env *template.Env) script.Shared {
	return script.Shared{Now: env.Now, Timezone: env.Timezone}
}

// constraints gathers the calls of one write, which travel in one frame.
type constraints struct {
	engine *Engine
	that   func(f *plan.Field, uid string) (*plan.Stored, error)
	shared script.Shared
	table  *plan.Table
	calls  []script.Call
	fields []*plan.Field // of calls
	cases  []judged      // of calls
	lines  []int         // of calls: what the caller counts, see import
	line   int
	once   bool // one that runs into a bound ends the write; else it counts as not accepted, and the others are asked again
}

// judged are the records that a constraint is about.
type judged struct{ this, that *plan.Stored }

// refuse makes the refusal of call i. The field's message may name what the constraint saw.
func (c *constraints) refuse(i int, lang value.Lang, env *template.Env) *engine.FieldError {
	f, of := c.fields[i], c.cases[i]
	wrong := f.Checker.Refuse(lang, "constraint", "constraint")
	if !f.Speaks() {
		return wrong
	}
	env.This = of.this.Get(nil)
	if of.that != nil {
		env.That = of.that.Get(nil)
	}
	f.Explain(wrong, env, of.this.Slots[f.Slot])
	env.This, env.That = nil, nil
	return wrong
}

// add gathers the constraints of the given fields of a record; one whose value is null is not asked.
func (c *constraints) add(fields []*plan.Field, this *plan.Stored) error {
	for _, f := range fields {
		v := this.Slots[f.Slot]
		if v.IsNull() {
			continue
		}
		var that *plan.Stored
		if f.Constraint.That {
			var err error
			uid, _ := v.Text()
			if that, err = c.that(f, uid); err != nil {
				return err
			}
			if that == nil {
				continue // the statement refuses it
			}
		}
		inputs := make([]raw.Value, len(f.Constraint.Inputs))
		for i, path := range f.Constraint.Inputs {
			switch path[0] {
			case "$this":
				inputs[i] = this.Get(path[1:])
			case "$that":
				inputs[i] = that.Get(path[1:])
			case "$value":
				inputs[i] = plan.Step(v, path[1:])
			}
		}
		c.calls = append(c.calls, script.Call{Program: f.Constraint.Program, Inputs: inputs})
		c.fields = append(c.fields, f)
		c.cases = append(c.cases, judged{this, that})
		c.lines = append(c.lines, c.line)
	}
	return nil
}

// that reads the record that a reference leads to; nil where it is not there.
func (r *run) that(f *plan.Field, uid string) (*plan.Stored, error) {
	var that *plan.Stored
	_, err := r.query(f.Read, [][]byte{[]byte(uid)}, func(values [][]byte) error {
		that = &plan.Stored{Table: f.Target, Keys: f.TargetKeys, UID: uid, Slots: make([]raw.Value, f.TargetKeys.Len())}
		f.TargetKeys.Scan(append(raw.Value(nil), values[0]...), that.Slots)
		return nil
	})
	return that, err
}

// run evaluates all calls and gives their answers; a call that raised an error counts as not accepted.
func (c *constraints) run(ctx context.Context) ([]bool, error) {
	if len(c.calls) == 0 {
		return nil, nil
	}
	c.clock()
	answers, err := c.engine.scripts.RunAll(ctx, c.shared, c.calls)
	if err == nil {
		accepted := make([]bool, len(answers))
		for i, v := range answers {
			accepted[i] = string(v) == "true"
		}
		return accepted, nil
	}
	if errors.Is(err, script.ErrBusy) || c.once && errors.Is(err, script.ErrBound) {
		return nil, fmt.Errorf("check constraints of %s: %w", c.table.Def.Name, err)
	}
	return c.oneByOne(ctx)
}

// clock fills what the request did not say.
func (c *constraints) clock() {
	if c.shared.Now.IsZero() {
		c.shared.Now = time.Now()
	}
	if c.shared.Timezone == nil {
		c.shared.Timezone = c.table.Location
	}
}

// oneByOne tells the calls that fail from those that answer.
func (c *constraints) oneByOne(ctx context.Context) ([]bool, error) {
	accepted := make([]bool, len(c.calls))
	for i, call := range c.calls {
		v, err := c.engine.scripts.Run(ctx, call.Program, c.shared, call.Inputs)
		if errors.Is(err, script.ErrBusy) {
			return nil, err
		}
		accepted[i] = err == nil && string(v) == "true"
		if err != nil {
			c.engine.log.Warn("a constraint failed", "table", c.table.Def.Name, "field", c.fields[i].Def.Name, "error", err)
		}
	}
	return accepted, nil
}

// check refuses the fields whose constraint does not accept. Nothing is known of the value where a constraint runs into a bound, so
// that is an error of its own (script.ErrBound), and it is not tried again.
func (c *constraints) check(ctx context.Context, lang value.Lang, env *template.Env) error {
	c.once = true
	accepted, err := c.run(ctx)
	if err != nil {
		return err
	}
	refused := &engine.Error{Code: engine.Invalid}
	for i := range c.fields {
		if !accepted[i] {
			refused.Fields = append(refused.Fields, *c.refuse(i, lang, env))
		}
	}
	if len(refused.Fields) > 0 {
		return refused
	}
	return nil
}
