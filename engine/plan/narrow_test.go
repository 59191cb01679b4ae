package plan

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/raw"
)

const narrowing = `{"kind":"LIST","route":"GET /c","table":"comments","params":{"f":{}},"filter":{"status":"approved"},
 "narrow":{"by":"$params.f","allow":["nick","likes","content","seen","meta","related","parent.nick",{"by":"parent"}]},"sort":["-created_at"],"page":{"number":1,"size":10,"total":true}}`

func narrowingPlan(t testing.TB) *Plan {
	t.Helper()
	p, problems := Compile(readProject(t), readEndpoint(t, narrowing))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return p
}

// FuzzNarrowed narrows a list by any text and any object. What is taken makes a statement whose parameters are all told, and the same
// statement whatever a value holds.
func FuzzNarrowed(f *testing.F) {
	p := narrowingPlan(f)
	f.Add(`nick = "x" && (likes > 3 || parent.nick ~ 'y%')`, "x'); DROP TABLE r --")
	f.Add(`{"OR":[{"nick":["a","b"]},{"meta":{"CONTAINS":{"a":1}}},{"NOT":{"by":null}}]}`, `$params.f ${x} \`)
	f.Add(`{"related":{"CONTAINS":"a"},"seen":{"BETWEEN":["2026-01-01","2026-02-01"]}}`, "=1")
	f.Fuzz(func(t *testing.T, filter, value string) {
		asked := raw.Text(filter)
		if object, err := raw.Valid([]byte(filter), raw.Limits{}); err == nil && object.Kind() == raw.Object {
			asked = object
		}
		if read, texts, err := p.Read.Narrowed(asked); err == nil {
			checkNarrowed(t, read, texts)
		}
		plain, _, _ := p.Read.Narrowed(raw.Value(`{"nick":"a"}`))
		quoted, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		read, texts, err := p.Read.Narrowed(raw.Value(`{"nick":` + string(quoted) + `}`))
		if err != nil || value == "" {
			return
		}
		checkNarrowed(t, read, texts)
		if read.Query.Statement(0).SQL != plain.Query.Statement(0).SQL {
			t.Errorf("%q is written into\n%s", value, read.Query.Statement(0).SQL)
		}
	})
}

func checkNarrowed(t *testing.T, read *Read, texts [][]byte) {
	t.Helper()
	for variant := range min(len(read.Query.cells), 4) {
		s := read.Query.Statement(variant)
		checkStatement(t, read.Query, s)
		for _, arg := range s.Args {
			if arg >= 0 && read.Query.Values[arg].Given() >= len(texts) {
				t.Fatalf("value %d is the text %d of %d", arg, read.Query.Values[arg].Given(), len(texts))
			}
		}
	}
}

// TestNarrowed_keeps holds the number of statements that are kept, whatever requests ask.
func TestNarrowed_keeps(t *testing.T) {
	t.Parallel()
	p := narrowingPlan(t)
	first, _, err := p.Read.Narrowed(raw.Text("likes > 1"))
	if err != nil {
		t.Fatal(err)
	}
	if again, texts, _ := p.Read.Narrowed(raw.Text("likes > 2")); again != first || string(texts[0]) != "2" {
		t.Errorf("the same shape makes another read, with %q", texts)
	}
	for i := range 31 {
		for j := range 31 - i {
			filter := "likes > 1" + strings.Repeat(" && likes > 1", i) + strings.Repeat(" || likes < 1", j)
			if _, _, err := p.Read.Narrowed(raw.Text(filter)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(p.Read.Narrow.reads); n > maxComposed {
		t.Errorf("%d reads are kept", n)
	}
}

func BenchmarkNarrowed(b *testing.B) {
	p := narrowingPlan(b)
	asked := raw.Text(`nick = "ann" && (likes > 3 || parent.nick ~ 'x')`)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := p.Read.Narrowed(asked); err != nil {
			b.Fatal(err)
		}
	}
}
