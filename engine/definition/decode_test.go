package definition_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	table, problems := definition.DecodeTable("posts", raw.Value(` {"fields": {"title": {"type": "text", "label": "\u00dcber <b>"}}, "file": {"name" : "title"}} `))
	if problems != nil {
		t.Fatal(problems)
	}
	title, _ := table.Fields.Get("title")
	if table.Name != "posts" || title.Name != "title" || title.Label != "Über <b>" || string(table.File) != `{"name":"title"}` {
		t.Errorf("%+v %+v", table, title)
	}
	field, problems := definition.DecodeField("n", raw.Value(`{"type": "number", "min": 1.50, "default": null}`))
	if problems != nil || field.Name != "n" || string(field.Min) != "1.50" {
		t.Errorf("%+v %v", field, problems)
	}
	ep, problems := definition.DecodeEndpoint("e", raw.Value(`{"route": "GET /e", "params": {"a": null}, "filter": {}, "sort": null, "middlewares": [{"cors": null}, "main"]}`))
	if problems != nil {
		t.Fatal(problems)
	}
	a, _ := ep.Params.Get("a")
	if a == nil || a.Name != "a" || ep.Filter != nil || ep.Sort != nil || string(ep.Middlewares[0].Settings) != "{}" || ep.Middlewares[1].Settings != nil {
		t.Errorf("%+v", ep)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		problems   func() engine.Problems
	}{
		{"table", `fields.a.type: "strng" is not known here`, func() engine.Problems {
			_, p := definition.DecodeTable("t", raw.Value(`{"fields":{"a":{"type":"strng"}}}`))
			return p
		}},
		{"field", `expected an object, found a text`, func() engine.Problems { _, p := definition.DecodeField("f", raw.Value(`"text"`)); return p }},
		{"endpoint", `filter.a.eq: unknown operator "eq"`, func() engine.Problems {
			_, p := definition.DecodeEndpoint("e", raw.Value(`{"route":"GET /","filter":{"a":{"eq":1}}}`))
			return p
		}},
		{"project", `"project" is missing`, func() engine.Problems { _, p := definition.DecodeProject(raw.Value(`{}`)); return p }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			problems := test.problems()
			if len(problems) != 1 {
				t.Fatal(problems)
			}
			problems[0].Hint = ""
			if diff := cmp.Diff(test.want, problems.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	f := example(t)
	if refused := f.Err(definition.Unsupported(f.Project)); refused != nil {
		t.Errorf("the example is refused: %v", refused)
	}
	f, err := definition.Parse("files.yaml", []byte("project: x\ntables: {drive: {kind: files}, t: {fields: {a: {type: file}}}}\nendpoints: {e: {route: POST /x, params: {a: {type: file}}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	refused := f.Err(definition.Unsupported(f.Project))
	if refused == nil {
		t.Fatal("everything is available")
	}
	golden(t, "testdata/unsupported.txt", []byte(refused.Error()+"\n"))
}
