package catalog

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/relation"
)

// check tells what keeps the next project from standing up. Only what the change can have touched is looked at, so that its cost does
// not grow with the project.
func (c *change) check(further func(*engine.Project) engine.Problems) engine.Problems {
	touched := c.touched()
	part := c.part(touched)
	problems := definition.CheckPart(part, c.next)
	problems = append(problems, definition.Unsupported(part)...)
	problems = append(problems, further(part)...)
	if len(problems) > 0 {
		return append(problems, c.uses()...)
	}
	for name, t := range c.next.Tables.All() {
		if touched[name] {
			problems = append(problems, plan.CheckTable(c.next, t).At("tables", name)...)
			problems = append(problems, checkIndexes(c.next, t).At("tables", name)...)
		}
	}
	if len(problems) > 0 { // every endpoint of a broken table would say the same once more
		return append(problems, c.uses()...)
	}
	for name, e := range c.next.Endpoints.All() {
		if c.affects(e, touched) {
			_, found := plan.Compile(c.next, e)
			problems = append(problems, found.At("endpoints", name)...)
		}
	}
	for name, t := range c.next.Tables.All() {
		if !touched[name] {
			continue
		}
		for _, e := range c.next.CrudEndpoints(t) {
			_, found := plan.Compile(c.next, e)
			problems = append(problems, found.At("tables", name, "crud")...)
		}
	}
	if len(problems) > 0 {
		problems = append(problems, c.uses()...)
	}
	return problems
}

// uses lists the places that still name a dropped field or table.
func (c *change) uses() engine.Problems {
	var problems engine.Problems
	for _, tc := range c.tables {
		if tc.after == nil {
			problems = append(problems, definition.UsesOfTable(c.next, tc.before.Name)...)
			continue
		}
		for _, fc := range tc.fields {
			if fc.after == nil && tc.after.Field(fc.before.Name) == nil {
				problems = append(problems, definition.UsesOfField(c.next, tc.after.Name, fc.before.Name)...)
			}
		}
	}
	return problems
}

// checkIndexes refuses indexes that PostgreSQL cannot keep: over an expression that may give another value tomorrow.
func checkIndexes(p *engine.Project, t *engine.Table) engine.Problems {
	var problems engine.Problems
	refuse := func(f *engine.Field, attribute string) {
		if f != nil && !relation.Immutable(p, t, f) {
			problems = append(problems, engine.Problemf([]string{"fields", f.Name, attribute}, "leave it out, or use functions that depend on their arguments alone",
				"the expression cannot be indexed: its value depends on settings of the server"))
		}
	}
	for _, f := range t.Fields.All() {
		if f.Index {
			refuse(f, "index")
		}
		if f.Unique {
			refuse(f, "unique")
		}
	}
	for _, names := range t.Unique {
		for _, name := range names {
			refuse(t.Field(name), "expression")
		}
	}
	return problems
}
