package change

import (
	"context"
	"time"

	"github.com/sayrud/sayrud/storage/pg"
)

// kept is how long a row stays after its transaction ended, at least; twice that at most.
const kept = time.Minute

const (
	// One server does it at a time.
	deleteOld = `
DELETE FROM public.sl_changes
WHERE xid < $1::text::xid8 AND pg_try_advisory_xact_lock(8317, 1)`
	// Every transaction below has ended.
	selectOldest = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text`
)

// prune deletes rows whose transaction ended a while ago, until ctx ends.
func (f *Feed) prune(ctx context.Context) error {
	for oldest := ""; ; {
		if err := pg.Pause(ctx, kept); err != nil {
			return err
		}
		next, err := f.pruneOnce(ctx, oldest)
		if err != nil && ctx.Err() == nil {
			f.log.Warn("delete old rows of the log of changes", "error", err)
		}
		oldest = next
	}
}

// pruneOnce deletes what had ended when oldest was read ("" is nothing), and reads it anew.
func (f *Feed) pruneOnce(ctx context.Context, oldest string) (next string, err error) {
	if oldest != "" {
		if _, err := f.db.Pool().Exec(ctx, deleteOld, oldest); err != nil {
			return "", err
		}
	}
	err = f.db.Pool().QueryRow(ctx, selectOldest).Scan(&next)
	return next, err
}
