package fusemount

import (
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// Unlink removes a file.
func (fs *fileSystem) Unlink(cancel <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	dir, ok := fs.inodes.node(in.NodeId).(maker)
	if !ok {
		return fs.notHere(in.NodeId, name)
	}
	if err := dir.unlink(ctx, name); err != nil {
		return fs.failed(dir, name, err)
	}
	return fuse.OK
}

// Rename moves a file.
func (fs *fileSystem) Rename(cancel <-chan struct{}, in *fuse.RenameIn, from, to string) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	dir, ok := fs.inodes.node(in.NodeId).(maker)
	if !ok {
		return fs.notHere(in.NodeId, from)
	}
	target, ok := fs.inodes.node(in.Newdir).(maker)
	if !ok {
		return fs.notHere(in.Newdir, to)
	}
	if err := dir.rename(ctx, from, target, to, in.Flags); err != nil {
		return fs.failed(target, to, err)
	}
	return fuse.OK
}

// notHere refuses to make, remove or rename what a directory shows.
func (fs *fileSystem) notHere(dir uint64, name string) fuse.Status {
	return fs.refuse(fs.inodes.node(dir), name, "Files are made, renamed and removed in the directory of a table.")
}

// Mkdir is refused: directories are tables, and what tables show.
func (fs *fileSystem) Mkdir(_ <-chan struct{}, in *fuse.MkdirIn, name string, _ *fuse.EntryOut) fuse.Status {
	return fs.refuse(fs.inodes.node(in.NodeId), name, "Directories cannot be made here: they are tables and records. Use `apply` or the panel to make a table.")
}

// Rmdir is refused.
func (fs *fileSystem) Rmdir(_ <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	return fs.refuse(fs.inodes.node(in.NodeId), name, "Directories cannot be removed here; a record goes with its file.")
}

// Mknod makes regular files for programs that do not open them at once; nothing else can be made.
func (fs *fileSystem) Mknod(cancel <-chan struct{}, in *fuse.MknodIn, name string, out *fuse.EntryOut) fuse.Status {
	ctx, stop := fs.within(cancel)
	defer stop()
	nd := fs.inodes.node(in.NodeId)
	dir, ok := nd.(maker)
	if !ok || in.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return fs.refuse(nd, name, "Only regular files can be made here.")
	}
	made, h, err := dir.create(ctx, name, in.Mode, syscall.O_WRONLY)
	if err != nil {
		return fs.failed(dir, name, err)
	}
	defer h.release()
	a, err := made.attr(ctx)
	if err != nil {
		return fs.failed(dir, name, err)
	}
	fs.entry(out, made, a)
	return fuse.OK
}

// Link is refused.
func (fs *fileSystem) Link(_ <-chan struct{}, in *fuse.LinkIn, name string, _ *fuse.EntryOut) fuse.Status {
	return fs.refuse(fs.inodes.node(in.NodeId), name, "A record has one name; copy the file to make another record.")
}

// Symlink is refused.
func (fs *fileSystem) Symlink(_ <-chan struct{}, in *fuse.InHeader, _, name string, _ *fuse.EntryOut) fuse.Status {
	return fs.refuse(fs.inodes.node(in.NodeId), name, "Links cannot be made here.")
}

// Fallocate is refused: a file has what was written.
func (fs *fileSystem) Fallocate(<-chan struct{}, *fuse.FallocateIn) fuse.Status {
	return fuse.Status(syscall.EOPNOTSUPP)
}
