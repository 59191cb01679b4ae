package definition_test

import (
	"os"
	"testing"

	"github.com/sayrud/sayrud/engine/definition"
)

func TestParseExample(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testdata/blog.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := definition.Parse("blog.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(f.Project.AllEndpoints()); got != 7 {
		t.Errorf("%d endpoints", got)
	}
}
