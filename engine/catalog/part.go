package catalog

import (
	"maps"
	"slices"

	"github.com/sayrud/sayrud/engine"
)

// affects reports whether an endpoint can mean something else after the change: it changed itself, or names a touched table.
func (c *change) affects(e *engine.Endpoint, touched map[string]bool) bool {
	return c.settings || slices.ContainsFunc(c.endpoints, func(ec endpointChange) bool { return ec.after == e }) ||
		slices.ContainsFunc(tablesOf(e), func(t string) bool { return touched[t] })
}

// manyTables is a number of tables from which on a further one is held against the greatest number.
const manyTables = 4000

// part gives the part of the next project that has to be checked: where routes stay as they are, the touched tables, the endpoints
// that name them, and every table that those refer to. Else all of it.
func (c *change) part(touched map[string]bool) *engine.Project {
	if c.base.ID == 0 || c.settings || c.reroutes() || c.next.Tables.Len() > max(c.base.Tables.Len(), manyTables) {
		return c.next
	}
	return partOf(c.next, touched, func(e *engine.Endpoint) bool { return c.affects(e, touched) })
}

// partOf gives the part of a project with the given tables and endpoints, and every table that those refer to.
func partOf(p *engine.Project, tables map[string]bool, wanted func(*engine.Endpoint) bool) *engine.Project {
	part := *p
	part.Tables, part.Endpoints = engine.Map[*engine.Table]{}, engine.Map[*engine.Endpoint]{}
	needed := map[string]bool{}
	var need func(name string)
	need = func(name string) {
		t, found := p.Tables.Get(name)
		if !found || needed[name] {
			return
		}
		needed[name] = true
		for _, f := range t.Fields.All() {
			need(f.To)
		}
	}
	for name := range tables {
		need(name)
	}
	for name, e := range p.Endpoints.All() {
		if wanted(e) {
			part.Endpoints.Set(name, e)
			for _, table := range tablesOf(e) {
				need(table)
			}
		}
	}
	for name, t := range p.Tables.All() {
		if needed[name] {
			part.Tables.Set(name, t)
		}
	}
	return &part
}

// reroutes reports whether endpoints, those of crud too, came or changed their names or routes: then each has to be held against all
// others.
func (c *change) reroutes() bool {
	for _, tc := range c.tables {
		switch {
		case tc.after == nil || tc.after.Crud == nil:
		case tc.before == nil, tc.before.Name != tc.after.Name, string(tc.before.Crud) != string(tc.after.Crud):
			return true
		}
	}
	for _, ec := range c.endpoints {
		b, a := ec.before, ec.after
		switch {
		case a == nil:
		case b == nil, b.Name != a.Name, b.Route != a.Route, b.IsEnabled() != a.IsEnabled(), string(encode(b.Match)) != string(encode(a.Match)):
			return true
		}
	}
	return false
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
	for _, tc := range c.tables {
		for _, t := range []*engine.Table{tc.before, tc.after} {
			if t != nil {
				touched[t.Name] = true
			}
		}
	}
	reach(c.next, touched)
	return touched
}

// reach adds the tables of p that refer to one of tables, over any number of references.
func reach(p *engine.Project, tables map[string]bool) {
	todo := slices.Collect(maps.Keys(tables))
	if len(todo) == 0 {
		return
	}
	referrers := map[string][]string{}
	for name, t := range p.Tables.All() {
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
			if !tables[r] {
				tables[r] = true
				todo = append(todo, r)
			}
		}
	}
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
