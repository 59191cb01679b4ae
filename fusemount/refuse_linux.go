package fusemount

import (
	"errors"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/sayrud/sayrud/engine"
)

// A noter is a node that keeps why something was refused.
type noter interface{ note(name string, err error) }

// refuse answers EPERM and keeps the sentence.
func (fs *fileSystem) refuse(nd node, name, text string) fuse.Status {
	return fs.failed(nd, name, &refusal{syscall.EPERM, text})
}

// failed answers an error and keeps why. What is no refusal is also logged.
func (fs *fileSystem) failed(nd node, name string, err error) fuse.Status {
	code := errno(err)
	var plain syscall.Errno
	var refused *engine.Error
	if errors.As(err, &refused) && refused.Code == engine.NotFound && refused.Fields == nil {
		return fuse.Status(code)
	}
	if n, ok := nd.(noter); ok && !(errors.As(err, &plain) && errors.Is(err, plain) && err == error(plain)) { //nolint:errorlint // a bare errno has no sentence
		n.note(name, err)
	}
	if code == syscall.EIO {
		fs.cfg.Log.Warn("a file operation failed", "file", name, "error", err)
	}
	return fuse.Status(code)
}
