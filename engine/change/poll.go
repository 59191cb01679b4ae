package change

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// A poller reads the log on a connection of its own.
type poller struct {
	conn    *pgx.Conn
	last    int64    // the largest id seen
	running []string // transactions that were running at the last poll
}

// news is what a poll found.
type news struct {
	changed []int
	watched map[int]string // the tables that have a trigger: since which transaction
}

// selectChanges reads everything in one snapshot. PostgreSQL manual, 9.27.8: pg_snapshot_xip lists the transactions in progress.
const (
	selectLast    = `SELECT coalesce(max(id), 0) FROM public.sl_changes`
	selectChanges = `
WITH new AS (
  SELECT id, table_id
  FROM public.sl_changes
  WHERE id > $1 OR xid = ANY ($2::text[]::xid8[])
)
SELECT
  (SELECT greatest(max(id), $1) FROM new),
  ARRAY(SELECT DISTINCT table_id FROM new),
  ARRAY(SELECT x::text FROM pg_snapshot_xip(pg_current_snapshot()) AS x),
  ARRAY(SELECT table_id FROM public.sl_watches ORDER BY table_id),
  ARRAY(SELECT since::text FROM public.sl_watches ORDER BY table_id)`
)

func (f *Feed) connect(ctx context.Context) (*poller, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, f.db.Pool().Config().ConnConfig)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	p := &poller{conn: conn}
	if err := conn.QueryRow(ctx, selectLast).Scan(&p.last); err != nil {
		p.close(ctx)
		return nil, fmt.Errorf("read the log of changes: %w", err)
	}
	return p, nil
}

// poll reads what is new. It gives up the connection where there is no answer for a second.
func (p *poller) poll(ctx context.Context) (*news, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var found news
	var ids []int
	var since []string
	if p.running == nil {
		p.running = []string{}
	}
	err := p.conn.QueryRow(ctx, selectChanges, p.last, p.running).Scan(&p.last, &found.changed, &p.running, &ids, &since)
	if err != nil {
		return nil, fmt.Errorf("read the log of changes: %w", err)
	}
	found.watched = make(map[int]string, len(ids))
	for i, id := range ids {
		found.watched[id] = since[i]
	}
	return &found, nil
}

func (p *poller) close(ctx context.Context) { _ = p.conn.Close(context.WithoutCancel(ctx)) }
