package job

import (
	"context"
	"fmt"

	"github.com/riverqueue/river"
)

// Finished deliveries are kept this long, in PostgreSQL's words: those that went out, and the others.
const (
	keepDone   = "7 days"
	keepOthers = "30 days"
	cleanBatch = 1000
)

// cleanArgs are those of the job that forgets old deliveries. It runs each hour, once for all servers.
type cleanArgs struct{}

// Kind names the job.
func (cleanArgs) Kind() string { return "clean" }

type cleaner struct {
	river.WorkerDefaults[cleanArgs]
	queue *Queue
}

const deleteOld = `
DELETE FROM public.sl_deliveries
WHERE seq = ANY (ARRAY(
  SELECT seq
  FROM public.sl_deliveries
  WHERE finished_at < now() - interval '` + keepDone + `' AND (state = 'done' OR finished_at < now() - interval '` + keepOthers + `')
  LIMIT $1))`

// Work deletes in small steps.
func (c *cleaner) Work(ctx context.Context, _ *river.Job[cleanArgs]) error {
	for {
		tag, err := c.queue.pool.Exec(ctx, deleteOld, cleanBatch)
		if err != nil {
			return fmt.Errorf("forget old deliveries: %w", err)
		}
		if tag.RowsAffected() < cleanBatch {
			return nil
		}
	}
}
