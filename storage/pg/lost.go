package pg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// acquireError names the step; the caller's own end of patience stays what it is.
func acquireError(err error) error {
	return fmt.Errorf("get database connection: %w", err)
}

// neverSent reports whether a statement failed before a byte of it left.
func neverSent(err error) bool {
	return errors.Is(err, ErrConnectionLost) && pgconn.SafeToRetry(err)
}

// outdated reports whether the server no longer runs a prepared statement as it was prepared: a column changed its
// type (0A000) or somebody dropped it (26000).
func outdated(err error) bool {
	switch Code(err) {
	case FeatureNotSupported, UndefinedStatement:
		return true
	}
	return false
}

// lost marks an error that came with the end of its connection, unless the server said why itself.
func lost(c *pgconn.PgConn, err error) error {
	if err == nil || !c.IsClosed() || Code(err) != "" || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrConnectionLost, err)
}
