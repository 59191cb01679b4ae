package fusemount

import (
	"context"
	"strconv"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// scratchFile is a file that is no record and lives in this mount alone: what editors and copying programs write beside a file before
// they rename it.
type scratchFile struct {
	dir   *tableDir
	draft *draft
}

func (f *scratchFile) key() string {
	return "s/" + strconv.Itoa(f.dir.id) + "/" + strconv.FormatUint(f.draft.number, 10)
}

func (f *scratchFile) note(_ string, err error) { f.dir.drafts.note(f.draft.name, err) }

// record gives the record that the file was renamed to, or nil.
func (f *scratchFile) record() *recordFile {
	f.draft.mu.Lock()
	defer f.draft.mu.Unlock()
	return f.draft.became
}

func (f *scratchFile) attr(ctx context.Context) (attr, error) {
	if r := f.record(); r != nil {
		return r.attr(ctx)
	}
	return f.draft.attr(), nil
}

func (f *scratchFile) open(ctx context.Context, flags uint32) (handle, error) {
	if r := f.record(); r != nil {
		return r.open(ctx, flags)
	}
	return newEditing(f.dir, f.draft, flags), nil
}

func (f *scratchFile) setattr(ctx context.Context, in *fuse.SetAttrIn, h handle) error {
	if r := f.record(); r != nil {
		return r.setattr(ctx, in, h)
	}
	if size, given := in.GetSize(); given {
		return f.draft.truncate(int64(size))
	}
	if uid, given := in.GetUID(); given && uid != f.dir.fs.cfg.UID {
		return &refusal{syscall.EPERM, "The owner of everything here is the mount's."}
	}
	if gid, given := in.GetGID(); given && gid != f.dir.fs.cfg.GID {
		return &refusal{syscall.EPERM, "The group of everything here is the mount's."}
	}
	f.draft.mu.Lock()
	defer f.draft.mu.Unlock()
	if mode, given := in.GetMode(); given {
		f.draft.mode = mode & 0o777
	}
	if at, given := in.GetMTime(); given {
		f.draft.modified = at
	} else {
		f.draft.modified = time.Now()
	}
	return nil
}
