package definition

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// fieldPath gives a dotted path with the mention in it renamed.
func (w *walker) fieldPath(path []string, table, dotted string) string {
	parts := strings.Split(dotted, ".")
	w.members(path, view{table: table}, parts)
	return strings.Join(parts, ".")
}

// A view is what is known of a value that is a record, or a list of records: its table and the lists joined to it.
type view struct {
	table    string
	includes *engine.Map[*engine.Include]
}

// members renames parts, the way from a record into it. It gives the view at their end, if that is records again.
func (w *walker) members(path []string, at view, parts []string) (view, bool) {
	for i, part := range parts {
		switch {
		case isIndex(part):
			continue
		case at.table == paramsOf:
			if part == w.old && w.now != "" {
				parts[i] = w.now
			}
			return view{}, false
		}
		next, found := w.step(at, part)
		if !next.joined {
			parts[i] = w.field(path, at.table, part)
		}
		if !found {
			return view{}, false
		}
		at = next.view
	}
	return at, true
}

// A stepped is where one part of a path leads.
type stepped struct {
	view
	joined bool // by an include, whose name is no field's
}

func (w *walker) step(at view, part string) (stepped, bool) {
	if at.includes != nil {
		if include, found := at.includes.Get(part); found {
			return stepped{view{include.Table, &include.Include}, true}, true
		}
	}
	t, found := w.project.Tables.Get(at.table)
	if !found {
		return stepped{}, false
	}
	f, found := t.Fields.Get(part)
	if !found || f.Type != tReference && f.Type != tReferences {
		return stepped{}, false
	}
	return stepped{view: view{table: f.To}}, true
}

func isIndex(part string) bool {
	return part != "" && strings.Trim(part, "0123456789") == ""
}

// filter gives a filter in its written form with the mentions renamed.
func (w *walker) filter(path []string, table string, v raw.Value, here scope) raw.Value {
	if v.Kind() != raw.Object {
		return v
	}
	if t, isTree := v.Get("t").Text(); isTree && w.isTree(v) {
		return w.tree(path, table, engine.FilterOp(t), v, here)
	}
	return mapMembers(v, func(key string, member raw.Value) (string, raw.Value) {
		at := below(path, key)
		switch engine.FilterOp(key) {
		case engine.OpAnd, engine.OpOr:
			return key, mapItems(member, func(i int, item raw.Value) raw.Value { return w.filter(below(at, itoa(i)), table, item, here) })
		case engine.OpNot:
			return key, w.filter(at, table, member, here)
		}
		return w.fieldPath(at, table, key), w.slot(at, member, here)
	})
}

// isTree reports whether ParseFilter takes v for a node of the tree.
func (w *walker) isTree(v raw.Value) bool {
	t, _ := v.Get("t").Text()
	for _, op := range []engine.FilterOp{engine.OpAnd, engine.OpOr, engine.OpNot, engine.OpEqual, engine.OpNotEqual, engine.OpGreater, engine.OpLess, engine.OpAtLeast,
		engine.OpAtMost, engine.OpLike, engine.OpILike, engine.OpIn, engine.OpIsNull, engine.OpContains, engine.OpStartsWith, engine.OpBetween, engine.OpSearch, "FIELD", "LITERAL"} {
		if string(op) == t {
			return true
		}
	}
	return false
}

func (w *walker) tree(path []string, table string, op engine.FilterOp, v raw.Value, here scope) raw.Value {
	return mapMembers(v, func(key string, member raw.Value) (string, raw.Value) {
		at := below(path, key)
		text, isText := member.Text()
		isText = isText && member.Kind() == raw.String
		switch {
		case key == "t" || key == "optional":
			return key, member
		case op == "FIELD" && isText:
			return key, raw.Text(w.fieldPath(at, table, text))
		case op == "LITERAL" && isText:
			return key, raw.Text(w.script(at, text, here))
		case op == "LITERAL":
			return key, member
		case member.Kind() == raw.Array:
			return key, mapItems(member, func(i int, item raw.Value) raw.Value { return w.filter(below(at, itoa(i)), table, item, here) })
		}
		return key, w.filter(at, table, member, here)
	})
}

// A sortWalker walks an order, whose keys may be results of an aggregate.
type sortWalker struct {
	*walker
	results engine.Map[raw.Value]
}

func (w *walker) aggregated(results engine.Map[raw.Value]) sortWalker { return sortWalker{w, results} }

// key renames a key of an order; a result's name is no field's.
func (w sortWalker) key(path []string, table, name string) string {
	if _, computed := w.results.Get(name); computed {
		return name
	}
	return w.fieldPath(path, table, name)
}

// sort gives a sort in its written form with the mentions renamed.
func (w sortWalker) sort(path []string, table string, v raw.Value, here scope) raw.Value {
	switch v.Kind() {
	case raw.String:
		text, _ := v.Text()
		name, desc := strings.CutPrefix(text, "-")
		if name = w.key(path, table, name); desc {
			name = "-" + name
		}
		return raw.Text(name)
	case raw.Array:
		return mapItems(v, func(i int, item raw.Value) raw.Value { return w.sort(below(path, itoa(i)), table, item, here) })
	case raw.Object:
		return mapMembers(v, func(key string, member raw.Value) (string, raw.Value) {
			at := below(path, key)
			if key != "allow" {
				return key, w.slot(at, member, here)
			}
			return key, w.allowed(at, table, member, here)
		})
	}
	return v
}

// allowed renames in what a sort allows. Requests go on saying the old name of a field that a list allows.
func (w sortWalker) allowed(path []string, table string, v raw.Value, here scope) raw.Value {
	if v.Kind() == raw.Array {
		return mapItems(v, func(i int, item raw.Value) raw.Value {
			at := below(path, itoa(i))
			if item.Kind() == raw.Object {
				return w.allowed(at, table, item, here)
			}
			text, _ := item.Text()
			name, _ := strings.CutPrefix(text, "-")
			if now := w.key(at, table, name); now != name {
				return raw.Value("{" + string(raw.Text(text)) + ":" + string(raw.Text(now)) + "}")
			}
			return item
		})
	}
	return mapMembers(v, func(name string, keys raw.Value) (string, raw.Value) {
		return name, w.sort(below(path, name), table, keys, here)
	})
}

// narrow renames in what requests may filter by. They go on saying the old name.
func (w *walker) narrow(path []string, table string, n *engine.Narrow, here scope) {
	if n == nil {
		return
	}
	n.By = w.slot(below(path, "by"), n.By, here)
	n.Allow = w.aggregated(engine.Map[raw.Value]{}).allowed(below(path, "allow"), table, n.Allow, here)
}
