package engine_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
)

func numbers(names ...string) engine.Map[int] {
	var m engine.Map[int]
	for i, name := range names {
		m.Set(name, i)
	}
	return m
}

func TestMapKeepsOrder(t *testing.T) {
	t.Parallel()
	m := numbers("c", "a", "b")
	m.Set("a", 7)
	m.Rename("c", "z")
	m.Rename("missing", "y")
	m.Delete("b")
	m.Delete("b")
	text, err := json.Marshal(m)
	if err != nil || string(text) != `{"z":0,"a":7}` {
		t.Errorf("%s, %v", text, err)
	}
	var again engine.Map[int]
	if err := json.Unmarshal([]byte(`{"b":1,"a":2,"b":3}`), &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b", "a"}, again.Names()); diff != "" {
		t.Error(diff)
	}
	for _, broken := range []string{`[]`, `5`, `{"a":"x"}`, `{"a":1`} {
		if err := json.Unmarshal([]byte(broken), &again); err == nil {
			t.Errorf("%s is accepted", broken)
		}
	}
}

func TestMapCloneIsApart(t *testing.T) {
	t.Parallel()
	m := numbers("a", "b")
	c := m.Clone()
	c.Set("a", 9)
	c.Set("c", 9)
	c.Delete("b")
	c.Rename("a", "x")
	if diff := cmp.Diff([]string{"a", "b"}, m.Names()); diff != "" {
		t.Error(diff)
	}
	if v, _ := m.Get("a"); v != 0 {
		t.Error("the clone changed the original")
	}
}

func TestMapZero(t *testing.T) {
	t.Parallel()
	var m engine.Map[int]
	if _, found := m.Get("a"); found || m.Len() != 0 || !m.IsZero() {
		t.Error("the zero Map is not empty")
	}
	m.Delete("a")
	m.Rename("a", "b")
	if err := json.Unmarshal([]byte("null"), &m); err != nil || !m.IsZero() {
		t.Error(err)
	}
}
