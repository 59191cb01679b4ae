package catalog_test

import (
	"context"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/catalog"
)

func (s *shop) database() (name string) {
	s.t.Helper()
	if err := s.db.Pool().QueryRow(context.Background(), `SELECT current_database()`).Scan(&name); err != nil {
		s.t.Fatal(err)
	}
	return name
}

func TestRole_ofSomebodyElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	role := s.database() + "_blog"
	s.exec(`CREATE ROLE ` + role)
	report := s.apply(twoTables, catalog.ApplyOptions{})
	if len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "another role") {
		t.Errorf("notes: %q", report.Notes)
	}
	s.want(`SELECT has_schema_privilege('`+role+`', 'p_blog', 'USAGE')`, "false")
	s.exec(`INSERT INTO p_blog.posts (title) VALUES ('x')`)
	if err := s.DropProject(context.Background(), "blog", catalog.DropOptions{Yes: true}); err != nil {
		t.Fatal(err)
	}
	s.want(`SELECT count(*) FROM pg_roles WHERE rolname = '`+role+`'`, "1")
	s.exec(`DROP ROLE ` + role)
}

func TestRole_leftBehindServesAgain(t *testing.T) {
	t.Parallel()
	s := open(t)
	role := s.database() + "_blog"
	s.apply(twoTables, catalog.ApplyOptions{})
	s.exec(`CREATE TABLE public.mine (a int)`, `GRANT SELECT ON public.mine TO `+role, `UPDATE public.sl_projects SET role_name = NULL`)
	if err := s.DropProject(context.Background(), "blog", catalog.DropOptions{Yes: true}); err != nil {
		t.Fatal(err)
	}
	report := s.apply(twoTables, catalog.ApplyOptions{})
	if len(report.Notes) != 0 {
		t.Errorf("notes: %q", report.Notes)
	}
	s.want(`SELECT has_column_privilege('`+role+`', 'p_blog.posts', 'title', 'SELECT')`, "true")
	if err := s.DropProject(context.Background(), "blog", catalog.DropOptions{}); err != nil {
		t.Fatal(err)
	}
}
