package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
)

const updateRole = `
UPDATE public.sl_projects
SET role_name = $2
WHERE id = $1`

// makeProject makes the schema of a new project, its partition of sl_records, and its role where that is permitted.
func (w *writer) makeProject() error {
	next := w.change.next
	if err := w.run("make schema of project", relation.CreateProject(next)...); err != nil {
		return err
	}
	var database string
	if err := w.tx.QueryRow(w.ctx, `SELECT current_database()`).Scan(&database); err != nil {
		return fmt.Errorf("make role of project: %w", err)
	}
	role := relation.RoleName(database, next)
	err := pgx.BeginFunc(w.ctx, w.tx, func(tx pgx.Tx) error { return makeRole(w.ctx, tx, next, role) }) // a savepoint: it goes without
	if err != nil {
		w.catalog.log.Warn("the project gets no role of its own for its views", "project", next.Name, "role", role, "error", err)
		w.report.note("the role %s for the project's views could not be made: %v", role, err)
	}
	return nil
}

const selectRoleComment = `
SELECT coalesce(shobj_description(oid, 'pg_authid'), '')
FROM pg_roles
WHERE rolname = $1`

// makeRole makes the role, or takes the one that a dropped project of the same name left. A role of somebody else's is left alone.
func makeRole(ctx context.Context, tx pgx.Tx, p *engine.Project, role string) error {
	statements := relation.CreateRole(p, role)
	var comment string
	switch err := tx.QueryRow(ctx, selectRoleComment, role).Scan(&comment); {
	case err == nil && comment != relation.RoleComment(p):
		return fmt.Errorf("there is another role %s", role)
	case err == nil:
		statements = []string{relation.GrantSchema(p, role)}
	case !errors.Is(err, pgx.ErrNoRows):
		return err
	}
	for _, sql := range statements {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, updateRole, p.ID, role)
	return err
}

// leaves makes the leaves of new tables, and the sequences of new autonumber fields.
func (w *writer) leaves() error {
	next := w.change.next
	for _, tc := range w.change.tables {
		if tc.after == nil {
			continue
		}
		if tc.before == nil {
			if err := w.run("make leaf of "+tc.after.Name, relation.CreateLeaf(next, tc.after)...); err != nil {
				return err
			}
		}
		if holdsFiles(tc.after) && !holdsFiles(tc.before) {
			if err := w.run("follow the files of "+tc.after.Name, relation.TrackFiles(next, tc.after)...); err != nil {
				return err
			}
		}
		for _, fc := range tc.fields {
			if fc.after == nil || fc.after.Type != engine.TypeAutonumber || fc.before != nil && fc.before.Type == engine.TypeAutonumber {
				continue
			}
			if err := w.run("make sequence of "+fc.after.Name, relation.CreateSequence(next, fc.after)); err != nil {
				return err
			}
			if fc.after.ID != 0 && fc.before != nil { // it held numbers before
				raise := []string{noStatementTimeout, relation.RaiseSequence(next, tc.after, fc.after), usualStatementTimeout}
				if err := w.run("raise sequence of "+fc.after.Name, raise...); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func holdsFiles(t *engine.Table) bool {
	if t == nil {
		return false
	}
	for _, f := range t.Fields.All() {
		if f.Type == engine.TypeFile {
			return true
		}
	}
	return false
}

// guardFiles refuses to turn a file field into another, or another into one: what is stored would neither be a file nor cease to be one.
func guardFiles(done *change) error {
	for _, tc := range done.tables {
		for _, fc := range tc.fields {
			if fc.before != nil && fc.after != nil && fc.before.Type != fc.after.Type && (fc.before.Type == engine.TypeFile || fc.after.Type == engine.TypeFile) {
				return engine.Errorf(engine.Conflict, "The field %s.%s cannot change from %s to %s; drop it and add another.", tc.after.Name, fc.after.Name, fc.before.Type, fc.after.Type)
			}
		}
	}
	return nil
}

// deleteFunctions brings the functions that hold on_delete up to date, for each table whose referrers changed. It locks no table.
func (w *writer) deleteFunctions() error {
	var names []string
	for _, tc := range w.change.tables {
		for _, t := range []*engine.Table{tc.before, tc.after} {
			if t == nil {
				continue
			}
			names = append(names, t.Name)
			for _, f := range t.Fields.All() {
				names = append(names, f.To)
			}
		}
	}
	slices.Sort(names)
	before := idsOf(w.change.base).tables
	for _, name := range slices.Compact(names) {
		t, _ := w.change.next.Tables.Get(name)
		if t == nil {
			continue
		}
		sql := relation.DeleteFunction(w.change.next, t)
		if was := before[t.ID]; was == nil || relation.DeleteFunction(w.change.base, was) == sql {
			continue // a new leaf came with it
		}
		if err := w.run("write on_delete of "+name, sql); err != nil {
			return err
		}
	}
	return nil
}

const (
	insertDropped = `
INSERT INTO public.sl_dropped_tables (id, project_id, name, view_name, keys)
SELECT id, project_id, name, view_name, ARRAY(SELECT key FROM public.sl_fields WHERE table_id = $1)
FROM public.sl_tables
WHERE id = $1`
	deleteTable = `
DELETE FROM public.sl_tables
WHERE id = $1`
)

func (w *writer) dropTable(t *engine.Table) {
	w.later("drop table "+t.Name, insertDropped, t.ID)
	w.later("drop table "+t.Name, deleteTable, t.ID)
}

// guardRecords refuses to drop a table that holds records, unless the user said yes.
func (c *Catalog) guardRecords(ctx context.Context, tx pgx.Tx, done *change, yes bool) error {
	for _, tc := range done.tables {
		if tc.after != nil || yes {
			continue
		}
		filled, err := hasRecords(ctx, tx, done.base, tc.before)
		if err != nil {
			return fmt.Errorf("look for records of %s: %w", tc.before.Name, err)
		}
		if filled {
			return engine.Errorf(engine.Conflict, "The table %s holds records, which would be lost with it; say yes (--yes) to drop it.", tc.before.Name)
		}
	}
	return nil
}

func hasRecords(ctx context.Context, q querier, p *engine.Project, t *engine.Table) (filled bool, err error) {
	err = q.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+relation.Leaf(p, t)+")").Scan(&filled)
	return filled, err
}
