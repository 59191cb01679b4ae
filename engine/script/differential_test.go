package script

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine/raw"
)

// The small set means what goja means: whatever of it both evaluate gives the same JSON.
func checkSame(t *testing.T, source string) (compared bool) {
	t.Helper()
	p, problems := Compile(source, Names{Roots: testRoots})
	if problems != nil || p.small == nil || p.small.markdown || strings.Contains(source, "$uuid") {
		return false
	}
	inputs := testInputs(p)
	small, err := smallTest(p, inputs, serverFuel)
	if err != nil {
		if !errors.Is(err, errUnusual) {
			t.Errorf("%q: %v", source, err)
		}
		return false
	}
	full, err := interpretTest(p, inputs)
	if err != nil || string(full) != string(small) || (full == nil) != (small == nil) {
		t.Errorf("%q: small set %s, goja %s, %v", source, small, full, err)
	}
	if small != nil {
		if _, err := raw.Valid(small, raw.Limits{Depth: maxDepth + 1}); err != nil {
			t.Errorf("%q gives %s: %v", source, small, err)
		}
	}
	return true
}

// writer makes random expressions, mostly of the small set.
type writer struct {
	rand   *rand.Rand
	locals []string
}

func (w *writer) pick(list ...string) string { return list[w.rand.IntN(len(list))] }

func (w *writer) leaf() string {
	if len(w.locals) > 0 && w.rand.IntN(3) == 0 {
		return w.locals[w.rand.IntN(len(w.locals))] + w.pick("", ".likes", ".uid", ".up", ".up?.v", ".nope", ".post", ".length", "[0]")
	}
	return w.pick("0", "1", "-1", "2.5", "1e21", "1e-7", "4294967296", "NaN", "''", "'a'", "'10'", "'9'", "' 5'", "'0x10'", "'é'", "'😀'",
		"'\\uE000'", "null", "undefined", "true", "false", "$omit", "$record.likes", "$record.nick", "$record.name", "$record.tags",
		"$record.parent", "$record.up", "$record.up.v", "$record.price", "$record.big", "$record.text", "$record.empty", "$record.ok",
		"$record.nope.x", "$record", "$records", "$records[1].likes", "$this.l", "$this.a", "$total", "$value", "$record.constructor", "[]", "({})")
}

func (w *writer) expr(depth int) string {
	if depth <= 0 {
		return w.leaf()
	}
	next := func() string { return w.expr(depth - 1 - w.rand.IntN(2)) }
	switch w.rand.IntN(14) {
	case 0, 1:
		return w.leaf()
	case 2, 3:
		return "(" + next() + w.pick("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "===", "!==", "&", "|", "^", "<<", ">>", ">>>") + " " + next() + ")"
	case 4:
		return "(" + next() + w.pick("&&", "||") + next() + ")"
	case 5:
		return "(" + next() + " ?? " + next() + ")"
	case 6:
		return w.pick("!", "-", "+", "~", "typeof ", "void ") + "(" + next() + ")"
	case 7:
		return "(" + next() + " ? " + next() + " : " + next() + ")"
	case 8:
		return "`x${" + next() + "}y${" + next() + "}`"
	case 9:
		return "[" + next() + ", " + next() + "]"
	case 10:
		return "({a: " + next() + ", b: " + next() + "})" + w.pick("", ".a", ".b.v", "?.a?.b")
	case 11:
		return w.method(next)
	case 12:
		return w.pick("$md5", "$int", "$json", "$epoch_ms", "$date") + "(" + next() + ")"
	}
	return w.callback(next(), depth)
}

func (w *writer) method(next func() string) string {
	return "(" + next() + ")" + w.pick(".", "?.") + w.pick("trim()", "toUpperCase()", "toLowerCase()", "length", "join()", "join('-')") + w.pick("", "", ".length")
}

func (w *writer) callback(list string, depth int) string {
	if w.rand.IntN(2) == 0 {
		list = w.pick("$records", "$this.l", "$record.tags", "[1, 'a', null]")
	}
	item, index := fmt.Sprint("x", len(w.locals)), fmt.Sprint("i", len(w.locals))
	before := len(w.locals)
	w.locals = append(w.locals, item, index)
	body := w.expr(depth - 2)
	w.locals = w.locals[:before]
	return "(" + list + ")." + w.pick("map", "filter", "find", "findIndex", "some", "every") + "((" + item + ", " + index + ") => " + body + ")"
}

func TestSmallSetMeansJavaScript(t *testing.T) {
	t.Parallel()
	w := &writer{rand: rand.New(rand.NewPCG(1, 2))}
	compared := 0
	for range 6000 {
		if checkSame(t, w.expr(4)) {
			compared++
		}
	}
	if compared < 1500 {
		t.Errorf("only %d of 6000 expressions were compared", compared)
	}
}

// Fuel bounds the time of whatever the small set evaluates.
func TestFuelBounds(t *testing.T) {
	t.Parallel()
	list := raw.Value("[" + strings.Repeat(`{"a":[1,2,3]},`, 3000) + "{}]")
	for _, source := range []string{
		"$records.map(a => $records.map(b => $records.map(c => [a, b, c])))",
		"$records.filter(a => $records.every(b => $records.some(c => c.a === 'x')) || true)",
		"$records.map(a => $json($records))",
		"[1].map(a => [$records, $records])" + strings.Repeat(".map(a => [a, a])", 30),
		"$records.map(a => `${$json($records)}${$json($records)}`)",
	} {
		p := compileTest(t, source)
		inputs := []raw.Value{list}
		for _, fuel := range []int{1000, serverFuel} {
			r := &run{inputs: inputs, fuel: fuel, shared: &Shared{}}
			if v, err := p.small.evaluate(r); !errors.Is(err, errUnusual) {
				t.Errorf("%s with fuel %d gives %d bytes, %v", source, fuel, len(v), err)
			}
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, tt := range evalTable {
		f.Add(tt.source)
	}
	for _, source := range bombs {
		f.Add(source)
	}
	w := &writer{rand: rand.New(rand.NewPCG(3, 4))}
	for range 50 {
		f.Add(w.expr(3))
	}
	f.Fuzz(func(t *testing.T, source string) {
		if !utf8.ValidString(source) {
			return
		}
		p, problems := Compile(source, Names{Roots: testRoots})
		for _, problem := range problems {
			if problem.Offset < 0 || problem.Offset > len(source) {
				t.Errorf("offset %d of %d bytes: %v", problem.Offset, len(source), problem)
			}
		}
		if problems != nil {
			return
		}
		again, problems := Compile(source, replica(p.Paths()))
		if problems != nil || len(again.Inputs()) != len(p.Inputs()) {
			t.Errorf("a worker compiles %v, %v", again, problems)
		}
		checkSame(t, source)
		if renamed, ok := Rename(source, "$record", "likes", "loves"); ok && Mentions(renamed, "$record", "likes") {
			t.Errorf("Rename leaves %q", renamed)
		}
	})
}

func FuzzReply(f *testing.F) {
	answer := &reply{id: 7, results: []raw.Value{raw.Value("1"), nil, {}}}
	f.Add(answer.frame()[4:])
	failed := &reply{id: 8, failure: failScript, call: 1, err: Error{Message: "no", Line: 1, Column: 2}}
	f.Add(failed.frame()[4:])
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &reader{b: b}
		a, err := r.reply()
		if err != nil {
			return
		}
		again := &reader{b: a.frame()[4:]}
		if b, err := again.reply(); err != nil || b.id != a.id || len(b.results) != len(a.results) {
			t.Errorf("%+v becomes %+v, %v", a, b, err)
		}
	})
}
