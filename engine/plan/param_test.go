package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

const paramEndpoint = `{"kind":"LIST","route":"GET /c/{name}","table":"comments","params":{
	"tags":{"split":",","trim":true},"ids":{"type":"integer","list":true},"nick":{"required":false,"trim":true},"likes":{},"status":{},
	"post":{},"mail":{"as":"e-mail","in":"header","type":"email"},"meta":{"type":"json"},"since":{"type":"date"}}}`

// TestParamForms gives what came as JSON and as text, and the canonical value or the refusal of either.
func TestParamForms(t *testing.T) {
	t.Parallel()
	p, problems := Compile(readProject(t), readEndpoint(t, paramEndpoint))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	params := make(map[string]*Param)
	for _, param := range p.Params {
		params[param.Name] = param
	}
	for _, tt := range []struct {
		name, json string
		texts      []string
		want       string
	}{
		{"tags", `"a, b,,c"`, []string{"a, b,,c"}, `["a","b","c"]`},
		{"tags", `["a"," b "]`, []string{"a", " b "}, `["a","b"]`},
		{"tags", `null`, []string{""}, `null`},
		{"ids", `[1,"2"]`, []string{"1", "2"}, `[1,2]`},
		{"ids", `[1,"x"]`, []string{"1", "x"}, `ids must be a whole number.`},
		{"nick", `" ann "`, []string{" ann "}, `"ann"`},
		{"nick", `"` + strings.Repeat("x", 65) + `"`, []string{strings.Repeat("x", 65)}, `Nickname may have at most 64 characters.`},
		{"likes", `""`, []string{""}, ``},
		{"likes", `-1`, []string{"-1"}, `likes must be at least 0.`},
		{"status", `"other"`, []string{"other"}, `status must be one of: waiting, approved, spam.`},
		{"post", `"p1"`, []string{"p1"}, `"p1"`},
		{"meta", `{"a":1}`, []string{`{"a":1}`}, `{"a":1}`},
		{"since", `"2026-01-02"`, []string{"2026-01-02"}, `"2026-01-02"`},
		{"name", `"x"`, []string{"x", "y"}, `"x"`},
	} {
		param := params[tt.name]
		show := func(v raw.Value, refused *engine.FieldError) string {
			if refused != nil {
				return refused.Message
			}
			return string(v)
		}
		if got := show(param.JSON(raw.Value(tt.json), value.English)); got != tt.want {
			t.Errorf("%s as JSON %s gives %s, want %s", tt.name, tt.json, got, tt.want)
		}
		if got := show(param.Texts(tt.texts, value.English)); got != tt.want {
			t.Errorf("%s as text %q gives %s, want %s", tt.name, tt.texts, got, tt.want)
		}
	}
	if v, refused := params["likes"].Texts(nil, value.English); v != nil || refused != nil {
		t.Error("what did not come is absent")
	}
	got := []any{params["mail"].As, params["mail"].In, params["name"].In, params["name"].Required, params["nick"].Required, params["post"].Required, params["post"].Type, params["nick"].Label}
	if diff := cmp.Diff([]any{"e-mail", engine.InHeader, engine.InPath, true, false, true, engine.TypeReference, "Nickname"}, got); diff != "" {
		t.Error(diff)
	}
}
