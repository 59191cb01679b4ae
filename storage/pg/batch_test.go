package pg_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// calls makes calls whose rows' first values are gathered in got.
func calls(got *[]string, statements ...*pg.Statement) []pg.Call {
	var list []pg.Call
	for _, s := range statements {
		list = append(list, pg.Call{Statement: s, Row: func(values [][]byte) error {
			*got = append(*got, string(values[0]))
			return nil
		}})
	}
	return list
}

func TestQueryAll(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ctx := context.Background()
	run(t, db, "CREATE TABLE things (id int); INSERT INTO things VALUES (1), (2)")
	one, all := pg.NewStatement("SELECT 'one'"), pg.NewStatement("SELECT id FROM things ORDER BY id")
	arg := pg.NewStatement("SELECT $1::text")

	var got []string
	list := calls(&got, one, all, arg)
	list[2].Args = [][]byte{[]byte("it")}
	before := db.Pool().Stat().AcquireCount()
	if err := db.QueryAll(ctx, append(list, pg.Call{Statement: all})); err != nil {
		t.Fatal(err)
	}
	if n := db.Pool().Stat().AcquireCount() - before; n != 1 {
		t.Errorf("took %d connections, want 1", n)
	}
	if diff := cmp.Diff([]string{"one", "1", "2", "it"}, got); diff != "" {
		t.Error(diff)
	}

	t.Run("in a transaction", func(t *testing.T) {
		got = nil
		if err := db.Tx(ctx, func(q *pg.Tx) error {
			if err := q.Exec("INSERT INTO things VALUES (3)"); err != nil {
				return err
			}
			if err := q.QueryAll(calls(&got, all, one)); err != nil {
				return err
			}
			return errRollback
		}); !errors.Is(err, errRollback) {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"1", "2", "3", "one"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("one fails", func(t *testing.T) {
		got = nil
		err := db.QueryAll(ctx, calls(&got, one, pg.NewStatement("SELECT 1 / (id - 1) FROM things"), all))
		if pg.Code(err) != pg.DivisionByZero {
			t.Errorf("error %v, want a division by zero", err)
		}
		if diff := cmp.Diff([]string{"one"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a row is refused", func(t *testing.T) {
		got = nil
		list := calls(&got, all, one)
		list[0].Row = func([][]byte) error { return errRollback }
		if err := db.QueryAll(ctx, list); !errors.Is(err, errRollback) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("no longer fits the schema", func(t *testing.T) {
		whole := pg.NewStatement("SELECT * FROM things ORDER BY id")
		for _, change := range []string{"", "ALTER TABLE things ADD name text", "ALTER TABLE things ALTER id TYPE bigint"} {
			if change != "" {
				run(t, db, change)
			}
			got = nil
			for range 4 { // on several connections, some of which have prepared it
				if err := db.QueryAll(ctx, calls(&got, one, whole, all)); err != nil {
					t.Fatalf("after %q: %v", change, err)
				}
			}
			if len(got) != 20 {
				t.Errorf("after %q: %v", change, got)
			}
		}
		if got, _ := rows(t, db, "SELECT 1"); len(got) != 1 {
			t.Error("the connection is of no use any more")
		}
	})
}

var errRollback = errors.New("roll back")
