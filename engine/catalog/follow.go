package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/storage/pg"
)

const (
	selectPendingViews = `
SELECT p.name, p.revision, t.id
FROM public.sl_tables t
JOIN public.sl_projects p ON p.id = t.project_id
WHERE (t.view_revision < t.view_wanted OR t.view_format < $1) AND ($2 = '' OR p.name = $2)
ORDER BY p.name, t.position, t.id`
	failView = `
UPDATE public.sl_tables
SET view_note = $2, view_revision = $3, view_format = $4
WHERE id = $1`
)

// followViews brings views to their definitions, of one project or ("") of all, each in a transaction of its own. It reports whether
// somebody held one.
func (c *Catalog) followViews(ctx context.Context, project string) (left bool, err error) {
	type pending struct {
		project  string
		revision int64
		id       int
	}
	rows, err := c.db.Pool().Query(ctx, selectPendingViews, viewFormat, project)
	if err != nil {
		return true, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v pending, err error) {
		return v, row.Scan(&v.project, &v.revision, &v.id)
	})
	if err != nil {
		return true, err
	}
	for _, v := range list {
		p := c.Schema().Project(v.project)
		if p == nil || p.Revision < v.revision {
			c.reload(ctx, v.project)
			if p = c.Schema().Project(v.project); p == nil {
				continue
			}
		}
		t := idsOf(p).tables[v.id]
		if t == nil {
			continue
		}
		held, err := c.followView(ctx, p, t)
		if err != nil {
			return true, fmt.Errorf("view %s.%s: %w", p.SchemaName(), t.Name, err)
		}
		left = left || held
	}
	return left, nil
}

// followView changes one view. It reports true where somebody held it; what PostgreSQL refuses for good is noted, and waits for the
// next definition.
func (c *Catalog) followView(ctx context.Context, p *engine.Project, t *engine.Table) (held bool, err error) {
	err = c.db.InTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL synchronous_commit = off"); err != nil { // what a crash loses is made again
			return err
		}
		if err := refreshView(ctx, tx, p, t); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, forgetDropNotes, p.ID)
		return err
	})
	var pe *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, errTableGone):
		return false, nil
	case pg.Code(err) == pg.LockNotAvailable, pg.Code(err) == pg.DeadlockDetected:
		return true, nil
	case errors.As(err, &pe) && ctx.Err() == nil && !pg.IsUnavailable(err):
		note := pe.Message
		if pe.Detail != "" {
			note += "; " + pe.Detail
		}
		c.log.Warn("a view could not be changed", "project", p.Name, "table", t.Name, "error", err)
		_, err := c.db.Pool().Exec(ctx, failView, t.ID, note, p.Revision, viewFormat)
		return false, err
	}
	return true, err
}

// A ViewNote tells what keeps a table's view from being as defined.
type ViewNote struct {
	Table string `json:"table"`
	Note  string `json:"note"`
}

const selectViewNotes = `
SELECT t.name, t.view_note
FROM public.sl_tables t
JOIN public.sl_projects p ON p.id = t.project_id
WHERE p.name = $1 AND t.view_note <> ''
UNION ALL
SELECT d.name, d.note
FROM public.sl_dropped_tables d
JOIN public.sl_projects p ON p.id = d.project_id
WHERE p.name = $1 AND d.note <> ''
ORDER BY 1`

// ViewNotes lists the views of a project that are not as defined, with the reason: an object of a user's that depends on them.
func (c *Catalog) ViewNotes(ctx context.Context, project string) ([]ViewNote, error) {
	rows, err := c.db.Pool().Query(ctx, selectViewNotes, project)
	if err != nil {
		return nil, fmt.Errorf("list notes about views: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[ViewNote])
}
