package definition_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
)

// TestErrPlaces gives later problems to a file: the place of an offset inside a text, however it is quoted.
func TestErrPlaces(t *testing.T) {
	t.Parallel()
	const source = `project: p
tables:
  t:
    fields:
      plain: {type: generated, expression: md5(x)}
      double: {type: generated, expression: "é\"\u00e9\n+x"}
      single: {type: generated, expression: 'it''s x'}
      block:
        type: generated
        expression: |
          lower(
            x
          )
      folded:
        type: generated
        expression: >
          lower(
          x)
    crud: /t
endpoints:
  e:
    route: GET /e
    response: {body: [1, {a: "=x"}]}
`
	f, err := parseWhole("f", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	field := func(name string) []string { return []string{"tables", "t", "fields", name, "expression"} }
	tests := []struct {
		name   string
		path   []string
		offset int
		want   string
	}{
		{"value", field("plain"), 0, "f:5:44: m; h"},
		{"plain", field("plain"), 4, "f:5:48: m; h"},
		{"double", field("double"), 7, "f:6:58: m; h"},
		{"single", field("single"), 5, "f:7:52: m; h"},
		{"block", field("block"), 9, "f:12:13: m; h"},
		{"folded", field("folded"), 3, "f:17:11: m; h"},
		{"name", field("plain"), engine.AtName, "f:5:32: m; h"},
		{"below a text", append(field("plain"), "x", "y"), 0, "f:5:44: x.y: m; h"},
		{"item", []string{"endpoints", "e", "response", "body", "1", "a"}, 1, "f:23:32: m; h"},
		{"made by crud", []string{"endpoints", "view_t", "filter"}, 0, "f:19:11: m; h"},
		{"missing key", []string{"tables", "t", "fields", "block", "constraint"}, 0, "f:8:7: constraint: m; h"},
		{"nothing", nil, 0, "f:1:1: m; h"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := f.Err(engine.Problems{{Path: test.path, Offset: test.offset, Message: "m", Hint: "h"}})
			var refused *definition.FileError
			if !errors.As(err, &refused) {
				t.Fatalf("%T", err)
			}
			if diff := cmp.Diff(test.want, refused.Lines[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrOfNothing(t *testing.T) {
	t.Parallel()
	f, err := parseWhole("f", []byte("project: p\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Err(nil); err != nil {
		t.Errorf("%T", err)
	}
}
