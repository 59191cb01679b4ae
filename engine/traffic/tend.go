package traffic

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/storage/pg"
)

const (
	tendPause = 10 * time.Minute

	keepMinutes  = 48 * time.Hour      // then they are folded into hours
	keepHours    = 30 * 24 * time.Hour // then they go
	keepRequests = 7 * 24 * time.Hour
	mostRequests = 50_000 // of a project: that many remarkable ones and as many samples
)

// tend folds and deletes what is old, until ctx ends.
func (l *Log) tend(ctx context.Context) {
	for {
		if err := l.Tidy(ctx, time.Now()); err != nil && ctx.Err() == nil {
			l.log.Warn("old statistics of requests are not tidied", "error", err)
		}
		if pg.Pause(ctx, tendPause) != nil {
			return
		}
	}
}

// Tidy folds and deletes what is old at the time now. One server does it at a time, the others do nothing.
func (l *Log) Tidy(ctx context.Context, now time.Time) error {
	rows, err := l.db.Pool().Query(ctx, `SELECT id FROM public.sl_projects ORDER BY id`)
	if err != nil {
		return err
	}
	projects, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return err
	}
	for _, project := range projects {
		err := l.db.InTx(ctx, func(tx pgx.Tx) error { return tidyProject(ctx, tx, project, now) })
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	tryTidy = `SELECT pg_try_advisory_xact_lock(8317, 4)`

	deleteHours = `
DELETE FROM public.sl_traffic
WHERE project_id = $1 AND span = 60 AND at < $2`

	deleteRequests = `
DELETE FROM public.sl_requests
WHERE project_id = $1 AND at < $2`

	deleteSurplus = `
DELETE FROM public.sl_requests
WHERE project_id = $1 AND sample = $2 AND id <= (
  SELECT id
  FROM public.sl_requests
  WHERE project_id = $1 AND sample = $2
  ORDER BY id DESC
  OFFSET $3
  LIMIT 1)`
)

var foldMinutes = `
WITH old AS (
  DELETE FROM public.sl_traffic
  WHERE project_id = $1 AND span = 1 AND at < $2
  RETURNING at, endpoint, ` + each("?") + `
)
INSERT INTO public.sl_traffic AS t (project_id, span, at, endpoint, ` + each("?") + `)
SELECT $1, 60, date_trunc('hour', at, 'UTC'), endpoint, ` + each("sum(?)") + `
FROM old
GROUP BY 3, 4
ORDER BY 3, 4
` + addUp

func tidyProject(ctx context.Context, tx pgx.Tx, project int, now time.Time) error {
	var mine bool
	if err := tx.QueryRow(ctx, tryTidy).Scan(&mine); err != nil || !mine {
		return err
	}
	if _, err := tx.Exec(ctx, foldMinutes, project, minutesFrom(now)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, deleteHours, project, now.Add(-keepHours)); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, deleteRequests, project, now.Add(-keepRequests)); err != nil {
		return err
	}
	for _, sample := range []bool{false, true} {
		if _, err := tx.Exec(ctx, deleteSurplus, project, sample, mostRequests); err != nil {
			return err
		}
	}
	return nil
}

// minutesFrom gives the time from which on minutes are kept; earlier ones are folded, or will be within tendPause.
func minutesFrom(now time.Time) time.Time { return now.Add(-keepMinutes).UTC().Truncate(time.Hour) }
