//go:build unix

package pg

import (
	"context"
	"os"
)

// What the tests of the embedded server look at inside.

var LockFile = lockFile

var PostgresOf = postgresOf

// Supervisor returns the process that serves a data directory.
func Supervisor(dataDir string) (int, error) {
	conn, _, g, err := dialControl(context.Background(), dataDir)
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
