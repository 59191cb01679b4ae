package fusemount

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/tree"
)

// filesDir is a field of files: a directory of the files themselves. Copying a file into it attaches it.
type filesDir struct {
	dir  *recordDir
	name string
}

func (d *filesDir) key() string { return d.dir.key() + "/" + d.name + "/" }

func (d *filesDir) note(name string, err error) { d.dir.note(d.name+"/"+name, err) }

func (d *filesDir) explain() string { return d.dir.explain() }

func (d *filesDir) attr(ctx context.Context) (attr, error) { return d.dir.attr(ctx) }

// attachments gives the table, the field and its files.
func (d *filesDir) attachments(ctx context.Context) (*tree.Table, *engine.Field, []tree.Attachment, error) {
	t, s, err := d.dir.shown(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	f := t.Field(d.name)
	if f == nil || f.Type != engine.TypeFile {
		return nil, nil, nil, syscall.ENOENT
	}
	return t, f, tree.Attachments(s, f), nil
}

func (d *filesDir) lookup(ctx context.Context, name string) (node, error) {
	_, _, list, err := d.attachments(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if a.Name == name {
			return &attachmentFile{d, a}, nil
		}
	}
	if in := d.dir.table.drafts.incoming(d.key() + name); in != nil {
		return &incomingFile{d, name, in}, nil
	}
	return nil, syscall.ENOENT
}

func (d *filesDir) list(ctx context.Context, after uint64, _ bool) ([]entry, error) {
	_, _, list, err := d.attachments(ctx)
	if err != nil {
		return nil, err
	}
	var entries []entry
	for i, a := range list {
		if n := uint64(i) + 1; n > after {
			entries = append(entries, entry{a.Name, &attachmentFile{d, a}, syscall.S_IFREG, n})
		}
	}
	return entries, nil
}

func (d *filesDir) create(ctx context.Context, name string, _, _ uint32) (node, handle, error) {
	if _, _, _, err := d.attachments(ctx); err != nil {
		return nil, nil, err
	}
	in, err := d.receive(name)
	if err != nil {
		return nil, nil, err
	}
	return &incomingFile{d, name, in}, in, nil
}

func (d *filesDir) unlink(ctx context.Context, name string) error {
	t, f, list, err := d.attachments(ctx)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Name == name {
			return t.Detach(ctx, d.dir.uid, f, name)
		}
	}
	return syscall.ENOENT
}

func (d *filesDir) rename(context.Context, string, maker, string, uint32) error {
	return syscall.EXDEV // mv(1) copies then
}

// attachmentFile is a file that a record holds. Its content never changes: another content is another inode.
type attachmentFile struct {
	dir *filesDir
	tree.Attachment
}

func (f *attachmentFile) key() string { return f.dir.key() + f.Name + "\x00" + f.SHA256 }

func (f *attachmentFile) note(_ string, err error) { f.dir.note(f.Name, err) }

func (f *attachmentFile) attr(ctx context.Context) (attr, error) {
	a, err := f.dir.attr(ctx)
	return attr{mode: syscall.S_IFREG, size: f.Size, modified: a.modified}, err
}

func (f *attachmentFile) open(ctx context.Context, flags uint32) (handle, error) {
	if flags&syscall.O_ACCMODE != syscall.O_RDONLY {
		if flags&syscall.O_TRUNC == 0 {
			return nil, &refusal{syscall.EPERM, "A file of a record is replaced as a whole; its parts cannot be written."}
		}
		return f.dir.receive(f.Name)
	}
	t, field, _, err := f.dir.attachments(ctx)
	if err != nil {
		return nil, err
	}
	r, err := t.OpenAttachment(ctx, f.dir.dir.uid, field, f.Attachment)
	if err != nil {
		return nil, err
	}
	return &blobHandle{reader: r}, nil
}

// A blobHandle is an open attachment. The kernel may keep what it read: it does not change.
type blobHandle struct {
	mu     sync.Mutex
	reader io.ReadSeekCloser
}

func (h *blobHandle) read(_ context.Context, buf []byte, off int64) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, err := h.reader.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(h.reader, buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

func (h *blobHandle) openFlags() uint32 { return fuse.FOPEN_KEEP_CACHE | fuse.FOPEN_NOFLUSH }

func (h *blobHandle) release() { h.reader.Close() }

// incomingFile is a file on its way into a field.
type incomingFile struct {
	dir  *filesDir
	name string
	in   *incoming
}

func (f *incomingFile) key() string { return f.dir.key() + f.name + "\x00" }

func (f *incomingFile) note(_ string, err error) { f.dir.note(f.name, err) }

func (f *incomingFile) attr(context.Context) (attr, error) {
	return attr{mode: syscall.S_IFREG, size: f.in.size()}, nil
}

// setattr lets a program that copies say what it likes, and sets the size.
func (f *incomingFile) setattr(_ context.Context, in *fuse.SetAttrIn, _ handle) error {
	if size, given := in.GetSize(); given {
		return f.in.truncate(int64(size))
	}
	return nil
}

func (f *incomingFile) open(_ context.Context, _ uint32) (handle, error) {
	return f.dir.receive(f.name)
}

// receive begins to take in a file: on the disk until it is closed, then into the store.
func (d *filesDir) receive(name string) (*incoming, error) {
	file, err := os.CreateTemp("", "sayrud-upload-")
	if err != nil {
		return nil, fmt.Errorf("take in a file: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	in := &incoming{dir: d, name: name, file: file}
	d.dir.table.drafts.receive(d.key()+name, in)
	return in, nil
}

// An incoming is an open file that is attached when it is closed.
type incoming struct {
	dir   *filesDir
	name  string
	mu    sync.Mutex
	file  *os.File
	dirty bool
	done  bool // it was attached once
}

func (in *incoming) read(_ context.Context, buf []byte, off int64) (int, error) {
	n, err := in.file.ReadAt(buf, off)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

func (in *incoming) size() int64 {
	info, err := in.file.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

func (in *incoming) write(data []byte, off int64) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.dirty = true
	return in.file.WriteAt(data, off)
}

func (in *incoming) truncate(size int64) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.dirty = in.dirty || size != in.size()
	return in.file.Truncate(size)
}

func (in *incoming) flush(ctx context.Context) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.dirty {
		return nil
	}
	return in.attach(ctx)
}

func (in *incoming) attach(ctx context.Context) error {
	t, f, _, err := in.dir.attachments(ctx)
	if err != nil {
		return err
	}
	size := in.size()
	if err := t.Attach(ctx, in.dir.dir.uid, f, in.name, io.NewSectionReader(in.file, 0, size), size); err != nil {
		return err
	}
	in.dirty, in.done = false, true
	return nil
}

func (in *incoming) openFlags() uint32 { return fuse.FOPEN_DIRECT_IO }

// release attaches an empty file, too: nothing was written, so nothing was flushed.
func (in *incoming) release() {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.done && !in.dirty {
		if err := in.attach(in.dir.dir.table.fs.ctx); err != nil {
			in.dir.note(in.name, err)
		}
	}
	in.dir.dir.table.drafts.received(in.dir.key()+in.name, in)
	in.file.Close()
}
