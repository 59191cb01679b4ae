package pg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	defaultStatementTimeout = 30 * time.Second
	defaultConnectTimeout   = 5 * time.Second
	minPoolConns            = 16
	connsPerCPU             = 4
)

// Config says where PostgreSQL is and how to use it. Only URL is required.
type Config struct {
	// URL is a connection string (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING).
	URL string
	// MaxConns bounds the pool. 0 means four per CPU, at least sixteen. Short statements have connections of their own
	// beside it: three per four CPUs, at least six, see [Class].
	MaxConns int
	// StatementTimeout bounds every statement, on the server. 0 means 30 s, less than 0 no bound. A long statement
	// says SET LOCAL statement_timeout = 0 in its transaction.
	StatementTimeout time.Duration
	// Log takes what nobody returns: lost and regained connections. nil means slog.Default().
	Log *slog.Logger
}

// Validate reports what is wrong with the values, without a connection.
func (c Config) Validate() error {
	if c.URL == "" {
		return errors.New("open database: no database URL is set")
	}
	if c.MaxConns < 0 {
		return fmt.Errorf("open database: at most %d connections make no sense, use 0 for the default", c.MaxConns)
	}
	_, err := c.pool()
	return err
}

func (c Config) statementTimeout() time.Duration {
	switch {
	case c.StatementTimeout == 0:
		return defaultStatementTimeout
	case c.StatementTimeout < 0:
		return 0
	}
	return c.StatementTimeout
}

// answerGrace is how much longer than the statement timeout an answer may take on its way.
const answerGrace = 5 * time.Second

func (c Config) patience() time.Duration {
	if timeout := c.statementTimeout(); timeout > 0 {
		return timeout + answerGrace
	}
	return 0
}

func (c Config) log() *slog.Logger {
	if c.Log == nil {
		return slog.Default()
	}
	return c.Log
}

// pool returns the pool's configuration: the URL with our session settings over it.
func (c Config) pool() (*pgxpool.Config, error) {
	pc, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("read database URL: %w", err)
	}
	pc.MaxConns = int32(c.MaxConns)
	if c.MaxConns == 0 {
		pc.MaxConns = int32(max(minPoolConns, connsPerCPU*runtime.GOMAXPROCS(0)))
	}
	pc.MaxConnIdleTime = 5 * time.Minute
	pc.MaxConnLifetime = time.Hour
	pc.MaxConnLifetimeJitter = 10 * time.Minute
	pc.HealthCheckPeriod = 30 * time.Second
	pc.PingTimeout = defaultConnectTimeout

	cc := pc.ConnConfig
	if cc.ConnectTimeout == 0 {
		cc.ConnectTimeout = defaultConnectTimeout
	}
	// A peer that vanished without a word is noticed within half a minute: no statement carries a deadline of its own.
	dialer := &net.Dialer{Control: controlSocket, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}}
	cc.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}
	for name, value := range c.session() {
		cc.RuntimeParams[name] = value
	}
	return pc, nil
}

// session returns the settings of every connection. `public` as search path also reads pg_catalog, and before it
// (https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-CATALOG); naming pg_catalog first would
// make CREATE TABLE aim there.
func (c Config) session() map[string]string {
	return map[string]string{
		"application_name":                    "sayrud",
		"client_encoding":                     "UTF8",
		"DateStyle":                           "ISO, MDY",
		"IntervalStyle":                       "iso_8601",
		"TimeZone":                            "UTC",
		"bytea_output":                        "hex",
		"default_transaction_isolation":       "read committed",
		"extra_float_digits":                  "1",
		"idle_in_transaction_session_timeout": "300000",
		"jit":                                 "off",
		"search_path":                         "public",
		"standard_conforming_strings":         "on",
		"statement_timeout":                   strconv.FormatInt(c.statementTimeout().Milliseconds(), 10),
	}
}
