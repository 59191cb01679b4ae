package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
)

func TestTablesOfAnEndpoint(t *testing.T) {
	t.Parallel()
	table := func(name, to string) *engine.Table {
		t := &engine.Table{Name: name}
		if to != "" {
			t.Fields.Set("to", &engine.Field{Name: "to", Type: engine.TypeReference, To: to})
		}
		return t
	}
	p := &engine.Project{}
	for _, t := range []*engine.Table{table("a", ""), table("b", "c"), table("c", "d"), table("d", "b"), table("e", "")} {
		p.Tables.Set(t.Name, t)
	}
	include := func(name string, inner engine.Map[*engine.Include]) (m engine.Map[*engine.Include]) {
		m.Set("x", &engine.Include{Table: name, Include: inner})
		return m
	}
	source := func(s *engine.Source) (m engine.Map[*engine.Source]) {
		m.Set("s", s)
		return m
	}
	none := engine.Map[*engine.Include]{}
	for _, test := range []struct {
		name string
		ep   engine.Endpoint
		want []string
	}{
		{"none", engine.Endpoint{}, nil},
		{"its own", engine.Endpoint{Table: "a"}, []string{"a"}},
		{"references, in a circle too", engine.Endpoint{Table: "b"}, []string{"b", "c", "d"}},
		{"include", engine.Endpoint{Table: "a", Include: include("e", none)}, []string{"a", "e"}},
		{"include of an include, and what that refers to", engine.Endpoint{Table: "a", Include: include("a", include("d", none))}, []string{"a", "d", "b", "c"}},
		{"source", engine.Endpoint{Sources: source(&engine.Source{Table: "e"})}, []string{"e"}},
		{"include of a source", engine.Endpoint{Table: "a", Sources: source(&engine.Source{Table: "a", Include: include("e", none)})}, []string{"a", "e"}},
		{"guards", engine.Endpoint{Table: "a", Guards: []engine.Guard{{NotExists: &engine.GuardQuery{Table: "e"}}, {Count: &engine.GuardQuery{Table: "c"}}}}, []string{"a", "e", "c", "d", "b"}},
	} {
		var got []string
		for _, t := range Tables(p, &test.ep) {
			got = append(got, t.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
