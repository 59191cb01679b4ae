package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamePath(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"title": nil, "data.title": {"data", "title"}, "search[value]": {"search", "value"}, "order[0][column]": {"order", "0", "column"},
		"a.b[0].c": {"a", "b", "0", "c"}, "ids[]": {"ids"}, "a[b][]": {"a", "b"},
		".a": nil, "a.": nil, "a[": nil, "a]": nil, "a[b": nil, "a[b]c": nil, "a[][b]": nil, "[a]": nil, "a[b][": nil,
	} {
		if diff := cmp.Diff(want, NamePath(name)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestSpellings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		as     string
		isList bool
		want   []string
	}{
		{"title", false, nil},
		{"ids", true, []string{"ids[]"}},
		{"ids[]", true, []string{"ids"}},
		{"data.title", false, []string{"data[title]"}},
		{"search[value]", false, []string{"search.value"}},
		{"data.ids", true, []string{"data.ids[]", "data[ids]", "data[ids][]"}},
	} {
		if diff := cmp.Diff(test.want, spellings(test.as, NamePath(test.as), test.isList)); diff != "" {
			t.Errorf("%s: %s", test.as, diff)
		}
	}
}

func FuzzNamePath(f *testing.F) {
	for _, seed := range []string{"a", "a.b", "a[b]", "a[0][b].c[]", "a[", "a[]b", "..", "[]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, part := range NamePath(name) {
			if part == "" || strings.ContainsAny(part, "]") && strings.Contains(part, "[") {
				t.Errorf("%q gives the part %q", name, part)
			}
		}
	})
}
