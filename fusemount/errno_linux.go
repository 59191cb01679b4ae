package fusemount

import (
	"context"
	"errors"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"

	"github.com/sayrud/sayrud/engine"
)

// errnos are those of refusals (errno(3)).
var errnos = map[engine.Code]syscall.Errno{
	engine.Invalid: syscall.EINVAL, engine.NotFound: syscall.ENOENT, engine.Conflict: syscall.EPERM, engine.Guarded: syscall.EPERM,
	engine.Unauthorized: syscall.EACCES, engine.Forbidden: syscall.EACCES, engine.TooLarge: syscall.EFBIG, engine.Unsupported: syscall.EINVAL,
	engine.Precondition: syscall.ESTALE, engine.Timeout: syscall.ETIMEDOUT, engine.RateLimited: syscall.EAGAIN, engine.NotAllowed: syscall.EPERM,
}

// fieldErrnos are those of the rules of fields, where they say more than their code.
var fieldErrnos = map[string]syscall.Errno{"unique": syscall.EEXIST, "constraint": syscall.EPERM, "reference": syscall.ENOENT}

// errno translates an error; what nobody outside can act on is EIO.
func errno(err error) syscall.Errno {
	var plain syscall.Errno
	var refused *engine.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &refused):
		if special := ofFields(refused.Fields); special != 0 {
			return special
		}
		if code, found := errnos[refused.Code]; found {
			return code
		}
		return syscall.EIO
	case errors.As(err, &plain):
		return plain
	case errors.Is(err, context.Canceled):
		return syscall.EINTR
	}
	return syscall.EIO
}

// ofFields gives the errno that the refused fields have in common, or 0.
func ofFields(fields []engine.FieldError) syscall.Errno {
	var all syscall.Errno
	for _, f := range fields {
		special := fieldErrnos[f.Code]
		if special == 0 || all != 0 && all != special {
			return 0
		}
		all = special
	}
	return all
}

func status(err error) fuse.Status { return fuse.Status(errno(err)) }

// A refusal is an errno with the sentence that explains it.
type refusal struct {
	errno syscall.Errno
	text  string
}

// Error gives the sentence.
func (r *refusal) Error() string { return r.text }

// Unwrap gives the errno.
func (r *refusal) Unwrap() error { return r.errno }

// sentence gives what people read of an error.
func sentence(err error) string {
	var refused *engine.Error
	if errors.As(err, &refused) {
		if text := refused.Text(); text != "" {
			return text
		}
	}
	return err.Error()
}
