package file

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/storage/blob"
)

// Grace is how long a blob that nobody uses is kept.
const Grace = 24 * time.Hour

// What is to go is locked first, then looked at again: whoever makes a use locks the row too (FOR KEY SHARE, by the foreign key), so
// between the second look and the end of the transaction no use can come.
const (
	manyUnused = `
SELECT b.object
FROM public.sl_blobs b
WHERE b.touched_at < now() - $1::bigint * interval '1 microsecond'
  AND NOT EXISTS (SELECT FROM public.sl_file_uses u WHERE u.project_id = b.project_id AND u.sha256 = b.sha256)
LIMIT 500
FOR UPDATE OF b SKIP LOCKED`
	// A content that somebody else has brought meanwhile was touched again.
	oneUnused = `
SELECT b.object
FROM public.sl_blobs b
WHERE b.object = $1 AND b.touched_at = $2::timestamptz
FOR UPDATE OF b SKIP LOCKED`
	dropUnused = `
WITH gone AS (
  DELETE FROM public.sl_blobs b
  WHERE b.object = ANY ($1)
    AND NOT EXISTS (SELECT FROM public.sl_file_uses u WHERE u.project_id = b.project_id AND u.sha256 = b.sha256)
  RETURNING b.object, b.size
), noted AS (
  INSERT INTO public.sl_dropped_blobs (object) SELECT object FROM gone
)
SELECT count(*), coalesce(sum(size), 0)::bigint FROM gone`
	selectDropped = `
SELECT object
FROM public.sl_dropped_blobs
ORDER BY object
LIMIT 500`
	deleteDropped = `
DELETE FROM public.sl_dropped_blobs
WHERE object = $1`
)

// A Collection says what went.
type Collection struct {
	Blobs  int64 // contents that nobody used
	Bytes  int64 // of them
	Broken int   // leftovers of uploads that never ended
}

// Collect deletes the blobs that no record has used, and nobody brought, for the grace period, with their thumbnails, and what uploads
// older than that left in the store. It may run on several servers at once.
func (f *Files) Collect(ctx context.Context, grace time.Duration) (Collection, error) {
	var c Collection
	for {
		some, err := f.collect(ctx, manyUnused, grace.Microseconds())
		c.Blobs, c.Bytes = c.Blobs+some.Blobs, c.Bytes+some.Bytes
		if err != nil {
			return c, err
		}
		if some.Blobs == 0 {
			break
		}
	}
	if err := f.deleteDropped(ctx); err != nil { // of a collection that was killed
		return c, err
	}
	var err error
	if c.Broken, err = f.store.Sweep(ctx, time.Now().Add(-grace)); err != nil {
		return c, fmt.Errorf("collect what uploads left: %w", err)
	}
	return c, nil
}

// collect drops the unused among the blobs that query gives.
func (f *Files) collect(ctx context.Context, query string, args ...any) (c Collection, err error) {
	err = f.db.InTx(ctx, func(tx pgx.Tx) error {
		c = Collection{}
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		objects, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(objects) == 0 {
			return err
		}
		return tx.QueryRow(ctx, dropUnused, objects).Scan(&c.Blobs, &c.Bytes)
	})
	if err != nil {
		return c, fmt.Errorf("collect blobs: %w", err)
	}
	if c.Blobs > 0 {
		err = f.deleteDropped(ctx)
	}
	return c, err
}

// deleteDropped deletes the objects whose rows are gone.
func (f *Files) deleteDropped(ctx context.Context) error {
	for {
		rows, err := f.db.Pool().Query(ctx, selectDropped)
		if err != nil {
			return fmt.Errorf("collect blobs: %w", err)
		}
		objects, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(objects) == 0 {
			return err
		}
		for _, object := range objects {
			if err := f.deleteObject(ctx, object); err != nil {
				return fmt.Errorf("collect blob %s: %w", object, err)
			}
			if _, err := f.db.Pool().Exec(ctx, deleteDropped, object); err != nil {
				return fmt.Errorf("collect blobs: %w", err)
			}
		}
	}
}

// deleteObject deletes an object and its thumbnails.
func (f *Files) deleteObject(ctx context.Context, object string) error {
	var keys []string
	err := f.store.List(ctx, thumbPrefix(object), func(info blob.Info) error {
		keys = append(keys, info.Key)
		return nil
	})
	for _, key := range append(keys, object) {
		err = errors.Join(err, f.store.Delete(ctx, key))
	}
	return err
}

// thumbPrefix begins the keys of an object's thumbnails: "p1/f/ab/cd" has them under "p1/t/ab/cd/".
func thumbPrefix(object string) string { return strings.Replace(object, "/f/", "/t/", 1) + "/" }

const claimCollection = `
UPDATE public.sl_file_state
SET collected_at = now()
WHERE collected_at < now() - interval '1 hour'`

// Run collects once an hour, on one of the servers, until ctx ends.
func (f *Files) Run(ctx context.Context) {
	ticker := time.NewTicker(10 * time.Minute)
	defer ticker.Stop()
	for {
		tag, err := f.db.Pool().Exec(ctx, claimCollection)
		if err == nil && tag.RowsAffected() == 1 {
			var c Collection
			if c, err = f.Collect(ctx, Grace); err == nil && (c.Blobs > 0 || c.Broken > 0) {
				f.log.Info("unused files collected", "blobs", c.Blobs, "bytes", c.Bytes, "broken_uploads", c.Broken)
			}
		}
		if err != nil && ctx.Err() == nil {
			f.log.Warn("unused files could not be collected; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
