package pg

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
)

// SQLSTATE codes that decide something somewhere. Source: PostgreSQL manual, Appendix A, "PostgreSQL Error Codes"
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
const (
	ProtocolViolation        = "08P01"
	FeatureNotSupported      = "0A000" // also "cached plan must not change result type"
	StringTooLong            = "22001"
	NumericOutOfRange        = "22003"
	NullNotAllowed           = "22004"
	InvalidDatetime          = "22007"
	DatetimeOverflow         = "22008"
	DivisionByZero           = "22012"
	InvalidRegularExpression = "2201B"
	InvalidText              = "22P02" // invalid input for a type
	UntranslatableCharacter  = "22P05" // such as \u0000 in jsonb
	RestrictViolation        = "23001"
	NotNullViolation         = "23502"
	ForeignKeyViolation      = "23503"
	UniqueViolation          = "23505"
	CheckViolation           = "23514"
	ExclusionViolation       = "23P01"
	ReadOnlyTransaction      = "25006"
	InFailedTransaction      = "25P02"
	UndefinedStatement       = "26000" // a prepared statement that is not there
	InvalidAuthorization     = "28000"
	InvalidPassword          = "28P01"
	InvalidCatalogName       = "3D000" // no such database
	InvalidSchemaName        = "3F000"
	SerializationFailure     = "40001"
	InternalError            = "XX000" // also "tuple concurrently updated": two sessions changed one row of a system catalog
	DeadlockDetected         = "40P01"
	SyntaxError              = "42601"
	InsufficientPrivilege    = "42501"
	UndefinedColumn          = "42703"
	UndefinedObject          = "42704"
	DuplicateObject          = "42710"
	UndefinedFunction        = "42883"
	UndefinedTable           = "42P01"
	DuplicateDatabase        = "42P04"
	DuplicatePrepared        = "42P05"
	DuplicateSchema          = "42P06"
	DuplicateTable           = "42P07"
	CheckOptionViolation     = "44000"
	DiskFull                 = "53100"
	OutOfMemory              = "53200"
	TooManyConnections       = "53300"
	StatementTooComplex      = "54001"
	ObjectInUse              = "55006"
	CannotChangeRuntimeParam = "55P02"
	LockNotAvailable         = "55P03"
	QueryCanceled            = "57014" // statement_timeout too
	AdminShutdown            = "57P01"
	CrashShutdown            = "57P02"
	CannotConnectNow         = "57P03"
	IdleSessionTimeout       = "57P05"
	RaiseException           = "P0001"
)

// Code returns the SQLSTATE of an error that came from the server, else "".
func Code(err error) string {
	if pe := (*pgconn.PgError)(nil); errors.As(err, &pe) {
		return pe.Code
	}
	return ""
}

// ConstraintName returns the name of the constraint that the server's error reports, else "".
func ConstraintName(err error) string {
	if pe := (*pgconn.PgError)(nil); errors.As(err, &pe) {
		return pe.ConstraintName
	}
	return ""
}

// IsUnavailable reports whether err means that PostgreSQL could not be asked: no connection, a connection lost on
// the way, a server starting or stopping, no free connection slot, no disk space. Asking again later may help. An
// error of this kind from a commit leaves open whether it happened.
func IsUnavailable(err error) bool {
	if err == nil {
		return false
	}
	if pe := (*pgconn.PgError)(nil); errors.As(err, &pe) {
		switch pe.Code {
		case ProtocolViolation:
			return false
		case AdminShutdown, CrashShutdown, CannotConnectNow, IdleSessionTimeout, TooManyConnections, DiskFull, OutOfMemory:
			return true
		}
		return len(pe.Code) == 5 && pe.Code[:2] == "08"
	}
	if errors.Is(err, context.Canceled) {
		return false
	}
	if ce := (*pgconn.ConnectError)(nil); errors.As(err, &ce) {
		return true
	}
	if ne := net.Error(nil); errors.As(err, &ne) {
		return true
	}
	return errors.Is(err, ErrConnectionLost) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, puddle.ErrClosedPool)
}

// ErrConnectionLost is in the chain of every error that ended a connection under a statement.
var ErrConnectionLost = errors.New("connection to PostgreSQL lost")
