package catalog_test

import (
	"context"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
)

func TestEndpointVersions(t *testing.T) {
	t.Parallel()
	s := open(t)
	ada := catalog.Author{Actor: "ada@example.org", Kind: "administrator"}
	s.apply("project: blog\nendpoints:\n  a: {route: GET /a}\n", catalog.ApplyOptions{Author: ada})
	change := func(path string) {
		t.Helper()
		s.edit(func(p *engine.Project) { get(&p.Endpoints, "a").Route.Path = path })
	}
	change("/b")
	id := get(&s.Schema().Project("blog").Endpoints, "a").ID
	versions := func() []catalog.EndpointVersion {
		t.Helper()
		list, err := s.EndpointVersions(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	list := versions()
	if len(list) != 2 || string(list[0].Definition.Get("route")) != `"GET /b"` || string(list[1].Definition.Get("route")) != `"GET /a"` ||
		list[1].Actor != "ada@example.org" || list[0].Revision <= list[1].Revision || list[0].At == nil {
		t.Errorf("after a change there are %+v", list)
	}
	s.exec(`INSERT INTO public.sl_endpoint_versions (endpoint_id, revision, name, definition)
SELECT endpoint_id, -i, name, '{}' FROM public.sl_endpoint_versions, generate_series(1, 300) i WHERE revision = (SELECT max(revision) FROM public.sl_endpoint_versions)`)
	change("/c")
	if list = versions(); len(list) != 100 || string(list[0].Definition.Get("route")) != `"GET /c"` || list[99].Revision != -97 {
		t.Errorf("of many there are %d, the last %+v", len(list), list[len(list)-1])
	}
	s.edit(func(p *engine.Project) { p.Endpoints.Delete("a") })
	if list = versions(); len(list) != 0 {
		t.Errorf("a dropped endpoint has %d", len(list))
	}
}
