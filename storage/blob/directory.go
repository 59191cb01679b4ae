package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A Directory is a Store of files. Each object is a file below it, readable by its owner only. A Put writes a temporary file beside
// the objects, syncs it (man 2 fsync), gives it its name (man 2 rename) and syncs the directories whose entries are new.
type Directory struct {
	root string
}

// temporary holds files whose Put has not ended. The dot keeps it apart from every key.
const temporary = ".tmp"

// OpenDirectory makes the directory where it is not there and takes it into use.
func OpenDirectory(root string) (*Directory, error) {
	if err := os.MkdirAll(filepath.Join(root, temporary), 0o700); err != nil {
		return nil, fmt.Errorf("open blob directory: %w", err)
	}
	return &Directory{root: root}, nil
}

// Put streams r into a file.
func (d *Directory) Put(ctx context.Context, key string, r io.Reader, size int64) (n int64, err error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	f, err := os.CreateTemp(filepath.Join(d.root, temporary), "put-")
	if err != nil {
		return 0, fmt.Errorf("put %s: %w", key, err)
	}
	defer func() {
		if err != nil {
			n, err = 0, fmt.Errorf("put %s: %w", key, errors.Join(err, f.Close(), os.Remove(f.Name())))
		}
	}()
	w := &steadyWriter{file: f}
	if n, err = io.CopyBuffer(w, contextReader{ctx, r}, make([]byte, copyBuffer)); err != nil {
		return n, err
	}
	if err := checkSize(n, size); err != nil {
		return n, err
	}
	if err := f.Sync(); err != nil {
		return n, err
	}
	if err := d.name(f.Name(), key); err != nil {
		return n, err
	}
	_ = f.Close() // it is there, synced and whole
	return n, nil
}

// copyBuffer is what moves between a reader and a file at once, in bytes.
const copyBuffer = 256 << 10

// A steadyWriter asks the kernel to write out what came so far, now and then, so that a large file neither fills the page cache with
// dirty pages nor makes the sync at its end long.
type steadyWriter struct {
	file    *os.File
	pending int64
}

// Write writes to the file.
func (w *steadyWriter) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	if w.pending += int64(n); w.pending >= 64<<20 && err == nil {
		w.pending, err = 0, w.file.Sync()
	}
	return n, err
}

// name moves a synced file to the place of key and makes its entry last.
func (d *Directory) name(from, key string) error {
	to := d.path(key)
	fresh, err := d.makeParents(filepath.Dir(to))
	if err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	for _, dir := range append(fresh, filepath.Dir(to)) {
		if err := syncDirectory(dir); err != nil {
			return err
		}
	}
	return nil
}

// makeParents makes the directories above an object and gives those that have a new entry.
func (d *Directory) makeParents(dir string) (changed []string, err error) {
	if _, err := os.Stat(dir); err == nil {
		return nil, nil
	}
	if dir != d.root {
		if changed, err = d.makeParents(filepath.Dir(dir)); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return append(changed, filepath.Dir(dir)), nil
}

func syncDirectory(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (d *Directory) path(key string) string { return filepath.Join(d.root, filepath.FromSlash(key)) }

// Get opens a part of a file.
func (d *Directory) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if err := errors.Join(checkKey(key), ctx.Err()); err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	f, err := os.Open(d.path(key))
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, notFound(err))
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return nil, fmt.Errorf("get %s: %w", key, errors.Join(cmp.Or(err, ErrNotFound), f.Close()))
	}
	if length < 0 {
		length = 1<<63 - 1 - offset
	}
	return part{io.NewSectionReader(f, offset, length), f}, nil
}

// A part is a range of an open file.
type part struct {
	io.Reader
	io.Closer
}

// Stat tells of a file.
func (d *Directory) Stat(ctx context.Context, key string) (Info, error) {
	if err := errors.Join(checkKey(key), ctx.Err()); err != nil {
		return Info{}, fmt.Errorf("stat %s: %w", key, err)
	}
	info, err := os.Stat(d.path(key))
	if err != nil {
		return Info{}, fmt.Errorf("stat %s: %w", key, notFound(err))
	}
	if info.IsDir() {
		return Info{}, fmt.Errorf("stat %s: %w", key, ErrNotFound)
	}
	return Info{Key: key, Size: info.Size(), ModifiedAt: info.ModTime()}, nil
}

func notFound(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return err
}

// Delete removes a file. Its directories stay: others may be putting something there.
func (d *Directory) Delete(ctx context.Context, key string) error {
	if err := errors.Join(checkKey(key), ctx.Err()); err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	if err := os.Remove(d.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

// List walks the directory that the last slash of prefix names.
func (d *Directory) List(ctx context.Context, prefix string, each func(Info) error) error {
	above, _ := filepath.Split(filepath.FromSlash(prefix))
	err := filepath.WalkDir(filepath.Join(d.root, above), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if entry.IsDir() {
			if entry.Name() == temporary {
				return fs.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(d.root, path)
		if err != nil {
			return err
		}
		key := filepath.ToSlash(relative)
		if !strings.HasPrefix(key, prefix) || !ValidKey(key) {
			return nil
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went meanwhile
		}
		if err != nil {
			return err
		}
		return each(Info{Key: key, Size: info.Size(), ModifiedAt: info.ModTime()})
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Sweep removes old temporary files.
func (d *Directory) Sweep(ctx context.Context, before time.Time) (int, error) {
	dir := filepath.Join(d.root, temporary)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("sweep: %w", err)
	}
	n := 0
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // it went meanwhile, or is being written
		}
		if err := os.Remove(filepath.Join(dir, entry.Name())); err == nil {
			n++
		}
		if err := ctx.Err(); err != nil {
			return n, err
		}
	}
	return n, nil
}
