package fusemount

import (
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// Open opens a file.
func (fs *fileSystem) Open(cancel <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	f, ok := fs.inodes.node(in.NodeId).(file)
	if !ok {
		return fuse.Status(syscall.ESTALE)
	}
	h, err := f.open(ctx, in.Flags)
	if err != nil {
		return fs.failed(f, "", err)
	}
	fs.opened(out, h)
	return fuse.OK
}

func (fs *fileSystem) opened(out *fuse.OpenOut, h handle) {
	out.Fh, out.OpenFlags = fs.keep(h), h.openFlags()
}

// Create makes and opens a file.
func (fs *fileSystem) Create(cancel <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	dir, ok := fs.inodes.node(in.NodeId).(maker)
	if !ok {
		return fs.notHere(in.NodeId, name)
	}
	nd, h, err := dir.create(ctx, name, in.Mode, in.Flags)
	if err != nil {
		return fs.failed(dir, name, err)
	}
	a, err := nd.attr(ctx)
	if err != nil {
		h.release()
		return fs.failed(dir, name, err)
	}
	fs.entry(&out.EntryOut, nd, a)
	fs.opened(&out.OpenOut, h)
	return fuse.OK
}

// Read reads of an open file.
func (fs *fileSystem) Read(cancel <-chan struct{}, in *fuse.ReadIn, buf []byte) (fuse.ReadResult, fuse.Status) {
	ctx, stop := fs.within(cancel)
	defer stop()
	h := fs.handle(in.Fh)
	if h == nil {
		return nil, fuse.EBADF
	}
	n, err := h.read(ctx, buf, int64(in.Offset))
	if err != nil {
		return nil, fs.failed(fs.inodes.node(in.NodeId), "", err)
	}
	return fuse.ReadResultData(buf[:n]), fuse.OK
}

// Write writes to an open file.
func (fs *fileSystem) Write(_ <-chan struct{}, in *fuse.WriteIn, data []byte) (uint32, fuse.Status) {
	w, ok := fs.handle(in.Fh).(writer)
	if !ok {
		return 0, fuse.EBADF
	}
	n, err := w.write(data, int64(in.Offset))
	if err != nil {
		return 0, fs.failed(fs.inodes.node(in.NodeId), "", err)
	}
	return uint32(n), fuse.OK
}

// Flush is what close(2) of any copy of a descriptor does; its error is that of close.
func (fs *fileSystem) Flush(_ <-chan struct{}, in *fuse.FlushIn) fuse.Status {
	return fs.flush(in.NodeId, in.Fh)
}

// Fsync is fsync(2).
func (fs *fileSystem) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return fs.flush(in.NodeId, in.Fh)
}

// flush stores what was written. It is not given up when the program is: a closing program may be one that was killed.
func (fs *fileSystem) flush(n, fh uint64) fuse.Status {
	w, ok := fs.handle(fh).(writer)
	if !ok {
		return fuse.OK
	}
	if err := w.flush(fs.ctx); err != nil {
		return fs.failed(fs.inodes.node(n), "", err)
	}
	return fuse.OK
}

// Release ends an open file.
func (fs *fileSystem) Release(_ <-chan struct{}, in *fuse.ReleaseIn) {
	if found, ok := fs.open.LoadAndDelete(in.Fh); ok {
		found.(handle).release()
	}
}
