package pg_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func run(t *testing.T, db *pg.DB, sql string) {
	t.Helper()
	if err := db.Tx(context.Background(), func(q *pg.Tx) error { return q.Exec(sql) }); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// rows runs a statement and returns its values as text, NULL as "∅".
func rows(t *testing.T, db *pg.DB, sql string, args ...[]byte) (got [][]string, n int64) {
	t.Helper()
	n, err := db.Query(context.Background(), pg.NewStatement(sql), args, func(values [][]byte) error {
		var row []string
		for _, v := range values {
			if v == nil {
				row = append(row, "∅")
				continue
			}
			row = append(row, string(v))
		}
		got = append(got, row)
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got, n
}

func TestQuery_valuesTravelAsText(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	run(t, db, "CREATE TABLE things (id int, data jsonb, at timestamptz)")
	for _, tt := range []struct {
		name, sql string
		args      [][]byte
		want      [][]string
		n         int64
	}{
		{"nothing", "SELECT id FROM things", nil, nil, 0},
		{"insert", "INSERT INTO things SELECT g, $1, $2 FROM generate_series(1, 3) g",
			[][]byte{[]byte(`{"a": 1.10}`), []byte("2026-01-02 03:04:05+02")}, nil, 3},
		{"rows", "SELECT id, data, at FROM things WHERE id < $1 ORDER BY id", [][]byte{[]byte("3")},
			[][]string{{"1", `{"a": 1.10}`, "2026-01-02 01:04:05+00"}, {"2", `{"a": 1.10}`, "2026-01-02 01:04:05+00"}}, 2},
		{"NULL", "SELECT $1::text, coalesce($2::text, 'none')", [][]byte{nil, nil}, [][]string{{"∅", "none"}}, 1},
		{"empty text", "SELECT $1::text", [][]byte{{}}, [][]string{{""}}, 1},
		{"returning", "DELETE FROM things WHERE id = 1 RETURNING id", nil, [][]string{{"1"}}, 1},
		{"affected", "DELETE FROM things", nil, nil, 2},
	} {
		got, n := rows(t, db, tt.sql, tt.args...)
		if diff := cmp.Diff(tt.want, got); diff != "" || n != tt.n {
			t.Errorf("%s: %d rows, want %d; -want +got:\n%s", tt.name, n, tt.n, diff)
		}
	}
}

func TestQuery_settingsOfTheSession(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for name, want := range map[string]string{
		"TimeZone": "UTC", "DateStyle": "ISO, MDY", "jit": "off", "statement_timeout": "30s", "client_encoding": "UTF8",
		"default_transaction_isolation": "read committed",
	} {
		if got, _ := rows(t, db, "SHOW "+name); got[0][0] != want {
			t.Errorf("%s = %s, want %s", name, got[0][0], want)
		}
	}
}

func TestQuery_preparesAgainAfterATypeChange(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	run(t, db, "CREATE TABLE things (n int); INSERT INTO things VALUES (1)")
	const sql = "SELECT n FROM things"
	rows(t, db, sql)
	run(t, db, "ALTER TABLE things ALTER n TYPE text USING 'it is ' || n")
	for range 10 { // every connection that knew the old type
		if got, _ := rows(t, db, sql); got[0][0] != "it is 1" {
			t.Errorf("got %v", got)
		}
	}
	err := db.Tx(context.Background(), func(q *pg.Tx) error {
		_, err := q.Query(pg.NewStatement(sql), nil, nil)
		return err
	})
	if err != nil {
		t.Errorf("in a transaction: %v", err)
	}
}

func TestTx_runsAgainAfterATypeChange(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	run(t, db, "CREATE TABLE things (n int)")
	s := pg.NewStatement("SELECT n FROM things")
	attempt := func() (calls int, err error) {
		err = db.Tx(context.Background(), func(q *pg.Tx) error {
			calls++
			_, err := q.Query(s, nil, nil)
			return err
		})
		return calls, err
	}
	if calls, err := attempt(); calls != 1 || err != nil {
		t.Fatalf("first: %d calls, %v", calls, err)
	}
	run(t, db, "ALTER TABLE things ALTER n TYPE text")
	if calls, err := attempt(); calls != 2 || err != nil {
		t.Errorf("after the change: %d calls, %v; want 2 without error", calls, err)
	}
}

func TestQuery_preparesAgainAfterDeallocateAll(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for range 3 {
		rows(t, db, "SELECT 1")
		run(t, db, "DEALLOCATE ALL")
	}
}

func TestQuery_aFeatureThatIsMissingIsReported(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	_, err := db.Query(context.Background(), pg.NewStatement("SELECT 1 FOR UPDATE OF nothing UNION SELECT 2"), nil, nil)
	if err == nil {
		t.Error("no error")
	}
	_, err = db.Query(context.Background(), pg.NewStatement("DO $$ BEGIN RAISE SQLSTATE '0A000'; END $$"), nil, nil)
	if pg.Code(err) != pg.FeatureNotSupported {
		t.Errorf("error %v", err)
	}
}

func TestQuery_boundsPreparedStatements(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	err := db.Tx(context.Background(), func(q *pg.Tx) error {
		pg.LimitPrepared(q.Pgx().Conn().PgConn(), 5)
		for i := range 20 {
			for range 2 {
				if _, err := q.Query(pg.NewStatement("SELECT "+strconv.Itoa(i)), nil, nil); err != nil {
					return err
				}
			}
		}
		_, err := q.Query(pg.NewStatement("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 's\\_%'"), nil, func(v [][]byte) error {
			if string(v[0]) != "5" {
				t.Errorf("%s statements are prepared, want 5", v[0])
			}
			return nil
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestQuery_theRowsErrorComesBackAndTheConnectionLives(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	stop := errors.New("enough")
	calls := 0
	_, err := db.Query(context.Background(), pg.NewStatement("SELECT generate_series(1, 1000)"), nil, func([][]byte) error {
		calls++
		return stop
	})
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("error %v after %d calls", err, calls)
	}
	rows(t, db, "SELECT 1")
	if n := db.Pool().Stat().NewConnsCount(); n != 1 {
		t.Errorf("%d connections were opened, want 1", n)
	}
}

func TestQuery_aPanickingRowFreesItsConnection(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for range 40 {
		func() {
			defer func() { _ = recover() }()
			_, _ = db.Query(context.Background(), pg.NewStatement("SELECT 1"), nil, func([][]byte) error { panic("row") })
		}()
	}
	rows(t, db, "SELECT 1")
}

func TestQuery_aGoneClientCostsNoConnection(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := db.Query(ctx, pg.NewStatement("SELECT generate_series(1, 3)"), nil, func([][]byte) error {
		cancel()
		return nil
	})
	if err != nil {
		t.Errorf("error %v", err)
	}
	if _, err := db.Query(ctx, pg.NewStatement("SELECT 1"), nil, nil); !errors.Is(err, context.Canceled) || pg.IsUnavailable(err) {
		t.Errorf("waiting for a connection with a dead context: %v", err)
	}
	rows(t, db, "SELECT 1")
	if n := db.Pool().Stat().NewConnsCount(); n != 1 {
		t.Errorf("%d connections were opened, want 1", n)
	}
}

func TestQuery_statementTimeout(t *testing.T) {
	t.Parallel()
	db, err := pg.Open(context.Background(), pg.Config{URL: pgtest.URL(t), StatementTimeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.Query(context.Background(), pg.NewStatement("SELECT pg_sleep(60)"), nil, nil)
	if pg.Code(err) != pg.QueryCanceled {
		t.Errorf("error %v, want %s", err, pg.QueryCanceled)
	}
}

func TestQuery_replacesDeadConnections(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	other := pgtest.New(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { rows(t, db, "SELECT pg_sleep(0.05)") })
	}
	wg.Wait()
	name, _ := rows(t, db, "SELECT current_database()")
	rows(t, other, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1", []byte(name[0][0]))
	rows(t, db, "SELECT 1")
}

func TestQuery_manyAtOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			want := strconv.Itoa(i)
			if got, _ := rows(t, db, "SELECT $1::int", []byte(want)); got[0][0] != want {
				t.Errorf("got %s, want %s", got[0][0], want)
			}
		})
	}
	wg.Wait()
}

func TestOpen_refusals(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t)
	for _, tt := range []struct{ name, url, want string }{
		{"no URL", "", "no database URL"},
		{"no such address", "postgres://x@127.0.0.1:1/x", "is PostgreSQL running there"},
		{"no such database", strings.Replace(url, "/t_", "/none_t_", 1), "create the database first"},
		{"no URL at all", "postgres://a b c", "read database URL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := pg.Open(context.Background(), pg.Config{URL: tt.url})
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want …%s… in one line", err, tt.want)
			}
		})
	}
}

func BenchmarkQuery(b *testing.B) {
	db := pgtest.New(b)
	s := pg.NewStatement("SELECT 1, $1::text")
	args := [][]byte{[]byte("x")}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := db.Query(context.Background(), s, args, func([][]byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
