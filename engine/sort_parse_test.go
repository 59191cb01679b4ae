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
	var free engine.Map[[]engine.SortKey]
	free.Set("created_at", []engine.SortKey{{Field: "created_at"}})
	free.Set("top", []engine.SortKey{{Field: "likes", Desc: true}, created})
	tests := []struct {
		name, in string
		want     *engine.Sort
	}{
		{"absent", ``, nil},
		{"list", `["-created_at","parent.nick"]`, &engine.Sort{Keys: []engine.SortKey{created, {Field: "parent.nick"}}}},
		{"one", `"-created_at"`, &engine.Sort{Keys: []engine.SortKey{created}}},
		{"choice", `{"by":"$params.sort","allow":{"new":"-created_at","top":["-likes","-created_at"]}}`, &engine.Sort{By: raw.Text("$params.sort"), Allow: allow}},
		{"free", `{"by":"$params.sort","allow":["-created_at",{"top":["-likes","-created_at"]}]}`,
			&engine.Sort{By: raw.Text("$params.sort"), Allow: free, Free: true, Reversed: true}},
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
		{"expression", `["$params.sort"]`, `0: a field's name is fixed, "$params.sort" is an expression; {by: $params.sort, allow: [-created_at]}`},
		{"SQL", `["likes desc"]`, `0: "likes desc" is no name of a field; -likes`},
		{"twice", `["a","-a"]`, `1: "a" sorts twice`},
		{"by alone", `{"by":"$params.sort"}`, `a sort that is chosen has by and allow; {by: $params.sort, allow: [-created_at, title]}`},
		{"empty allow", `{"by":"$params.sort","allow":[]}`, `allow: allow is a list of fields, or an object of names and keys, not a list; allow: [-created_at, title], or {new: -created_at, top: [-likes, -created_at]}`},
		{"allowed twice", `{"by":"$params.sort","allow":["a",{"a":"b"}]}`, `allow.1: "a" is allowed twice`},
		{"direction", `{"by":"$params.sort","allow":["a","-b"]}`, `allow.1: requests name the direction; only the first, which is the order where they name none, has one here; b`},
		{"two names", `{"by":"$params.sort","allow":[{"a":"b","c":"d"}]}`, `allow.0: what is allowed is a field, or one name with its keys, not an object; title, or {newest: -created_at}`},
		{"comma", `{"by":"$params.sort","allow":[{"a,b":"c"}]}`, `allow.0: "a,b" is no name to sort by: requests separate names by commas`},
		{"unknown", `{"by":"$params.sort","allow":{"a":"b"},"x":1}`, `x: a sort has no "x"; {by: $params.sort, allow: [-created_at, title]}`},
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
