package catalog

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
)

// A writer carries a checked change into the database, inside one transaction.
type writer struct {
	ctx     context.Context
	tx      pgx.Tx
	catalog *Catalog
	change  *change
	report  *Report
	options ApplyOptions
	queue   []queued // statements that travel together
}

// channel is where changes are announced: "<project> <revision>".
const channel = "sl_schema"

func (w *writer) write(o operation) error {
	next := w.change.next
	next.Revision = w.change.base.Revision + 1
	w.report.Revision = next.Revision
	steps := []func() error{w.project, w.secrets, w.tables, w.endpoints, w.leaves, w.triggers, w.deleteFunctions, w.indexes, w.views, w.savedViews}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	detail, err := json.Marshal(w.report)
	if err != nil {
		return err
	}
	w.later("write audit log", insertAudit, o.options.Kind, o.options.Actor, o.options.Address, o.name, o.action, "project "+o.name, string(detail))
	w.later("announce change", `SELECT pg_notify($1, $2)`, channel, next.Name+" "+strconv.FormatInt(next.Revision, 10))
	return w.flush()
}

const insertAudit = `
INSERT INTO public.sl_audit (kind, actor, address, project, action, target, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

const (
	insertProject = `
INSERT INTO public.sl_projects (name, settings, revision)
VALUES ($1, $2, $3)
RETURNING id`
	updateProject = `
UPDATE public.sl_projects
SET settings = $2, revision = $3
WHERE id = $1`
)

func (w *writer) project() error {
	next := w.change.next
	if w.change.base.ID != 0 {
		w.later("write project", updateProject, next.ID, string(settings(next)), next.Revision)
		return nil
	}
	w.ask(&next.ID, "write project", insertProject, next.Name, string(settings(next)), next.Revision)
	if err := w.flush(); err != nil {
		return err
	}
	return w.makeProject()
}

const (
	insertTable = `
INSERT INTO public.sl_tables (project_id, name, position, definition, revision, view_wanted)
VALUES ($1, $2, $3, $4, $5, $5)
RETURNING id`
	updateTable = `
UPDATE public.sl_tables
SET name = $2, definition = $3, revision = $4
WHERE id = $1`
	moveTables = `
UPDATE public.sl_tables t
SET position = o.position
FROM unnest($1::int[]) WITH ORDINALITY AS o (id, position)
WHERE t.id = o.id AND t.position <> o.position`
)

// tables writes the rows of tables and fields. A dropped table's row goes, and its leaf is left to the background.
func (w *writer) tables() error {
	next := w.change.next
	var written []*engine.Table
	for _, tc := range w.change.tables {
		t := tc.after
		if t == nil {
			w.dropTable(tc.before)
			continue
		}
		t.Revision = next.Revision
		if tc.before == nil {
			w.ask(&t.ID, "write table "+t.Name, insertTable, next.ID, t.Name, next.Tables.Len(), string(tableText(t)), t.Revision)
		} else {
			w.later("write table "+t.Name, updateTable, t.ID, t.Name, string(tableText(t)), t.Revision)
		}
		written = append(written, t)
	}
	if err := w.flush(); err != nil { // the fields need the numbers of their tables
		return err
	}
	for _, tc := range w.change.tables {
		for _, fc := range tc.fields {
			if tc.after != nil {
				w.field(tc.after, fc)
			}
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	for _, t := range written {
		fields := make([]int, 0, t.Fields.Len())
		for _, f := range t.Fields.All() {
			fields = append(fields, f.ID)
		}
		w.later("order fields of "+t.Name, moveFields, fields)
	}
	if !w.moved() {
		return nil
	}
	list := make([]int, 0, next.Tables.Len())
	for _, t := range next.Tables.All() {
		list = append(list, t.ID)
	}
	w.later("order tables", moveTables, list)
	return nil
}

// moved reports whether positions of tables or endpoints may have changed.
func (w *writer) moved() bool {
	if w.change.order {
		return true
	}
	for _, tc := range w.change.tables {
		if tc.before == nil || tc.after == nil {
			return true
		}
	}
	for _, ec := range w.change.endpoints {
		if ec.before == nil || ec.after == nil {
			return true
		}
	}
	return false
}

const (
	insertField = `
INSERT INTO public.sl_fields (table_id, key, name, position, definition)
VALUES ($1, $2, $3, 0, $4)
RETURNING id`
	updateField = `
UPDATE public.sl_fields
SET name = $2, definition = $3, dropped_at = NULL, purge_at = NULL
WHERE id = $1`
	dropField = `
UPDATE public.sl_fields
SET dropped_at = now()
WHERE id = $1`
	moveFields = `
UPDATE public.sl_fields f
SET position = o.position
FROM unnest($1::int[]) WITH ORDINALITY AS o (id, position)
WHERE f.id = o.id AND f.position <> o.position`
)

func (w *writer) field(t *engine.Table, fc fieldChange) {
	switch f := fc.after; {
	case f == nil:
		w.later("drop field "+fc.before.Name, dropField, fc.before.ID)
	case f.ID != 0:
		w.later("write field "+f.Name, updateField, f.ID, f.Name, string(fieldText(f)))
	default:
		w.ask(&f.ID, "write field "+f.Name, insertField, t.ID, f.Key, f.Name, string(fieldText(f)))
	}
}

const (
	insertEndpoint = `
WITH written AS (
  INSERT INTO public.sl_endpoints (project_id, name, position, definition, revision)
  VALUES ($1, $2, 0, $3, $4)
  RETURNING *
)` + addVersion
	updateEndpoint = `
WITH written AS (
  UPDATE public.sl_endpoints
  SET name = $2, definition = $3, revision = $4
  WHERE id = $1
  RETURNING *
)` + addVersion
	deleteEndpoint = `
DELETE FROM public.sl_endpoints
WHERE id = $1`
	moveEndpoints = `
UPDATE public.sl_endpoints e
SET position = o.position
FROM unnest($1::int[]) WITH ORDINALITY AS o (id, position)
WHERE e.id = o.id AND e.position <> o.position`
)

func (w *writer) endpoints() error {
	next := w.change.next
	for _, ec := range w.change.endpoints {
		e := ec.after
		if e == nil {
			w.later("drop endpoint "+ec.before.Name, deleteEndpoint, ec.before.ID)
			continue
		}
		e.Revision = next.Revision
		statement, of := updateEndpoint, e.ID
		if of == 0 {
			statement, of = insertEndpoint, next.ID
		}
		w.ask(&e.ID, "write endpoint "+e.Name, statement, of, e.Name, string(endpointText(e)), e.Revision, w.options.Actor, keptVersions-1)
	}
	if !w.moved() {
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	list := make([]int, 0, next.Endpoints.Len())
	for _, e := range next.Endpoints.All() {
		list = append(list, e.ID)
	}
	w.later("order endpoints", moveEndpoints, list)
	return nil
}
