package tree

import (
	"context"
	"fmt"
)

// A Usage is how much there is, as df shows it.
type Usage struct {
	Bytes   int64 // on the disk of the database
	Records int64 // by PostgreSQL's estimate
	Free    int64 // bytes; where nobody knows, a terabyte
}

const selectUsage = `
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint, coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
FROM public.sl_tables t
JOIN public.sl_projects p ON p.id = t.project_id
JOIN pg_class c ON c.oid = to_regclass(format('%I.%I', 'p_' || p.name, '_r' || t.id))
WHERE $1 = '' OR p.name = $1`

// unknownFree stands for free space that nobody knows.
const unknownFree = 1 << 40

// Usage reads how much the tables of a project take, or those of all where project is "".
func (t *Tree) Usage(ctx context.Context, project string) (Usage, error) {
	t.statements.Add(1)
	u := Usage{Free: unknownFree}
	if err := t.cfg.DB.Pool().QueryRow(ctx, selectUsage, project).Scan(&u.Bytes, &u.Records); err != nil {
		return u, fmt.Errorf("read the size of tables: %w", err)
	}
	return u, nil
}
