package plan

import (
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

// A Constraint is JavaScript that accepts or refuses a field's value: it reads $this (the record as it would be stored), $that (the
// record referred to) and $value.
type Constraint struct {
	Program  *script.Program
	Inputs   [][]string // as Program.Inputs
	Mentions []string   // stored fields of $this it reads; "*" is the whole record
	That     bool       // reads $that
}

func compileConstraint(t *Table, f *engine.Field) (*Constraint, engine.Problems) {
	roots := []string{"$this", "$value"}
	var target *engine.Table
	if f.Type == engine.TypeReference {
		target, _ = t.Project.Tables.Get(f.To)
		roots = append(roots, "$that")
	}
	program, problems := script.Compile(f.Constraint, script.Names{Roots: roots})
	if len(problems) > 0 || program == nil {
		return nil, problems
	}
	c := &Constraint{Program: program, Inputs: program.Inputs()}
	for _, path := range c.Inputs {
		switch path[0] {
		case "$this":
			problems = append(problems, checkStored(t.Def, path)...)
			if len(path) == 1 {
				c.Mentions = append(c.Mentions, "*")
			} else if !slices.Contains(c.Mentions, path[1]) {
				c.Mentions = append(c.Mentions, path[1])
			}
		case "$that":
			c.That = true
			problems = append(problems, checkStored(target, path)...)
		}
	}
	return c, problems
}

// checkStored refuses $this.x where x is no stored value of the table.
func checkStored(t *engine.Table, path []string) engine.Problems {
	if len(path) < 2 || path[1] == "uid" {
		return nil
	}
	f, found := t.Fields.Get(path[1])
	if found && f.Stored() {
		return nil
	}
	names := []string{"uid"}
	for name, f := range t.Fields.All() {
		if f.Stored() {
			names = append(names, name)
		}
	}
	hint := near(path[1], names)
	if found {
		hint = "a constraint sees stored fields"
	}
	return engine.Problems{engine.Problemf(nil, hint, "%s.%s does not exist", path[0], path[1])}
}

// hear notes what a message reads of the record referred to.
func (c *Constraint) hear(mentions [][]string) {
	for _, path := range mentions {
		c.That = c.That || path[0] == "$that"
	}
}

// Touched reports whether a write of the given fields has to check the constraint of field name.
func (c *Constraint) Touched(name string, written func(name string) bool) bool {
	if written(name) {
		return true
	}
	return slices.ContainsFunc(c.Mentions, func(m string) bool { return m == "*" || written(m) })
}

// mentions reports whether the constraint reads field name of $this.
func (c *Constraint) mentions(name string) bool {
	return slices.Contains(c.Mentions, name) || slices.Contains(c.Mentions, "*")
}

// A Stored is a record as it would be stored: its uid and the values by slot.
type Stored struct {
	Table *engine.Table
	Keys  raw.Keys
	UID   string
	Slots []raw.Value
}

// Get gives the value at a path below the record; an empty path gives the whole under names, without what is null.
func (s *Stored) Get(path []string) raw.Value {
	if s == nil {
		return raw.NullValue
	}
	if len(path) == 0 {
		return s.whole()
	}
	if path[0] == "uid" {
		return Step(raw.Text(s.UID), path[1:])
	}
	f, found := s.Table.Fields.Get(path[0])
	if !found || !f.Stored() {
		return nil
	}
	v := s.Slots[s.Keys.Slot(f.Key)]
	if v == nil {
		v = raw.NullValue
	}
	return Step(v, path[1:])
}

func (s *Stored) whole() raw.Value {
	b := raw.AppendString(raw.Value(`{"uid":`), s.UID)
	for name, f := range s.Table.Fields.All() {
		if !f.Stored() {
			continue
		}
		v := s.Slots[s.Keys.Slot(f.Key)]
		if v == nil {
			v = raw.NullValue
		}
		b = raw.AppendString(append(b, ','), name)
		b = append(append(b, ':'), v...)
	}
	return append(b, '}')
}

// Step follows names and indexes into a JSON value.
func Step(v raw.Value, path []string) raw.Value {
	for _, name := range path {
		if v.Kind() == raw.Array {
			i, err := strconv.Atoi(name)
			if err != nil {
				return nil
			}
			v = v.Index(i)
			continue
		}
		v = v.Get(name)
	}
	return v
}
