package pg

import (
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// What the tests of the outside look at inside.

// LimitPrepared bounds the prepared statements of a connection.
func LimitPrepared(c *pgconn.PgConn, limit int) { preparedOf(c).limit = limit }

// SetPatience bounds the wait for an answer.
func SetPatience(db *DB, d time.Duration) { db.patience = d }
