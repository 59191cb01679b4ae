package fusemount

import (
	"context"
	"strconv"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// recordFile is the file of a record.
type recordFile struct {
	dir  *tableDir
	uid  string
	name string
}

func (f *recordFile) key() string { return "r/" + strconv.Itoa(f.dir.id) + "/" + f.uid }

func (f *recordFile) note(_ string, err error) { f.dir.drafts.note(f.name, err) }

func (f *recordFile) attr(ctx context.Context) (attr, error) {
	if dr := f.dir.drafts.get(f.name); dr != nil && dr.isAhead() {
		return dr.attr(), nil
	}
	t, err := f.dir.table()
	if err != nil {
		return attr{}, err
	}
	s, err := t.Read(ctx, f.uid)
	if err != nil {
		return attr{}, err
	}
	return attr{mode: syscall.S_IFREG, size: int64(len(s.File)), modified: s.Updated, created: s.Created}, nil
}

func (f *recordFile) open(ctx context.Context, flags uint32) (handle, error) {
	writes := flags&syscall.O_ACCMODE != syscall.O_RDONLY
	dr := f.dir.drafts.get(f.name)
	if !writes && dr != nil && dr.isAhead() {
		return newEditing(f.dir, dr, flags), nil
	}
	t, err := f.dir.table()
	if err != nil {
		return nil, err
	}
	s, err := t.Read(ctx, f.uid)
	if err != nil && (dr == nil || errno(err) != syscall.ENOENT) {
		return nil, err
	}
	if !writes {
		return snapshot(s.File), nil
	}
	if s == nil {
		return newEditing(f.dir, dr, flags), nil
	}
	return newEditing(f.dir, f.dir.drafts.edit(f.name, f.uid, "", s.File), flags), nil
}

// setattr changes the size at once, or in a file that is being written. A program that copies may also set mode, owner and times while it
// writes; they stay the mount's and the record's.
func (f *recordFile) setattr(ctx context.Context, in *fuse.SetAttrIn, h handle) error {
	dr := f.dir.drafts.get(f.name)
	if size, given := in.GetSize(); given {
		if size > maxDraft {
			return syscall.EFBIG
		}
		if e, ok := h.(*editing); ok {
			return e.draft.truncate(int64(size))
		}
		if dr != nil && dr.isAhead() {
			return dr.truncate(int64(size))
		}
		return f.truncate(ctx, int64(size))
	}
	if dr != nil && dr.isOpen() {
		return nil
	}
	if mode, given := in.GetMode(); given && mode == 0o666&^f.dir.fs.cfg.Umask {
		return nil
	}
	return &refusal{syscall.EPERM, "Owner, mode and times of a record cannot be set: the mount's options and the record say them."}
}

// truncate is truncate(2) of a file that nobody has open: a write of its own.
func (f *recordFile) truncate(ctx context.Context, size int64) error {
	h, err := f.open(ctx, syscall.O_WRONLY)
	if err != nil {
		return err
	}
	defer h.release()
	e := h.(*editing)
	if err := e.draft.truncate(size); err != nil {
		return err
	}
	return e.flush(ctx)
}

// A snapshot is an open file that only reads: what the record was when it was opened.
type snapshot []byte

func (s snapshot) read(_ context.Context, buf []byte, off int64) (int, error) {
	if off >= int64(len(s)) {
		return 0, nil
	}
	return copy(buf, s[off:]), nil
}

func (s snapshot) size() int64 { return int64(len(s)) }

// openFlags: the kernel keeps no content, so a read gives what the handle holds, whatever size it knows; nothing is to be flushed.
func (s snapshot) openFlags() uint32 { return fuse.FOPEN_DIRECT_IO | fuse.FOPEN_NOFLUSH }

func (s snapshot) release() {}

// A textFile holds a text that the mount makes.
type textFile struct {
	name string
	text func() []byte
}

func (f *textFile) key() string { return f.name }

func (f *textFile) attr(context.Context) (attr, error) {
	return attr{mode: syscall.S_IFREG, size: int64(len(f.text())), modified: time.Now().Truncate(time.Hour)}, nil
}

func (f *textFile) open(_ context.Context, flags uint32) (handle, error) {
	if flags&syscall.O_ACCMODE != syscall.O_RDONLY {
		return nil, &refusal{syscall.EPERM, "This file cannot be written."}
	}
	return snapshot(f.text()), nil
}
