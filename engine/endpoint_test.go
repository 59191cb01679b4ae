package engine_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func TestRouteNames(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][]string{"/a": nil, "/a/{id}": {"id"}, "/{a}/b/{c}": {"a", "c"}, "/{": nil, "/": nil} {
		if diff := cmp.Diff(want, engine.Route{Method: "GET", Path: path}.Names()); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
}

func TestStepForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want engine.Step
	}{
		{`"main"`, engine.Step{Name: "main"}},
		{`{"cors":{}}`, engine.Step{Name: "cors", Settings: raw.Value(`{}`)}},
		{`{"auth":{"optional":true}}`, engine.Step{Name: "auth", Settings: raw.Value(`{"optional":true}`)}},
	}
	for _, test := range tests {
		var got engine.Step
		if err := json.Unmarshal([]byte(test.in), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Error(diff)
		}
		if text, err := json.Marshal(got); err != nil || string(text) != test.in {
			t.Errorf("%s, %v", text, err)
		}
	}
}
