package change

import (
	"context"
	"fmt"
)

// A Glance tells that tables were written to, by any door, without a trigger on them: for pages that people look at, which are told
// what happened and vouch for nothing. It is safe for concurrent use.
type Glance struct {
	feed   *Feed
	tables []*table
	leaves []string
}

// Glance makes a Glance over the tables of these ids and leaves, quoted and with their schemas.
func (f *Feed) Glance(ids []int, leaves []string) *Glance {
	g := &Glance{feed: f, leaves: leaves}
	for _, id := range ids {
		g.tables = append(g.tables, f.table(id))
	}
	return g
}

// Here counts the writes of this process to each table, in memory and at once.
func (g *Glance) Here() []uint64 {
	counts := make([]uint64, len(g.tables))
	for i, t := range g.tables {
		counts[i] = t.changes.Load()
	}
	return counts
}

// selectWritten reads the cumulative statistics. PostgreSQL manual, 27.2: a session sends its counts at the end of a transaction, not more
// often than once a second, and at the latest ten seconds later.
const selectWritten = `
SELECT coalesce(pg_stat_get_tuples_inserted(leaf) + pg_stat_get_tuples_updated(leaf) + pg_stat_get_tuples_deleted(leaf), 0)
FROM unnest($1::text[]) WITH ORDINALITY AS named (name, n),
  LATERAL (SELECT to_regclass(name)::oid) AS found (leaf)
ORDER BY n`

// Everywhere counts the rows that anybody wrote in each table, as PostgreSQL's statistics know them: mostly a second late.
func (g *Glance) Everywhere(ctx context.Context) ([]int64, error) {
	rows, err := g.feed.db.Pool().Query(ctx, selectWritten, g.leaves)
	if err != nil {
		return nil, fmt.Errorf("read the statistics of tables: %w", err)
	}
	defer rows.Close()
	counts := make([]int64, 0, len(g.leaves))
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, fmt.Errorf("read the statistics of tables: %w", err)
		}
		counts = append(counts, n)
	}
	return counts, rows.Err()
}
