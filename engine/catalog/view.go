package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
)

// viewFormat counts up when the program makes views in another way; older ones are made anew.
const viewFormat = 3

// dependentObjects is SQLSTATE dependent_objects_still_exist.
const dependentObjects = "2BP01"

// viewLockTimeout bounds how long readers of a view may queue behind its change.
const viewLockTimeout = "50ms"

// viewLock is the first key of the advisory locks under which a view is changed; the second is its table's id.
const viewLock = 0x736c7677 // "slvw"

// errTableGone rolls back the change of a view whose table was dropped meanwhile.
var errTableGone = errors.New("the table was dropped")

const usualLockTimeout = "SET LOCAL lock_timeout TO DEFAULT"

const wantViews = `
UPDATE public.sl_tables
SET view_wanted = $2
WHERE id = ANY ($1)`

// views makes the views of new tables, which nobody reads yet, and asks for those of changed tables and of tables that show a value
// of them.
func (w *writer) views() error {
	var wanted []int
	zone := w.change.base.Timezone != w.change.next.Timezone
	changed := map[string]bool{}
	for _, tc := range w.change.tables {
		if tc.after != nil {
			changed[tc.after.Name] = true
		}
	}
	for name, t := range w.change.next.Tables.All() {
		if zone || changed[name] || shows(t, changed) {
			wanted = append(wanted, t.ID)
		}
	}
	w.later("ask for views", wantViews, wanted, w.change.next.Revision)
	for _, tc := range w.change.tables {
		if tc.before != nil {
			continue
		}
		if err := w.flush(); err != nil {
			return err
		}
		var taken bool // by an object of a user's, or by the view of a table that is renamed or dropped: the background settles it
		if err := w.tx.QueryRow(w.ctx, `SELECT to_regclass($1) IS NOT NULL`, relation.View(w.change.next, tc.after)).Scan(&taken); err != nil {
			return fmt.Errorf("look for view %s: %w", tc.after.Name, err)
		}
		if taken {
			continue
		}
		if err := refreshView(w.ctx, w.tx, w.change.next, tc.after); err != nil {
			return fmt.Errorf("make view %s: %w", tc.after.Name, err)
		}
	}
	return nil
}

// shows reports whether a reference of t points at one of the tables.
func shows(t *engine.Table, tables map[string]bool) bool {
	for _, f := range t.Fields.All() {
		if f.Type == engine.TypeReference && tables[f.To] {
			return true
		}
	}
	return false
}

// retriable reports whether a view could not be changed because somebody uses it, or because of what users made: the background goes
// on trying or has noted why not.
func retriable(err error) bool {
	var pe *pgconn.PgError
	return errors.As(err, &pe) && (pe.Code == pg.LockNotAvailable || pe.Code == pg.DuplicateTable || pe.Code == pg.DeadlockDetected)
}

// A viewState is the row of a table about its view.
type viewState struct {
	name     string // as it stands; "" is none
	columns  []viewColumn
	revision int64
	format   int
}

// A viewColumn is a column of a view as it was made. Its JSON is [name, key].
type viewColumn struct{ Name, Key string }

// MarshalJSON writes [name, key].
func (c viewColumn) MarshalJSON() ([]byte, error) { return json.Marshal([2]string{c.Name, c.Key}) }

// UnmarshalJSON reads [name, key].
func (c *viewColumn) UnmarshalJSON(text []byte) error {
	var pair [2]string
	err := json.Unmarshal(text, &pair)
	c.Name, c.Key = pair[0], pair[1]
	return err
}

const (
	selectView = `
SELECT coalesce(t.view_name, ''), t.view_columns::text, t.view_revision, t.view_format, coalesce(r.rolname::text, '')
FROM public.sl_tables t
JOIN public.sl_projects p ON p.id = t.project_id
LEFT JOIN pg_roles r ON r.rolname = p.role_name
WHERE t.id = $1`
	// Not the row's lock: a change of the definition must not wait while a view is made.
	lockView   = `SELECT pg_advisory_xact_lock($1, $2)`
	updateView = `
UPDATE public.sl_tables
SET view_name = $2, view_columns = $3, view_revision = $4, view_format = $5, view_note = $6
WHERE id = $1`
)

// refreshView brings the view of t to its definition inside tx. Its error is retriable where a reader holds the view.
func refreshView(ctx context.Context, tx pgx.Tx, p *engine.Project, t *engine.Table) error {
	if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '"+viewLockTimeout+"'"); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, lockView, viewLock, t.ID); err != nil {
		return err
	}
	var state viewState
	var columns, role string
	err := tx.QueryRow(ctx, selectView, t.ID).Scan(&state.name, &columns, &state.revision, &state.format, &role)
	switch {
	case errors.Is(err, pgx.ErrNoRows) || err == nil && state.revision > p.Revision:
		return nil // dropped, or done by somebody who knows more
	case err != nil:
		return err
	}
	if err := json.Unmarshal([]byte(columns), &state.columns); err != nil {
		return err
	}
	v := viewChange{ctx: ctx, tx: tx, project: p, table: t, state: state, columns: relation.ViewColumns(p, t)}
	if err := v.make(); err != nil {
		return err
	}
	if err := v.finish(role); err != nil {
		return err
	}
	made := make([]viewColumn, len(v.columns))
	for i, c := range v.columns {
		made[i] = viewColumn{c.Name, c.Key}
	}
	text, err := json.Marshal(made)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, updateView, t.ID, t.Name, string(text), p.Revision, viewFormat, v.note)
	if err == nil && tag.RowsAffected() == 0 {
		return errTableGone
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, usualLockTimeout)
	return err
}
