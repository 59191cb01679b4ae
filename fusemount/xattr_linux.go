package fusemount

import (
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// errorAttribute says why the last write to a file was refused; of a directory, the last one in it.
const errorAttribute = "user.sayrud.error"

// An explainer is a node that knows why something was refused; "" is nothing.
type explainer interface{ explain() string }

func (d *tableDir) explain() string    { return d.drafts.errorOf("") }
func (f *recordFile) explain() string  { return f.dir.drafts.errorOf(f.name) }
func (f *scratchFile) explain() string { return f.dir.drafts.errorOf(f.draft.name) }

// GetXAttr is getxattr(2).
func (fs *fileSystem) GetXAttr(_ <-chan struct{}, in *fuse.InHeader, name string, dest []byte) (uint32, fuse.Status) {
	nd, ok := fs.inodes.node(in.NodeId).(explainer)
	if !ok || name != errorAttribute {
		return 0, fuse.ENOATTR
	}
	text := nd.explain()
	if text == "" {
		return 0, fuse.ENOATTR
	}
	return fit(dest, text)
}

// ListXAttr is listxattr(2).
func (fs *fileSystem) ListXAttr(_ <-chan struct{}, in *fuse.InHeader, dest []byte) (uint32, fuse.Status) {
	if nd, ok := fs.inodes.node(in.NodeId).(explainer); ok && nd.explain() != "" {
		return fit(dest, errorAttribute+"\x00")
	}
	return 0, fuse.OK
}

// fit copies a text; where there is no room it gives the size alone.
func fit(dest []byte, text string) (uint32, fuse.Status) {
	if len(dest) < len(text) {
		return uint32(len(text)), fuse.ERANGE
	}
	return uint32(copy(dest, text)), fuse.OK
}

// SetXAttr is refused: nothing would keep them.
func (fs *fileSystem) SetXAttr(<-chan struct{}, *fuse.SetXAttrIn, string, []byte) fuse.Status {
	return fuse.Status(syscall.EOPNOTSUPP)
}

// RemoveXAttr is refused.
func (fs *fileSystem) RemoveXAttr(<-chan struct{}, *fuse.InHeader, string) fuse.Status {
	return fuse.Status(syscall.EOPNOTSUPP)
}
