package plan

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
)

// FuzzCompile compiles any endpoint. What compiles has statements whose parameters are all told, and holds nothing of the values
// that a filter compares with.
func FuzzCompile(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		head, _, _ := strings.Cut(string(source), "-- want --\n")
		_, endpoint, _ := strings.Cut(head, "-- endpoint --\n")
		f.Add([]byte(endpoint))
	}
	f.Add([]byte(`{"kind":"LIST","route":"GET /c","table":"comments","filter":{"OR":[{"nick":"evil'text"},{"parent.nick":{"SEARCH":"evil'text"}},{"post":{"IN":["evil'text"]}}]}}`))
	project := readProject(f)
	f.Fuzz(func(t *testing.T, source []byte) {
		ep := &engine.Endpoint{Name: "fuzzed"}
		if len(source) > 1<<14 || json.Unmarshal(source, ep) != nil {
			return
		}
		p, problems := Compile(project, ep)
		if (p == nil) == (len(problems) == 0) {
			t.Fatalf("a plan %v and problems %v", p != nil, problems)
		}
		if p == nil {
			return
		}
		for _, q := range queriesOf(p) {
			for variant := range min(len(q.cells), 64) {
				if p.Read == nil || q != p.Read.Query || p.Read.starts(Start(variant/2%int(starts))) {
					checkStatement(t, q, q.Statement(variant))
				}
			}
		}
	})
}

// starts reports whether a page may begin so.
func (r *Read) starts(s Start) bool {
	return s == AtTop || r.Page != nil && (s == AtOffset) == (r.Page.Cursor == nil)
}

func queriesOf(p *Plan) []*Query {
	var queries []*Query
	add := func(more ...*Query) {
		for _, q := range more {
			if q != nil {
				queries = append(queries, q)
			}
		}
	}
	for _, g := range p.Guards {
		add(g.Query)
	}
	if p.Read != nil {
		add(p.Read.Query, p.Read.count)
	}
	for w := p.Write; w != nil; {
		add(w.Query, w.Lock, w.ByID, w.Keep, w.Count)
		if w.Upsert == nil {
			break
		}
		add(w.Upsert.Find)
		w = w.Upsert.Write
	}
	return queries
}

func checkStatement(t *testing.T, q *Query, s *Statement) {
	t.Helper()
	for i, arg := range s.Args {
		if !strings.Contains(s.SQL, "$"+strconv.Itoa(i+1)+"::") || arg >= len(q.Values) && q.Values != nil {
			t.Fatalf("parameter %d is %d of %d values in\n%s", i+1, arg, len(q.Values), s.SQL)
		}
	}
	if strings.Contains(s.SQL, "$"+strconv.Itoa(len(s.Args)+1)+"::") {
		t.Fatalf("more than %d parameters in\n%s", len(s.Args), s.SQL)
	}
	if strings.Contains(s.SQL, "evil") {
		t.Fatalf("a value stands in\n%s", s.SQL)
	}
}
