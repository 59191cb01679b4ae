package expr

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// TestNothingRaises runs expressions over values that make careless SQL raise: every accepted fragment, and random ones.
func TestNothingRaises(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	nastyTable(t, db)
	var list []*Expr
	for _, source := range sources(t, "accepted.txt") {
		e, problems := Parse(source, columns(), "Europe/Berlin")
		if e == nil {
			t.Fatalf("%s: %v", source, problems)
		}
		list = append(list, e)
	}
	for seed := range uint64(2000) {
		m := maker{rand.New(rand.NewPCG(seed, 3))}
		if e, _ := Parse(m.of(m.typ(), 1+m.IntN(3)), columns(), "Europe/Berlin"); e != nil {
			list = append(list, e)
		}
	}
	for len(list) > 0 {
		n := min(40, len(list))
		if runTogether(t, db, list[:n]) != nil {
			for _, e := range list[:n] {
				if err := runTogether(t, db, []*Expr{e}); err != nil {
					t.Errorf("%s\nraises %v\nas %s", e.source, err, e.SQL(leafColumn))
				}
			}
		}
		list = list[n:]
	}
}

// runTogether evaluates expressions over all rows and checks the types they have in PostgreSQL.
func runTogether(t *testing.T, db *pg.DB, list []*Expr) error {
	t.Helper()
	var counts, types []string
	for _, e := range list {
		sql := e.SQL(leafColumn)
		counts = append(counts, "count("+sql+")")
		types = append(types, "pg_typeof("+sql+")::text")
	}
	if _, err := db.Pool().Exec(t.Context(), "SELECT "+strings.Join(counts, ", ")+" FROM nasty"); err != nil {
		return err
	}
	row := make([]any, len(list))
	got := make([]string, len(list))
	for i := range row {
		row[i] = &got[i]
	}
	if err := db.Pool().QueryRow(t.Context(), "SELECT "+strings.Join(types, ", ")+" FROM nasty LIMIT 1").Scan(row...); err != nil {
		return err
	}
	for i, e := range list {
		want := string(e.Type())
		if want == "timestamptz" {
			want = "timestamp with time zone"
		}
		if got[i] != want {
			return fmt.Errorf("type is %s, not %s", got[i], want)
		}
	}
	return nil
}

// TestLongChainRuns shows that the largest fragments there may be do not exhaust PostgreSQL's stack.
func TestLongChainRuns(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	nastyTable(t, db)
	execute(t, db, "DELETE FROM nasty WHERE length(email) > 1000") // depth is what counts here
	for _, source := range []string{
		strings.TrimSuffix(strings.Repeat("email || ", 199), " || "),
		strings.TrimSuffix(strings.Repeat("likes * ", 199), " * "),
		strings.TrimSuffix(strings.Repeat("likes / ", 199), " / "),
		strings.TrimSuffix(strings.Repeat("ok OR ", 199), " OR "),
		strings.Repeat("lower(", 30) + "email" + strings.Repeat(")", 30),
		strings.Repeat("replace(", 15) + "email" + strings.Repeat(", 'a', title)", 15),
		strings.Repeat("concat(", 30) + "email" + strings.Repeat(", email)", 30),
		strings.Repeat("CAST(CAST(", 10) + "email" + strings.Repeat(" AS timestamptz) AS text)", 10),
		"email IN (" + strings.TrimSuffix(strings.Repeat("title, ", 390), ", ") + ")",
	} {
		e, problems := Parse(source, columns(), "Europe/Berlin")
		if e == nil {
			t.Fatalf("%.40s…: %v", source, problems)
		}
		if err := runTogether(t, db, []*Expr{e}); err != nil {
			t.Errorf("%.40s…: %v", source, err)
		}
	}
}

func TestImmutableCanBeIndexed(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	nastyTable(t, db)
	execute(t, db, "TRUNCATE nasty")
	for _, source := range sources(t, "accepted.txt") {
		e, _ := Parse(source, columns(), "Europe/Berlin")
		_, err := db.Pool().Exec(t.Context(), "CREATE INDEX ON nasty (("+e.SQL(leafColumn)+"))")
		if (err == nil) != e.Immutable() {
			t.Errorf("%s: Immutable is %v, and CREATE INDEX gives %v", source, e.Immutable(), err)
		}
	}
}
