package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
)

// CreateProject makes an empty project. Its error is Conflict where there is one of that name.
func (c *Catalog) CreateProject(ctx context.Context, name, actor string) (*Report, error) {
	if !engine.ValidObjectName(name) {
		return nil, engine.Problems{engine.Problemf([]string{"project"}, "a small letter, then small letters, digits and _, at most 48",
			"%q cannot name a project", name)}
	}
	o := operation{name: name, create: true, action: "create project", options: ApplyOptions{Author: Author{Actor: actor}}}
	o.merge = func(base *engine.Project) (*merge, error) {
		if base.ID != 0 {
			return nil, engine.Errorf(engine.Conflict, "There is a project %s already.", name)
		}
		return &merge{base: base, file: &engine.Project{Name: name}}, nil
	}
	return c.run(ctx, o)
}

const (
	selectProjectRole = `
SELECT id, coalesce(role_name, '')
FROM public.sl_projects
WHERE name = $1
FOR UPDATE`
	selectProjectFilled = `
SELECT EXISTS (SELECT FROM public.sl_records WHERE project_id = $1)`
	deleteTables = `
DELETE FROM public.sl_tables
WHERE project_id = $1`
	deleteProject = `
DELETE FROM public.sl_projects
WHERE id = $1`
)

// dropLockTimeout bounds how long a project that is dropped waits for those who use it.
const dropLockTimeout = "SET LOCAL lock_timeout = '10s'"

// DropOptions say how a project is dropped.
type DropOptions struct {
	Yes bool // also when it holds records
	Author
}

// DropProject drops a project with everything in its schema, records and users' own objects included. Its error is NotFound, or
// Conflict where it holds records and the options do not say yes.
func (c *Catalog) DropProject(ctx context.Context, name string, opt DropOptions) error {
	var role string
	err := c.db.InTx(ctx, func(tx pgx.Tx) error {
		p := &engine.Project{Name: name}
		if _, err := tx.Exec(ctx, script(noStatementTimeout, dropLockTimeout)); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, selectProjectRole, name).Scan(&p.ID, &role)
		if errors.Is(err, pgx.ErrNoRows) {
			return engine.Errorf(engine.NotFound, "There is no project %s.", name)
		}
		if err != nil {
			return err
		}
		var filled bool
		if err := tx.QueryRow(ctx, selectProjectFilled, p.ID).Scan(&filled); err != nil {
			return err
		}
		if filled && !opt.Yes {
			return engine.Errorf(engine.Conflict, "The project %s holds records, which would be lost with it; say yes (--yes) to drop it.", name)
		}
		for _, s := range []struct {
			sql  string
			args []any
		}{
			{relation.DropProject(p), nil},
			{deleteTables, []any{p.ID}},
			{deleteProject, []any{p.ID}},
			{insertAudit, []any{opt.Kind, opt.Actor, opt.Address, name, "drop project", "project " + name, nil}},
			{`SELECT pg_notify($1, $2)`, []any{channel, name + " 0"}},
		} {
			if _, err := tx.Exec(ctx, s.sql, s.args...); err != nil {
				return err
			}
		}
		return nil
	})
	var refused *engine.Error
	if errors.As(err, &refused) {
		return err
	}
	if pg.Code(err) == pg.LockNotAvailable {
		return engine.Errorf(engine.Conflict, "The project %s is in use: somebody's transaction holds one of its views or tables. Try again when it has ended.", name)
	}
	if err != nil {
		return fmt.Errorf("drop project %s: %w", name, err)
	}
	c.publish(name, nil)
	if role == "" {
		return nil
	}
	for _, sql := range relation.DropRole(role) { // belongs to the whole server, where others may use it
		if _, err := c.db.Pool().Exec(ctx, sql); err != nil {
			c.log.Warn("the role of the dropped project stays", "role", role, "error", err)
			break
		}
	}
	return nil
}
