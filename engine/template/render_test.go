package template

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

// answer renders a body and gives it as the golden files write it.
func answer(t *testing.T, c goldenCase, runner *script.Runner) string {
	t.Helper()
	body, err := raw.Valid([]byte(c.input), raw.Limits{})
	if err != nil {
		t.Fatalf("read template: %v", err)
	}
	p, problems := Compile(&engine.Response{Body: body}, fixtureScope(c.kind))
	if len(problems) > 0 {
		return "refused: " + problems[0].Message + "; " + problems[0].Hint
	}
	env := fixtureEnv(c.kind)
	env.Scripts = runner
	a, err := p.Render([]byte("before"), env)
	if err != nil {
		return "error: " + err.Error()
	}
	if a.ContentType != ContentJSON {
		return a.ContentType + ": " + string(a.Body)
	}
	if !json.Valid(a.Body) {
		t.Errorf("body is no JSON: %s", a.Body)
	}
	return string(a.Body)
}

func TestRender(t *testing.T) {
	t.Parallel()
	for _, c := range readGolden(t, "testdata/render.txt") {
		t.Run(c.title, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, answer(t, c, nil)); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderScripts(t *testing.T) {
	t.Parallel()
	runner := script.NewRunner(script.Config{Env: func(name string) (string, bool) { return "from " + name, name == "SITE" }})
	t.Cleanup(runner.Close)
	for _, c := range readGolden(t, "testdata/script.txt") {
		t.Run(c.title, func(t *testing.T) {
			if diff := cmp.Diff(c.want, answer(t, c, runner)); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range readGolden(t, "testdata/refuse.txt") {
		t.Run(c.title, func(t *testing.T) {
			t.Parallel()
			_, problems := Compile(&engine.Response{Body: raw.Value(c.input)}, fixtureScope(c.kind))
			var lines []string
			for _, p := range problems {
				line := fmt.Sprintf("%s@%d: %s", strings.Join(p.Path, "."), p.Offset, p.Message)
				if p.Hint != "" {
					line += "; " + p.Hint
				}
				lines = append(lines, line)
			}
			if diff := cmp.Diff(c.want, strings.Join(lines, "\n")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
