package definition_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine/definition"
)

// TestErrors parses the files in testdata/errors and compares the lines of the refusals. A case is "== name", a file, "-- want --",
// and the lines. With UPDATE_GOLDEN in the environment it writes what it got.
func TestErrors(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/errors/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, section := range strings.Split("\n"+string(source), "\n== ")[1:] {
			name, rest, _ := strings.Cut(section, "\n")
			in, _, found := strings.Cut(rest, "-- want --\n")
			if !found {
				in, _, found = strings.Cut(rest, "-- want --")
			}
			if !found {
				t.Fatalf("%s: %s has no -- want --", file, name)
			}
			_, err := parseWhole("f", []byte(in))
			got.WriteString("== " + name + "\n" + in + "-- want --\n")
			var refused *definition.FileError
			if errors.As(err, &refused) {
				got.WriteString(strings.Join(refused.Lines, "\n") + "\n")
			} else if err != nil {
				t.Errorf("%s: %s: not a FileError: %v", file, name, err)
			}
		}
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(source), got.String()); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}
