package openapi

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A node describes what a name of a template leads to: a record, a list of records, or plain JSON.
type node struct {
	table   *engine.Table // of a record or a list of records; nil is plain JSON
	list    bool
	include engine.Map[*engine.Include] // lists joined to each record
	reveal  []string
	known   object // the schema of plain JSON
}

// plain makes a node of a schema.
func plain(s object) node { return node{known: s} }

// schema gives the JSON Schema of the whole.
func (n node) schema(d *document) object {
	switch {
	case n.table == nil:
		return n.known
	case n.list:
		return array(n.item().schema(d))
	}
	return d.record(n)
}

// item gives what a list holds.
func (n node) item() node {
	if n.table != nil {
		n.list = false
		return n
	}
	if items, ok := present(n.known)["items"].(object); ok {
		return plain(items)
	}
	return plain(object{})
}

// at follows a path.
func (n node) at(d *document, path []string) node {
	for i, name := range path {
		if n.table != nil && !n.list && i+1 < len(path) {
			if f, found := n.table.Fields.Get(name); found && f.Type == engine.TypeReference {
				return d.referred(f, path[i+1:])
			}
		}
		n = n.member(d, name)
	}
	return n
}

// referred follows a path that begins at the record a reference leads to. Any value there may be null, since the reference may be.
func (d *document) referred(f *engine.Field, path []string) node {
	t, found := d.project.Tables.Get(f.To)
	if !found {
		return plain(object{})
	}
	name := path[0]
	if _, shadowed := t.Fields.Get(name); !shadowed && len(path) == 1 && (name == "u" || name == "v") {
		pair := d.pair(f)["properties"].(object)
		return plain(nullable(pair[name].(object)))
	}
	return plain(nullable(node{table: t}.at(d, path).schema(d)))
}

// member gives what one name below n leads to.
func (n node) member(d *document, name string) node {
	switch {
	case n.list:
		if _, err := strconv.Atoi(name); err == nil {
			return plain(nullable(n.item().schema(d)))
		}
		return plain(object{})
	case n.table != nil:
		return n.recordMember(d, name)
	}
	s := present(n.known)
	if target, isRef := s["$ref"].(string); isRef {
		s = d.component(target)
	}
	if properties, ok := s["properties"].(object); ok {
		if member, ok := properties[name].(object); ok {
			if isNullable(n.known) {
				member = nullable(member)
			}
			return plain(member)
		}
	}
	if items, ok := s["items"].(object); ok {
		if _, err := strconv.Atoi(name); err == nil {
			return plain(nullable(items))
		}
	}
	return plain(object{})
}

func (n node) recordMember(d *document, name string) node {
	if s := reserved(name); s != nil {
		return plain(s)
	}
	if include, found := n.include.Get(name); found {
		if t, found := d.project.Tables.Get(include.Table); found {
			return node{table: t, list: true, include: include.Include}
		}
	}
	if f, found := n.table.Fields.Get(name); found {
		return plain(d.fieldSchema(f))
	}
	return plain(object{})
}

// aggregates describes the members of a result of `group` and `aggregate`.
func (d *document) aggregates(t *engine.Table, group []string, aggregate engine.Map[raw.Value]) object {
	properties, required := object{}, []string{}
	of := node{table: t}
	for _, name := range group {
		properties[name], required = of.member(d, name).schema(d), append(required, name)
	}
	for name, written := range aggregate.All() {
		properties[name], required = d.aggregate(of, written), append(required, name)
	}
	return object{"type": "object", "required": required, "properties": properties}
}

func (d *document) aggregate(of node, written raw.Value) object {
	s := typed("integer") // count, distinct
	written.Members(func(key, field raw.Value) bool {
		function, _ := key.Text()
		path, _ := field.Text()
		switch function {
		case "sum", "avg":
			s = nullable(typed("number"))
		case "min", "max":
			s = nullable(of.member(d, path).schema(d))
		}
		return true
	})
	return s
}

// isNumber reports whether a rule is written as a number and not as an expression.
func isNumber(v raw.Value) bool { return v.Kind() == raw.Number }
