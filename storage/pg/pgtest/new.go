package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
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
	server, err := serverURL()
	if err != nil {
		t.Fatalf("start PostgreSQL for tests: %v", err)
	}
	name := fmt.Sprintf("t_%d_%s", os.Getpid(), strings.ToLower(rand.Text()[:10]))
	if err := admin(server, "CREATE DATABASE "+name); err != nil {
		t.Fatalf("create test database: %v", err)
	}
	t.Cleanup(func() {
		if err := admin(server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
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
