package rest

import (
	"slices"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

const twoTables = `
project: p
tables:
  a: {fields: {x: {type: text}}, crud: /a}
  b: {fields: {y: {type: text}}, crud: /b}
  c: {fields: {to: {type: reference, to: b, display: y}}}
endpoints:
  la: {kind: LIST, route: GET /la, table: a}
  lb: {kind: LIST, route: GET /lb, table: b}
  lc: {kind: LIST, route: GET /lc, table: c}
  gb: {kind: CREATE, route: POST /gb, table: a, params: {x: {}}, guards: [{exists: {table: b, filter: {y: $params.x}}}]}
  ib: {kind: LIST, route: GET /ib, table: a, include: {bs: {table: b, by: {y: x}}}}
  iib: {kind: LIST, route: GET /iib, table: a, include: {others: {table: a, by: {x: x}, include: {bs: {table: b, by: {y: x}}}}}}
  ia: {kind: LIST, route: GET /ia, table: b, include: {as: {table: a, by: {x: y}}}}
  sb: {route: GET /sb, sources: {n: {table: b, aggregate: {n: count}}}}
  sib: {route: GET /sib, sources: {as: {table: a, include: {bs: {table: b, by: {y: x}}}}}}
  sc: {route: GET /sc, sources: {cs: {table: c}}}
  sa: {route: GET /sa, sources: {as: {table: a}}, response: {body: $sources.as}}
`

// compiled gives the compiled endpoints of project p by name.
func (d *door) compiled() map[string]*endpoint {
	m := map[string]*endpoint{}
	for _, e := range d.server.generation.Load().projects["p"].all {
		m[e.plan.Endpoint.Name] = e
	}
	return m
}

func TestUnchangedEndpointsStayCompiled(t *testing.T) {
	t.Parallel()
	d := open(t, twoTables)
	before := d.compiled()
	named := []string{"lc", "gb", "ib", "iib", "sb", "sib", "sc"} // those that come to b by a reference, a guard, an include or a source
	d.apply(strings.Replace(twoTables, "{y: {type: text}}", "{y: {type: text, label: Y}}", 1))
	after := d.compiled()
	for name, e := range before {
		kept := after[name] == e
		if touched := slices.Contains(named, name) || strings.HasSuffix(e.plan.Endpoint.Table, "b"); kept == touched {
			t.Errorf("%s of table %s: kept %v", name, e.plan.Endpoint.Table, kept)
		}
	}
	d.apply(strings.Replace(twoTables, "project: p", "project: p\nlanguage: zh-CN", 1))
	for name, e := range after {
		if d.compiled()[name] == e {
			t.Errorf("%s was kept although the language is another", name)
		}
	}
}

func TestChangesAreOnTheAirAtOnce(t *testing.T) {
	t.Parallel()
	d := open(t, twoTables)
	owner := d.token("", auth.Owner)
	for _, s := range []scenario{
		{name: "crud creates", method: "POST", path: "/api/p/a", body: `{"x":"1"}`, status: 201, want: []string{`"x":"1"`}},
		{name: "another table", method: "POST", path: "/api/p/b", body: `{"y":"1"}`, status: 201},
		{name: "in an include", path: "/api/p/ia", status: 200, want: []string{`"as":[{"uid":"`, `"x":"1"`}},
		{name: "in a source", path: "/api/p/sa", status: 200, want: []string{`"x":"1"`}},
		{name: "rename", method: "PATCH", path: "/_/api/projects/p/tables/a/fields/x", headers: owner, body: `{"name":"z"}`, status: 200, want: []string{`"rename"`}},
		{name: "new name", path: "/api/p/la", status: 200, want: []string{`"z":"1"`}},
		{name: "crud too", path: "/api/p/a", status: 200, want: []string{`"z":"1"`}},
		{name: "an include too", path: "/api/p/ia", status: 200, want: []string{`"as":[{"uid":"`, `"z":"1"`}},
		{name: "a source too", path: "/api/p/sa", status: 200, want: []string{`"z":"1"`}},
		{name: "project dropped", method: "DELETE", path: "/_/api/projects/p?confirm=p", headers: owner, status: 204},
		{name: "gone", path: "/api/p/la", status: 404},
	} {
		s.name = "changes: " + s.name
		d.check(s)
	}
}

func TestPageOfTheDocument(t *testing.T) {
	t.Parallel()
	d := open(t, strings.Replace(twoTables, "project: p", "project: p\npublic: true", 1)+`
  evil: {route: "GET /evil/{id}", label: "<script>alert(1)</script>", params: {size: {type: integer, max: 5, label: Size}}}
`)
	d.check(scenario{path: "/api/p/openapi.html", status: 200, want: []string{"Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; sandbox",
		"/api/p/evil/{id}", "&lt;script&gt;", "max 5", "Size"}, lacks: []string{"<script>"}})
	d.check(scenario{method: "POST", path: "/api/p/openapi.html", status: 404})
}
