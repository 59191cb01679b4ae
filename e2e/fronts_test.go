package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// TestFrontEnds opens the pages of examples that use a front end from npm as it is, in Chromium, and uses them as people would.
// browser/<example>.test.mjs drives each; the example's project file is all that the server knows of it.
func TestFrontEnds(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"react-admin", "datatables", "pocketbase"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join("../examples", name)
			project, err := os.ReadFile(filepath.Join(folder, "project.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			in := install(t)
			in.start()
			in.apply(string(project))
			npm(t, folder)
			site := httptest.NewServer(http.FileServer(http.Dir(folder)))
			t.Cleanup(site.Close)

			npm(t, "browser")
			drive := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=spec", name+".test.mjs")
			drive.Dir = "browser"
			drive.Env = append(os.Environ(), "SITE="+site.URL, "SERVER=http://"+in.addr, "PROFILE="+t.TempDir())
			out, err := drive.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, in.output)
			}
			t.Logf("%s", out)
		})
	}
}

// installed holds, for each folder, what installs it once.
var installed sync.Map

// npm installs the packages that the lock file of a folder names, and builds the folder where it says how.
func npm(t *testing.T, folder string) {
	t.Helper()
	once, _ := installed.LoadOrStore(folder, sync.OnceValues(func() ([]byte, error) {
		// Not with the test's context: other tests wait for the same installation.
		install := exec.Command("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
		install.Dir = folder
		if out, err := install.CombinedOutput(); err != nil {
			return out, err
		}
		build := exec.Command("npm", "run", "build", "--if-present", "--loglevel=error")
		build.Dir = folder
		return build.CombinedOutput()
	}))
	if out, err := once.(func() ([]byte, error))(); err != nil {
		t.Fatalf("npm in %s: %v\n%s", folder, err, out)
	}
}
