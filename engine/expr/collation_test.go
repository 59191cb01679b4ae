package expr

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// TestCollation compares texts in a database whose collation is that of a language: by code point all the same.
func TestCollation(t *testing.T) {
	t.Parallel()
	address := pgtest.URL(t)
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(at.Path, "/") + "_en"
	server := open(t, address)
	execute(t, server, "CREATE DATABASE "+name+" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'")
	t.Cleanup(func() {
		if _, err := server.Pool().Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	at.Path = "/" + name
	db := open(t, at.String())
	execute(t, db, `CREATE TABLE record (email text, title text, "order" text, "user" text, likes numeric, price numeric, year numeric, ok boolean,
		born date, uid text COLLATE "C", created_at timestamptz(3), "updatedAt" timestamptz);
		INSERT INTO record (title, email, uid) VALUES ('a', 'Z', 'é')`)
	var order string
	if err := db.Pool().QueryRow(context.Background(), `SELECT ('a' < 'Z')::text`).Scan(&order); err != nil || order != "true" {
		t.Fatalf("the database orders texts by %q, %v; a language would say true", order, err)
	}
	for _, c := range []struct{ source, want string }{
		{"title > email", "true"}, {"title <= 'Z'", "false"}, {"title = 'a'", "true"}, {"title BETWEEN 'A' AND 'Z'", "false"}, {"title NOT BETWEEN 'A' AND 'Z'", "true"},
		{"greatest(title, email)", "a"}, {"least(title, email, 'b')", "Z"}, {"lower(greatest(uid, email)) || title", "éa"}, {"greatest(title, email) || uid < title", "false"},
		{"upper(uid)", "É"}, {"uid > 'z'", "true"}, {"CASE WHEN title > email THEN title ELSE email END", "a"}, {"title > NULL", "∅"},
	} {
		e, problems := Parse(c.source, columns(), "UTC")
		if e == nil {
			t.Errorf("%s: %v", c.source, problems)
			continue
		}
		var got string
		if err := db.Pool().QueryRow(context.Background(), "SELECT coalesce(("+e.SQL(leafColumn)+")::text, '∅') FROM record").Scan(&got); err != nil || got != c.want {
			t.Errorf("%s gives %q, %v; want %q", c.source, got, err, c.want)
		}
	}
}

func open(t *testing.T, address string) *pg.DB {
	t.Helper()
	db, err := pg.Open(context.Background(), pg.Config{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}
