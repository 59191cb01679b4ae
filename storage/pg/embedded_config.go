package pg

import (
	"log/slog"
	"time"
)

// SupervisorCommand is the hidden subcommand whose arguments [RunSupervisor] takes.
const SupervisorCommand = "__postgres"

// EmbeddedConfig says how to run the embedded server. Only DataDir is required.
type EmbeddedConfig struct {
	// DataDir is the data directory; PostgreSQL's part is below postgres/ in it. It is made if need be.
	DataDir string
	// Settings are PostgreSQL settings over those in postgresql.conf. They count when this call starts the server.
	Settings map[string]string
	// Linger is how long the server stays after its last client. 0 means 10 s.
	Linger time.Duration
	// Log takes what happens to the server later. nil means slog.Default().
	Log *slog.Logger
}
