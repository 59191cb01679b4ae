package pg_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sayrud/sayrud/storage/pg"
)

func TestIsUnavailable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("other"), false},
		{&pgconn.PgError{Code: pg.UniqueViolation}, false},
		{&pgconn.PgError{Code: pg.ProtocolViolation}, false},
		{&pgconn.PgError{Code: pg.QueryCanceled}, false},
		{context.Canceled, false},
		{fmt.Errorf("%w: %w", pg.ErrConnectionLost, io.ErrUnexpectedEOF), true},
		{&pgconn.PgError{Code: pg.AdminShutdown}, true},
		{&pgconn.PgError{Code: pg.CannotConnectNow}, true},
		{&pgconn.PgError{Code: pg.TooManyConnections}, true},
		{&pgconn.PgError{Code: pg.DiskFull}, true},
		{&pgconn.PgError{Code: "08006"}, true},
		{fmt.Errorf("x: %w", &net.OpError{Op: "dial", Err: errors.New("refused")}), true},
		{context.DeadlineExceeded, true},
	} {
		if got := pg.IsUnavailable(tt.err); got != tt.want {
			t.Errorf("IsUnavailable(%v) = %v", tt.err, got)
		}
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("insert: %w", &pgconn.PgError{Code: pg.UniqueViolation, ConstraintName: "things_key"})
	if pg.Code(err) != "23505" || pg.ConstraintName(err) != "things_key" {
		t.Errorf("got %q, %q", pg.Code(err), pg.ConstraintName(err))
	}
	if pg.Code(io.EOF) != "" || pg.ConstraintName(nil) != "" {
		t.Error("codes where there are none")
	}
}
