package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```")

// TestGuide does what docs/guide and the recipes say, one page after the other.
func TestGuide(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	for _, page := range []string{"guide/README.md", "recipes/comment-widget.md", "recipes/grid.md", "recipes/mini-program.md"} {
		t.Run(page, func(t *testing.T) { in.follow(t, filepath.Join("../docs", page)) })
	}
}

// follow does what a page says: it writes each project, runs each command in a shell and compares what it prints with the block
// behind it, in which … stands for anything.
func (in *installation) follow(t *testing.T, path string) {
	t.Helper()
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(binary, filepath.Join(dir, "sayrud")); err != nil {
		t.Fatal(err)
	}
	printed := ""
	for _, block := range fence.FindAllStringSubmatch(string(page), -1) {
		kind, text := block[1], strings.ReplaceAll(block[2], "127.0.0.1:8090", in.addr)
		switch kind {
		case "yaml":
			if err := os.WriteFile(filepath.Join(dir, "project.yaml"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		case "sh":
			shell := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", text)
			shell.Dir, shell.Env = dir, append(os.Environ(), "SAYRUD_DATA="+in.data)
			var said bytes.Buffer
			shell.Stderr = &said
			out, err := shell.Output()
			if err != nil {
				t.Fatalf("%s\n%v\n%s%s", text, err, out, said.String())
			}
			printed = string(out)
		case "json", "text":
			pattern := "(?s)^" + strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(text)), "…", ".*?") + "$"
			lines := strings.Split(strings.TrimSpace(printed), "\n")
			if kind == "json" { // what apply prints stands above the answer
				lines = lines[len(lines)-1:]
			}
			if !regexp.MustCompile(pattern).MatchString(strings.Join(lines, "\n")) {
				t.Errorf("the page says\n%s\nand the command prints\n%s", text, printed)
			}
		}
	}
}
