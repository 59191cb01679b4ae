package definition

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

// A scope says which names hold records where a slot stands: "$record", "$sources.x".
type scope map[string]view

// with gives a scope that has one name more.
func (s scope) with(name string, v view) scope {
	more := scope{name: v}
	for other, view := range s {
		if other != name {
			more[other] = view
		}
	}
	return more
}

// slot renames in a slot, and in those inside a list or object.
func (w *walker) slot(path []string, v raw.Value, here scope) raw.Value {
	switch v.Kind() {
	case raw.String:
		text, _ := v.Text()
		return raw.Text(w.text(path, text, here))
	case raw.Array:
		return mapItems(v, func(i int, item raw.Value) raw.Value { return w.slot(below(path, itoa(i)), item, here) })
	case raw.Object:
		return mapMembers(v, func(key string, member raw.Value) (string, raw.Value) {
			return key, w.slot(below(path, key), member, here)
		})
	}
	return v
}

var insertion = regexp.MustCompile(`\$\{\s*(\$[^{}]*)\}`)

// text renames in a text that stands in a slot: a path, JavaScript, or a text with insertions.
func (w *walker) text(path []string, text string, here scope) string {
	switch {
	case strings.HasPrefix(text, "$$"), strings.HasPrefix(text, "=="):
	case strings.HasPrefix(text, "="):
		return "=" + w.script(path, text[1:], here)
	case strings.HasPrefix(text, "$") && !strings.HasPrefix(text, "${"):
		return w.path(path, text, here)
	}
	if !strings.Contains(text, "${") {
		return text
	}
	return insertion.ReplaceAllStringFunc(text, func(found string) string {
		m := insertion.FindStringSubmatchIndex(found)
		return found[:m[2]] + w.path(path, found[m[2]:m[3]], here) + found[m[3]:]
	})
}

var pathPart = regexp.MustCompile(`[^.\[\]\s]+`)

// path renames in $name(.part | [n])*.
func (w *walker) path(at []string, text string, here scope) string {
	v, from, found := here.find(text)
	if !found {
		return text
	}
	places := pathPart.FindAllStringIndex(text[from:], -1)
	parts := make([]string, len(places))
	for i, p := range places {
		parts[i] = text[from+p[0] : from+p[1]]
	}
	now := slices.Clone(parts)
	w.members(at, v, now)
	out := text
	for i := len(places) - 1; i >= 0; i-- {
		if now[i] != parts[i] {
			out = out[:from+places[i][0]] + now[i] + out[from+places[i][1]:]
		}
	}
	return out
}

// find gives the view that a path begins with and how long its name is.
func (s scope) find(text string) (v view, length int, found bool) {
	for name, view := range s {
		rest, has := strings.CutPrefix(text, name)
		if has && (rest == "" || strings.IndexByte(".[ ", rest[0]) >= 0) && len(name) > length {
			v, length, found = view, len(name), true
		}
	}
	return v, length, found
}

// viewOf gives what a path leads to, if that is records.
func (w *walker) viewOf(text string, here scope) (view, bool) {
	v, from, found := here.find(text)
	if !found {
		return view{}, false
	}
	look := &walker{project: w.project}
	return look.members(nil, v, pathPart.FindAllString(text[from:], -1))
}

// maxReach is how many references and lists a script may follow to a renamed field, for it to be found.
const maxReach = 4

// script renames in JavaScript, in every way that leads to a record of the table.
func (w *walker) script(path []string, source string, here scope) string {
	if w.old == "" || !strings.Contains(source, w.old) {
		return source
	}
	for _, name := range here.names() {
		if !strings.Contains(source, strings.Split(name, ".")[0]) {
			continue
		}
		w.reach(name, here[name], source, maxReach, func(root string) {
			if w.now == "" {
				if here[root].table != paramsOf && script.Mentions(source, root, w.old) {
					w.use(path, 0)
				}
				return
			}
			renamed, ok := script.Rename(source, root, w.old, w.now)
			if !ok {
				w.unclear(path, "write "+root+"."+w.old+" there, or change the script in the same step")
				return
			}
			if renamed != source && here[root].table != paramsOf {
				w.use(path, 0)
			}
			source = renamed
		})
	}
	return source
}

func (s scope) names() []string {
	var names []string
	for name := range s {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// reach calls visit with each root from which the field is one member away.
func (w *walker) reach(root string, v view, source string, depth int, visit func(root string)) {
	if v.table == w.table || v.table == paramsOf {
		visit(root)
	}
	if depth == 0 {
		return
	}
	if v.includes != nil {
		for name, include := range v.includes.All() {
			if strings.Contains(source, name) {
				w.reach(root+"."+name, view{include.Table, &include.Include}, source, depth-1, visit)
			}
		}
	}
	t, found := w.project.Tables.Get(v.table)
	if !found {
		return
	}
	for name, f := range t.Fields.All() {
		if f.To != "" && strings.Contains(source, name) {
			w.reach(root+"."+name, view{table: f.To}, source, depth-1, visit)
		}
	}
}

// expression renames in a generated field's SQL.
func (w *walker) expression(path []string, t *engine.Table, source string) string {
	if w.old == "" || t.Name != w.table {
		return source
	}
	columns := columnsOf(t)
	if _, there := t.Fields.Get(w.old); !there {
		columns = append(columns, expr.Column{Name: w.old, Type: "text"})
	}
	e, problems := expr.Parse(source, columns, w.project.Timezone)
	if problems != nil {
		if regexp.MustCompile(`(?i)(^|[^A-Za-z0-9_])` + regexp.QuoteMeta(w.old) + `($|[^A-Za-z0-9_])`).MatchString(source) {
			w.use(path, 0)
			if w.now != "" {
				w.stuck = append(w.stuck, engine.Problemf(slices.Clone(path), "mend the expression first", "cannot rename %s in a broken expression", w.old))
			}
		}
		return source
	}
	if !slices.Contains(e.Columns(), w.old) {
		return source
	}
	w.use(path, 0)
	if w.now == "" {
		return source
	}
	return e.Rename(w.old, w.now)
}

// columnsOf gives what an expression of the table may name, to find mentions; the plan package is who says what is allowed.
func columnsOf(t *engine.Table) []expr.Column {
	columns := []expr.Column{{Name: "uid", Type: "text"}, {Name: "created_at", Type: "timestamptz"}, {Name: "updated_at", Type: "timestamptz"}}
	types := map[engine.FieldType]expr.Type{tNumber: "numeric", tAutonumber: "numeric", tBoolean: "boolean", tDatetime: "timestamptz", tDate: "date"}
	for name, f := range t.Fields.All() {
		typ, known := types[f.Type]
		if !known {
			typ = "text"
		}
		if f.Stored() {
			columns = append(columns, expr.Column{Name: name, Type: typ})
		}
	}
	return columns
}
