package fusemount

import (
	"context"
	"sort"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// A listing is an open directory. It goes on by the offset of the last entry, so it holds one page and no more, and neither skips nor
// repeats what stays while others come and go.
type listing struct {
	mu    sync.Mutex
	dir   directory
	page  []entry // of the entries behind from, the first ones; none is the end
	from  uint64
	whole bool // they were read with their attributes
	read  bool // page is known
}

// The offsets of "." and ".."; a directory's own begin at 1 and are shifted by them.
const dots = 2

// OpenDir opens a directory.
func (fs *fileSystem) OpenDir(_ <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	dir, ok := fs.inodes.node(in.NodeId).(directory)
	if !ok {
		return fuse.Status(syscall.ENOTDIR)
	}
	if o, ok := dir.(interface{ opened() directory }); ok {
		dir = o.opened()
	}
	out.Fh = fs.keep(&listing{dir: dir})
	return fuse.OK
}

// ReleaseDir ends an open directory.
func (fs *fileSystem) ReleaseDir(in *fuse.ReleaseIn) { fs.open.Delete(in.Fh) }

// FsyncDir has nothing to do.
func (fs *fileSystem) FsyncDir(<-chan struct{}, *fuse.FsyncIn) fuse.Status { return fuse.OK }

// ReadDir gives names.
func (fs *fileSystem) ReadDir(cancel <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	return fs.list(cancel, in, false, func(_ context.Context, e fuse.DirEntry, _ node) (bool, error) { return out.AddDirEntry(e), nil })
}

// ReadDirPlus gives names with attributes; the kernel knows the inodes then.
func (fs *fileSystem) ReadDirPlus(cancel <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	return fs.list(cancel, in, true, func(ctx context.Context, e fuse.DirEntry, nd node) (bool, error) {
		var a attr
		if nd != nil {
			var err error
			if a, err = nd.attr(ctx); errno(err) == syscall.ENOENT {
				return true, nil // it went meanwhile
			} else if err != nil {
				return false, err
			}
		}
		told := out.AddDirLookupEntry(e)
		if told != nil && nd != nil {
			fs.entry(told, nd, a)
			told.SetEntryTimeout(validity)
		}
		return told != nil, nil
	})
}

// list adds entries until one does not fit.
func (fs *fileSystem) list(cancel <-chan struct{}, in *fuse.ReadIn, whole bool, add func(context.Context, fuse.DirEntry, node) (bool, error)) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	found, _ := fs.open.Load(in.Fh)
	l, ok := found.(*listing)
	if !ok {
		return fuse.EBADF
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	off := in.Offset
	if off == 0 { // rewinddir(3) shows what is there now
		l.read = false
	}
	for ; off < dots; off++ {
		name := [dots]string{".", ".."}[off]
		if full, err := add(ctx, fuse.DirEntry{Name: name, Mode: syscall.S_IFDIR, Off: off + 1}, nil); !full || err != nil {
			return status(err)
		}
	}
	some := false
	for {
		e, err := l.at(ctx, off-dots, whole)
		if err != nil && some { // the next call tells
			return fuse.OK
		}
		if err != nil {
			return fs.failed(l.dir, "", err)
		}
		if e == nil {
			return fuse.OK
		}
		fits, err := add(ctx, fuse.DirEntry{Name: e.name, Mode: e.mode, Ino: number(e.node.key()), Off: e.offset + dots}, e.node)
		if err != nil || !fits {
			return status(err)
		}
		off, some = e.offset+dots, true
	}
}

// at gives the entry behind an offset; nil is the end.
func (l *listing) at(ctx context.Context, after uint64, whole bool) (*entry, error) {
	if l.read && l.from <= after && (l.whole || !whole) {
		i := sort.Search(len(l.page), func(i int) bool { return l.page[i].offset > after })
		if i < len(l.page) {
			return &l.page[i], nil
		}
		if len(l.page) == 0 {
			return nil, nil
		}
	}
	page, err := l.dir.list(ctx, after, whole)
	if err != nil {
		return nil, err
	}
	l.page, l.from, l.whole, l.read = page, after, whole, true
	if len(page) == 0 {
		return nil, nil
	}
	return &page[0], nil
}
