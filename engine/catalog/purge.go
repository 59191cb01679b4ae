package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
)

const (
	selectPurge = `
SELECT p.name, t.id, f.id, f.key, f.purged_id
FROM public.sl_fields f
JOIN public.sl_tables t ON t.id = f.table_id
JOIN public.sl_projects p ON p.id = t.project_id
WHERE f.purge_at IS NOT NULL AND f.dropped_at IS NOT NULL
ORDER BY f.purge_at, f.id
FOR UPDATE OF f SKIP LOCKED
LIMIT 1`
	deleteField = `
DELETE FROM public.sl_fields
WHERE id = $1`
	notePurged = `
UPDATE public.sl_fields
SET purged_id = $2
WHERE id = $1`
	// The version stays: nothing that anybody can see changes.
	purgeBatch = `
WITH batch AS (
  SELECT x.id FROM %[1]s x WHERE x.id > $1 ORDER BY x.id LIMIT 5000
), purged AS (
  UPDATE %[1]s r SET data = r.data - %[2]s WHERE r.id IN (SELECT id FROM batch) AND r.data ? %[2]s
)
SELECT coalesce(max(id), 0) FROM batch`
)

// purge takes the values of purged fields out of the records, until it is done or (to the end: not at all) something more urgent
// waits; then it reports that there is more.
func (c *Catalog) purge(ctx context.Context, toTheEnd bool) (more bool, err error) {
	for {
		more, err := c.purgeSome(ctx)
		if !more || err != nil {
			return false, err
		}
		if !toTheEnd && len(c.wake) > 0 {
			return true, nil
		}
	}
}

// purgeSome handles one batch. The row of the field is held meanwhile, so that one server does it, and keeps how far it came.
func (c *Catalog) purgeSome(ctx context.Context) (more bool, err error) {
	err = c.db.InTx(ctx, func(tx pgx.Tx) error {
		var p engine.Project
		var t engine.Table
		var f engine.Field
		var last int64
		if _, err := tx.Exec(ctx, noStatementTimeout); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, selectPurge).Scan(&p.Name, &t.ID, &f.ID, &f.Key, &last)
		if more = err == nil; errors.Is(err, pgx.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, fmt.Sprintf(purgeBatch, relation.Leaf(&p, &t), relation.Literal(f.Key)), last).Scan(&last); err != nil {
			return err
		}
		if last > 0 {
			_, err = tx.Exec(ctx, notePurged, f.ID, last)
			return err
		}
		if _, err := tx.Exec(ctx, relation.DropSequence(&p, &f)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, deleteField, f.ID)
		return err
	})
	return more, err
}
