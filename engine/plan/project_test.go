package plan

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
)

// readProject reads testdata/project.json: tables are numbered from 1, and a field's key is its name, filled up to eight letters.
func readProject(t testing.TB) *engine.Project {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("testdata", "project.json"))
	if err != nil {
		t.Fatal(err)
	}
	var p engine.Project
	if err := json.Unmarshal(source, &p); err != nil {
		t.Fatal(err)
	}
	p.ID = 7
	id := 0
	for name, table := range p.Tables.All() {
		id++
		table.ID, table.Name = id, name
		for field, f := range table.Fields.All() {
			f.Name = field
			f.Key = (strings.ReplaceAll(field, "_", "") + "00000000")[:8]
		}
	}
	return &p
}

// readEndpoint reads an endpoint written as JSON.
func readEndpoint(t testing.TB, source string) *engine.Endpoint {
	t.Helper()
	var ep engine.Endpoint
	if err := json.Unmarshal([]byte(source), &ep); err != nil {
		t.Fatalf("%v in %s", err, source)
	}
	ep.Name = "test"
	for name, p := range ep.Params.All() {
		p.Name = name
	}
	return &ep
}
