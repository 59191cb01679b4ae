package fusemount

import (
	"log/slog"

	"github.com/sayrud/sayrud/engine/tree"
)

// Config says what is mounted and how.
type Config struct {
	Tree    *tree.Tree
	Project string // that project's tables are the root; "": one directory a project
	Log     *slog.Logger

	UID, GID   uint32 // owner of everything
	Umask      uint32 // of 0666 for files and 0777 for directories
	ReadOnly   bool
	AllowOther bool
	Suid, Dev  bool // honour set-user-ID bits and devices; there are none
}
