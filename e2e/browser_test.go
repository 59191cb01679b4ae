package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"
)

// TestCommentsInBrowser opens the example's page in Chromium, from another origin than the server's, and posts, replies, likes and
// lists through its widget. browser/comments.test.mjs drives it.
func TestCommentsInBrowser(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(wholeExample(t))
	site := httptest.NewServer(http.FileServer(http.Dir("../examples/comments")))
	t.Cleanup(site.Close)

	npm(t, "browser")
	drive := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=spec", "comments.test.mjs")
	drive.Dir = "browser"
	drive.Env = append(os.Environ(), "SITE="+site.URL, "SERVER=http://"+in.addr, "PROFILE="+t.TempDir())
	out, err := drive.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, in.output)
	}
	t.Logf("%s", out)
}
