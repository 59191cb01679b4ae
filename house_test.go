package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sayrud/sayrud"

// room is one row of the table in ARCHITECTURE.md: the packages below it that it may import, named as the table names them.
var room = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]*) \\|")

// TestHouse holds the code to the table in ARCHITECTURE.md: every package stands there and imports no more than it may.
func TestHouse(t *testing.T) {
	t.Parallel()
	drawing, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string][]string{}
	for _, row := range room.FindAllStringSubmatch(string(drawing), -1) {
		allowed[row[1]] = strings.Split(strings.ReplaceAll(row[2], " ", ""), ",")
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		name := roomName(words[0])
		may, drawn := allowed[name]
		if !drawn {
			t.Errorf("package %s is not in the table of ARCHITECTURE.md", name)
			continue
		}
		for _, path := range words[1:] {
			if !strings.HasPrefix(path, module+"/") {
				continue
			}
			if imported := roomName(path); !mayImport(may, imported) {
				t.Errorf("%s imports %s; ARCHITECTURE.md allows it %s", name, imported, strings.Join(may, ", "))
			}
		}
	}
}

func roomName(path string) string {
	if path == module {
		return "main"
	}
	return strings.TrimPrefix(path, module+"/")
}

// mayImport understands "all", "engine/*" and the last part of a path.
func mayImport(may []string, imported string) bool {
	return slices.ContainsFunc(may, func(m string) bool {
		return m == "all" || m == imported || strings.HasSuffix(imported, "/"+m) ||
			strings.HasSuffix(m, "/*") && strings.HasPrefix(imported, strings.TrimSuffix(m, "*"))
	})
}
