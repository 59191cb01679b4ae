package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
)

// triggerLock is the first key of the advisory locks under which the on_write trigger of a leaf is made or dropped; the second is its
// table's id. So what a definition wants and what the leaf has are compared by one at a time.
const triggerLock = 0x736c7472 // "sltr"

const (
	lockTrigger = `SELECT pg_advisory_xact_lock($1, $2)`
	hasTrigger  = `
SELECT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = $1::regclass AND g.tgname = '` + relation.OnWriteTrigger + `')`
	// The definition of a table is stored without on_write where it has none.
	selectOtherTriggers = `
WITH has AS (SELECT g.tgrelid FROM pg_trigger g WHERE g.tgname = '` + relation.OnWriteTrigger + `' AND NOT g.tgisinternal)
SELECT p.id, p.name, t.id
FROM public.sl_tables t
JOIN public.sl_projects p ON p.id = t.project_id
WHERE ($1 = '' OR p.name = $1) AND CASE
    WHEN t.definition->'on_write' IS NOT NULL THEN to_regclass(format('%I.%I', 'p_' || p.name, '_r' || t.id)) NOT IN (SELECT tgrelid FROM has)
    WHEN EXISTS (SELECT FROM has) THEN to_regclass(format('%I.%I', 'p_' || p.name, '_r' || t.id)) IN (SELECT tgrelid FROM has)
    ELSE false
  END
ORDER BY t.id`
	wantsTrigger = `
SELECT t.definition->'on_write' IS NOT NULL
FROM public.sl_tables t
WHERE t.id = $1`
)

// triggers gives leaves of tables that begin to have on_write their trigger: it commits with the definition, so that no write after it is
// missed. Where a writer holds the leaf for long, it follows. One that is no longer wanted is dropped in the background: until then
// what it writes is passed over.
func (w *writer) triggers() error {
	for _, tc := range w.change.tables {
		if tc.after == nil || len(tc.after.OnWrite) == 0 || tc.before != nil && len(tc.before.OnWrite) > 0 {
			continue
		}
		if err := w.flush(); err != nil {
			return err
		}
		err := pgx.BeginFunc(w.ctx, w.tx, func(tx pgx.Tx) error { // a savepoint
			return setTrigger(w.ctx, tx, w.change.next, tc.after, true)
		})
		if err != nil && !retriable(err) {
			return fmt.Errorf("make trigger of %s: %w", tc.after.Name, err)
		}
	}
	return nil
}

// setTrigger makes or drops a trigger. Its error is retriable where somebody holds the leaf.
func setTrigger(ctx context.Context, tx pgx.Tx, p *engine.Project, t *engine.Table, wanted bool) error {
	if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '"+viewLockTimeout+"'"); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, lockTrigger, triggerLock, t.ID); err != nil {
		return err
	}
	var there bool
	if err := tx.QueryRow(ctx, hasTrigger, relation.Leaf(p, t)).Scan(&there); err != nil {
		return err
	}
	if there != wanted {
		sql := relation.DropOnWrite(p, t)
		if wanted {
			sql = relation.CreateOnWrite(p, t)
		}
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, usualLockTimeout)
	return err
}

// An otherTrigger is a table whose leaf has a trigger against its definition, or lacks one.
type otherTrigger struct {
	project engine.Project
	table   engine.Table
}

// followTriggers brings the triggers of a project, or of all where it is "", to their definitions, and gives the tables whose leaf
// somebody holds.
func (c *Catalog) followTriggers(ctx context.Context, project string) (held []int, err error) {
	rows, err := c.db.Pool().Query(ctx, selectOtherTriggers, project)
	if err != nil {
		return nil, err
	}
	others, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o otherTrigger, err error) {
		return o, row.Scan(&o.project.ID, &o.project.Name, &o.table.ID)
	})
	if err != nil {
		return nil, err
	}
	for i := range others {
		o := &others[i]
		err := pgx.BeginFunc(ctx, c.db.Pool(), func(tx pgx.Tx) error { return followTrigger(ctx, tx, o) })
		switch {
		case err != nil && retriable(err):
			held = append(held, o.table.ID)
		case err != nil && !errors.Is(err, pgx.ErrNoRows): // dropped meanwhile
			return held, err
		}
	}
	return held, nil
}

// followTrigger reads what is wanted once more under the lock: the definition may have changed.
func followTrigger(ctx context.Context, tx pgx.Tx, o *otherTrigger) error {
	if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '"+viewLockTimeout+"'"); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, lockTrigger, triggerLock, o.table.ID); err != nil {
		return err
	}
	var wanted bool
	if err := tx.QueryRow(ctx, wantsTrigger, o.table.ID).Scan(&wanted); err != nil {
		return err
	}
	return setTrigger(ctx, tx, &o.project, &o.table, wanted)
}

// awaitTriggers waits for a moment until on_write of the changed tables is live, and notes what is not.
func (c *Catalog) awaitTriggers(ctx context.Context, done *change, report *Report) {
	var began []*engine.Table
	for _, tc := range done.tables {
		if tc.after != nil && len(tc.after.OnWrite) > 0 && tc.before != nil && len(tc.before.OnWrite) == 0 {
			began = append(began, tc.after)
		}
	}
	if len(began) == 0 {
		return
	}
	var held []int
	for start := time.Now(); ; {
		var err error
		if held, err = c.followTriggers(ctx, done.next.Name); err != nil {
			c.log.Error("make triggers", "project", done.next.Name, "error", err)
		}
		if len(held) == 0 || time.Since(start) > followFor || pg.Pause(ctx, retryInterval) != nil {
			break
		}
	}
	for _, t := range began {
		for _, id := range held {
			if id == t.ID {
				report.note("on_write of %s is not live yet: somebody writes to the table in a long transaction; it follows by itself", t.Name)
			}
		}
	}
}
