package blob

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// ErrFault is the error of a Faulty store.
var ErrFault = errors.New("injected fault")

// Faulty is a Store whose n-th call fails, for tests of what stands on a store. A Put fails after it has read half a megabyte.
type Faulty struct {
	Store
	At    int64 // which call fails, from 1; 0 is none
	calls atomic.Int64
}

// Calls tells how many calls there were.
func (f *Faulty) Calls() int64 { return f.calls.Load() }

func (f *Faulty) fails() bool { return f.calls.Add(1) == f.At }

// Put stores r, or fails in its middle.
func (f *Faulty) Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error) {
	if f.fails() {
		_, err := f.Store.Put(ctx, key, io.MultiReader(io.LimitReader(r, 512<<10), failingReader{}), size)
		return 0, err
	}
	return f.Store.Put(ctx, key, r, size)
}

type failingReader struct{}

// Read fails.
func (failingReader) Read([]byte) (int, error) { return 0, ErrFault }

// Get opens a range, or fails.
func (f *Faulty) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	if f.fails() {
		return nil, ErrFault
	}
	return f.Store.Get(ctx, key, offset, length)
}

// Stat tells of an object, or fails.
func (f *Faulty) Stat(ctx context.Context, key string) (Info, error) {
	if f.fails() {
		return Info{}, ErrFault
	}
	return f.Store.Stat(ctx, key)
}

// Delete removes an object, or fails.
func (f *Faulty) Delete(ctx context.Context, key string) error {
	if f.fails() {
		return ErrFault
	}
	return f.Store.Delete(ctx, key)
}

// List lists objects, or fails.
func (f *Faulty) List(ctx context.Context, prefix string, each func(Info) error) error {
	if f.fails() {
		return ErrFault
	}
	return f.Store.List(ctx, prefix, each)
}

// Sweep sweeps, or fails.
func (f *Faulty) Sweep(ctx context.Context, before time.Time) (int, error) {
	if f.fails() {
		return 0, ErrFault
	}
	return f.Store.Sweep(ctx, before)
}
