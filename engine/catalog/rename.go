package catalog

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
)

// renames gives base with the renames that file asks for by `was`, and with every mention rewritten. Where it asks for none, base
// itself is given. Problems are the places that cannot be rewritten.
//
// An object is renamed when nothing has its new name and something has the old one. A name that differs in case only is the same
// name to its users, so it is a rename that needs no `was`.
func renames(base, file *engine.Project) (*engine.Project, engine.Problems) {
	r := renamer{base: base, out: base}
	for name, t := range file.Tables.All() {
		if old, found := r.out.Tables.Get(t.Was); found && t.Was != name && !has(&r.out.Tables, name) && !has(&file.Tables, t.Was) {
			r.table(old.Name, name)
		}
		if present, found := r.out.Tables.Get(name); found && present != t {
			r.fields(name, t)
		}
	}
	for name, e := range file.Endpoints.All() {
		if has(&r.out.Endpoints, e.Was) && e.Was != name && !has(&r.out.Endpoints, name) && !has(&file.Endpoints, e.Was) {
			r.copy()
			before, _ := r.out.Endpoints.Get(e.Was)
			renamed := cloneEndpoint(before)
			renamed.Name = name
			r.out.Endpoints.Rename(e.Was, name)
			r.out.Endpoints.Set(name, renamed)
		}
	}
	if r.out != base {
		r.keepPointers()
	}
	return r.out, r.problems
}

func has[T any](m *engine.Map[T], name string) bool {
	_, found := m.Get(name)
	return found
}

type renamer struct {
	base, out *engine.Project
	problems  engine.Problems
}

// copy makes out a project of its own before the first rename, whose entries are still base's.
func (r *renamer) copy() {
	if r.out == r.base {
		r.out = shallow(r.base)
	}
}

// rewrite calls rename with copies of the objects of out that may mention a table or one of its fields, and puts them in place.
func (r *renamer) rewrite(table string, rename func(part *engine.Project) engine.Problems) {
	r.copy()
	tables := map[string]bool{table: true}
	reach(r.out, tables)
	part := cloneProject(partOf(r.out, tables, func(e *engine.Endpoint) bool {
		return slices.ContainsFunc(tablesOf(e), func(name string) bool { return tables[name] })
	}))
	r.problems = append(r.problems, rename(part)...)
	for name, t := range part.Tables.All() {
		r.out.Tables.Set(name, t)
	}
	for name, e := range part.Endpoints.All() {
		r.out.Endpoints.Set(name, e)
	}
	r.out.Defaults = part.Defaults
}

func (r *renamer) table(old, now string) {
	r.copy()
	r.rewrite(old, func(part *engine.Project) engine.Problems {
		problems := definition.RenameTable(part, old, now)
		r.out.Tables.Rename(old, now)
		return problems
	})
}

func (r *renamer) fields(table string, file *engine.Table) {
	for name, f := range file.Fields.All() {
		present, _ := r.out.Tables.Get(table)
		if has(&present.Fields, name) {
			continue
		}
		old := f.Was
		if old == "" {
			if near := present.Field(name); near != nil && strings.EqualFold(near.Name, name) {
				old = near.Name
			}
		}
		if old == name || !has(&present.Fields, old) || has(&file.Fields, old) {
			continue
		}
		r.rewrite(table, func(part *engine.Project) engine.Problems { return definition.RenameField(part, table, old, name) })
	}
}

// keepPointers puts base's values back where the renames left no trace.
func (r *renamer) keepPointers() {
	base := idsOf(r.base)
	for name, t := range r.out.Tables.All() {
		before := base.tables[t.ID]
		if before == t {
			continue
		}
		same := before.Name == name && sameTable(t, before)
		for field, f := range t.Fields.All() {
			if was := fieldByID(before, f.ID); was != nil && sameField(f, was) {
				t.Fields.Set(field, was)
			} else {
				same = false
			}
		}
		if same {
			r.out.Tables.Set(name, before)
		}
	}
	for name, e := range r.out.Endpoints.All() {
		if before := base.endpoints[e.ID]; sameEndpoint(e, before) {
			r.out.Endpoints.Set(name, before)
		}
	}
	if string(settings(r.out)) == string(settings(r.base)) {
		r.out.Defaults = r.base.Defaults
	}
}

// standing gives the problems whose places the next project still has as the rename left them: one that the change rewrote itself is
// no longer any.
func standing(problems engine.Problems, renamed, next *engine.Project) engine.Problems {
	var left engine.Problems
	for _, p := range problems {
		if len(p.Path) < 2 || !replaced(p.Path, renamed, next) {
			left = append(left, p)
		}
	}
	return left
}

func replaced(path []string, renamed, next *engine.Project) bool {
	switch path[0] {
	case "tables":
		was, _ := renamed.Tables.Get(path[1])
		now, found := next.Tables.Get(path[1])
		if !found || was == nil {
			return true
		}
		if len(path) > 3 && path[2] == "fields" {
			f, _ := was.Fields.Get(path[3])
			g, found := now.Fields.Get(path[3])
			return !found || f == nil || !sameField(f, g)
		}
		return !sameTable(was, now)
	case "endpoints":
		was, _ := renamed.Endpoints.Get(path[1])
		now, found := next.Endpoints.Get(path[1])
		return !found || was == nil || !sameEndpoint(was, now)
	}
	return string(settings(renamed)) != string(settings(next))
}
