package docs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRecipesQuoteTheirExamples holds the parts of project files that recipes quote to the examples that run: each line stands there.
func TestRecipesQuoteTheirExamples(t *testing.T) {
	t.Parallel()
	quoted := 0
	for _, name := range []string{"react-admin", "datatables", "pocketbase"} {
		page, err := os.ReadFile(filepath.Join("recipes", name+".md"))
		if err != nil {
			t.Fatal(err)
		}
		project, err := os.ReadFile(filepath.Join("../examples", name, "project.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(project), "\n")
		for _, found := range fence.FindAllStringSubmatch(string(page), -1) {
			quoted++
			for line := range strings.SplitSeq(strings.TrimSpace(found[1]), "\n") {
				if !slices.ContainsFunc(lines, func(have string) bool { return strings.TrimSpace(have) == strings.TrimSpace(line) }) {
					t.Errorf("recipes/%s.md says %q, which the example does not", name, line)
				}
			}
		}
	}
	if quoted == 0 {
		t.Error("no recipe quotes its example")
	}
}
