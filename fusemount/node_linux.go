package fusemount

import (
	"context"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// A node is a file or directory that a path leads to.
type node interface {
	// key tells what it leads to. Nodes of one key are the same file and have the same inode number.
	key() string
	attr(ctx context.Context) (attr, error)
}

// An attr is what stat(2) tells of a node; owner and permissions are the mount's unless mode has permissions.
type attr struct {
	mode     uint32 // the type, and permissions where they are the node's own
	size     int64
	modified time.Time
	created  time.Time // the zero Time is modified
	links    uint32    // 0 is 1
}

// A directory has entries. lookup's error is ENOENT where there is no such name.
type directory interface {
	node
	lookup(ctx context.Context, name string) (node, error)
	// list gives entries in order, those behind the one whose offset is after; none is the end. Where whole is set their attributes are
	// wanted as well, so that it pays to read them together.
	list(ctx context.Context, after uint64, whole bool) ([]entry, error)
}

// An entry is a name in a directory.
type entry struct {
	name   string
	node   node
	mode   uint32 // the type
	offset uint64 // of this entry, from 1; lists go on behind it
}

// A file can be opened.
type file interface {
	node
	open(ctx context.Context, flags uint32) (handle, error)
}

// A maker is a directory in which files can be made, removed and renamed.
type maker interface {
	directory
	create(ctx context.Context, name string, mode uint32, flags uint32) (node, handle, error)
	unlink(ctx context.Context, name string) error
	rename(ctx context.Context, from string, to maker, name string, flags uint32) error
}

// A changer is a node whose attributes can be set.
type changer interface {
	node
	setattr(ctx context.Context, in *fuse.SetAttrIn, h handle) error
}

// A handle is an open file. Offsets and sizes are in bytes.
type handle interface {
	read(ctx context.Context, buf []byte, off int64) (int, error)
	openFlags() uint32 // for the kernel: fuse.FOPEN_…
	release()
}

// A writer is a handle that can be written. flush stores what was written; its error is what close(2) and fsync(2) give.
type writer interface {
	handle
	write(data []byte, off int64) (int, error)
	flush(ctx context.Context) error
}
