package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/blob"
)

// openFiles takes the blob store into use, for the commands that read or write files: that of --storage, or a directory below --data.
func (g *Globals) openFiles(ctx context.Context, in *instance, log *slog.Logger) error {
	location := g.Storage
	if location == "" {
		location = filepath.Join(g.Data, "blobs")
	}
	if !strings.Contains(location, "://") {
		abs, err := filepath.Abs(location)
		if err != nil {
			return fmt.Errorf("storage directory %s: %w", location, err)
		}
		location = abs
	}
	store, err := blob.Open(ctx, location)
	if err != nil {
		return err
	}
	if in.files, err = file.Open(ctx, in.db, store, log); err != nil {
		return err
	}
	in.records.UseFiles(in.files)
	return nil
}

// withFiles is with, and the blob store.
func (g *Globals) withFiles(ctx context.Context, t terminal, do func(*instance) error) error {
	return g.with(ctx, t, func(in *instance) error {
		if err := g.openFiles(ctx, in, in.log); err != nil {
			return err
		}
		return do(in)
	})
}

type gcCommand struct {
	Grace time.Duration `help:"How long files that no record holds are kept." default:"24h"`
}

// Run deletes what no record has held for the grace period.
func (c *gcCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	if c.Grace < 0 {
		return usagef("--grace %s is negative", c.Grace)
	}
	return g.withFiles(ctx, t, func(in *instance) error {
		done, err := in.files.Collect(ctx, c.Grace)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.Out, "deleted %d files that nothing refers to (%s) and %d leftovers of broken uploads\n", done.Blobs, value.Bytes(done.Bytes), done.Broken)
		return nil
	})
}

type fsckCommand struct {
	Quick bool `help:"Look at the size of each file only, and not at its content."`
}

// Run checks every blob and every reference; it fails where something is wrong.
func (c *fsckCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return g.withFiles(ctx, t, func(in *instance) error {
		report, err := in.files.Check(ctx, in.catalog.Schema(), c.Quick, func(problem string) { fmt.Fprintln(t.Err, "sayrud:", problem) })
		if err != nil {
			return err
		}
		how := "read and compared"
		if c.Quick {
			how = "looked at"
		}
		fmt.Fprintf(t.Out, "%d files (%s) %s, %d references checked, %d problems\n", report.Blobs, value.Bytes(report.Bytes), how, report.References, report.Problems)
		if report.Problems > 0 {
			return errSilent
		}
		return nil
	})
}
