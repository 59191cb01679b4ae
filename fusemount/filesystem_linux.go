package fusemount

import (
	"context"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// validity is how long the kernel takes attributes for known: together with what the tree holds it stays within [change.Fresh]. A name
// is asked for each time - but for those of a listing, which a program is about to look at - for a rename gives it another file.
const validity = 20 * time.Millisecond

// fileSystem answers the kernel. The requests that it does not override are answered ENOSYS.
type fileSystem struct {
	fuse.RawFileSystem
	cfg    Config
	ctx    context.Context // of all requests: ends with the mount
	inodes *inodes
	root   directory

	mu     sync.Mutex
	drafts map[int]*drafts // by table

	open    sync.Map // uint64: handle or *listing
	handles atomic.Uint64
	began   time.Time
}

func newFileSystem(ctx context.Context, cfg Config) *fileSystem {
	fs := &fileSystem{RawFileSystem: fuse.NewDefaultRawFileSystem(), cfg: cfg, ctx: ctx, drafts: make(map[int]*drafts), began: time.Now()}
	fs.root = &rootDir{fs}
	if cfg.Project != "" {
		fs.root = &projectDir{fs, cfg.Project}
	}
	fs.inodes = newInodes(fs.root)
	return fs
}

// String names the file system.
func (fs *fileSystem) String() string { return "sayrud" }

// within gives a context that ends when the kernel gives a request up.
func (fs *fileSystem) within(cancel <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(fs.ctx)
	if cancel == nil {
		return ctx, stop
	}
	done := make(chan struct{})
	go func() {
		select {
		case <-cancel:
			stop()
		case <-done:
		}
	}()
	return ctx, func() { close(done); stop() }
}

// fill writes what stat(2) tells.
func (fs *fileSystem) fill(out *fuse.Attr, nd node, a attr) {
	*out = fuse.Attr{Ino: number(nd.key()), Size: uint64(a.size), Blocks: uint64(a.size+511) / 512, Mode: a.mode, Nlink: max(a.links, 1), Blksize: 4096}
	if a.mode&0o777 == 0 {
		out.Mode |= map[bool]uint32{true: 0o777, false: 0o666}[a.mode&syscall.S_IFMT == syscall.S_IFDIR] &^ fs.cfg.Umask
	}
	out.Owner = fuse.Owner{Uid: fs.cfg.UID, Gid: fs.cfg.GID}
	changed := a.modified
	if a.modified.IsZero() {
		changed = fs.began
	}
	out.SetTimes(&changed, &changed, &changed)
}

// entry tells the kernel of a node.
func (fs *fileSystem) entry(out *fuse.EntryOut, nd node, a attr) {
	out.NodeId = fs.inodes.look(nd)
	out.Generation = 1
	out.SetAttrTimeout(validity)
	fs.fill(&out.Attr, nd, a)
}

// Lookup finds a name in a directory.
func (fs *fileSystem) Lookup(cancel <-chan struct{}, in *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	dir, ok := fs.inodes.node(in.NodeId).(directory)
	if !ok {
		return fuse.Status(syscall.ENOTDIR)
	}
	nd, err := dir.lookup(ctx, name)
	if err != nil {
		return fs.failed(dir, name, err)
	}
	a, err := nd.attr(ctx)
	if err != nil {
		return fs.failed(dir, name, err)
	}
	fs.entry(out, nd, a)
	return fuse.OK
}

// Forget counts that the kernel no longer knows an inode.
func (fs *fileSystem) Forget(n, lookups uint64) { fs.inodes.forget(n, lookups) }

// GetAttr is stat(2).
func (fs *fileSystem) GetAttr(cancel <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	nd := fs.inodes.node(in.NodeId)
	if nd == nil {
		return fuse.Status(syscall.ESTALE)
	}
	a, err := nd.attr(ctx)
	if h := fs.handle(in.Fh()); in.Flags()&fuse.FUSE_GETATTR_FH != 0 && h != nil {
		if sized, ok := h.(interface{ size() int64 }); ok {
			if err != nil { // its name is gone
				a, err = attr{mode: syscall.S_IFREG, modified: time.Now()}, nil
			}
			a.size = sized.size()
		}
	}
	if err != nil {
		return status(err)
	}
	out.SetTimeout(validity)
	fs.fill(&out.Attr, nd, a)
	return fuse.OK
}

// SetAttr is chmod(2), chown(2), truncate(2) and utimensat(2).
func (fs *fileSystem) SetAttr(cancel <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	nd := fs.inodes.node(in.NodeId)
	if nd == nil {
		return fuse.Status(syscall.ESTALE)
	}
	c, ok := nd.(changer)
	if !ok {
		return fs.refuse(nd, "", "This is not yours to change.")
	}
	var h handle
	if fh, given := in.GetFh(); given {
		h = fs.handle(fh)
	}
	if err := c.setattr(ctx, in, h); err != nil {
		return fs.failed(nd, "", err)
	}
	a, err := nd.attr(ctx)
	if err != nil {
		return status(err)
	}
	out.SetTimeout(0)
	fs.fill(&out.Attr, nd, a)
	return fuse.OK
}

// StatFs is statfs(2).
func (fs *fileSystem) StatFs(cancel <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	usage, err := fs.cfg.Tree.Usage(ctx, fs.cfg.Project)
	if err != nil {
		return status(err)
	}
	const block = 4096
	used := uint64(usage.Bytes+block-1) / block
	*out = fuse.StatfsOut{Bsize: block, Frsize: block, NameLen: 255, Blocks: used + uint64(usage.Free)/block, Bfree: uint64(usage.Free) / block,
		Bavail: uint64(usage.Free) / block, Files: uint64(usage.Records) + 1<<32, Ffree: 1 << 32}
	return fuse.OK
}

func (fs *fileSystem) keep(h any) uint64 {
	n := fs.handles.Add(1)
	fs.open.Store(n, h)
	return n
}

func (fs *fileSystem) handle(n uint64) handle {
	found, _ := fs.open.Load(n)
	h, _ := found.(handle)
	return h
}
