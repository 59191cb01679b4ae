package e2e

import (
	"strings"
	"testing"
)

// psql runs SQL through psql on the blog project and gives what it prints, unaligned.
func (in *installation) psql(sql string) string {
	in.t.Helper()
	return in.sql("blog", sql)
}

// sql runs SQL texts through psql on a project, in one session.
func (in *installation) sql(project string, texts ...string) string {
	in.t.Helper()
	arguments := []string{"sql", project, "-X", "-At", "-q", "-v", "ON_ERROR_STOP=1"}
	for _, text := range texts {
		arguments = append(arguments, "-c", text)
	}
	out, _ := in.run(0, "", arguments...)
	return strings.TrimSpace(out)
}

// TestRoleOfAProject uses and misuses the role that a project's views belong to.
func TestRoleOfAProject(t *testing.T) {
	t.Parallel()
	roleOfAProject(t, install(t))
}

// TestRoleOfAProjectOnAnotherPostgreSQL does so where the owner of the database is no superuser.
func TestRoleOfAProjectOnAnotherPostgreSQL(t *testing.T) {
	t.Parallel()
	roleOfAProject(t, installOn(t, newCluster(t)))
}

func roleOfAProject(t *testing.T, in *installation) {
	in.start()
	in.apply(papers)
	in.apply(tickets)
	in.request("POST", "/api/shop/tickets", "name=another+project's")
	role := in.sql("desk", "SELECT current_database() || '_desk'")
	as := `SET ROLE "` + role + `"`

	got := in.sql("desk", as, `INSERT INTO papers (title, price) VALUES ('one', 1.50)`, `UPDATE papers SET body = 'text' WHERE title = 'one'`,
		`SELECT title, shout, price, body, version FROM papers`, `DELETE FROM papers WHERE title = 'nobody'`)
	if got != "one|ONE|1.50|text|2" {
		t.Errorf("with its own view the role reads %q", got)
	}
	leaf := in.sql("desk", `SELECT c.oid::regclass FROM pg_class c WHERE c.relnamespace = 'p_desk'::regnamespace AND c.relispartition AND c.relkind = 'r' LIMIT 1`)
	var script strings.Builder
	script.WriteString(as + ";\n\\set VERBOSITY terse\n")
	for _, forbidden := range []string{
		`SELECT secret FROM papers`, `SELECT * FROM papers`, `SELECT p FROM papers p`, `SELECT to_jsonb(p) FROM papers p`, `SELECT title FROM papers WHERE secret = 'x'`,
		`SELECT title FROM papers ORDER BY secret`, `UPDATE papers SET secret = 'x'`, `INSERT INTO papers (title, secret) VALUES ('two', 'x')`,
		`INSERT INTO papers (title) VALUES ('two') RETURNING secret`,
		`SELECT * FROM ` + leaf, `DELETE FROM ` + leaf, `SELECT data FROM public.sl_records`, `SELECT name FROM public.sl_projects`, `SELECT * FROM public.sl_tokens`,
		`SELECT name FROM p_shop.tickets`, `INSERT INTO p_shop.tickets (name) VALUES ('x')`, `DROP VIEW papers`, `CREATE TABLE p_desk.mine (x int)`, `CREATE TABLE public.mine (x int)`,
		`ALTER VIEW papers OWNER TO CURRENT_USER`, `COPY papers TO PROGRAM 'id'`, `SELECT pg_read_file('/etc/passwd')`,
	} {
		script.WriteString(forbidden + ";\n")
	}
	_, problems := in.run(0, script.String(), "sql", "desk", "-X", "-At", "-q", "-f", "-")
	refused := 0
	for line := range strings.Lines(problems) {
		if !strings.Contains(line, "permission denied") && !strings.Contains(line, "must be ") {
			t.Errorf("as the role: %s", line)
		}
		refused++
	}
	if refused != strings.Count(script.String(), "\n")-2 {
		t.Errorf("%d of these are refused:\n%s%s", refused, script.String(), problems)
	}
	reachable := in.sql("desk", `SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname !~ '^(pg_|information_schema)' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
		AND (has_any_column_privilege('`+role+`', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') OR has_table_privilege('`+role+`', c.oid, 'DELETE, TRUNCATE, TRIGGER'))`)
	if reachable != "papers" {
		t.Errorf("the role has rights on %s", reachable)
	}
	if other := strings.TrimSuffix(role, "desk") + "shop"; in.sql("desk", `SELECT count(*) FROM pg_auth_members WHERE member IN ('`+role+`'::regrole, '`+other+`'::regrole)`) != "0" {
		t.Errorf("the role %s or %s is a member of another", role, other)
	}
	callable := in.sql("desk", `SELECT string_agg(f.oid::regprocedure::text, ' ') FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
		WHERE n.nspname !~ '^(pg_|information_schema)' AND f.prosecdef AND f.prorettype <> 'trigger'::regtype AND has_function_privilege('`+role+`', f.oid, 'EXECUTE')`)
	if callable != "" {
		t.Errorf("the role may run as the owner %s", callable)
	}
}

// TestGrantsSurvive gives rights on a view to roles of the user's own and changes the definition under them.
func TestGrantsSurvive(t *testing.T) {
	t.Parallel()
	in := installOn(t, newCluster(t)) // roles belong to a whole server
	in.start()
	in.apply(papers)
	in.sql("desk", `INSERT INTO papers (title, body, price) VALUES ('one', 'text', 5)`, `CREATE ROLE reader`, `GRANT reader TO CURRENT_USER`, `GRANT USAGE ON SCHEMA p_desk TO reader`,
		`GRANT SELECT ON papers TO reader`, `GRANT UPDATE (price, body) ON papers TO reader WITH GRANT OPTION`, `GRANT DELETE ON papers TO PUBLIC`)
	rights := `SELECT string_agg(x.privilege_type || x.is_grantable, ' ' ORDER BY 1) FROM pg_class c, aclexplode(c.relacl) x WHERE c.oid = 'p_desk.papers'::regclass AND x.grantee IN (0, 'reader'::regrole)`
	before := in.sql("desk", rights)
	for _, change := range []struct{ what, old, now string }{
		{"a field more", "secret: {", "extra: {type: text}\n      secret: {"},
		{"another name", "price: {type: number, min: 0}", "cost: {type: number, min: 0, was: price}"},
		{"another type of a column", `"upper(title)"`, `"length(title)"`},
		{"another order", "      body: {type: text, empty: true}\n", ""},
	} {
		source := strings.Replace(papers, change.old, change.now, 1)
		in.apply(source, "--prune")
		if after := in.sql("desk", rights); after != before {
			t.Errorf("after %s the rights are %s, were %s", change.what, after, before)
		}
		column := "price"
		if strings.Contains(change.now, "was: price") {
			column = "cost"
		}
		if got := in.sql("desk", `SET ROLE reader`, `UPDATE papers SET `+column+` = `+column+` + 1`, `SELECT title, `+column+` FROM papers`); !strings.HasPrefix(got, "one|") {
			t.Errorf("after %s the reader reads %s", change.what, got)
		}
		in.apply(strings.Replace(papers, "price: {", "price: {was: cost, ", 1))
	}
}

// TestOwnViewOnADroppedColumn drops a field that a view of the user's own shows. The view stays, and the user is told.
func TestOwnViewOnADroppedColumn(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(papers)
	in.sql("desk", `INSERT INTO papers (title, body, price) VALUES ('one', 'text', 5)`, `CREATE VIEW public.report AS SELECT title, body FROM p_desk.papers`)
	without := strings.Replace(papers, "      body: {type: text, empty: true}\n", "", 1)
	in.apply(without, "--prune")
	if got := in.sql("desk", `SELECT title, body FROM public.report`); got != "one|text" {
		t.Errorf("the user's view shows %q", got)
	}
	var indexes struct {
		Views []struct{ Table, Note string }
	}
	in.admin(200, "GET", "/projects/desk/indexes", "", &indexes)
	if len(indexes.Views) != 1 || indexes.Views[0].Table != "papers" || !strings.Contains(indexes.Views[0].Note, "report") || !strings.Contains(indexes.Views[0].Note, "body") {
		t.Errorf("the admin API tells %+v", indexes.Views)
	}
	if _, body := in.request("GET", "/_/api/projects/desk/tables/papers/records", "", "Authorization", in.asOwner()); strings.Contains(body, `"body"`) {
		t.Errorf("by the API the dropped field is still there: %s", body)
	}
	in.sql("desk", `INSERT INTO papers (title) VALUES ('two')`)
	in.sql("desk", `DROP VIEW public.report`)
	in.apply(strings.Replace(without, "shout: {", "shout: {label: Louder, ", 1))
	if got := in.sql("desk", `SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'p_desk.papers'::regclass`); strings.Contains(got, "body") {
		t.Errorf("without the user's view the column is still there: %s", got)
	}
}
