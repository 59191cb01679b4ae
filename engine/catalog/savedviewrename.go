package catalog

import (
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
)

// A renamedField is a field of a table, by its name before the change, that has another name behind it.
type renamedField struct{ table, old, now string }

const (
	selectTableViews = `SELECT table_id, owner, name, definition::text FROM public.sl_saved_views WHERE table_id = ANY($1)`
	updateTableView  = `UPDATE public.sl_saved_views SET definition = $4::json WHERE table_id = $1 AND owner = $2 AND name = $3`
)

// savedViews lets the saved views of the project follow the fields that are renamed: their filters, through references too, their
// sorts and their columns. A view that names a dropped field stays as it is and says so when it is listed.
func (w *writer) savedViews() error {
	renamed := w.change.renamedFields()
	if len(renamed) == 0 {
		return nil
	}
	tables := idsOf(w.change.base).tables
	ids := make([]int, 0, len(tables))
	for id := range tables {
		ids = append(ids, id)
	}
	rows, err := w.tx.Query(w.ctx, selectTableViews, ids)
	if err != nil {
		return fmt.Errorf("list saved views: %w", err)
	}
	var id int
	var owner, name, text string
	_, err = pgx.ForEachRow(rows, []any{&id, &owner, &name, &text}, func() error {
		var v storedView
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return fmt.Errorf("read saved view %s: %w", name, err)
		}
		now, err := v.follow(w.change.base, tables[id].Name, renamed)
		if err == nil && now != text {
			w.later("rename fields of saved view "+name, updateTableView, id, owner, name, now)
		}
		return err
	})
	return err
}

// renamedFields lists the fields that the change renames.
func (c *change) renamedFields() []renamedField {
	var list []renamedField
	for _, t := range c.tables {
		if t.before == nil || t.after == nil {
			continue
		}
		for _, f := range t.fields {
			if f.before != nil && f.after != nil && f.before.Name != f.after.Name {
				list = append(list, renamedField{t.before.Name, f.before.Name, f.after.Name})
			}
		}
	}
	return list
}

// follow gives the definition of a view of a table of p with the fields renamed.
func (v storedView) follow(p *engine.Project, table string, renamed []renamedField) (string, error) {
	sort, err := json.Marshal(v.Sort)
	if err != nil {
		return "", err
	}
	part := shallow(p)
	part.Endpoints = engine.Map[*engine.Endpoint]{}
	part.Endpoints.Set("view", &engine.Endpoint{Name: "view", Kind: engine.List, Table: table, Filter: v.Filter, Sort: sort})
	part = cloneProject(part)
	for _, r := range renamed {
		_ = definition.RenameField(part, r.table, r.old, r.now) // what a filter of plain data mentions can be rewritten
		if r.table == table {
			v.Columns = renameColumn(v.Columns, r.old, r.now)
		}
	}
	view, _ := part.Endpoints.Get("view")
	v.Filter = view.Filter
	if err := json.Unmarshal(view.Sort, &v.Sort); err != nil {
		return "", err
	}
	return string(encode(&v)), nil
}

// renameColumn renames a column in what the panel keeps of columns: an object of lists of names and of objects by name.
func renameColumn(columns raw.Value, old, now string) raw.Value {
	if columns.Kind() != raw.Object {
		return columns
	}
	rename := func(v raw.Value) raw.Value {
		if v.Kind() == raw.String && raw.EqualString(v, old) {
			return raw.Text(now)
		}
		return v
	}
	keep := func(v raw.Value) raw.Value { return v }
	return mapMembers(columns, keep, func(v raw.Value) raw.Value {
		switch v.Kind() {
		case raw.Array:
			return mapItems(v, rename)
		case raw.Object:
			return mapMembers(v, rename, keep)
		}
		return v
	})
}

func mapItems(list raw.Value, item func(raw.Value) raw.Value) raw.Value {
	out := raw.Value{'['}
	for i, v := range list.Items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item(v)...)
	}
	return append(out, ']')
}

func mapMembers(object raw.Value, key, value func(raw.Value) raw.Value) raw.Value {
	out := raw.Value{'{'}
	for k, v := range object.Members {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, key(k)...), ':'), value(v)...)
	}
	return append(out, '}')
}
