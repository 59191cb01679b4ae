package catalog

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/relation"
)

// check tells what keeps the next project from standing up. The project as a whole is looked at once; expressions, scripts and
// statements are compiled only for tables and endpoints that the change can have touched.
func (c *change) check() engine.Problems {
	problems := definition.Check(c.next)
	problems = append(problems, definition.Unsupported(c.next)...)
	if len(problems) > 0 {
		return append(problems, c.uses()...)
	}
	touched := c.touched()
	for name, t := range c.next.Tables.All() {
		if touched[name] {
			problems = append(problems, plan.CheckTable(c.next, t).At("tables", name)...)
			problems = append(problems, checkIndexes(c.next, t).At("tables", name)...)
		}
	}
	for name, e := range c.next.Endpoints.All() {
		if c.settings || c.changes(e) || slices.ContainsFunc(tablesOf(e), func(t string) bool { return touched[t] }) {
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

func (c *change) changes(e *engine.Endpoint) bool {
	return slices.ContainsFunc(c.endpoints, func(ec endpointChange) bool { return ec.after == e })
}

// touched gives the names of the tables that changed and of those that refer to them, over any number of references: an endpoint of
// theirs may reach through.
func (c *change) touched() map[string]bool {
	touched := map[string]bool{}
	if c.settings {
		for name := range c.next.Tables.All() {
			touched[name] = true
		}
		return touched
	}
	var todo []string
	for _, tc := range c.tables {
		for _, t := range []*engine.Table{tc.before, tc.after} {
			if t != nil && !touched[t.Name] {
				touched[t.Name] = true
				todo = append(todo, t.Name)
			}
		}
	}
	if len(todo) == 0 {
		return touched
	}
	referrers := map[string][]string{}
	for name, t := range c.next.Tables.All() {
		for _, f := range t.Fields.All() {
			if f.To != "" {
				referrers[f.To] = append(referrers[f.To], name)
			}
		}
	}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		for _, r := range referrers[name] {
			if !touched[r] {
				touched[r] = true
				todo = append(todo, r)
			}
		}
	}
	return touched
}

// tablesOf gives the tables that an endpoint names.
func tablesOf(e *engine.Endpoint) []string {
	names := []string{e.Table}
	var includes func(m *engine.Map[*engine.Include])
	includes = func(m *engine.Map[*engine.Include]) {
		for _, i := range m.All() {
			names = append(names, i.Table)
			includes(&i.Include)
		}
	}
	includes(&e.Include)
	for _, s := range e.Sources.All() {
		names = append(names, s.Table)
		includes(&s.Include)
	}
	for _, g := range e.Guards {
		for _, q := range []*engine.GuardQuery{g.Exists, g.NotExists, g.Count} {
			if q != nil {
				names = append(names, q.Table)
			}
		}
	}
	return names
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
