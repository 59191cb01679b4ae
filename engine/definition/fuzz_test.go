package definition_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
)

// FuzzParse feeds any bytes. What is refused has places inside the text; what is accepted prints and parses to the same words.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"testdata/blog.yaml", "testdata/rename/in.yaml"} {
		source, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(source)
	}
	files, err := filepath.Glob("testdata/errors/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, section := range strings.Split("\n"+string(source), "\n== ")[1:] {
			_, rest, _ := strings.Cut(section, "\n")
			in, _, _ := strings.Cut(rest, "-- want --")
			f.Add([]byte(in))
		}
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		if len(source) > 1<<14 {
			return
		}
		file, err := parseWhole("f", source)
		if err != nil {
			var refused *definition.FileError
			if !errors.As(err, &refused) || len(refused.Lines) == 0 {
				t.Fatalf("%T %v", err, err)
			}
			for _, line := range refused.Lines {
				if !strings.HasPrefix(line, "f:") || strings.HasPrefix(line, "f:0") || strings.Contains(line, ":0: ") {
					t.Errorf("no place: %s", line)
				}
			}
			return
		}
		printed := definition.Print(file.Project, false)
		again, err := parseWhole("p", printed)
		if err != nil {
			t.Fatalf("%v\n%s", err, printed)
		}
		if diff := cmp.Diff(file.Project, again.Project, sameWords); diff != "" {
			t.Fatalf("%s\n%s", diff, printed)
		}
		for name, table := range file.Project.Tables.All() {
			for field := range table.Fields.All() {
				definition.UsesOfField(file.Project, name, field)
			}
		}
	})
}

// TestJSONSchema holds the schema to what Parse accepts and refuses.
func TestJSONSchema(t *testing.T) {
	t.Parallel()
	text := definition.JSONSchema([]definition.Middleware{{Name: "main", Schema: raw.Value(`{"type":"object"}`)},
		{Name: "cors", Doc: "other origins", Schema: raw.Value(`{"type":"object"}`)}})
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:project", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("mem:project")
	if err != nil {
		t.Fatal(err)
	}
	const head = "project: x\ntables: {a: {fields: {t: {type: text}}}}\nendpoints:\n  e: {kind: LIST, route: GET /a, table: a, "
	for _, tt := range []struct {
		rest string
		good bool
	}{
		{"filter: {t: x}}", true}, {"filter: {t: AND, l: {t: x}, r: {t: y}}, sort: [-t]}", true}, {"middlewares: [{cors: {}}, main]}", true},
		{"filtre: {t: x}}", false}, {"middlewares: [{cros: {}}, main]}", false}, {"middlewares: [mian]}", false}, {"page: {size: 5, sise: 5}}", false},
	} {
		var project any
		if err := yaml.Unmarshal([]byte(head+tt.rest), &project); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(project); (err == nil) != tt.good {
			t.Errorf("%s: %v", tt.rest, err)
		}
	}
}
