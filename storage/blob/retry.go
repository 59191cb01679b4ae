package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
)

// Retry is a Store that repeats calls of another one which failed for a reason that may pass: up to three times, after 100 ms, then
// 400 ms, a little spread. A Put is repeated only where its reader can go back to the start (io.Seeker).
type Retry struct {
	Store

	Wait func(context.Context, time.Duration) error // nil waits for the time or the end of the context
}

const tries = 3

// do runs call until it succeeds, cannot succeed, or was tried often enough.
func (r *Retry) do(ctx context.Context, call func() error) error {
	pause := 100 * time.Millisecond
	for try := 1; ; try++ {
		err := call()
		if err == nil || try == tries || ctx.Err() != nil || !passing(err) {
			return err
		}
		wait := r.Wait
		if wait == nil {
			wait = waitFor
		}
		if waitErr := wait(ctx, pause+rand.N(pause/2)); waitErr != nil {
			return errors.Join(err, waitErr)
		}
		pause *= 4
	}
}

func waitFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// passing reports whether the same call may succeed later. What the service has understood and refused stays refused.
func passing(err error) bool {
	var answer minio.ErrorResponse
	var broken *readerError
	switch {
	case errors.Is(err, ErrNotFound), errors.As(err, &broken), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &answer) && answer.StatusCode != 0:
		return answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusRequestTimeout
	}
	return true
}

// A readerError is an error of what was to be stored, not of the store.
type readerError struct{ error }

// Unwrap gives the reader's error.
func (e *readerError) Unwrap() error { return e.error }

// A source marks the errors of its reader.
type source struct{ r io.Reader }

// Read reads.
func (s source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &readerError{err}
	}
	return n, err
}

// Put stores r, again from its start where that is possible.
func (r *Retry) Put(ctx context.Context, key string, in io.Reader, size int64) (n int64, err error) {
	seeker, again := in.(io.Seeker)
	if !again {
		return r.Store.Put(ctx, key, in, size)
	}
	err = r.do(ctx, func() error {
		if _, err := seeker.Seek(0, io.SeekStart); err != nil {
			return &readerError{fmt.Errorf("put %s: %w", key, err)}
		}
		n, err = r.Store.Put(ctx, key, source{in}, size)
		return err
	})
	return n, err
}

// Get opens a range; what fails while it is read is the reader's to repeat.
func (r *Retry) Get(ctx context.Context, key string, offset, length int64) (out io.ReadCloser, err error) {
	err = r.do(ctx, func() error {
		out, err = r.Store.Get(ctx, key, offset, length)
		return err
	})
	return out, err
}

// Stat tells of an object.
func (r *Retry) Stat(ctx context.Context, key string) (info Info, err error) {
	err = r.do(ctx, func() error {
		info, err = r.Store.Stat(ctx, key)
		return err
	})
	return info, err
}

// Delete removes an object.
func (r *Retry) Delete(ctx context.Context, key string) error {
	return r.do(ctx, func() error { return r.Store.Delete(ctx, key) })
}
