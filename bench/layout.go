package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// layoutRecords is how many comments each layout holds.
const layoutRecords = 100_000

// A layout is one way to keep records: the product's, and those that were weighed against it (docs/design/speed.md).
type layout struct {
	name, table string
	columns     string // beside id, created_at, updated_at, version, uid
	indexes     []string
	fill        string // values of columns for comment g, whose JSON is %s
	insert      string // of uid $1, data $2, author $3, post $4
	update      string // counts likes up; $1 is a uid
	post        string // how a filter names the field
	status      string
	likes       string // as a number
	author      string
}

const commentJSON = `json_build_object('post', 'post-' || (g * 7 % 2000), 'nick', 'reader ' || g % 977, 'email', 'reader' || g % 977 || '@example.org',
  'content', 'Words that a reader leaves below a post, the ' || g || 'th of them, long enough to be like what people write.',
  'likes', g % 50, 'status', CASE WHEN g % 4 = 3 THEN 'spam' ELSE 'approved' END, 'author', 'author' || lpad((g * 13 % 5000)::text, 6, '0'))`

var layouts = []layout{
	{
		name: "jsonb, expression indexes", table: "leaf",
		columns: "data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object')",
		indexes: []string{`((data->>'post') COLLATE "C"), created_at DESC, id DESC`, `((data->>'author') COLLATE "C"), created_at DESC, id DESC`},
		fill:    "%s::jsonb", insert: "(uid, data) SELECT $1::text, $2::jsonb",
		update: "data = data || jsonb_build_object('likes', (data->'likes')::numeric + 1)",
		post:   `((r.data->>'post') COLLATE "C")`, status: `((r.data->>'status') COLLATE "C")`,
		likes: "(CASE WHEN jsonb_typeof(r.data->'likes') = 'number' THEN (r.data->'likes')::numeric END)", author: "(r.data->>'author')",
	},
	{
		name: "jsonb, slots", table: "slots",
		columns: `data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'), s1 text COLLATE "C", s2 text COLLATE "C", n1 numeric`,
		indexes: []string{"s1, created_at DESC, id DESC", "s2, created_at DESC, id DESC"},
		fill:    "%s::jsonb, 'post-' || (g * 7 %% 2000), 'author' || lpad((g * 13 %% 5000)::text, 6, '0'), NULL",
		insert:  "(uid, data, s1, s2) SELECT $1::text, $2::jsonb, $4::text, $3::text",
		update:  "data = data || jsonb_build_object('likes', (data->'likes')::numeric + 1)",
		post:    "r.s1", status: `((r.data->>'status') COLLATE "C")`,
		likes: "(CASE WHEN jsonb_typeof(r.data->'likes') = 'number' THEN (r.data->'likes')::numeric END)", author: "r.s2",
	},
	{
		name: "json text, slots", table: "texts",
		columns: `data json NOT NULL CHECK (json_typeof(data) = 'object'), s1 text COLLATE "C", s2 text COLLATE "C", n1 numeric`,
		indexes: []string{"s1, created_at DESC, id DESC", "s2, created_at DESC, id DESC"},
		fill:    "%s, 'post-' || (g * 7 %% 2000), 'author' || lpad((g * 13 %% 5000)::text, 6, '0'), NULL",
		insert:  "(uid, data, s1, s2) SELECT $1::text, $2::json, $4::text, $3::text",
		update:  "data = (data::jsonb || jsonb_build_object('likes', (data->>'likes')::numeric + 1))::json",
		post:    "r.s1", status: `((r.data->>'status') COLLATE "C")`,
		likes: "(CASE WHEN json_typeof(r.data->'likes') = 'number' THEN (r.data->>'likes')::numeric END)", author: "r.s2",
	},
}

// make fills the layout's tables.
func (y layout) make(ctx context.Context, conn *pgx.Conn) error {
	const system = `id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
  version bigint NOT NULL DEFAULT 1, uid text COLLATE "C" NOT NULL UNIQUE, `
	const since = "'2026-01-01'::timestamptz + g * interval '1 second'"
	kind := strings.Fields(y.columns)[1]
	statements := []string{
		fmt.Sprintf("CREATE TABLE layouts.%s (%s%s) WITH (fillfactor = 90)", y.table, system, y.columns),
		fmt.Sprintf("CREATE TABLE layouts.%s_authors (%sdata %s)", y.table, system, kind),
		fmt.Sprintf("CREATE INDEX ON layouts.%s (created_at DESC, id DESC)", y.table),
		fmt.Sprintf("INSERT INTO layouts.%s_authors (uid, data) SELECT 'author' || lpad(g::text, 6, '0'), json_build_object('name', 'Author ' || g, 'url', 'https://example.org/' || g) FROM generate_series(0, 4999) g", y.table),
	}
	for _, index := range y.indexes {
		statements = append(statements, fmt.Sprintf("CREATE INDEX ON layouts.%s (%s)", y.table, index))
	}
	names := "data"
	if strings.Contains(y.columns, "s1") {
		names = "data, s1, s2, n1"
	}
	statements = append(statements,
		fmt.Sprintf("INSERT INTO layouts.%s (created_at, uid, %s) SELECT %s, 'comment' || lpad(g::text, 8, '0'), "+y.fill+" FROM generate_series(1, %d) g",
			y.table, names, since, commentJSON, layoutRecords),
		"VACUUM ANALYZE layouts."+y.table, "VACUUM ANALYZE layouts."+y.table+"_authors")
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// A probe is one statement that is timed on each layout.
type probe struct {
	name  string
	times int
	sql   func(y layout) string
	args  func(n int) []string
}

func postArg(n int) []string { return []string{postName(n * 31)} }
func uidArg(n int) []string {
	return []string{fmt.Sprintf("comment%08d", n*7919%layoutRecords+1)}
}

func (y layout) page(columns, from string) string {
	return fmt.Sprintf("SELECT %s FROM layouts.%s r%s WHERE %s = (SELECT $1::text) AND %s = 'approved' ORDER BY r.created_at DESC, r.id DESC LIMIT 20", columns, y.table, from, y.post, y.status)
}

func (y layout) authors() string { return "layouts." + y.table + "_authors" }

var probes = []probe{
	{"view", 8000, func(y layout) string {
		return "SELECT r.uid, r.created_at, r.data FROM layouts." + y.table + " r WHERE r.uid = $1"
	}, uidArg},
	{"page of 20", 3000, func(y layout) string { return y.page("r.uid, r.created_at, r.data", "") }, postArg},
	{"page of 20, 6 fields apart", 3000, func(y layout) string {
		return y.page("r.uid, r.created_at, r.data->>'post', r.data->>'nick', r.data->>'email', r.data->>'content', r.data->'likes', r.data->>'status'", "")
	}, postArg},
	{"page and total", 3000, func(y layout) string {
		return y.page(fmt.Sprintf("r.uid, r.created_at, r.data, (SELECT count(*) FROM layouts.%s r WHERE %s = (SELECT $1::text) AND %s = 'approved')", y.table, y.post, y.status), "")
	}, postArg},
	{"expanded, a list by a subquery", 2000, func(y layout) string {
		return y.page("r.uid, r.created_at, r.data, (SELECT '[' || coalesce((x.data->'name')::text, 'null') || ',' || coalesce((x.data->'url')::text, 'null') || ']' FROM "+
			y.authors()+" x WHERE x.uid = "+y.author+")", "")
	}, postArg},
	{"expanded, the record by a subquery", 2000, func(y layout) string {
		return y.page("r.uid, r.created_at, r.data, (SELECT x.data FROM "+y.authors()+" x WHERE x.uid = "+y.author+")", "")
	}, postArg},
	{"expanded, the record by a join", 2000, func(y layout) string {
		return y.page("r.uid, r.created_at, r.data, x.data", " LEFT JOIN "+y.authors()+" x ON x.uid = "+y.author)
	}, postArg},
	{"expanded, two fields by a join", 2000, func(y layout) string {
		return y.page("r.uid, r.created_at, r.data, x.data->>'name', x.data->>'url'", " LEFT JOIN "+y.authors()+" x ON x.uid = "+y.author)
	}, postArg},
	{"insert", 3000, func(y layout) string {
		return "INSERT INTO layouts." + y.table + y.insert + " RETURNING uid, created_at"
	}, insertArgs(false)},
	{"insert with reference", 3000, func(y layout) string {
		return "WITH t AS (SELECT x.uid FROM " + y.authors() + " x WHERE x.uid = $3::text FOR KEY SHARE) INSERT INTO layouts." + y.table + y.insert + " WHERE EXISTS (SELECT FROM t) RETURNING uid, created_at"
	}, insertArgs(true)},
	{"update", 3000, func(y layout) string {
		return "UPDATE layouts." + y.table + " SET " + y.update + ", version = version + 1, updated_at = now() WHERE uid = $1 RETURNING uid"
	}, uidArg},
	{"sum over all", 5, func(y layout) string { return "SELECT sum(" + y.likes + ") FROM layouts." + y.table + " r" }, func(int) []string { return nil }},
	{"filter without index", 5, func(y layout) string {
		return "SELECT count(*) FROM layouts." + y.table + " r WHERE " + strings.ReplaceAll(y.status, "status", "nick") + " = 'reader 5'"
	}, func(int) []string { return nil }},
}

func insertArgs(reference bool) func(n int) []string {
	serial := 0
	return func(n int) []string {
		serial++
		author := authorUID(n % authors)
		data := fmt.Sprintf(`{"post":"%s","nick":"writer","email":"w@example.org","content":"Words that a reader leaves below a post, number %d.","likes":0,"status":"approved"`, postName(n), n)
		if reference {
			data += `,"author":"` + author + `"`
		}
		return []string{fmt.Sprintf("new%d-%d", time.Now().UnixNano(), serial), data + "}", author, postName(n)}
	}
}

// measureLayouts prints the CPU time of PostgreSQL for single statements on each layout. One backend runs them, prepared, one after the
// other; layouts take turns.
func measureLayouts(ctx context.Context, l *lab, c config) error {
	conn, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, sql := range []string{"DROP SCHEMA IF EXISTS layouts CASCADE", "CREATE SCHEMA layouts", "SET synchronous_commit = off", "SET jit = off"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	for _, y := range layouts {
		if err := y.make(ctx, conn); err != nil {
			return err
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "CPU µs of PostgreSQL per statement\t")
	for _, y := range layouts {
		fmt.Fprintf(w, "%s\t", y.name)
	}
	fmt.Fprintln(w)
	for _, p := range probes {
		fmt.Fprintf(w, "%s\t", p.name)
		runs := make([][]measure, len(layouts))
		for range max(c.rounds, 1) {
			for i, y := range layouts {
				took, err := p.run(ctx, conn.PgConn(), y)
				if err != nil {
					return fmt.Errorf("%s on %s: %w", p.name, y.name, err)
				}
				runs[i] = append(runs[i], measure{postgres: took})
			}
		}
		for i := range layouts {
			fmt.Fprintf(w, "%.1f\t", median(runs[i]).postgres)
		}
		fmt.Fprintln(w)
	}
	for _, row := range []struct{ name, sql string }{
		{"updates that stay in their page, %", "SELECT round(100.0 * n_tup_hot_upd / nullif(n_tup_upd, 0)) FROM pg_stat_user_tables WHERE schemaname = 'layouts' AND relname = $1"},
		{"table, MB", "SELECT pg_table_size('layouts.' || $1) / 1048576"},
		{"indexes, MB", "SELECT pg_indexes_size('layouts.' || $1) / 1048576"},
	} {
		fmt.Fprintf(w, "%s\t", row.name)
		for _, y := range layouts {
			var text *string
			if _, err := conn.Exec(ctx, "SELECT pg_stat_force_next_flush()"); err != nil {
				return err
			}
			if err := conn.QueryRow(ctx, "SELECT ("+row.sql+")::text", y.table).Scan(&text); err != nil {
				return err
			}
			fmt.Fprintf(w, "%s\t", *text)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Println()
	_, err = conn.Exec(ctx, "DROP SCHEMA layouts CASCADE")
	return err
}

// run gives the CPU time of one statement in microseconds.
func (p probe) run(ctx context.Context, c *pgconn.PgConn, y layout) (float64, error) {
	const name = "probe"
	prepared, err := c.Prepare(ctx, name, p.sql(y), nil)
	if err != nil {
		return 0, err
	}
	once := func(n int) error {
		var args [][]byte
		for _, arg := range p.args(n)[:len(prepared.ParamOIDs)] {
			args = append(args, []byte(arg))
		}
		_, err := c.ExecPrepared(ctx, name, args, nil, nil).Close()
		return err
	}
	for n := range 10 { // the plan for all values is made after five
		if err := once(n); err != nil {
			return 0, err
		}
	}
	before, err := processorTime(int(c.PID()))
	if err != nil {
		return 0, err
	}
	for n := range p.times {
		if err := once(n + 10); err != nil {
			return 0, err
		}
	}
	after, err := processorTime(int(c.PID()))
	if err != nil {
		return 0, err
	}
	return float64((after - before).Nanoseconds()) / 1000 / float64(p.times), c.Deallocate(ctx, name)
}

// processorTime reads how long a process ran, in nanoseconds (/proc/PID/schedstat; Linux, Documentation/scheduler/sched-stats.rst).
func processorTime(pid int) (time.Duration, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		return 0, err
	}
	ran, err := strconv.ParseInt(strings.Fields(string(content))[0], 10, 64)
	return time.Duration(ran), err
}
