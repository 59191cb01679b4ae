package pg

import (
	"context"
	"errors"
	"log/slog"
)

// Embedded is a hold on the PostgreSQL server of a data directory.
type Embedded struct{ url string }

// StartEmbedded starts PostgreSQL for dataDir, or joins the one that runs.
func StartEmbedded(ctx context.Context, dataDir string, log *slog.Logger) (*Embedded, error) {
	return nil, errors.New("start embedded PostgreSQL: not built yet")
}

// URL returns the address for [Open].
func (e *Embedded) URL() string { return e.url }

// Close lets go of the server.
func (e *Embedded) Close() error { return nil }

// RunSupervisor is the hidden subcommand `__postgres`. It returns the exit code.
func RunSupervisor(args []string) int { return 2 }
