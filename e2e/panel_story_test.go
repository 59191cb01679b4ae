package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestPanelStory drives a newcomer's first five minutes in Chromium, from the printed setup link to a request from outside, each time on
// a server of its own. It prints the clicks and keys.
func TestPanelStory(t *testing.T) {
	t.Parallel()
	npm(t, "browser")
	for _, variant := range []struct{ hands, language string }{{"mouse", "en"}, {"mouse", "zh-CN"}, {"keys", "en"}, {"keys", "zh-CN"}} {
		t.Run(variant.hands+" "+variant.language, func(t *testing.T) {
			in := install(t)
			in.start()
			drive := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter=spec", "story.test.mjs")
			drive.Dir = "browser/panel_story"
			drive.Env = append(os.Environ(), "LINK="+in.setupLink(), "HANDS="+variant.hands, "LANGUAGE="+variant.language, "PROFILE="+t.TempDir())
			out, err := drive.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s\n%s", err, out, in.output)
			}
			for line := range strings.Lines(string(out)) {
				if strings.Contains(line, "story ") {
					t.Log(strings.TrimSpace(line))
				}
			}
			in.answersPosts()
		})
	}
}

// answersPosts asks the endpoint of the story from outside.
func (in *installation) answersPosts() {
	in.t.Helper()
	status, body := in.request("GET", "/api/blog/posts", "")
	var answer struct {
		Code *int
		Msg  string
		Data []any
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 || answer.Code == nil || answer.Msg != "ok" || answer.Data == nil {
		in.t.Errorf("the endpoint answers %d %s", status, body)
	}
}
