package definition_test

import (
	"os"
	"testing"
)

func TestParseExample(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testdata/blog.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := parseWhole("blog.yaml", source)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(f.Project.AllEndpoints()); got != 7 {
		t.Errorf("%d endpoints", got)
	}
}
