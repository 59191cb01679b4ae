package definition

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
)

// TestShapesMatchWords compares the keys of each shape with the JSON names of the word it decodes into.
func TestShapesMatchWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		shape *shape
		word  any
	}{
		{projectShape(), engine.Project{}}, {tableShape(), engine.Table{}}, {fieldShape(), engine.Field{}}, {endpointShape(), engine.Endpoint{}},
		{paramShape(), engine.Param{}}, {pageShape(), engine.Page{}}, {includeShape(), engine.Include{}}, {sourceShape(), engine.Source{}},
		{guardShape(), engine.Guard{}}, {responseShape(), engine.Response{}}, {projectShape().key("defaults").shape, engine.Defaults{}},
		{endpointShape().key("upsert").shape, engine.Upsert{}}, {guardShape().key("count").shape, engine.GuardQuery{}},
	}
	for _, test := range tests {
		typ := reflect.TypeOf(test.word)
		t.Run(typ.Name(), func(t *testing.T) {
			t.Parallel()
			want, got := jsonNames(typ), test.shape.names()
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			for _, k := range test.shape.keys {
				if k.doc == "" {
					t.Errorf("%s has no description", k.name)
				}
			}
			for other, right := range test.shape.others {
				if test.shape.key(other) != nil {
					t.Errorf("%q is a key, yet it has the hint %q", other, right)
				}
			}
		})
	}
}

func jsonNames(typ reflect.Type) []string {
	var names []string
	for field := range typ.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous:
			names = append(names, jsonNames(field.Type)...)
		case name != "-":
			names = append(names, name)
		}
	}
	return names
}
