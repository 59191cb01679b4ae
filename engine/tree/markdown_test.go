package tree

import (
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func markdownTable() *Table {
	def := &engine.Table{Name: "posts", File: raw.Value(`{"name":"slug","format":"markdown","body":"content"}`)}
	for _, f := range []*engine.Field{
		{Name: "slug", Type: engine.TypeText, Unique: true}, {Name: "title", Type: engine.TypeText}, {Name: "likes", Type: engine.TypeNumber},
		{Name: "tags", Type: engine.TypeJSON}, {Name: "live", Type: engine.TypeBoolean}, {Name: "content", Type: engine.TypeText},
	} {
		def.Fields.Set(f.Name, f)
	}
	return &Table{Def: def, format: formatOf(def, false)}
}

// TestMarkdownRoundTrip writes records as Markdown and reads them again: what nobody writes is left out, all else comes back as it was.
func TestMarkdownRoundTrip(t *testing.T) {
	t.Parallel()
	table := markdownTable()
	for _, record := range []string{
		`{"slug":"a","title":"Plain","likes":1,"tags":null,"live":true,"content":"Text"}`,
		`{"slug":"a","title":"yes","likes":1.50,"tags":["a",{"b":null}],"live":false,"content":"Ends with a line\n"}`,
		`{"slug":"a","title":"2024-01-01","likes":12345678901234567890,"tags":"null","live":null,"content":"---\nlooks like a fence\n---\n"}`,
		`{"slug":"a","title":"it's: \"so\" # not\n\ta comment","likes":null,"tags":{"x":[1,[2]]},"live":true,"content":"\n\nblank first"}`,
		`{"slug":"a","title":" 中文 ","likes":-0.1,"tags":[],"live":true,"content":""}`,
	} {
		whole := `{"uid":"u",` + record[1:len(record)-1] + `,"created_at":"2024-01-01T00:00:00.000Z","version":3}`
		file := table.markdownFile(raw.Value(whole))
		got, err := table.Parse(file)
		if err != nil {
			t.Errorf("%s: %v\n%s", record, err, file)
			continue
		}
		raw.Value(record).Members(func(key, want raw.Value) bool {
			name, _ := key.Text()
			if back := got.Get(name); string(back) != string(want) {
				t.Errorf("%s of %s comes back as %s from\n%s", name, want, back, file)
			}
			return true
		})
		if got.Get("uid") != nil || got.Get("version") != nil {
			t.Errorf("%s keeps what nobody writes: %s", record, got)
		}
	}
}

func TestParseMarkdown(t *testing.T) {
	t.Parallel()
	table := markdownTable()
	for name, tt := range map[string]struct{ file, want string }{
		"no front matter":    {"# Hi\n", `{"content":"# Hi"}`},
		"line ends of DOS":   {"---\r\ntitle: A\r\n---\r\nB\r\n", `{"content":"B","title":"A"}`},
		"a number as a text": {"---\ntitle: 2024\n---\n", `{"content":"","title":"2024"}`},
		"a block":            {"---\ntitle: |\n  one\n  two\n---\nB", `{"content":"B","title":"one\ntwo\n"}`},
		"no body, no line":   {"---\ntitle: A\n---", `{"content":"","title":"A"}`},
		"an open fence":      {"---\ntitle: A\n", "is not closed"},
		"a name twice":       {"---\ntitle: A\ntitle: B\n---\n", "twice"},
		"a list":             {"---\n- a\n---\n", "names with values"},
		"an alias":           {"---\ntitle: &a x\nslug: *a\n---\n", "alias"},
		"no YAML":            {"---\ntitle: [\n---\n", "no YAML"},
		"nothing":            {" \n", "empty"},
	} {
		got, err := table.Parse([]byte(tt.file))
		text := string(got)
		if err != nil {
			text = err.Error()
		}
		if !strings.Contains(text, tt.want) {
			t.Errorf("%s gives %s, want %s", name, text, tt.want)
		}
	}
}

func TestFileNames(t *testing.T) {
	t.Parallel()
	plain, named := &format{extension: ".json"}, markdownTable().format
	for _, tt := range []struct {
		format *format
		name   string
		want   bool
	}{
		{plain, "a.json", true}, {plain, "a.json~", false}, {plain, ".a.json", false}, {plain, "a b.json", false}, {plain, "4913", false}, {plain, ".json", false},
		{&named, "Ein Tag.md", true}, {&named, ".a.md.swp", false}, {&named, ".md", false}, {&named, "a.json", false}, {&named, "中.md", true},
		{&named, strings.Repeat("x", 201) + ".md", false},
	} {
		if _, got := tt.format.stem(tt.name); got != tt.want {
			t.Errorf("whether a record can have the name %s: %v", tt.name, got)
		}
	}
	for slug, want := range map[string]string{"a": "a.md", "": "u.md", "a/b": "u.md", ".a": "u.md", "a\nb": "u.md"} {
		if got := named.fileName("u", slug); got != want {
			t.Errorf("a record named %q has the file %s, want %s", slug, got, want)
		}
	}
}
