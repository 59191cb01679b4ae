package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// posts gives a project with one table and the given crud.
func posts(crud string) *engine.Project {
	yes := true
	t := &engine.Table{Name: "posts", Crud: raw.Value(crud)}
	for _, f := range []*engine.Field{
		{Name: "title", Type: engine.TypeText, Rules: engine.Rules{Required: &yes}},
		{Name: "ip", Type: engine.TypeText, Hidden: true},
		{Name: "email", Type: engine.TypeEmail, Hidden: true, Rules: engine.Rules{Required: &yes}},
		{Name: "number", Type: engine.TypeAutonumber},
		{Name: "slug", Type: engine.TypeGenerated, Expression: "lower(title)"},
	} {
		t.Fields.Set(f.Name, f)
	}
	p := &engine.Project{Name: "blog"}
	p.Tables.Set("posts", t)
	return p
}

func TestAllEndpoints(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, crud string
		want       []string
	}{
		{"none", ``, nil},
		{"path", `"/posts"`, []string{
			`list_posts LIST GET /posts  page,size `,
			`view_posts VIEW GET /posts/{id} {"uid":"$params.id"}  `,
			`create_posts CREATE POST /posts  title,email `,
			`update_posts UPDATE PATCH /posts/{id} {"uid":"$params.id"} title,email `,
			`delete_posts DELETE DELETE /posts/{id} {"uid":"$params.id"}  `,
		}},
		{"some, filtered", `{"path":"/p","only":["list","view"],"filter":{"title":"x"}}`, []string{
			`list_posts LIST GET /p {"title":"x"} page,size `,
			`view_posts VIEW GET /p/{id} {"AND":[{"uid":"$params.id"},{"title":"x"}]}  `,
		}},
		{"closed", `{"path":"/p","only":["delete"],"auth":true}`, []string{`delete_posts DELETE DELETE /p/{id} {"uid":"$params.id"}  cors,auth,main`}},
		{"closed in part", `{"path":"/p","only":["list","create"],"auth":["create"]}`, []string{
			`list_posts LIST GET /p  page,size `, `create_posts CREATE POST /p  title,email cors,auth,main`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := posts(test.crud)
			p.Defaults = &engine.Defaults{Middlewares: []engine.Step{{Name: "cors"}, {Name: "main"}}}
			var got []string
			for _, ep := range p.AllEndpoints() {
				var steps []string
				for _, s := range ep.Middlewares {
					steps = append(steps, s.Name)
				}
				got = append(got, strings.Join([]string{ep.Name, string(ep.Kind), ep.Route.String(), string(ep.Filter),
					strings.Join(ep.Params.Names(), ","), strings.Join(steps, ",")}, " "))
				if p.CrudTable(ep.Name) == nil {
					t.Errorf("CrudTable(%s) finds nothing", ep.Name)
				}
				if _, problems := engine.ParseFilter(ep.Filter); problems != nil {
					t.Error(problems)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCrudUpdateRequiresNothing(t *testing.T) {
	t.Parallel()
	p := posts(`"/posts"`)
	table, _ := p.Tables.Get("posts")
	for _, ep := range p.CrudEndpoints(table) {
		title, found := ep.Params.Get("title")
		if ep.Kind == engine.Update && (!found || title.Required == nil || *title.Required) {
			t.Error("a change must not want every required field")
		}
		if ep.Kind == engine.Create && (!found || title.Required != nil) {
			t.Error("a new record inherits what its fields require")
		}
	}
}
