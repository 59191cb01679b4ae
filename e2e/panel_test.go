package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPanel drives the panel in Chromium: each file of browser/panel against one server, with a project of its own.
func TestPanel(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	const administrator = `{"token": "%s", "email": "owner@example.org", "password": "correct horse battery"}`
	_, token, _ := strings.Cut(in.setupLink(), "token=")
	if status, body := in.request("POST", "/_/api/setup", strings.Replace(administrator, "%s", token, 1), "X-Sayrud-CSRF", "1"); status != 200 {
		t.Fatal(status, body)
	}
	npm(t, "browser")
	files, err := filepath.Glob("browser/panel/*.test.mjs")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test.mjs"), func(t *testing.T) {
			drive := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=spec", filepath.Base(file))
			drive.Dir = filepath.Dir(file)
			drive.Env = append(os.Environ(), "SERVER=http://"+in.addr, "PROFILE="+t.TempDir())
			if out, err := drive.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, in.output)
			}
		})
	}
}
