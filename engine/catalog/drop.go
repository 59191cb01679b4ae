package catalog

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
)

const (
	// Views come first: those of other dropped tables may show values of this one.
	selectDropped = `
SELECT d.id, d.project_id, p.name, coalesce(d.view_name, ''), d.keys
FROM public.sl_dropped_tables d
JOIN public.sl_projects p ON p.id = d.project_id
WHERE d.note = ''
ORDER BY d.view_name IS NULL, d.id
FOR UPDATE OF d SKIP LOCKED
LIMIT 1`
	forgetDroppedView = `
UPDATE public.sl_dropped_tables
SET view_name = NULL
WHERE id = $1`
	deleteDropped = `
DELETE FROM public.sl_dropped_tables
WHERE id = $1`
	noteDropped = `
UPDATE public.sl_dropped_tables
SET note = $2
WHERE id = $1`
	forgetDropNotes = `
UPDATE public.sl_dropped_tables
SET note = ''
WHERE project_id = $1 AND note <> ''`
)

// dropTables drops views, then leaves, of tables that are no longer defined, and reports whether somebody held one. What a user's
// object depends on stays, with a note, until something of the project changes.
func (c *Catalog) dropTables(ctx context.Context) (held bool, err error) {
	for found := true; found; {
		err := c.db.InTx(ctx, func(tx pgx.Tx) (err error) {
			found, err = dropNext(ctx, tx)
			return err
		})
		if pg.Code(err) == pg.LockNotAvailable || pg.Code(err) == pg.DeadlockDetected {
			return true, nil
		}
		if err != nil {
			return true, err
		}
	}
	return false, nil
}

// dropNext drops one view, or one leaf with what belongs to it.
func dropNext(ctx context.Context, tx pgx.Tx) (found bool, err error) {
	var p engine.Project
	var t engine.Table
	var view string
	var keys []string
	err = tx.QueryRow(ctx, selectDropped).Scan(&t.ID, &p.ID, &p.Name, &view, &keys)
	if err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			err = nil
		}
		return false, err
	}
	for _, key := range keys {
		t.Fields.Set(key, &engine.Field{Key: key, Name: key, Type: engine.TypeAutonumber})
	}
	statements, done := relation.DropLeaf(&p, &t), deleteDropped
	if view != "" {
		statements, done = []string{relation.DropView(&p, view)}, forgetDroppedView
	}
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, script(append([]string{noStatementTimeout, "SET LOCAL lock_timeout = '" + viewLockTimeout + "'"}, statements...)...))
		return err
	})
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Code == dependentObjects {
		_, err := tx.Exec(ctx, noteDropped, t.ID, "what is left of the dropped table stays, because of what depends on it: "+pe.Detail)
		return true, err
	}
	if err != nil {
		return true, err
	}
	if _, err := tx.Exec(ctx, done, t.ID); err != nil {
		return true, err
	}
	_, err = tx.Exec(ctx, forgetDropNotes, p.ID)
	return true, err
}
