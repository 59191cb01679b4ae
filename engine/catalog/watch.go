package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/mounted"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
)

// Tables whose changes a definition or a mount must know of have a trigger on their leaf: see the package change.

const (
	selectWatches  = `SELECT table_id FROM public.sl_watches`
	selectRevision = `
SELECT revision
FROM public.sl_projects
WHERE id = $1
FOR SHARE`
	insertWatch = `
INSERT INTO public.sl_watches (table_id)
VALUES ($1)
ON CONFLICT DO NOTHING`
	deleteWatch = `
DELETE FROM public.sl_watches
WHERE table_id = $1`
)

// errOutdated rolls back what an older definition asks for.
var errOutdated = errors.New("the definition was changed meanwhile")

// followWatches makes the triggers that definitions need and drops those that none needs any more, each in a transaction of its own. It
// reports whether somebody held a leaf.
func (c *Catalog) followWatches(ctx context.Context) (left bool, err error) {
	rows, err := c.db.Pool().Query(ctx, selectWatches)
	if err != nil {
		return true, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return true, err
	}
	watched := make(map[int]bool, len(list))
	for _, id := range list {
		watched[id] = true
	}
	mounts, err := mounted.Projects(ctx, c.db)
	if err != nil {
		return true, err
	}
	for _, p := range c.Schema().Projects {
		all, wanted := mounts[""] || mounts[p.Name], map[int]bool{}
		for _, t := range plan.Watched(p) {
			wanted[t.ID] = true
		}
		for _, t := range p.Tables.All() {
			on := all || wanted[t.ID]
			if t.ID == 0 || on == watched[t.ID] {
				continue
			}
			held, err := c.followWatch(ctx, p, t, on)
			if err != nil {
				return true, fmt.Errorf("leaf of %s.%s: %w", p.SchemaName(), t.Name, err)
			}
			left = left || held
		}
	}
	return left, nil
}

// followWatch makes or drops one trigger. It reports true where it has to be tried again.
func (c *Catalog) followWatch(ctx context.Context, p *engine.Project, t *engine.Table, on bool) (held bool, err error) {
	trigger, note := relation.Unwatch(p, t), deleteWatch
	if on {
		trigger, note = relation.Watch(p, t), insertWatch
	}
	err = c.db.InTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '"+viewLockTimeout+"'"); err != nil {
			return err
		}
		var revision int64
		if err := tx.QueryRow(ctx, selectRevision, p.ID).Scan(&revision); err != nil {
			return err
		}
		if revision != p.Revision {
			return errOutdated
		}
		if _, err := tx.Exec(ctx, trigger); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, note, t.ID)
		return err
	})
	switch {
	case err == nil, errors.Is(err, pgx.ErrNoRows): // the project is gone
		return false, nil
	case errors.Is(err, errOutdated), pg.Code(err) == pg.LockNotAvailable, pg.Code(err) == pg.DeadlockDetected, pg.Code(err) == pg.UndefinedTable:
		return true, nil
	}
	return true, err
}
