package docs

import (
	"flag"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
)

var update = flag.Bool("update", false, "write the generated parts anew")

// pages gives the texts of all Markdown files below docs/ and of the README, by path.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			var text []byte
			if text, err = os.ReadFile(path); err == nil {
				texts[path] = string(text)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	texts["../README.md"] = string(readme)
	return texts
}

func hold(t *testing.T, path, want, got string) {
	t.Helper()
	if *update && want != got {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s is not what the code says; ./task docs writes it anew\n%s", path, diff)
	}
}

func TestGeneratedPartsAreCurrent(t *testing.T) {
	used := map[string]bool{}
	for path, text := range pages(t) {
		filled, unknown := Fill(text)
		for _, name := range unknown {
			t.Errorf("%s asks for a part %q that does not exist", path, name)
		}
		for _, found := range block.FindAllStringSubmatch(text, -1) {
			used[found[2]] = true
		}
		hold(t, path, text, filled)
	}
	for name := range Blocks() {
		if !used[name] {
			t.Errorf("no page shows %q", name)
		}
	}
	schema, err := os.ReadFile("reference/project.schema.json")
	if err != nil && !*update {
		t.Fatal(err)
	}
	hold(t, "reference/project.schema.json", string(schema), string(Schema()))
}

var fence = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```")

// TestExamplesCompile holds every example of a project to the language: blocks that begin with "project:", "tables:" or "endpoints:".
func TestExamplesCompile(t *testing.T) {
	t.Parallel()
	examples := 0
	for path, text := range pages(t) {
		for _, found := range fence.FindAllStringSubmatch(text, -1) {
			example := found[1]
			if strings.HasPrefix(example, "tables:") || strings.HasPrefix(example, "endpoints:") {
				example = "project: example\n" + example
			}
			if !strings.HasPrefix(example, "project:") {
				continue
			}
			examples++
			f, err := definition.Parse(path, []byte(example))
			if err != nil {
				t.Errorf("%v\n%s", err, example)
				continue
			}
			problems := middleware.Check(f.Project)
			for _, ep := range f.Project.AllEndpoints() {
				_, found := plan.Compile(f.Project, ep)
				problems = append(problems, found.At("endpoints", ep.Name)...)
			}
			if err := f.Err(problems); err != nil {
				t.Errorf("%v\n%s", err, example)
			}
		}
	}
	if examples == 0 {
		t.Error("no example was found")
	}
}

// TestReadmeShowsTheFirstExample holds the file that the README shows to the one that it applies.
func TestReadmeShowsTheFirstExample(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../examples/first/project.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if shown := fence.FindStringSubmatch(pages(t)["../README.md"]); shown == nil || shown[1] != string(example) {
		t.Error("the README shows another project than examples/first/project.yaml")
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// TestLinksLeadSomewhere follows the links between the pages, to files and to headings.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	texts := pages(t)
	for path, text := range texts {
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			u, err := url.Parse(found[1])
			if err != nil || u.Scheme != "" {
				continue
			}
			target := path
			if u.Path != "" {
				target = filepath.Join(filepath.Dir(path), u.Path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: %s leads nowhere", path, found[1])
				continue
			}
			if page, isPage := texts[target]; u.Fragment != "" && isPage && !anchors(page)[u.Fragment] {
				t.Errorf("%s: %s has no such heading", path, found[1])
			}
		}
	}
}

// anchors gives the names under which the headings of a page are linked to.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, found := range heading.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(strings.NewReplacer(" ", "-", "`", "", ",", "", ".", "", ":", "", "(", "", ")", "", "/", "", "'", "", "&", "").Replace(found[1]))
		all[name] = true
	}
	return all
}
