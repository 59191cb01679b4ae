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
