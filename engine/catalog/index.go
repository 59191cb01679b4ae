package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
)

// IndexProgress is where an index stands.
type IndexProgress string

// The states. An index that is none waits to be built.
const (
	IndexNone     IndexProgress = "none"
	IndexBuilding IndexProgress = "building"
	IndexValid    IndexProgress = "valid"
	IndexFailed   IndexProgress = "failed"
)

// An IndexState tells about one index that a definition asks for.
type IndexState struct {
	Project    string        `json:"project"`
	Table      string        `json:"table"`
	Name       string        `json:"name"` // in PostgreSQL
	Fields     []string      `json:"fields"`
	Unique     bool          `json:"unique"`
	State      IndexProgress `json:"state"`
	Phase      string        `json:"phase,omitempty"` // of building, in PostgreSQL's words
	Done       float64       `json:"done"`            // of the phase, 0 to 1; 1 for a valid index
	Error      string        `json:"error,omitempty"`
	Duplicates []Duplicate   `json:"duplicates,omitempty"` // what keeps a uniqueness from holding, the first 20
	ChangedAt  time.Time     `json:"changed_at"`
}

// A Duplicate is a value that several records share.
type Duplicate struct {
	Values []string `json:"values"` // one a field, as text
	UIDs   []string `json:"uids"`   // the first 20
	Count  int64    `json:"count"`
}

// indexDetail is what sl_indexes keeps about a failure.
type indexDetail struct {
	Error      string      `json:"error"`
	Duplicates []Duplicate `json:"duplicates,omitempty"`
}

const (
	insertIndex = `
INSERT INTO public.sl_indexes (table_id, name, keys, kind, definition, state)
VALUES ($1, $2, $3, $4, $5, 'none')
ON CONFLICT (table_id, name) DO UPDATE SET wanted = true, detail = NULL, changed_at = now(),
  state = CASE WHEN sl_indexes.state = 'valid' THEN 'valid' ELSE 'none' END
RETURNING state`
	unwantIndexes = `
UPDATE public.sl_indexes
SET wanted = false
WHERE table_id = $1 AND wanted AND NOT name = ANY ($2)`
	setIndexState = `
UPDATE public.sl_indexes
SET state = $3, detail = $4, changed_at = now()
WHERE table_id = $1 AND name = $2`
)

// indexes writes down which indexes the changed tables want. On a leaf without records they are made at once; the others are built in
// the background.
func (w *writer) indexes() error {
	for _, tc := range w.change.tables {
		if tc.after != nil {
			if err := w.tableIndexes(tc.after, tc.before == nil); err != nil {
				return fmt.Errorf("write indexes of %s: %w", tc.after.Name, err)
			}
		}
	}
	if !w.change.settings || w.change.base.Timezone == w.change.next.Timezone {
		return nil
	}
	for _, t := range w.change.next.Tables.All() { // expressions may have become others with the timezone
		if err := w.tableIndexes(t, false); err != nil {
			return fmt.Errorf("write indexes of %s: %w", t.Name, err)
		}
	}
	return nil
}

func (w *writer) tableIndexes(t *engine.Table, fresh bool) error {
	indexes := relation.Indexes(w.change.next, t)
	names, states := make([]string, len(indexes)), make([]IndexProgress, len(indexes))
	for i, x := range indexes {
		names[i] = x.Name
		w.ask(&states[i], "want index "+x.Name, insertIndex, t.ID, x.Name, x.Keys, string(x.Kind), x.Definition)
	}
	if !fresh {
		w.later("unwant indexes", unwantIndexes, t.ID, names)
	}
	if len(indexes) == 0 {
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	empty, known := fresh, fresh
	for i, x := range indexes {
		if states[i] == IndexValid {
			continue
		}
		if !known {
			filled, err := hasRecords(w.ctx, w.tx, w.change.next, t)
			if err != nil {
				return err
			}
			empty, known = !filled, true
		}
		if !empty {
			break
		}
		if err := w.indexEmpty(t, x, fresh); err != nil {
			return err
		}
	}
	return nil
}

// indexEmpty makes an index of a leaf without records. Where a writer holds the leaf, it is left to the background.
func (w *writer) indexEmpty(t *engine.Table, x relation.Index, fresh bool) error {
	if fresh {
		return w.makeIndex(w.tx, t, x)
	}
	err := pgx.BeginFunc(w.ctx, w.tx, func(tx pgx.Tx) error { // a savepoint
		if _, err := tx.Exec(w.ctx, script("SET LOCAL lock_timeout = '"+viewLockTimeout+"'", relation.DropIndex(w.change.next, x.Name, false))); err != nil {
			return err
		}
		if err := w.makeIndex(tx, t, x); err != nil {
			return err
		}
		_, err := tx.Exec(w.ctx, usualLockTimeout)
		return err
	})
	if err != nil && !retriable(err) {
		return err
	}
	return nil
}

// makeIndex makes an index of a leaf without records inside the transaction.
func (w *writer) makeIndex(tx pgx.Tx, t *engine.Table, x relation.Index) error {
	if _, err := tx.Exec(w.ctx, x.SQL(w.change.next, t, false)); err != nil {
		return err
	}
	_, err := tx.Exec(w.ctx, setIndexState, t.ID, x.Name, IndexValid, nil)
	return err
}

const selectIndexStates = `
SELECT p.name, t.name, x.table_id, x.name, x.keys, x.kind, x.state, x.detail::text, x.changed_at, coalesce(s.phase, ''),
  coalesce(CASE WHEN s.tuples_total > 0 THEN s.tuples_done::float8 / s.tuples_total WHEN s.blocks_total > 0 THEN s.blocks_done::float8 / s.blocks_total END, 0)
FROM public.sl_indexes x
JOIN public.sl_tables t ON t.id = x.table_id
JOIN public.sl_projects p ON p.id = t.project_id
LEFT JOIN pg_stat_progress_create_index s ON s.datname = current_database() AND s.index_relid <> 0
  AND s.index_relid = to_regclass(format('%I.%I', 'p_' || p.name, x.name))
WHERE x.wanted AND ($1 = '' OR p.name = $1) AND ($2 = '' OR x.name = $2)
ORDER BY p.name, t.position, t.id, x.name`

// IndexStates tells about the indexes of a project, in the order of its tables; "" is all projects.
func (c *Catalog) IndexStates(ctx context.Context, project string) ([]IndexState, error) {
	return c.indexStates(ctx, project, "")
}

func (c *Catalog) indexStates(ctx context.Context, project, name string) ([]IndexState, error) {
	rows, err := c.db.Pool().Query(ctx, selectIndexStates, project, name)
	if err != nil {
		return nil, fmt.Errorf("list indexes: %w", err)
	}
	schema := c.Schema()
	states, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (IndexState, error) {
		var s IndexState
		var tableID int
		var keys []string
		var kind string
		var detail *string
		if err := row.Scan(&s.Project, &s.Table, &tableID, &s.Name, &keys, &kind, &s.State, &detail, &s.ChangedAt, &s.Phase, &s.Done); err != nil {
			return s, err
		}
		s.Unique = kind == string(relation.UniqueIndex)
		s.Fields = fieldNames(schema.Project(s.Project), tableID, keys)
		if s.State == IndexValid {
			s.Done = 1
		}
		if detail != nil {
			var d indexDetail
			if err := json.Unmarshal([]byte(*detail), &d); err != nil {
				return s, err
			}
			s.Error, s.Duplicates = d.Error, d.Duplicates
		}
		return s, nil
	})
	if err != nil {
		return nil, fmt.Errorf("list indexes: %w", err)
	}
	return states, nil
}

// fieldNames gives the names of the fields stored under keys; a key that is not known any more stands for itself.
func fieldNames(p *engine.Project, tableID int, keys []string) []string {
	names := append([]string(nil), keys...)
	if p == nil {
		return names
	}
	for _, t := range p.Tables.All() {
		for i, key := range keys {
			if f := t.FieldByKey(key); t.ID == tableID && f != nil {
				names[i] = f.Name
			}
		}
	}
	return names
}

const retryIndex = `
UPDATE public.sl_indexes x
SET state = 'none', detail = NULL, changed_at = now()
FROM public.sl_tables t
JOIN public.sl_projects p ON p.id = t.project_id
WHERE t.id = x.table_id AND p.name = $1 AND x.name = $2 AND x.state = 'failed' AND x.wanted
RETURNING p.revision`

// RetryIndex builds a failed index again, in the background. Its error is NotFound where the project has no failed index of that name.
func (c *Catalog) RetryIndex(ctx context.Context, project, name string) error {
	var revision int64
	err := c.db.Pool().QueryRow(ctx, retryIndex, project, name).Scan(&revision)
	if errors.Is(err, pgx.ErrNoRows) {
		return engine.Errorf(engine.NotFound, "The project %s has no failed index %s.", project, name)
	}
	if err != nil {
		return fmt.Errorf("retry index %s: %w", name, err)
	}
	return c.announce(ctx, project, revision)
}
