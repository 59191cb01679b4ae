package pgtest_test

import (
	"context"
	"testing"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func TestNew_eachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	one, two := pgtest.New(t), pgtest.New(t)
	for _, db := range []*pg.DB{one, two} {
		if err := db.Tx(context.Background(), func(q *pg.Tx) error { return q.Exec("CREATE TABLE here (n int)") }); err != nil {
			t.Fatal(err)
		}
	}
	n, err := one.Query(context.Background(), pg.NewStatement("SELECT 1 FROM pg_class WHERE relname = $1"), [][]byte{[]byte("here")}, nil)
	if n != 1 || err != nil {
		t.Errorf("rows = %d, error %v; want 1", n, err)
	}
}

func TestNew_dropsTheRolesOfItsDatabase(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	role := ""
	t.Run("inner", func(t *testing.T) {
		inner := pgtest.New(t)
		if err := inner.Pool().QueryRow(context.Background(), `SELECT current_database() || '_blog'`).Scan(&role); err != nil {
			t.Fatal(err)
		}
		for _, sql := range []string{"CREATE ROLE " + role, "CREATE TABLE things (n int)", "GRANT SELECT ON things TO " + role} {
			if _, err := inner.Pool().Exec(context.Background(), sql); err != nil {
				t.Fatal(err)
			}
		}
	})
	var left int
	if err := db.Pool().QueryRow(context.Background(), `SELECT count(*) FROM pg_roles WHERE rolname = $1`, role).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d roles are left, error %v", left, err)
	}
}
