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
	"github.com/sayrud/sayrud/storage/pg"
)

// buildLock is the first key of the advisory locks under which one index is built or dropped; the second is a hash of its name.
const buildLock = 0x736c6978 // "slix"

// A pendingIndex is one that has to be built or dropped.
type pendingIndex struct {
	project, name, definition string
	tableID                   int
	keys                      []string
	kind                      string
	wanted                    bool
}

// What is built comes before what is dropped, so that a rule whose index is exchanged holds all the time.
const selectPendingIndexes = `
SELECT p.name, x.table_id, x.name, x.definition, x.keys, x.kind, x.wanted
FROM public.sl_indexes x
JOIN public.sl_tables t ON t.id = x.table_id
JOIN public.sl_projects p ON p.id = t.project_id
WHERE x.state IN ('none', 'building') OR NOT x.wanted
ORDER BY x.wanted DESC, x.changed_at, x.name`

// buildIndexes builds and drops what waits, one after the other, and reports whether something was left to another server or to later.
func (c *Catalog) buildIndexes(ctx context.Context, progress func(IndexState)) (left bool, err error) {
	rows, err := c.db.Pool().Query(ctx, selectPendingIndexes)
	if err != nil {
		return false, fmt.Errorf("list pending indexes: %w", err)
	}
	pending, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x pendingIndex, err error) {
		return x, row.Scan(&x.project, &x.tableID, &x.name, &x.definition, &x.keys, &x.kind, &x.wanted)
	})
	if err != nil {
		return false, fmt.Errorf("list pending indexes: %w", err)
	}
	for _, x := range pending {
		done, err := c.buildIndex(ctx, x, progress)
		if err != nil {
			return true, err
		}
		left = left || !done
	}
	return left, nil
}

// buildIndex handles one index on a connection of its own, under its advisory lock. It reports false where another server has it.
func (c *Catalog) buildIndex(ctx context.Context, x pendingIndex, progress func(IndexState)) (bool, error) {
	conn, err := pgx.ConnectConfig(ctx, c.db.Pool().Config().ConnConfig)
	if err != nil {
		return false, fmt.Errorf("build index %s: %w", x.name, err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) // ends the lock too
	var held bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1, hashtext($2))`, buildLock, x.name).Scan(&held); err != nil || !held {
		return false, err
	}
	if _, err := conn.Exec(ctx, "SET statement_timeout = 0"); err != nil {
		return false, err
	}
	p := &engine.Project{Name: x.project}
	if !x.wanted {
		return true, c.dropIndex(ctx, conn, p, x)
	}
	t := &engine.Table{ID: x.tableID}
	valid, err := c.clearInvalid(ctx, conn, p, x)
	if err != nil || valid {
		return err == nil, err
	}
	if _, err := conn.Exec(ctx, setIndexState, x.tableID, x.name, IndexBuilding, nil); err != nil {
		return false, err
	}
	stop := c.watch(ctx, x, progress)
	index := relation.Index{Name: x.name, Kind: relation.IndexKind(x.kind[0]), Keys: x.keys, Definition: x.definition}
	_, err = conn.Exec(ctx, index.SQL(p, t, true))
	stop()
	if err == nil {
		_, err = conn.Exec(ctx, setIndexState, x.tableID, x.name, IndexValid, nil)
		c.tell(ctx, x, progress)
		return err == nil, err
	}
	if ctx.Err() != nil || pg.IsUnavailable(err) || pg.Code(err) == pg.DeadlockDetected {
		return false, err
	}
	if pg.Code(err) == pg.UndefinedTable || pg.Code(err) == pg.InvalidSchemaName {
		return true, nil // the table went meanwhile, and the row with it
	}
	return true, c.failIndex(ctx, conn, x, err, progress)
}

const selectIndexValid = `
SELECT i.indisvalid
FROM pg_index i
WHERE i.indexrelid = to_regclass($1)`

// clearInvalid drops what an interrupted build left behind. It reports whether the index is there and valid already.
func (c *Catalog) clearInvalid(ctx context.Context, conn *pgx.Conn, p *engine.Project, x pendingIndex) (valid bool, err error) {
	name := relation.Schema(p) + "." + relation.Quote(x.name)
	switch err := conn.QueryRow(ctx, selectIndexValid, name).Scan(&valid); {
	case errors.Is(err, pgx.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	}
	if valid {
		_, err = conn.Exec(ctx, setIndexState, x.tableID, x.name, IndexValid, nil)
		return true, err
	}
	_, err = conn.Exec(ctx, relation.DropIndex(p, x.name, true))
	return false, err
}

const deleteIndex = `
DELETE FROM public.sl_indexes
WHERE table_id = $1 AND name = $2 AND NOT wanted`

func (c *Catalog) dropIndex(ctx context.Context, conn *pgx.Conn, p *engine.Project, x pendingIndex) error {
	if _, err := conn.Exec(ctx, relation.DropIndex(p, x.name, true)); err != nil {
		return fmt.Errorf("drop index %s: %w", x.name, err)
	}
	tag, err := conn.Exec(ctx, deleteIndex, x.tableID, x.name)
	if err == nil && tag.RowsAffected() == 0 { // wanted again meanwhile, and gone
		_, err = conn.Exec(ctx, setIndexState, x.tableID, x.name, IndexNone, nil)
	}
	return err
}

// failIndex notes why an index could not be built, with the records that share a value, and takes away what the attempt left.
func (c *Catalog) failIndex(ctx context.Context, conn *pgx.Conn, x pendingIndex, cause error, progress func(IndexState)) error {
	detail := indexDetail{Error: cause.Error()}
	p := c.Schema().Project(x.project)
	if pg.Code(cause) == pg.UniqueViolation && p != nil {
		detail.Error = "records share a value that has to be unique"
		if t := idsOf(p).tables[x.tableID]; t != nil {
			found, err := duplicates(ctx, conn, p, t, x.keys)
			if err != nil {
				return err
			}
			detail.Duplicates = found
		}
	}
	if _, err := conn.Exec(ctx, relation.DropIndex(&engine.Project{Name: x.project}, x.name, true)); err != nil {
		return fmt.Errorf("drop failed index %s: %w", x.name, err)
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, setIndexState, x.tableID, x.name, IndexFailed, string(text))
	c.log.Warn("an index could not be built", "project", x.project, "index", x.name, "error", cause)
	c.tell(ctx, x, progress)
	return err
}

func duplicates(ctx context.Context, conn *pgx.Conn, p *engine.Project, t *engine.Table, keys []string) ([]Duplicate, error) {
	sql, ok := relation.Duplicates(p, t, keys)
	if !ok {
		return nil, nil // a field went meanwhile
	}
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("look for duplicates in %s: %w", t.Name, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Duplicate, err error) {
		return d, row.Scan(&d.Values, &d.UIDs, &d.Count)
	})
}

// progressInterval is how often a build's progress is asked for.
const progressInterval = 250 * time.Millisecond

// watch calls progress now and then until the function it gives is called.
func (c *Catalog) watch(ctx context.Context, x pendingIndex, progress func(IndexState)) (stop func()) {
	if progress == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(progressInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				c.tell(ctx, x, progress)
			}
		}
	}()
	return func() { cancel(); <-ended }
}

func (c *Catalog) tell(ctx context.Context, x pendingIndex, progress func(IndexState)) {
	if progress == nil {
		return
	}
	states, err := c.indexStates(ctx, x.project, x.name)
	if err != nil && !errors.Is(err, context.Canceled) {
		c.log.Warn("read progress of index", "index", x.name, "error", err)
	}
	for _, s := range states {
		progress(s)
	}
}
