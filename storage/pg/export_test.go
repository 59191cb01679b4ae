package pg

import (
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// What the tests of the outside look at inside.

var LockFile = lockFile

var PostgresOf = postgresOf

// Supervisor returns the process that serves a data directory.
func Supervisor(dataDir string) (int, error) {
	conn, _, g, err := dialControl(dataDir)
	if err != nil {
		return 0, err
	}
	return g.PID, conn.Close()
}

func SocketDir(dataDir string) (string, error) { return socketDir(dataDir) }

// Unpack unpacks the embedded archive; "" without one.
func Unpack(cacheDir string) (string, error) {
	a, ok := embeddedArchive()
	if !ok {
		return "", os.ErrNotExist
	}
	return a.unpack(cacheDir)
}

// LimitPrepared bounds the prepared statements of a connection.
func LimitPrepared(c *pgconn.PgConn, limit int) { preparedOf(c).limit = limit }

// SetPatience bounds the wait for an answer.
func SetPatience(db *DB, d time.Duration) { db.patience = d }
