package script

import (
	"context"
	"math"
	"os"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

func TestMain(m *testing.M) {
	RunWorkerIfAsked()
	os.Exit(m.Run())
}

// testNow is a Monday.
var testNow = time.Date(2026, 11, 23, 5, 28, 0, 123e6, time.UTC)

var testRoots = []string{"$record", "$records", "$this", "$that", "$request", "$params", "$auth", "$value", "$total"}

// testData holds the values of all roots in the tests.
const testData = `{
	"$record": {"uid": "u1", "likes": 12, "nick": " Bob ", "name": "Ünïcode 😀", "tags": ["b", "a", "c"], "parent": null,
		"up": {"u": "u0", "v": "Eve", "more": {"deep": true}}, "price": 1.50, "big": 9007199254740993, "text": "5", "empty": "",
		"ok": true, "no": false, "created_at": "2026-11-20T05:28:00.123Z", "content": "Hi *there* <script>alert(1)</script>",
		"constructor": "mine", "length": 7, "toString": "text", "__proto__": {"x": 1}},
	"$records": [{"uid": "a", "likes": 3, "post": "p1", "up": {"v": "x"}}, {"uid": "b", "likes": 1, "post": "p2", "up": null}, {"uid": "c", "likes": 2, "post": "p1"}],
	"$this": {"uid": "u1", "a": {"b": 1}, "l": [3, 1, 2], "n": null},
	"$that": {"uid": "u2"},
	"$request": {"method": "GET", "headers": {"x-real-ip": "10.0.0.1"}, "query": {"f": "uid"}, "body": [1, 2]},
	"$params": {"q": "bob"},
	"$auth": null,
	"$value": "some text",
	"$total": 41
}`

func compileTest(t testing.TB, source string) *Program {
	t.Helper()
	p, problems := Compile(source, Names{Roots: testRoots})
	if problems != nil {
		t.Fatalf("Compile(%q): %v", source, problems)
	}
	return p
}

// testInputs resolves a program's inputs as a host does.
func testInputs(p *Program) []raw.Value {
	inputs := make([]raw.Value, len(p.Inputs()))
	for i, path := range p.Inputs() {
		v := raw.Value(testData)
		for _, name := range path {
			if v.Kind() == raw.Array {
				v = v.Index(int(parseNumber([]byte(name))))
			} else {
				v = v.Get(name)
			}
		}
		inputs[i] = v
	}
	return inputs
}

func testShared() Shared {
	return Shared{Now: testNow, Timezone: time.FixedZone("UTC+8", 8*3600), Env: map[string]string{"HOOK": "https://example.org"}}
}

// newTestRunner gives a Runner that is closed with the test.
func newTestRunner(t testing.TB) *Runner {
	t.Helper()
	r := NewRunner(Config{})
	t.Cleanup(r.Close)
	return r
}

func runTest(t testing.TB, r *Runner, source string) (raw.Value, error) {
	t.Helper()
	p := compileTest(t, source)
	return r.Run(context.Background(), p, testShared(), testInputs(p))
}

// interpretTest evaluates with goja in this process.
func interpretTest(p *Program, inputs []raw.Value) (raw.Value, error) {
	shared := testShared()
	c := &compiled{Program: p}
	if err := c.compile(); err != nil {
		return nil, err
	}
	return c.interpret(inputs, &shared, allowance{processor: math.MaxInt64, clock: time.Now().Add(time.Minute)}, func() {})
}

// smallTest evaluates in the small set.
func smallTest(p *Program, inputs []raw.Value, fuel int) (raw.Value, error) {
	shared := testShared()
	return p.small.evaluate(&run{inputs: inputs, fuel: fuel, shared: &shared})
}
