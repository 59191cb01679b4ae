package definition

import (
	"fmt"
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A walker visits every place of a project that names fields and tables. It serves renames, which write the new name there, and the
// search for uses, which only notes the places: one knowledge of where names stand.
type walker struct {
	project *engine.Project
	table   string // whose field, or which table
	old     string // the field; "" for the table itself
	now     string // "" only looks
	uses    []engine.Problem
	stuck   engine.Problems
}

func (w *walker) use(path []string, offset int) {
	what := "the table " + w.table
	if w.old != "" {
		what = w.table + "." + w.old
	}
	own := []string{"tables", w.table, "fields", w.old}
	if w.now == "" && w.old != "" && len(path) >= len(own) && slices.Equal(path[:len(own)], own) {
		return
	}
	if slices.ContainsFunc(w.uses, func(u engine.Problem) bool { return slices.Equal(u.Path, path) }) {
		return
	}
	w.uses = append(w.uses, engine.Problem{Path: slices.Clone(path), Offset: offset, Message: "mentions " + what})
}

func (w *walker) unclear(path []string, hint string) {
	w.use(path, 0)
	if w.now != "" {
		w.stuck = append(w.stuck, engine.Problem{Path: slices.Clone(path), Hint: hint,
			Message: fmt.Sprintf("cannot rename %s here to %s: JavaScript mentions it in a way that is not a plain member", w.old, w.now)})
	}
}

// field gives the name that a field's mention gets.
func (w *walker) field(path []string, table, name string) string {
	if w.old == "" || table != w.table || name != w.old {
		return name
	}
	w.use(path, 0)
	return orElse(w.now, name)
}

// tableName writes the new name where a table is mentioned.
func (w *walker) tableName(path []string, name *string) {
	if w.old != "" || *name != w.table {
		return
	}
	w.use(path, 0)
	*name = orElse(w.now, *name)
}

// fields writes new names into a list of fields.
func (w *walker) fields(path []string, table string, names []string) {
	for i, name := range names {
		names[i] = w.fieldPath(below(path, itoa(i)), table, name)
	}
}

func (w *walker) walk() {
	p := w.project
	if p.Defaults != nil {
		path := []string{"defaults"}
		w.steps(below(path, "middlewares"), p.Defaults.Middlewares, nil)
		w.response(below(path, "errors"), p.Defaults.Errors, nil)
	}
	for name, t := range p.Tables.All() {
		w.walkTable([]string{"tables", name}, t)
	}
	for name, ep := range p.Endpoints.All() {
		w.walkEndpoint([]string{"endpoints", name}, ep)
	}
}

func (w *walker) walkTable(path []string, t *engine.Table) {
	own := t.Name
	for name, f := range t.Fields.All() {
		w.walkField(append(slices.Clone(path), "fields", name), t, f)
	}
	for i, names := range t.Unique {
		w.fields(append(slices.Clone(path), "unique", itoa(i)), own, names)
	}
	here := scope{"$record": {table: own}, "$before": {table: own}}
	w.steps(below(path, "on_write"), t.OnWrite, here)
	if f := t.Crud.Get("filter"); f != nil {
		t.Crud = replaceMember(t.Crud, "filter", w.filter(append(slices.Clone(path), "crud", "filter"), own, f, nil))
	}
	for _, key := range []string{"name", "body"} {
		if name, ok := t.File.Get(key).Text(); ok {
			if now := w.field(append(slices.Clone(path), "file", key), own, name); now != name {
				t.File = replaceMember(t.File, key, raw.Text(now))
			}
		}
	}
}

func (w *walker) walkField(path []string, t *engine.Table, f *engine.Field) {
	if f.To != "" && (w.old != "" || f.To != t.Name || w.now != "") {
		w.tableName(below(path, "to"), &f.To)
	}
	if f.Display != "" {
		f.Display = w.field(below(path, "display"), f.To, f.Display)
	}
	here := scope{"$this": {table: t.Name}, "$record": {table: t.Name}}
	if f.To != "" {
		here["$that"] = view{table: f.To}
	}
	if f.Constraint != "" {
		f.Constraint = w.script(below(path, "constraint"), f.Constraint, here)
	}
	if f.Expression != "" {
		f.Expression = w.expression(below(path, "expression"), t, f.Expression)
	}
	w.rules(path, &f.Rules, here)
}

func (w *walker) rules(path []string, r *engine.Rules, here scope) {
	if r.Default != nil {
		r.Default = w.slot(below(path, "default"), r.Default, here)
	}
	if r.Message != "" {
		r.Message = w.text(below(path, "message"), r.Message, here)
	}
}

func (w *walker) steps(path []string, steps []engine.Step, here scope) {
	for i := range steps {
		if steps[i].Settings != nil {
			steps[i].Settings = w.slot(append(slices.Clone(path), itoa(i), steps[i].Name), steps[i].Settings, here)
		}
	}
}

// replaceMember gives the object v with the member name set to value, in its place.
func replaceMember(v raw.Value, name string, value raw.Value) raw.Value {
	return mapMembers(v, func(key string, member raw.Value) (string, raw.Value) {
		if key == name {
			return key, value
		}
		return key, member
	})
}

// mapMembers gives the object v with each member as change gives it.
func mapMembers(v raw.Value, change func(key string, member raw.Value) (string, raw.Value)) raw.Value {
	out := raw.Value("{")
	for key, member := range v.Members {
		if len(out) > 1 {
			out = append(out, ',')
		}
		text, _ := key.Text()
		name, now := change(text, member)
		out = append(append(raw.AppendString(out, name), ':'), now...)
	}
	return append(out, '}')
}

// mapItems gives the array v with each item as change gives it.
func mapItems(v raw.Value, change func(i int, item raw.Value) raw.Value) raw.Value {
	out := raw.Value("[")
	for i, item := range v.Items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, change(i, item)...)
	}
	return append(out, ']')
}

// renameKeys gives m with its names as change gives them, in order.
func renameKeys[T any](m *engine.Map[T], change func(name string) string) {
	for _, name := range slices.Clone(m.Names()) {
		m.Rename(name, change(name))
	}
}
