package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// MinVersion is the oldest PostgreSQL we speak to, as server_version_num counts.
const MinVersion = 15_00_00

// DB is a pool of connections to one database. It is safe for concurrent use.
type DB struct {
	pool    *pgxpool.Pool
	lanes   *lanes
	log     *slog.Logger
	version int
	// attempts bounds how often a statement may find its connection dead before it is sent: every pooled connection
	// once, and a fresh one.
	attempts int
	// patience bounds the wait for the answer to one statement of Query, beyond what the server allows it: a frozen
	// server keeps no time itself. 0 is no bound.
	patience time.Duration
}

// Open connects to PostgreSQL and checks that it can serve: version 15 or newer, a primary, encoding UTF8, reached
// directly. The caller closes the DB.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	pc, err := cfg.pool()
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{pool: pool, log: cfg.log(), attempts: int(pc.MaxConns) + 1, patience: cfg.patience()}
	if err := db.check(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	if db.lanes, err = openLanes(ctx, cfg); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// Close waits for borrowed connections and closes the pools.
func (db *DB) Close() {
	db.lanes.pool.Close()
	db.pool.Close()
}

// Pool returns the pool, for what the other methods do not offer (COPY, long statements under their own timeout).
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Version returns the server's version as server_version_num counts: 18.4 is 180004.
func (db *DB) Version() int { return db.version }

const facts = `
SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_setting('server_encoding'), pg_is_in_recovery()`

func (db *DB) check(ctx context.Context) error {
	var version, encoding string
	var standby bool
	err := db.pool.QueryRow(ctx, facts).Scan(&db.version, &version, &encoding, &standby)
	switch {
	case err != nil:
		return connectError(err)
	case db.version < MinVersion:
		return fmt.Errorf("open database: this is PostgreSQL %s, but 15 or newer is needed; upgrade it, or leave the database URL away to use the built-in one", version)
	case encoding != "UTF8":
		return fmt.Errorf("open database: its encoding is %s, but UTF8 is needed; create another with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0", encoding)
	case standby:
		return errors.New("open database: this server is a read-only standby; give the address of the primary")
	}
	return nil
}

// connectError adds what to do to the refusals that a first connection meets.
func connectError(err error) error {
	hint := ""
	switch Code(err) {
	case ProtocolViolation, UndefinedObject, CannotChangeRuntimeParam:
		hint = "; this looks like a connection pooler, give the address of the server itself"
	case InvalidPassword, InvalidAuthorization:
		hint = "; check user and password in the database URL"
	case InvalidCatalogName:
		hint = "; create the database first, or name an existing one in the database URL"
	case TooManyConnections:
		hint = "; raise max_connections or lower what others use"
	case "":
		if ce := (*pgconn.ConnectError)(nil); errors.As(err, &ce) {
			hint = "; is PostgreSQL running there, and does it accept this address?"
		}
	}
	return fmt.Errorf("open database: %w%s", oneLine{err}, hint)
}

// oneLine prints an error in one line. pgx gives each attempt to connect a line, with TLS and without; what repeats is left out.
type oneLine struct{ error }

// Error gives each line once, side by side.
func (e oneLine) Error() string {
	var parts []string
	for line := range strings.Lines(e.error.Error()) {
		if line = strings.TrimSpace(line); !slices.Contains(parts, line) {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, " ")
}

// Unwrap gives the error as it was.
func (e oneLine) Unwrap() error { return e.error }
