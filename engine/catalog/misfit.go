package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/storage/pg"
)

// How long a change waits for the number of records that do not fit a new type; a dry run is asked for such numbers.
const (
	misfitPatience       = 20 * time.Millisecond
	misfitPatienceDryRun = 3 * time.Second
)

// A retyped is a field whose type changed.
type retyped struct {
	project *engine.Project
	table   *engine.Table
	field   *engine.Field
}

// noteMisfits notes how many records hold a value that does not fit its field's new type, after the change. Counting reads the whole
// leaf: what takes longer than a moment is left to [Catalog.CountMisfits].
func (c *Catalog) noteMisfits(ctx context.Context, done *change, report *Report) {
	patience := misfitPatience
	if report.DryRun {
		patience = misfitPatienceDryRun
	}
	for _, tc := range done.tables {
		if tc.before == nil || tc.after == nil {
			continue
		}
		for _, fc := range tc.fields {
			if fc.before == nil || fc.after == nil || fc.before.Type == fc.after.Type || !fc.after.Stored() {
				continue
			}
			r := retyped{done.next, tc.after, fc.after}
			n, err := c.misfits(ctx, r, patience)
			switch {
			case err == nil:
				report.noteMisfits(r, n)
			case pg.Code(err) == pg.QueryCanceled && ctx.Err() == nil:
				report.uncounted = append(report.uncounted, r)
				report.Misfits = append(report.Misfits, Misfit{r.table.Name + "." + r.field.Name, string(r.field.Type), -1})
				report.note("%s.%s: values that do not fit the type %s are kept as they are; trying the rules of the field counts them", r.table.Name, r.field.Name, r.field.Type)
			default:
				report.note("%s.%s: the records whose value does not fit the new type could not be counted: %v", r.table.Name, r.field.Name, err)
			}
		}
	}
}

// CountMisfits adds to the notes of a report, for each field whose type changed, the number of records that do not fit it, where the
// change did not wait for it.
func (c *Catalog) CountMisfits(ctx context.Context, report *Report) error {
	for _, r := range report.uncounted {
		n, err := c.misfits(ctx, r, 0)
		if err != nil {
			return fmt.Errorf("count values of %s.%s that do not fit: %w", r.table.Name, r.field.Name, err)
		}
		report.noteMisfits(r, n)
	}
	report.uncounted = nil
	return nil
}

func (r *Report) noteMisfits(f retyped, n int64) {
	if n > 0 {
		r.Misfits = append(r.Misfits, Misfit{f.table.Name + "." + f.field.Name, string(f.field.Type), n})
		r.note("%s.%s: the values of %d records do not fit the type %s; they are kept as they are", f.table.Name, f.field.Name, n, f.field.Type)
	}
}

// misfits counts, within a time; 0 is as long as it takes.
func (c *Catalog) misfits(ctx context.Context, r retyped, within time.Duration) (n int64, err error) {
	err = pgx.BeginTxFunc(ctx, c.db.Pool(), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", within.Milliseconds())); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "SELECT count(*) FROM "+relation.Leaf(r.project, r.table)+" r WHERE NOT "+relation.Fits(r.field, "r")).Scan(&n)
	})
	return n, err
}
