package value

import (
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func TestFileChecker(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0a", 32)
	one, _ := Compile(engine.TypeFile, &engine.Rules{}, "x", nil)
	many, _ := Compile(TypeFiles, &engine.Rules{Max: raw.Value("2")}, "x", nil)
	for _, test := range []struct {
		c        *Checker
		in, want string // want "" is a refusal
	}{
		{one, `{"sha256":"` + hash + `","name":"a","other":1}`, `{"name":"a","sha256":"` + hash + `"}`},
		{one, `{"url":"/files/a/b","size":null}`, `{"url":"/files/a/b"}`},
		{one, `"/files/a/b"`, `{"url":"/files/a/b"}`},
		{one, `null`, `null`}, {one, `""`, `null`}, {one, `{"name":"a"}`, ``}, {one, `{"sha256":"0A"}`, ``}, {one, `"word"`, ``}, {one, `7`, ``}, {one, `[]`, ``},
		{one, `{"url":"` + strings.Repeat("/", 5000) + `"}`, ``}, {one, `{"url":"/a\u0000"}`, ``}, {one, `{"sha256":7}`, ``}, {one, `{"size":"1","url":"/a"}`, ``},
		{many, `{"url":"/a"}`, `[{"url":"/a"}]`}, {many, `["/a",null,""]`, `[{"url":"/a"}]`}, {many, `["/a","/b","/c"]`, ``}, {many, `["/a",7]`, ``}, {many, `[]`, `[]`},
	} {
		got, refused := test.c.JSON(raw.Value(test.in), English)
		if (refused != nil) != (test.want == "") || string(got) != test.want {
			t.Errorf("%s: %s, %v", test.in, got, refused)
		}
	}
	for text, want := range map[string]string{`{"url":"/a"}`: `{"url":"/a"}`, `{"url":`: "", "": "null", "/a": `{"url":"/a"}`} {
		if got, _ := one.Text(text, English); string(got) != want {
			t.Errorf("the text %s: %s", text, got)
		}
	}
	if got, _ := many.Text(`["/a","/b"]`, English); string(got) != `[{"url":"/a"},{"url":"/b"}]` {
		t.Errorf("a list as text: %s", got)
	}
}
