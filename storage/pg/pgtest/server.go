package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sayrud/sayrud/storage/pg"
)

// URLVariable names another server for the tests, with a role that may create databases.
const URLVariable = "SAYRUD_TEST_DATABASE_URL"

// settings make a server fast that may lose everything at a power failure.
var settings = map[string]string{
	"fsync":              "off",
	"full_page_writes":   "off",
	"synchronous_commit": "off",
	"max_connections":    "500",
	"shared_buffers":     "128MB",
	"autovacuum_naptime": "10s",
}

// linger outlasts the gaps between the packages of one `go test ./...`.
const linger = 20 * time.Second

// A test binary is its own supervisor: `go test` gives no other executable, and asking each package for a TestMain
// would be forgotten. This is the reason for the package's only init.
func init() {
	if len(os.Args) > 1 && os.Args[1] == pg.SupervisorCommand {
		os.Exit(pg.RunSupervisor(os.Args[2:]))
	}
}

// server is this process's hold on the server. It ends with the process.
var server = sync.OnceValues(func() (string, error) {
	if u := os.Getenv(URLVariable); u != "" {
		return u, nil
	}
	dir, err := dataDir()
	if err != nil {
		return "", err
	}
	e, err := pg.OpenEmbedded(context.Background(), pg.EmbeddedConfig{
		DataDir: dir, Settings: settings, Linger: linger, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return "", err
	}
	reap(e.URL())
	return e.URL(), nil
})

// dataDir is one for each choice of programs, since their data differ.
func dataDir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(pg.ArchiveSum() + " " + os.Getenv("SAYRUD_POSTGRES_BIN")))
	return filepath.Join(cache, "sayrud", "pgtest-"+hex.EncodeToString(sum[:4])), nil
}
