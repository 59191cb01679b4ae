package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func TestParseSort(t *testing.T) {
	t.Parallel()
	created := engine.SortKey{Field: "created_at", Desc: true}
	var allow engine.Map[[]engine.SortKey]
	allow.Set("new", []engine.SortKey{created})
	allow.Set("top", []engine.SortKey{{Field: "likes", Desc: true}, created})
	tests := []struct {
		name, in string
		want     *engine.Sort
	}{
		{"absent", ``, nil},
		{"list", `["-created_at","parent.nick"]`, &engine.Sort{Keys: []engine.SortKey{created, {Field: "parent.nick"}}}},
		{"one", `"-created_at"`, &engine.Sort{Keys: []engine.SortKey{created}}},
		{"choice", `{"by":"$params.sort","allow":{"new":"-created_at","top":["-likes","-created_at"]}}`, &engine.Sort{By: raw.Text("$params.sort"), Allow: allow}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, problems := engine.ParseSort(raw.Value(test.in))
			if problems != nil {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(engine.Map[[]engine.SortKey]{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseSortRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"number", `3`, `a sort is a list of fields, not a number; [-created_at]`},
		{"empty", `[]`, `an empty sort; [-created_at]`},
		{"expression", `["$params.sort"]`, `0: a field's name is fixed, "$params.sort" is an expression; {by: $params.sort, allow: {new: -created_at}}`},
		{"SQL", `["likes desc"]`, `0: "likes desc" is no name of a field; -likes`},
		{"twice", `["a","-a"]`, `1: "a" sorts twice`},
		{"by alone", `{"by":"$params.sort"}`, `a sort that is chosen has by and allow; {by: $params.sort, allow: {new: -created_at}}`},
		{"unknown", `{"by":"$params.sort","allow":{"a":"b"},"x":1}`, `x: a sort has no "x"; {by: $params.sort, allow: {new: -created_at}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, problems := engine.ParseSort(raw.Value(test.in))
			if diff := cmp.Diff(test.want, problems.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
