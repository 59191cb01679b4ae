package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

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
}

// channel is where changes are announced: "<project> <revision>".
const channel = "sl_schema"

func (w *writer) write(o operation) error {
	next := w.change.next
	next.Revision = w.change.base.Revision + 1
	w.report.Revision = next.Revision
	steps := []func() error{w.project, w.tables, w.endpoints, w.leaves, w.deleteFunctions, w.indexes, w.views}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	if err := audit(w.ctx, w.tx, o, w.report); err != nil {
		return err
	}
	return w.exec("announce change", `SELECT pg_notify($1, $2)`, channel, next.Name+" "+strconv.FormatInt(next.Revision, 10))
}

func (w *writer) exec(what, sql string, args ...any) error {
	if _, err := w.tx.Exec(w.ctx, sql, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// run executes statements that take no parameters, in one message.
func (w *writer) run(what string, statements ...string) error {
	return w.exec(what, script(statements...))
}

// Work that grows with the number of records has no time limit, the transaction around it has the usual one.
const (
	noStatementTimeout    = "SET LOCAL statement_timeout = 0"
	usualStatementTimeout = "SET LOCAL statement_timeout TO DEFAULT"
)

// script joins statements that take no parameters: PostgreSQL gets them in one message, which saves the time between them.
func script(statements ...string) string { return strings.Join(statements, ";\n") }

const insertAudit = `
INSERT INTO public.sl_audit (actor, project, action, target, detail)
VALUES ($1, $2, $3, $4, $5)`

func audit(ctx context.Context, tx pgx.Tx, o operation, report *Report) error {
	detail, err := json.Marshal(report)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, insertAudit, o.options.Actor, o.name, o.action, "project "+o.name, string(detail)); err != nil {
		return fmt.Errorf("write audit log: %w", err)
	}
	return nil
}

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
		return w.exec("write project", updateProject, next.ID, string(settings(next)), next.Revision)
	}
	if err := w.tx.QueryRow(w.ctx, insertProject, next.Name, string(settings(next)), next.Revision).Scan(&next.ID); err != nil {
		return fmt.Errorf("write project: %w", err)
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
	for _, tc := range w.change.tables {
		t := tc.after
		if t == nil {
			if err := w.dropTable(tc.before); err != nil {
				return err
			}
			continue
		}
		t.Revision = next.Revision
		var err error
		if tc.before == nil {
			err = w.tx.QueryRow(w.ctx, insertTable, next.ID, t.Name, next.Tables.Len(), string(tableText(t)), t.Revision).Scan(&t.ID)
		} else {
			err = w.exec("write", updateTable, t.ID, t.Name, string(tableText(t)), t.Revision)
		}
		if err != nil {
			return fmt.Errorf("write table %s: %w", t.Name, err)
		}
		for _, fc := range tc.fields {
			if err := w.field(t, fc); err != nil {
				return fmt.Errorf("write fields of %s: %w", t.Name, err)
			}
		}
		fields := make([]int, 0, t.Fields.Len())
		for _, f := range t.Fields.All() {
			fields = append(fields, f.ID)
		}
		if err := w.exec("order fields", moveFields, fields); err != nil {
			return err
		}
	}
	if !w.moved() {
		return nil
	}
	list := make([]int, 0, next.Tables.Len())
	for _, t := range next.Tables.All() {
		list = append(list, t.ID)
	}
	return w.exec("order tables", moveTables, list)
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

func (w *writer) field(t *engine.Table, fc fieldChange) error {
	switch f := fc.after; {
	case f == nil:
		return w.exec("drop "+fc.before.Name, dropField, fc.before.ID)
	case f.ID != 0:
		return w.exec(f.Name, updateField, f.ID, f.Name, string(fieldText(f)))
	default:
		return w.tx.QueryRow(w.ctx, insertField, t.ID, f.Key, f.Name, string(fieldText(f))).Scan(&f.ID)
	}
}

const (
	insertEndpoint = `
INSERT INTO public.sl_endpoints (project_id, name, position, definition, revision)
VALUES ($1, $2, 0, $3, $4)
RETURNING id`
	updateEndpoint = `
UPDATE public.sl_endpoints
SET name = $2, definition = $3, revision = $4
WHERE id = $1`
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
		var err error
		e := ec.after
		switch {
		case e == nil:
			err = w.exec("drop", deleteEndpoint, ec.before.ID)
		case e.ID != 0:
			e.Revision = next.Revision
			err = w.exec("write", updateEndpoint, e.ID, e.Name, string(endpointText(e)), e.Revision)
		default:
			e.Revision = next.Revision
			err = w.tx.QueryRow(w.ctx, insertEndpoint, next.ID, e.Name, string(endpointText(e)), e.Revision).Scan(&e.ID)
		}
		if err != nil {
			return fmt.Errorf("write endpoint: %w", err)
		}
	}
	if !w.moved() {
		return nil
	}
	list := make([]int, 0, next.Endpoints.Len())
	for _, e := range next.Endpoints.All() {
		list = append(list, e.ID)
	}
	return w.exec("order endpoints", moveEndpoints, list)
}
