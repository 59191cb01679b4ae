package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/storage/pg"
)

// New returns a fresh, empty database, closed and dropped when t ends.
func New(t testing.TB) *pg.DB {
	t.Helper()
	db, err := pg.Open(context.Background(), pg.Config{URL: URL(t)})
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	t.Cleanup(db.Close)
	return db
}

// URL returns the address of a fresh, empty database, dropped when t ends.
func URL(t testing.TB) string {
	t.Helper()
	server, err := server()
	if err != nil {
		t.Fatalf("start PostgreSQL for tests: %v", err)
	}
	name := fmt.Sprintf("t_%d_%s", os.Getpid(), strings.ToLower(rand.Text()[:10]))
	if err := admin(server, "CREATE DATABASE "+name+" TEMPLATE template0 STRATEGY file_copy"); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(server, name); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatalf("read test database URL: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

func admin(server, sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

// dropRoles drops the roles that a database left: they belong to the whole server, and the name of the database begins theirs.
const dropRoles = `
DO $$
DECLARE
  r text;
BEGIN
  FOR r IN SELECT rolname FROM pg_roles WHERE starts_with(rolname, '%s_') LOOP
    EXECUTE format('DROP ROLE IF EXISTS %%I', r);
  END LOOP;
END
$$`

func drop(server, name string) error {
	return errors.Join(admin(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"), admin(server, fmt.Sprintf(dropRoles, name)))
}

// reap drops the databases of processes that were killed. Each database's name tells its process.
func reap(server string) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datname ~ '^t_[0-9]+_'`)
	if err != nil {
		return
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return
	}
	for _, name := range names {
		pid, err := strconv.Atoi(strings.Split(name, "_")[1])
		if err == nil && gone(pid) {
			_ = drop(server, name)
		}
	}
}

// gone reports whether no process has this id. Signal 0 only asks (kill(2)).
func gone(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
