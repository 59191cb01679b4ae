package engine_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
)

func TestNear(t *testing.T) {
	t.Parallel()
	names := []string{"label", "required", "min", "max", "on_delete", "GET"}
	tests := []struct{ in, want string }{
		{"lable", "label"}, {"labl", "label"}, {"Label", "label"}, {"requird", "required"}, {"ondelete", "on_delete"}, {"mni", "min"}, {"mx", ""}, {"quux", ""}, {"", ""},
		{"minimum", ""}, {"get", "GET"}, {"GTE", "GET"},
	}
	for _, test := range tests {
		if got := engine.Near(test.in, names); got != test.want {
			t.Errorf("Near(%q) = %q, not %q", test.in, got, test.want)
		}
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	cause := errors.New("duplicate key")
	err := &engine.Error{Code: engine.Conflict, Fields: []engine.FieldError{{Message: "Nickname is taken."}, {Message: "Post is taken."}}, Cause: cause}
	if diff := cmp.Diff("conflict: Nickname is taken. Post is taken.: duplicate key", err.Error()); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(err, cause) || err.HTTPStatus() != 409 {
		t.Error(err.HTTPStatus())
	}
	err.Status = 418
	if err.HTTPStatus() != 418 || (&engine.Error{Code: "unheard"}).HTTPStatus() != 500 {
		t.Error("status")
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	p := engine.Problems{{Path: []string{"filter"}, Message: "wrong", Hint: "right"}, {Message: "bad"}}
	if diff := cmp.Diff("endpoints.a.filter: wrong; right\nendpoints.a: bad", p.At("endpoints", "a").Error()); diff != "" {
		t.Error(diff)
	}
	if p[0].Path[0] != "filter" {
		t.Error("At changed the original")
	}
	if engine.Problems(nil).Err() != nil || p.Err() == nil {
		t.Error("Err")
	}
}
