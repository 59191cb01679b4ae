package definition_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine/definition"
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

func TestJSONSchema(t *testing.T) {
	t.Parallel()
	schema := definition.JSONSchema()
	if !json.Valid(schema) {
		t.Fatal("not JSON")
	}
	golden(t, "testdata/schema.json", schema)
}
