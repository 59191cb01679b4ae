package definition

import (
	"github.com/sayrud/sayrud/engine"
)

// RenameField gives the field old of a table the name now, and rewrites every mention of it in p, which must be the caller's own
// copy: expressions, constraints, displays, unique lists, filters and sorts (paths through references too), set, group, aggregate,
// include, upsert, reveal, templates, middleware settings. The Problems are the places that JavaScript mentions in a way nothing
// can rewrite; p is then half renamed.
//
// A parameter with the field's name inherits from the field, so it follows: it is renamed, `$params.old` with it, and where it had no
// `as` it gets `as: old`. Requests and routes stay as they were. Whole records, in answers without a template and in what `crud` makes,
// show the new name.
func RenameField(p *engine.Project, table, old, now string) engine.Problems {
	w := &walker{project: p, table: table, old: old, now: now}
	w.walk()
	if t, found := p.Tables.Get(table); found {
		t.Fields.Rename(old, now)
		if f, found := t.Fields.Get(now); found {
			f.Name = now
		}
	}
	return w.stuck
}

// RenameTable gives the table old the name now, and rewrites every mention of it in p, which must be the caller's own copy.
func RenameTable(p *engine.Project, old, now string) engine.Problems {
	w := &walker{project: p, table: old, now: now}
	w.walk()
	p.Tables.Rename(old, now)
	if t, found := p.Tables.Get(now); found {
		t.Name = now
	}
	return w.stuck
}

// UsesOfField lists the places in p that mention a field, or may mention it, the field's own definition apart. The field need not
// exist any more.
func UsesOfField(p *engine.Project, table, field string) []engine.Problem {
	w := &walker{project: p, table: table, old: field}
	w.walk()
	return w.uses
}

// UsesOfTable lists the places in p that mention a table, those in the table itself apart. The table need not exist any more.
func UsesOfTable(p *engine.Project, table string) []engine.Problem {
	w := &walker{project: p, table: table}
	w.walk()
	return w.uses
}
