package definition_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
)

// sameWords compares projects by what is in them.
var sameWords = cmp.Options{
	cmp.AllowUnexported(engine.Map[*engine.Table]{}, engine.Map[*engine.Field]{}, engine.Map[*engine.Endpoint]{}, engine.Map[*engine.Param]{},
		engine.Map[*engine.Include]{}, engine.Map[*engine.Source]{}, engine.Map[raw.Value]{}, engine.Map[string]{}),
	cmp.Transformer("JSON", func(v raw.Value) string { return string(v) }),
}

func TestPrintExample(t *testing.T) {
	t.Parallel()
	first := example(t)
	printed := definition.Print(first.Project, false)
	again, err := parseWhole("printed.yaml", printed)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	if diff := cmp.Diff(first.Project, again.Project, sameWords); diff != "" {
		t.Error(diff)
	}
	golden(t, "testdata/blog.printed.yaml", printed)
}

// golden compares got with a file; with UPDATE_GOLDEN in the environment it writes the file.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}
