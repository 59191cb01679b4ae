package relation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/script"
)

// A guard is a JavaScript constraint as SQL sees it: the field whose value it judges, and the other fields that it reads.
type guard struct {
	field *engine.Field
	all   bool // reads the whole record
	reads []string
}

func guardsOf(t *engine.Table) []guard {
	var list []guard
	for _, f := range t.Fields.All() {
		if f.Constraint == "" || !f.Stored() {
			continue
		}
		g := guard{field: f}
		program, problems := script.Compile(f.Constraint, script.Names{Roots: []string{"$this", "$that", "$value"}})
		if len(problems) > 0 {
			g.all = true // not reached: such a definition is refused
			list = append(list, g)
			continue
		}
		for _, path := range program.Inputs() {
			switch {
			case path[0] != "$this":
			case len(path) == 1:
				g.all = true
			default:
				g.reads = append(g.reads, path[1])
			}
		}
		list = append(list, g)
	}
	return list
}

// mentions reports whether the constraint reads another field f.
func (g *guard) mentions(f *engine.Field) bool {
	return f != g.field && (g.all || slices.Contains(g.reads, f.Name))
}

// guarded refuses a value of f that SQL cannot judge, and one that another field's constraint reads. A default may stand, being the
// definition's own, unless its constraint holds it against other fields. What is NULL is not judged.
func (w *writer) guarded(f *engine.Field, column string) {
	what, alone := "", true
	switch {
	case f.Constraint != "":
		what = "a JavaScript constraint"
		g := w.guards[slices.IndexFunc(w.guards, func(g guard) bool { return g.field == f })]
		for _, other := range w.t.Fields.All() {
			alone = alone && !g.mentions(other)
		}
	case f.Pattern != "":
		what = "a pattern"
	}
	if what != "" {
		allowed := column + " IS NULL"
		if sql, ok := defaultSQL(w.p, f); ok && alone {
			allowed += " OR " + column + " = " + sql
		}
		w.line("    IF TG_OP = 'UPDATE' OR NOT (%s) THEN", allowed)
		w.raise("      ", "0A000", f, fmt.Sprintf("the field %q of %s is guarded by %s, which SQL cannot check: write it through the API or the panel", f.Name, w.t.Name, what))
		w.line("    END IF;")
	}
	w.readBy(f)
}

// readBy refuses to change a field that the constraint of another one reads, which has a value.
func (w *writer) readBy(f *engine.Field) {
	var values, names []string
	for _, g := range w.guards {
		if g.mentions(f) {
			values, names = append(values, "NEW."+Quote(g.field.Name)+" IS NOT NULL"), append(names, g.field.Name)
		}
	}
	if len(values) == 0 {
		return
	}
	w.line("    IF TG_OP = 'UPDATE' AND (%s) THEN", strings.Join(values, " OR "))
	w.raise("      ", "0A000", f, fmt.Sprintf("the field %q of %s is read by the JavaScript constraint of %s, which SQL cannot check: write it through the API or the panel",
		f.Name, w.t.Name, strings.Join(names, ", ")))
	w.line("    END IF;")
}
