package rest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/traffic"
)

const visited = `
project: visited
tables:
  people:
    crud: /people
    fields:
      name: {type: text, required: true}
      pin: {type: text, hidden: true}
endpoints:
  one: {kind: VIEW, route: "GET /one/{id}", table: people, filter: {uid: $params.id}}
  by_pin: {kind: LIST, route: "GET /pin/{pin}/{name}.json", table: people, params: {pin: {in: path}, name: {in: path}}, filter: {name: $params.name}}
  reset: {route: "GET /reset/{reset_token}", response: {body: "ok"}}
`

// traffic writes what was counted and kept.
func (d *door) flushTraffic() {
	d.t.Helper()
	if err := d.server.cfg.Traffic.Flush(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

func TestRequestsAreCountedAndKept(t *testing.T) {
	t.Parallel()
	d := open(t, visited)
	token := "sl_" + strings.Repeat("a", 16) + "_" + strings.Repeat("b", 43)
	const base = "/_/api/projects/visited"
	owner, viewer := d.token("visited", auth.Owner), d.token("visited", auth.Viewer)
	d.check(scenario{name: "nothing yet", path: base + "/overview", headers: viewer, status: 200,
		want: []string{`"was_called":false`, `"was_tried":false`, `"has_records":false`, `"dead":0`, `"name":"people"`}})
	for path, status := range map[string]int{
		"/people?page=1&secret=zq4zq": 200, "/one/nobody": 404, "/pin/zq5zq/ada.json": 200, "/reset/abcdef": 200, "/nowhere": 404,
		"/one/" + token: 404, "/people?" + token + "=1": 200,
	} {
		d.check(scenario{name: path, path: "/api/visited" + path, headers: viewer, status: status})
	}
	d.check(scenario{name: "refused", method: "POST", path: "/api/visited/people", body: `{}`, status: 400})
	d.check(scenario{name: "preflights are no requests", method: "OPTIONS", path: "/api/visited/people", headers: "Access-Control-Request-Method: GET", status: 204})
	d.check(scenario{name: "tried", method: "POST", path: base + "/try/endpoint", headers: owner, status: 200,
		body: `{"name":"reset","definition":{"route":"GET /reset/{reset_token}","response":{"body":"ok"}},"request":{"path":"/reset/1"}}`})
	d.flushTraffic()
	for _, s := range []scenario{
		{name: "counted", path: base + "/traffic", headers: viewer, status: 200, want: []string{`"total":{`, `"requests":8,"refused":4,"failed":0`, `"step_s":3600`}},
		{name: "of one endpoint", path: base + "/traffic?endpoint=one", headers: viewer, status: 200, want: []string{`"requests":2,"refused":2`}},
		{name: "of none", path: base + "/traffic?endpoint=-&points=5", headers: viewer, status: 200, want: []string{`"requests":1,"refused":1`, `"step_s":21600`}},
		{name: "by endpoint", path: base + "/traffic/endpoints", headers: viewer, status: 200, want: []string{`"endpoint":"list_people"`, `"endpoint":""`, `"errors":[`}},
		{name: "kept", path: base + "/requests", headers: owner, status: 200,
			want:  []string{`"path":"/people?page=…&secret=…"`, `"path":"/pin/•••/ada.json"`, `"path":"/reset/•••"`, `"path":"•••"`, `"code":"not_found"`, `"ip":"192.0.2.1"`, `"cause":"invalid: `},
			lacks: []string{token, "zq5zq", "abcdef", "zq4zq"}},
		{name: "kept for a viewer", path: base + "/requests", headers: viewer, status: 200, want: []string{`"ip":""`}, lacks: []string{"192.0.2.1", `"cause":"invalid`}},
		{name: "filtered", path: base + "/requests?status=4xx&endpoint=-&search=WHERE", headers: viewer, status: 200, want: []string{"/nowhere"}, lacks: []string{"/one"}},
		{name: "wrong class", path: base + "/requests?status=teapot", headers: viewer, status: 400},
		{name: "wrong time", path: base + "/traffic?since=yesterday", headers: viewer, status: 400},
		{name: "no time", path: base + "/traffic?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", headers: viewer, status: 400},
		{name: "no such request", path: base + "/requests/999999", headers: viewer, status: 404},
		{name: "overview", path: base + "/overview", headers: viewer, status: 200, want: []string{`"was_called":true`, `"was_tried":true`}},
	} {
		d.check(s)
	}
}

// A request in flight when PostgreSQL is away is answered as ever, and what failed is kept with its cause.
func TestWhatFailedIsKeptWithItsCause(t *testing.T) {
	t.Parallel()
	d := open(t, visited)
	p := d.server.generation.Load().projects["visited"]
	q := scenario{path: "/api/visited/reset/1", status: http.StatusInternalServerError}
	for _, e := range p.all {
		if e.plan.Endpoint.Name == "reset" {
			e.handler = nil // a panic
		}
	}
	if w := d.do(q); w.Code != q.status {
		t.Fatalf("status %d", w.Code)
	}
	d.flushTraffic()
	kept, err := d.server.cfg.Traffic.List(t.Context(), p.def.ID, traffic.Filter{Limit: 10})
	if err != nil || len(kept) != 1 || kept[0].Code != "internal" || !strings.HasPrefix(kept[0].Cause, "panic: ") || kept[0].Sample {
		t.Errorf("kept %+v, error %v; want the panic", kept, err)
	}
}
