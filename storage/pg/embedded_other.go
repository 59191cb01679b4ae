//go:build !unix

package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"
)

// errNoEmbedded is what everything about the embedded server comes to on a system without Unix sockets, users and signals.
var errNoEmbedded = errors.New("start PostgreSQL: the embedded server runs on Linux and macOS only; give a database with --database-url")

// Embedded is a hold on an embedded server, of which there is none on this system.
type Embedded struct{}

// StartEmbedded refuses: there is no embedded server on this system.
func StartEmbedded(context.Context, string, *slog.Logger) (*Embedded, error) {
	return nil, errNoEmbedded
}

// OpenEmbedded refuses as StartEmbedded does.
func OpenEmbedded(context.Context, EmbeddedConfig) (*Embedded, error) { return nil, errNoEmbedded }

// URL returns "".
func (e *Embedded) URL() string { return "" }

// Close does nothing.
func (e *Embedded) Close() error { return nil }

// RunSupervisor refuses with exit code 1.
func RunSupervisor([]string) int {
	fmt.Fprintln(os.Stderr, errNoEmbedded)
	return 1
}

// ArchiveSum returns "": there is no archive for this system.
func ArchiveSum() string { return "" }

// controlSocket has nothing to set here.
func controlSocket(string, string, syscall.RawConn) error { return nil }
