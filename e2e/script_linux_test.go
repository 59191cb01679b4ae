package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// bombs are expressions that loop, recurse, allocate or backtrack without bound.
var bombs = []string{
	"(() => { while (true); })()",
	"(() => { const f = () => f(); return f() })()",
	"'x'.repeat(1e9)",
	"Array(1e7).fill(0)",
	"Array(1e8).fill(0)",
	"[].concat.apply([], Array(1e7))",
	"new Uint8Array(2e9).length",
	"JSON.parse('['.repeat(2e6))",
	"(() => { let s = 'x'; for (;;) s += s })()",
	"/(?=a)(a+)+$/.test('a'.repeat(40) + 'b')",
	"Array.from({length: 1e9}, (_, i) => i)",
	"(() => { const a = []; for (;;) a.push({}) })()",
	"'x'.padStart(2e9)",
	"new Array(2e9).join('xx')",
	"(() => { const m = new Map(); for (let i = 0; ; i++) m.set(i, {}) })()",
}

// places are where a definition holds JavaScript. Each makes the endpoint for a bomb there, and says how it is asked.
var places = []struct {
	name, method string
	endpoint     func(route, table, bomb string) object
}{
	{"template", "GET", func(route, _, bomb string) object {
		return object{"route": route, "response": object{"body": object{"x": "=" + bomb}}}
	}},
	{"filter", "GET", func(route, table, bomb string) object {
		filter := object{"t": "=", "l": object{"t": "FIELD", "v": "text"}, "r": object{"t": "LITERAL", "v": bomb}}
		return object{"kind": "LIST", "route": route, "table": table, "filter": filter}
	}},
	{"set", "POST", func(route, table, bomb string) object {
		return object{"kind": "CREATE", "route": route, "table": table, "set": object{"text": "=" + bomb}}
	}},
	{"constraint", "POST", func(route, table, _ string) object {
		return object{"kind": "CREATE", "route": route, "table": table, "set": object{"guarded": "x"}}
	}},
}

// hostile gives a project that holds each bomb at each place: GET or POST /<place>/<number of the bomb>.
func hostile(t *testing.T) string {
	t.Helper()
	tables, endpoints := object{}, object{}
	for i, bomb := range bombs {
		table := "t" + strconv.Itoa(i)
		tables[table] = object{"fields": object{"text": object{"type": "text"}, "guarded": object{"type": "text", "constraint": bomb}}}
		for _, place := range places {
			endpoints[place.name+strconv.Itoa(i)] = place.endpoint(fmt.Sprintf("%s /%s/%d", place.method, place.name, i), table, bomb)
		}
	}
	source, err := json.Marshal(object{"project": "hostile", "tables": tables, "endpoints": endpoints})
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

const good = `
project: good
endpoints:
  small:
    route: GET /small
    params: {n: {in: query, type: integer}}
    response: {body: {n: "=$params.n + 1"}}
  worker:
    route: GET /worker
    response: {body: {sorted: "=[3, 1, 2].sort().join()"}}
`

// TestHostileScripts asks for bombs wherever a definition may hold JavaScript. Each request gets an error, and another project does
// not notice. A server that is killed in the middle leaves no process behind.
func TestHostileScripts(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(good)
	in.apply(hostile(t))
	for _, place := range places {
		for i, bomb := range bombs {
			answered := make(chan answer)
			go func() {
				status, body := in.request(place.method, fmt.Sprintf("/api/hostile/%s/%d", place.name, i), "")
				answered <- answer{status, body}
			}()
			in.expectGood()
			if got := <-answered; got.status < 400 || !strings.Contains(got.body, `"code":`) {
				t.Errorf("%s in a %s answers %d %.200s", bomb, place.name, got.status, got.body)
			}
		}
	}
	in.expectGood()
	workers := in.explode()
	in.signal(syscall.SIGKILL)
	for _, pid := range workers {
		ended(t, pid)
	}
	in.start()
	in.expectGood()
}

// expectGood asks the project that does no harm.
func (in *installation) expectGood() {
	in.t.Helper()
	if status, body := in.request("GET", "/api/good/small?n=41", ""); status != 200 || body != `{"n":42}` {
		in.t.Errorf("another project answers %d %s", status, body)
	}
	if status, body := in.request("GET", "/api/good/worker", ""); status != 200 || body != `{"sorted":"1,2,3"}` {
		in.t.Errorf("another project's script answers %d %s", status, body)
	}
}

// explode sends bombs until one is at work, and gives the processes that run scripts for the server.
func (in *installation) explode() (workers []int) {
	in.t.Helper()
	for i := 0; ; i++ {
		done := make(chan struct{})
		go func() {
			if response, err := http.Get(fmt.Sprintf("http://%s/api/hostile/template/%d", in.addr, i%len(bombs))); err == nil {
				response.Body.Close() // else the server was killed meanwhile
			}
			close(done)
		}()
		for waiting := true; waiting; {
			if workers = children(in.t, in.server.Process.Pid, "__script"); slices.ContainsFunc(workers, busy) {
				return workers
			}
			select {
			case <-done:
				waiting = false
			default:
			}
		}
	}
}
