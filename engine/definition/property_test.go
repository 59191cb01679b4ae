package definition_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/raw"
)

// awkward are texts that YAML reads as something else unless they are quoted well.
var awkward = []string{
	"", " ", "a", "yes", "No", "on", "null", "~", "Null", "true", "FALSE", "1", "-1", "1.5", "1e3", ".5", "0x1f", "0o17", "017", "1_000", "12:30", "12:30:45", "2026-11-23",
	"2026-11-23T05:28:00Z", ".inf", "-.INF", ".nan", "-", "--", "---", "...", "- a", "-a", "?", "? a", "?a", ":", ": a", ":a", "a: b", "a:b", "a:", "a #b", "#b", "a#b", "a, b", "[a]", "{a}",
	"[", "{", "}", "]", ",", "&a", "*a", "!a", "!!str a", "|", ">", "|-", "%a", "@a", "`a`", "'", "\"", "'a'", "\"a\"", "it's", "say \"x\"", "it's \"x\"", "\\", "a\\n", "\\\"", "<<", "=", "==a",
	"=$request.ip", "=a ? b : c", "=[1, 2].map(x => ({a: x}))", "='#1'", "=\"a #b\"", "=(", "$request.ip", "$$x", "x ${$request.ip} y", "${$request.ip}", "${", "https://x.y/z?a=b&c=d", "C:\\x",
	"a\nb", "a\nb\n", "a\n\n", "\na", " a\nb", "a\n b\n  c", "a\n \nb", "a\tb", "\ta", "a\n\tb", "a\r\nb", "a\rb", "\x01", "\u0085", "\u00a0", "\u2028a", "a\u2029", "\ufeffa", "\ufffd", "\ufffe", "😀", "评论",
	"\u007f", "\u0080x", "a ", " a", "a: |\n  b", "# a\nb", "--- a", "a\n---\nb", "a\n...\n", "key: [1, 2", "0", "00", "+1", "+", ".", "..", "1.", "1.e5", "\U0010ffff", "a\n\n\nb\n\n\n",
}

func awkwardText(r *rand.Rand) string {
	if r.IntN(4) == 0 {
		return awkward[r.IntN(len(awkward))] + awkward[r.IntN(len(awkward))]
	}
	return awkward[r.IntN(len(awkward))]
}

// awkwardJSON gives any JSON of a bounded depth.
func awkwardJSON(r *rand.Rand, depth int) raw.Value {
	switch n := r.IntN(8); {
	case n == 0:
		return raw.NullValue
	case n == 1:
		return raw.Value([]string{"true", "false", "0", "-1", "1.50", "1E5", "12345678901234567890", "-0.0e-7"}[r.IntN(8)])
	case n == 2 && depth > 0:
		out := raw.Value("[")
		for i := range r.IntN(4) {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, awkwardJSON(r, depth-1)...)
		}
		return append(out, ']')
	case n <= 4 && depth > 0:
		var m engine.Map[raw.Value]
		for range r.IntN(5) {
			m.Set(awkwardText(r), awkwardJSON(r, depth-1))
		}
		out := raw.Value("{")
		for name, v := range m.All() {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(append(raw.AppendString(out, name), ':'), v...)
		}
		return append(out, '}')
	}
	return raw.Text(awkwardText(r))
}

// randomProject gives a project that Check accepts, full of awkward texts where a text is free.
func randomProject(r *rand.Rand) *engine.Project {
	p := &engine.Project{Name: "p", Language: "auto", Public: r.IntN(2) == 0}
	no := false
	for i := range r.IntN(4) {
		t := &engine.Table{Name: fmt.Sprintf("t%d", i), Label: awkwardText(r), Help: awkwardText(r)}
		for j := range r.IntN(6) {
			f := &engine.Field{Name: fmt.Sprintf("yes%d", j), Type: engine.TypeText, Hidden: r.IntN(2) == 0,
				Rules: engine.Rules{Label: awkwardText(r), Help: awkwardText(r), Message: awkwardText(r), Required: &no, Max: raw.Int(7)}}
			if j == 0 {
				f.Name = "no"
			}
			if r.IntN(2) == 0 {
				f.Default = raw.Text(awkwardText(r))
			}
			t.Fields.Set(f.Name, f)
		}
		if r.IntN(3) == 0 {
			t.Crud = raw.Text(fmt.Sprintf("/t%d", i))
		}
		p.Tables.Set(t.Name, t)
	}
	for i := range r.IntN(4) {
		ep := &engine.Endpoint{Name: fmt.Sprintf("e%d", i), Label: awkwardText(r), Route: engine.Route{Method: "GET", Path: fmt.Sprintf("/x%d/{n}", i)}}
		ep.Params.Set("n", &engine.Param{Name: "n", Rules: engine.Rules{Help: awkwardText(r)}})
		if r.IntN(2) == 0 {
			ep.Params.Set("q", &engine.Param{Name: "q"})
		}
		ep.Response = &engine.Response{Body: awkwardJSON(r, 4)}
		ep.Response.Headers.Set("x-a", awkwardJSON(r, 1))
		ep.Middlewares = []engine.Step{{Name: "cors", Settings: object(awkwardText(r), awkwardJSON(r, 3))}, {Name: "main"}}
		p.Endpoints.Set(ep.Name, ep)
	}
	return p
}

func object(name string, v raw.Value) raw.Value {
	return append(append(append(raw.AppendString([]byte("{"), name), ':'), v...), '}')
}

func TestParsePrint(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		p := randomProject(rand.New(rand.NewPCG(seed, 1)))
		printed := definition.Print(p, false)
		f, err := parseWhole("p.yaml", printed)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, printed)
		}
		if diff := cmp.Diff(p, f.Project, sameWords); diff != "" {
			t.Fatalf("seed %d: %s\n%s", seed, diff, printed)
		}
		if again := definition.Print(f.Project, false); string(again) != string(printed) {
			t.Fatalf("seed %d: printing is not stable: %s", seed, cmp.Diff(string(printed), string(again)))
		}
		if _, err := parseWhole("p.yaml", definition.Print(p, true)); err != nil {
			t.Fatalf("seed %d: expanded: %v", seed, err)
		}
	}
}
