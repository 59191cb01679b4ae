package auth

import (
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

const goodPassword = "correct horse battery"

// open gives an Auth on a database of its own, with the projects blog and shop, and a clock that the test moves.
func open(t *testing.T) (*Auth, *clock) {
	t.Helper()
	db := pgtest.New(t)
	if err := pg.Migrate(t.Context(), db, os.DirFS("../catalog/migrations")); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Pool().Exec(t.Context(), `INSERT INTO sl_projects (name) VALUES ('blog'), ('shop')`); err != nil {
		t.Fatal(err)
	}
	a, c := New(db), &clock{begun: time.Now()}
	a.clock = c.now
	return a, c
}

// A clock stands at the time at which the test began, plus what the test added: a slow machine changes nothing.
type clock struct {
	begun time.Time
	ahead atomic.Int64
}

func (c *clock) now() time.Time          { return c.begun.Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// refusal gives the engine's error in err, empty where there is none.
func refusal(err error) engine.Error {
	var e *engine.Error
	if errors.As(err, &e) {
		return *e
	}
	return engine.Error{}
}

func wantCode(t *testing.T, err error, code engine.Code) {
	t.Helper()
	if refusal(err).Code != code {
		t.Fatalf("error is %v, want code %s", err, code)
	}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
