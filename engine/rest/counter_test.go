package rest

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

const counters = `
project: k
tables:
  counters: {fields: {n: {type: number, integer: true, default: 0}, stock: {type: number, default: 60, min: 0}, low: {type: number, default: 60}}}
endpoints:
  add: {kind: CREATE, route: POST /counters, table: counters}
  count: {kind: UPDATE, route: "POST /counters/{id}", table: counters, filter: {uid: $params.id}, set: {n: {increment: 1}, low: {increment: -1, min: 0}}}
  take: {kind: UPDATE, route: "POST /counters/{id}/take", table: counters, filter: {uid: $params.id}, set: {stock: {increment: -1}}}
  see: {kind: VIEW, route: "GET /counters/{id}", table: counters, filter: {uid: $params.id}, response: {body: "${$record.n} ${$record.stock} ${$record.low}"}}
`

// Fifty writers count over HTTP: nothing is lost, a clamp stays where it is, and a field's own floor refuses what would go below it.
func TestCountersUnderManyWriters(t *testing.T) {
	t.Parallel()
	d := open(t, counters)
	id := d.made(scenario{method: "POST", path: "/api/k/counters"})
	server := httptest.NewServer(d.handler)
	defer server.Close()
	const writers, each = 50, 40
	var taken atomic.Int64
	post := func(path string) int {
		r, err := http.Post(server.URL+"/api/k/counters/"+id+path, "", nil)
		if err != nil {
			t.Error(err)
			return 0
		}
		_ = r.Body.Close()
		return r.StatusCode
	}
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for i := range each {
				if status := post(""); status != 200 {
					t.Errorf("count: status %d", status)
				}
				if i%20 == 0 && post("/take") == 200 {
					taken.Add(1)
				}
			}
		})
	}
	group.Wait()
	if taken.Load() != 60 {
		t.Errorf("%d of 60 were taken", taken.Load())
	}
	d.check(scenario{name: "sums", path: "/api/k/counters/" + id, status: 200, want: []string{"\n" + strconv.Itoa(writers*each) + " 0 0"}})
}
