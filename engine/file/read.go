package file

import (
	"context"
	"errors"
	"io"
)

// Reader opens a file for reading anywhere; what is read is what the store gives, in requests that grow from one to 64 MiB while the
// reading goes on in order. The caller closes it.
func (f *Files) Reader(ctx context.Context, found *Found) io.ReadSeekCloser {
	return &reader{ctx: ctx, files: f, object: found.Object, size: found.Size, window: firstWindow}
}

const (
	firstWindow = 1 << 20
	lastWindow  = 64 << 20
)

type reader struct {
	ctx    context.Context
	files  *Files
	object string
	size   int64
	at     int64
	window int64         // of the next request to the store
	part   io.ReadCloser // what is being read; nil is nothing
	left   int64         // of part
}

// Read reads on.
func (r *reader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if r.part == nil {
		r.left = min(r.window, r.size-r.at)
		part, err := r.files.store.Get(r.ctx, r.object, r.at, r.left)
		if err != nil {
			return 0, err
		}
		r.part = part
		r.window = min(2*r.window, lastWindow)
	}
	n, err := r.part.Read(p[:min(int64(len(p)), r.left)])
	r.at += int64(n)
	if r.left -= int64(n); r.left == 0 {
		return n, r.Close()
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Seek goes to a place, without asking the store.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a file")
	}
	if offset != r.at {
		if err := r.Close(); err != nil {
			return 0, err
		}
		r.at, r.window = offset, firstWindow
	}
	return offset, nil
}

// Close ends the request under way.
func (r *reader) Close() error {
	if r.part == nil {
		return nil
	}
	part := r.part
	r.part = nil
	return part.Close()
}
