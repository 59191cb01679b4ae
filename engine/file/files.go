package file

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"

	"github.com/sayrud/sayrud/storage/blob"
	"github.com/sayrud/sayrud/storage/pg"
)

// Files is the files of all projects. It is safe for concurrent use.
type Files struct {
	db    *pg.DB
	store blob.Store
	log   *slog.Logger
	key   []byte        // signs links
	thumb chan struct{} // room for thumbnails being made
}

const (
	makeState = `
INSERT INTO public.sl_file_state (link_key)
VALUES ($1)
ON CONFLICT DO NOTHING`
	selectLinkKey = `
SELECT link_key
FROM public.sl_file_state`
)

// Open takes a store into use with a database that the catalog has migrated. Both stay the caller's.
func Open(ctx context.Context, db *pg.DB, store blob.Store, log *slog.Logger) (*Files, error) {
	f := &Files{db: db, store: store, log: log, thumb: make(chan struct{}, maxThumbs)}
	fresh := make([]byte, 32)
	_, _ = rand.Read(fresh) // never fails
	_, err := db.Pool().Exec(ctx, makeState, fresh)
	if err == nil {
		err = db.Pool().QueryRow(ctx, selectLinkKey).Scan(&f.key)
	}
	if err == nil && len(f.key) < 32 {
		err = errors.New("the key is too short")
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of file links: %w", err)
	}
	return f, nil
}
