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

// FuzzCompile compiles any endpoint. What compiles has statements whose parameters are all told; what a filter compares with never
// leaves its quotes.
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
	f.Add([]byte(`{"kind":"LIST","route":"GET /c","table":"comments","filter":{"OR":[{"nick":"evil'text"},{"parent.nick":{"SEARCH":"evil'text"}},{"nick":{"IN":["evil'text","\\evil'"]}},{"nick":{"LIKE":"\\'evil\\"}}]}}`))
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
				if read := readOf(p, q); read == nil || read.starts(Start(variant/2%int(starts))) {
					checkStatement(t, q, q.Statement(variant))
				}
			}
		}
	})
}

// readOf gives the read whose query is q, or nil.
func readOf(p *Plan, q *Query) *Read {
	if p.Read != nil && q == p.Read.Query {
		return p.Read
	}
	for _, source := range p.Sources {
		if q == source.Read.Query {
			return source.Read
		}
	}
	return nil
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
	for _, source := range p.Sources {
		add(source.Read.Query)
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
	if strings.Contains(outside(s.SQL), "$"+strconv.Itoa(len(s.Args)+1)+"::") {
		t.Fatalf("more than %d parameters in\n%s", len(s.Args), s.SQL)
	}
	if strings.Contains(outside(s.SQL), "evil") {
		t.Fatalf("a value breaks out of its quotes in\n%s", s.SQL)
	}
}

// outside gives what stands outside of quotes in SQL (PostgreSQL manual, 4.1.2).
func outside(sql string) string {
	var out strings.Builder
	quote, escapes := byte(0), false
	for i := 0; i < len(sql); i++ {
		c := sql[i]
		switch {
		case quote == 0 && (c == '\'' || c == '"'):
			quote, escapes = c, c == '\'' && i > 0 && sql[i-1] == 'E'
		case quote == 0:
			out.WriteByte(c)
		case escapes && c == '\\':
			i++
		case c == quote && i+1 < len(sql) && sql[i+1] == quote:
			i++
		case c == quote:
			quote = 0
		}
	}
	if quote != 0 {
		return "evil: a quote is not closed"
	}
	return out.String()
}
