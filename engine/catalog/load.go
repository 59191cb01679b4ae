package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
)

// A querier is a pool, a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const selectProjectNames = `
SELECT name
FROM public.sl_projects`

// snapshot calls fn with a transaction that sees one state of the database in all its statements.
func (c *Catalog) snapshot(ctx context.Context, fn func(q querier) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, c.db.Pool(), options, func(tx pgx.Tx) error { return fn(tx) })
}

// loadAll reads every project.
func loadAll(ctx context.Context, q querier) (map[string]*engine.Project, error) {
	rows, err := q.Query(ctx, selectProjectNames)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	projects := make(map[string]*engine.Project, len(names))
	for _, name := range names {
		p, err := loadProject(ctx, q, name, nil)
		if err != nil {
			return nil, err
		}
		if p != nil {
			projects[name] = p
		}
	}
	return projects, nil
}

const selectProject = `
SELECT id, revision, settings::text
FROM public.sl_projects
WHERE name = $1`

// loadProject reads a project, or gives nil where there is none. Of what known, an older state of it, holds, only the rows that
// changed since are read; the others keep their pointers. Where nothing changed, known itself is given.
func loadProject(ctx context.Context, q querier, name string, known *engine.Project) (*engine.Project, error) {
	p := &engine.Project{Name: name}
	var text string
	switch err := q.QueryRow(ctx, selectProject, name).Scan(&p.ID, &p.Revision, &text); {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("load project %s: %w", name, err)
	}
	if known == nil || known.ID != p.ID || known.Revision > p.Revision {
		known = &engine.Project{ID: p.ID, Name: name}
	} else if known.Revision == p.Revision {
		return known, nil
	}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("load project %s: %w", name, err)
	}
	p.Name = name
	for _, load := range []func(context.Context, querier, *engine.Project, *engine.Project) error{loadTables, loadEndpoints} {
		if err := load(ctx, q, p, known); err != nil {
			return nil, fmt.Errorf("load project %s: %w", name, err)
		}
	}
	return p, nil
}

// The rows that did not change come without their definition.
const selectTables = `
SELECT id, name, revision, CASE WHEN revision > $2 THEN definition::text END
FROM public.sl_tables
WHERE project_id = $1
ORDER BY position, id`

const selectFields = `
SELECT f.table_id, f.id, f.key, f.name, f.definition::text
FROM public.sl_fields f
JOIN public.sl_tables t ON t.id = f.table_id
WHERE t.project_id = $1 AND t.revision > $2 AND f.dropped_at IS NULL
ORDER BY f.table_id, f.position, f.id`

func loadTables(ctx context.Context, q querier, p, known *engine.Project) error {
	before := make(map[int]*engine.Table, known.Tables.Len())
	for _, t := range known.Tables.All() {
		before[t.ID] = t
	}
	fresh := map[int]*engine.Table{}
	rows, err := q.Query(ctx, selectTables, p.ID, known.Revision)
	if err != nil {
		return err
	}
	var id int
	var name string
	var revision int64
	var text *string
	_, err = pgx.ForEachRow(rows, []any{&id, &name, &revision, &text}, func() error {
		if t := before[id]; text == nil && t != nil {
			p.Tables.Set(name, t)
			return nil
		}
		if text == nil {
			return fmt.Errorf("table %s: it is older than the state it is missing from", name)
		}
		t, err := decodeTable(name, []byte(*text))
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		t.ID, t.Revision = id, revision
		fresh[id] = t
		p.Tables.Set(name, t)
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return err
	}
	return loadFields(ctx, q, p, known.Revision, fresh)
}

func loadFields(ctx context.Context, q querier, p *engine.Project, since int64, tables map[int]*engine.Table) error {
	rows, err := q.Query(ctx, selectFields, p.ID, since)
	if err != nil {
		return err
	}
	var tableID, id int
	var key, name, text string
	_, err = pgx.ForEachRow(rows, []any{&tableID, &id, &key, &name, &text}, func() error {
		f, err := decodeField(name, []byte(text))
		if err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
		f.ID, f.Key = id, key
		if t := tables[tableID]; t != nil {
			t.Fields.Set(name, f)
		}
		return nil
	})
	return err
}

const selectEndpoints = `
SELECT id, name, revision, CASE WHEN revision > $2 THEN definition::text END
FROM public.sl_endpoints
WHERE project_id = $1
ORDER BY position, id`

func loadEndpoints(ctx context.Context, q querier, p, known *engine.Project) error {
	before := make(map[int]*engine.Endpoint, known.Endpoints.Len())
	for _, ep := range known.Endpoints.All() {
		before[ep.ID] = ep
	}
	rows, err := q.Query(ctx, selectEndpoints, p.ID, known.Revision)
	if err != nil {
		return err
	}
	var id int
	var name string
	var revision int64
	var text *string
	_, err = pgx.ForEachRow(rows, []any{&id, &name, &revision, &text}, func() error {
		ep := before[id]
		if text != nil {
			var err error
			if ep, err = decodeEndpoint(name, []byte(*text)); err != nil {
				return fmt.Errorf("endpoint %s: %w", name, err)
			}
			ep.ID, ep.Revision = id, revision
		}
		if ep == nil {
			return fmt.Errorf("endpoint %s: it is older than the state it is missing from", name)
		}
		p.Endpoints.Set(name, ep)
		return nil
	})
	return err
}
