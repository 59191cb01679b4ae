package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
)

// A DroppedField is a field whose values are still in the records.
type DroppedField struct {
	Table     string           `json:"table"`
	Key       string           `json:"key"`
	Name      string           `json:"name"`
	Type      engine.FieldType `json:"type"`
	DroppedAt time.Time        `json:"dropped_at"`
	Purging   bool             `json:"purging"` // its values are being removed

	id         int
	definition string
}

const selectDroppedFields = `
SELECT t.name, f.key, f.name, f.definition->>'type', f.dropped_at, f.purge_at IS NOT NULL, f.id, f.definition::text
FROM public.sl_fields f
JOIN public.sl_tables t ON t.id = f.table_id
JOIN public.sl_projects p ON p.id = t.project_id
WHERE p.name = $1 AND f.dropped_at IS NOT NULL
ORDER BY t.position, t.id, f.dropped_at DESC, f.id`

// DroppedFields lists the dropped fields of a project whose values are not purged, the last dropped of a table first.
func (c *Catalog) DroppedFields(ctx context.Context, project string) ([]DroppedField, error) {
	rows, err := c.db.Pool().Query(ctx, selectDroppedFields, project)
	if err != nil {
		return nil, fmt.Errorf("list dropped fields: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f DroppedField, err error) {
		return f, row.Scan(&f.Table, &f.Key, &f.Name, &f.Type, &f.DroppedAt, &f.Purging, &f.id, &f.definition)
	})
	if err != nil {
		return nil, fmt.Errorf("list dropped fields: %w", err)
	}
	return list, nil
}

// droppedField finds one by its key, or by its name: then the last dropped of that name.
func (c *Catalog) droppedField(ctx context.Context, project, table, field string) (*DroppedField, error) {
	list, err := c.DroppedFields(ctx, project)
	if err != nil {
		return nil, err
	}
	for _, byKey := range []bool{true, false} {
		for i, f := range list {
			if f.Table == table && !f.Purging && (byKey && f.Key == field || !byKey && f.Name == field) {
				return &list[i], nil
			}
		}
	}
	return nil, engine.Errorf(engine.NotFound, "The table %s has no dropped field %s.", table, field)
}

// RestoreField brings a dropped field back, with its values, behind the others; field is its key or name. Its error is NotFound where
// there is none, Conflict where another field has its name now, and else that of Edit.
func (c *Catalog) RestoreField(ctx context.Context, project, table, field string, opt EditOptions) (*Report, error) {
	dropped, err := c.droppedField(ctx, project, table, field)
	if err != nil {
		return nil, err
	}
	opt.Alters = []string{table}
	return c.Edit(ctx, project, opt, func(p *engine.Project) error {
		t, found := p.Tables.Get(table)
		if !found {
			return engine.Errorf(engine.NotFound, "There is no table %s.", table)
		}
		if t.Field(dropped.Name) != nil {
			return engine.Errorf(engine.Conflict, "The table %s has another field %s; rename that first.", table, dropped.Name)
		}
		f, err := decodeField(dropped.Name, []byte(dropped.definition))
		if err != nil {
			return err
		}
		f.ID, f.Key = dropped.id, dropped.Key
		if to, found := p.Tables.Get(f.To); found && f.Display != "" && to.Field(f.Display) == nil {
			f.Display = "" // what was shown of its records was renamed or dropped meanwhile: the uid is shown
		}
		t.Fields.Set(f.Name, f)
		return nil
	})
}

const askPurge = `
UPDATE public.sl_fields
SET purge_at = now()
WHERE id = $1 AND dropped_at IS NOT NULL`

// PurgeField removes the values of a dropped field from the records, in the background; field is its key or name. It cannot be undone.
func (c *Catalog) PurgeField(ctx context.Context, project, table, field string, by Author) error {
	dropped, err := c.droppedField(ctx, project, table, field)
	if err != nil {
		return err
	}
	err = c.db.InTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, askPurge, dropped.id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SELECT pg_notify($1, $2)`, channel, project+" 1"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insertAudit, by.Kind, by.Actor, by.Address, project, "purge field", "field "+table+"."+dropped.Name, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("purge field %s.%s: %w", table, dropped.Name, err)
	}
	c.stir()
	return nil
}
