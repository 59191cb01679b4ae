package fusemount

import (
	"context"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// A draft is the content of a file that is being written: of a record, which is stored when the file is closed or synced, or of a
// scratch file, which stays in memory. It is safe for concurrent use.
type draft struct {
	drafts *drafts
	name   string // changes under drafts.mu
	uid    string // of the record; "": a scratch file
	field  string // the one that the file holds; "": the whole record
	number uint64

	mu       sync.Mutex
	data     []byte
	stored   bool // there is such a record
	dirty    bool // data is not what is stored
	failed   bool // data was refused; until more is written the file shows the record
	emptied  bool // a field was closed once without anything in it
	opened   int  // handles
	mode     uint32
	modified time.Time
	became   *recordFile // the record that a scratch file was renamed to
}

func (dr *draft) isStored() bool {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	return dr.stored
}

// isAhead reports whether the draft, and not the record, is what the file shows.
func (dr *draft) isAhead() bool {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	return !dr.failed && (dr.dirty || !dr.stored)
}

// reload takes over what the record holds now, where there is nothing of the draft's own.
func (dr *draft) reload(content []byte) {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	if dr.failed || !dr.dirty {
		dr.data, dr.stored, dr.dirty, dr.failed = slices.Clone(content), true, false, false
	}
}

// isEmptied reports whether a field was emptied and nothing written since.
func (dr *draft) isEmptied() bool {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	return dr.field != "" && dr.dirty && len(dr.data) == 0 && dr.opened == 1
}

func (dr *draft) isOpen() bool {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	return dr.opened > 0
}

func (dr *draft) attr() attr {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	a := attr{mode: syscall.S_IFREG, size: int64(len(dr.data)), modified: dr.modified}
	if dr.uid == "" {
		a.mode |= dr.mode
	}
	return a
}

// write puts data at off; at the end where off is negative.
func (dr *draft) write(data []byte, off int64) (int, error) {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	if off < 0 {
		off = int64(len(dr.data))
	}
	end := off + int64(len(data))
	if end > maxDraft {
		return 0, &refusal{syscall.EFBIG, "A file here has at most 16 MiB."}
	}
	if end > int64(len(dr.data)) {
		dr.data = append(dr.data, make([]byte, end-int64(len(dr.data)))...)
	}
	copy(dr.data[off:], data)
	dr.changed()
	return len(data), nil
}

// changed notes that data is another now.
func (dr *draft) changed() {
	dr.dirty, dr.failed, dr.emptied, dr.modified = true, false, false, time.Now()
}

func (dr *draft) truncate(size int64) error {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	if size > maxDraft {
		return &refusal{syscall.EFBIG, "A file here has at most 16 MiB."}
	}
	if size <= int64(len(dr.data)) {
		dr.data = dr.data[:size]
	} else {
		dr.data = append(dr.data, make([]byte, size-int64(len(dr.data)))...)
	}
	dr.changed()
	return nil
}

// store writes the record, all of it in one transaction. Without anything to write it does nothing; so does a new file that is still
// empty: it becomes a record when something stands in it. An emptied field waits for the second call, or for over, the end of its last
// handle: the shell closes a copy of its descriptor before it writes.
func (dr *draft) store(ctx context.Context, d *tableDir, over bool) error {
	dr.mu.Lock()
	defer dr.mu.Unlock()
	if dr.uid == "" || !dr.dirty || len(dr.data) == 0 && !dr.stored {
		return nil
	}
	if len(dr.data) == 0 && dr.opened > 1 { // somebody else emptied the file just now, to write it
		return nil
	}
	if dr.field != "" && len(dr.data) == 0 && !over && !dr.emptied {
		dr.emptied = true
		return nil
	}
	t, err := d.table()
	if err != nil {
		return err
	}
	if dr.field != "" {
		err = t.StoreField(ctx, dr.uid, dr.field, dr.data)
	} else {
		err = t.Store(ctx, dr.uid, dr.name, dr.data, dr.stored)
	}
	if err != nil {
		dr.failed = true
		return err
	}
	dr.stored, dr.dirty, dr.failed = true, false, false
	d.drafts.clear(dr.name)
	d.drafts.back(dr.name)
	return nil
}

// close counts a handle down. The draft of a record ends with its last handle: what could not be stored is dropped, and the file shows
// the record again. A new file that is empty stays.
func (dr *draft) close() {
	dr.mu.Lock()
	dr.opened--
	over := dr.opened == 0 && dr.uid != "" && (dr.stored || len(dr.data) > 0)
	dr.mu.Unlock()
	if over {
		dr.drafts.remove(dr)
	}
}

// editing is an open draft.
type editing struct {
	dir     *tableDir
	draft   *draft
	appends bool
	writes  bool
}

func newEditing(d *tableDir, dr *draft, flags uint32) *editing {
	e := &editing{dir: d, draft: dr, appends: flags&syscall.O_APPEND != 0, writes: flags&syscall.O_ACCMODE != syscall.O_RDONLY}
	dr.mu.Lock()
	defer dr.mu.Unlock()
	dr.opened++
	if e.writes && flags&syscall.O_TRUNC != 0 && (len(dr.data) > 0 || dr.stored) {
		dr.data = nil
		dr.changed()
	}
	return e
}

func (e *editing) read(_ context.Context, buf []byte, off int64) (int, error) {
	e.draft.mu.Lock()
	defer e.draft.mu.Unlock()
	if off >= int64(len(e.draft.data)) {
		return 0, nil
	}
	return copy(buf, e.draft.data[off:]), nil
}

func (e *editing) size() int64 {
	e.draft.mu.Lock()
	defer e.draft.mu.Unlock()
	return int64(len(e.draft.data))
}

// write ignores the offset of a file opened to append: the kernel took it from a size that may be old.
func (e *editing) write(data []byte, off int64) (int, error) {
	if e.appends {
		off = -1
	}
	return e.draft.write(data, off)
}

func (e *editing) flush(ctx context.Context) error {
	if !e.writes {
		return nil
	}
	return e.draft.store(ctx, e.dir, false)
}

func (e *editing) openFlags() uint32 { return fuse.FOPEN_DIRECT_IO }

func (e *editing) release() {
	if e.writes && e.draft.isEmptied() {
		if err := e.draft.store(e.dir.fs.ctx, e.dir, true); err != nil {
			e.dir.drafts.note(e.draft.name, err)
		}
	}
	e.draft.close()
}
