package fusemount

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/sayrud/sayrud/engine/tree"
)

const exportName = ".export"

// exportDir holds everything that a path selects, as one file in each format.
type exportDir struct{ path *pathDir }

func (d *exportDir) key() string { return d.path.key() + "\x00" + exportName }

func (d *exportDir) attr(ctx context.Context) (attr, error) { return d.path.attr(ctx) }

func (d *exportDir) lookup(_ context.Context, name string) (node, error) {
	if !slices.Contains(tree.Exports(), name) {
		return nil, syscall.ENOENT
	}
	return &exportFile{d, name}, nil
}

func (d *exportDir) list(_ context.Context, after uint64, _ bool) ([]entry, error) { //nolint:unparam // as every directory
	entries := listed(tree.Exports(), after, func(name string) node { return &exportFile{d, name} })
	for i := range entries {
		entries[i].mode = syscall.S_IFREG
	}
	return entries, nil
}

// exportFile is an export. Its size is known when it has been read: stat(2) says 0.
type exportFile struct {
	dir    *exportDir
	format string
}

func (f *exportFile) key() string { return f.dir.key() + "\x00" + f.format }

func (f *exportFile) note(_ string, err error) { f.dir.path.note(exportName+"/"+f.format, err) }

func (f *exportFile) attr(ctx context.Context) (attr, error) {
	_, err := f.dir.path.attr(ctx)
	return attr{mode: syscall.S_IFREG}, err
}

// open begins to write the export into a file without a name; readers follow.
func (f *exportFile) open(ctx context.Context, flags uint32) (handle, error) {
	if flags&syscall.O_ACCMODE != syscall.O_RDONLY {
		return nil, &refusal{syscall.EPERM, "An export cannot be written; `sayrud import` reads one."}
	}
	_, s, err := f.dir.path.selection(ctx)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "sayrud-export-")
	if err != nil {
		return nil, fmt.Errorf("spool an export: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	sp := &spool{file: file}
	sp.more.L = &sp.mu
	var running context.Context
	running, sp.stop = context.WithCancel(f.dir.path.table.fs.ctx)
	go func() { sp.end(s.Export(running, f.format, sp)) }()
	return sp, nil
}

// A spool is a file that is read while it is written.
type spool struct {
	file *os.File
	stop context.CancelFunc
	mu   sync.Mutex
	more sync.Cond
	done bool
	err  error
	n    int64
}

// Write appends.
func (s *spool) Write(p []byte) (int, error) {
	n, err := s.file.WriteAt(p, s.n) // nobody else changes n
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n += int64(n)
	s.more.Broadcast()
	return n, err
}

func (s *spool) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done, s.err = true, err
	s.more.Broadcast()
}

// read waits until there is something at off, or the end.
func (s *spool) read(ctx context.Context, buf []byte, off int64) (int, error) {
	wake := context.AfterFunc(ctx, s.more.Broadcast)
	defer wake()
	s.mu.Lock()
	for !s.done && s.n <= off && ctx.Err() == nil {
		s.more.Wait()
	}
	have, err := s.n-off, s.err
	s.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return 0, syscall.EINTR
	case have <= 0:
		return 0, err
	}
	n, err := s.file.ReadAt(buf[:min(int64(len(buf)), have)], off)
	return n, err
}

func (s *spool) openFlags() uint32 { return fuse.FOPEN_DIRECT_IO | fuse.FOPEN_NOFLUSH }

// release ends the writing, too, where nobody reads on.
func (s *spool) release() {
	s.stop()
	go func() {
		s.mu.Lock()
		for !s.done {
			s.more.Wait()
		}
		s.mu.Unlock()
		s.file.Close()
	}()
}
