package openapi

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/plan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// compiled gives the project of testdata and the plans of its endpoints.
func compiled(t *testing.T) (*engine.Project, []*plan.Plan) {
	t.Helper()
	text, err := os.ReadFile("testdata/project.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f, err := definition.Parse("project.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	var plans []*plan.Plan
	for _, ep := range f.Project.Endpoints.All() {
		p, problems := plan.Compile(f.Project, ep)
		if problems != nil {
			t.Fatalf("%s: %v", ep.Name, problems)
		}
		plans = append(plans, p)
	}
	return f.Project, plans
}

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	p, plans := compiled(t)
	text, err := Document(p, plans)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	var whole any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	indented, err := json.MarshalIndent(whole, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "openapi.json", append(indented, '\n'))
	if strings.Contains(string(text), "mail") {
		t.Error("a hidden field is shown")
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	p, plans := compiled(t)
	page, err := Page(p, plans, "https://example.org")
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(page), "</style>")
	golden(t, "page.html", []byte(body))
}
