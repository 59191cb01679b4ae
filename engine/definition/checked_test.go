package definition_test

import (
	"os"
	"testing"

	"github.com/sayrud/sayrud/engine/definition"
)

// example gives testdata/blog.yaml, in which everything stands that a file can say.
func example(t *testing.T) *definition.File {
	t.Helper()
	source, err := os.ReadFile("testdata/blog.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := parseWhole("blog.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// parseWhole parses a file that leaves nothing out, and checks it.
func parseWhole(name string, source []byte) (*definition.File, error) {
	f, err := definition.Parse(name, source)
	if err != nil {
		return nil, err
	}
	if err := f.Err(definition.Check(f.Project)); err != nil {
		return nil, err
	}
	return f, nil
}
