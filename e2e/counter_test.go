package e2e

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

const counters = `
project: k
tables: {counters: {fields: {n: {type: number, integer: true, default: 0}}}}
endpoints:
  make: {kind: CREATE, route: POST /counters, table: counters, params: {}, response: {body: $record.uid}}
  count: {kind: UPDATE, route: "POST /counters/{id}", table: counters, filter: {uid: $params.id}, set: {n: {increment: 1}}, response: {status: 204}}
  read: {kind: VIEW, route: "GET /counters/{id}", table: counters, filter: {uid: $params.id}, response: {body: $record.n}}
`

// TestCounterUnderFiftyWriters increments one counter a thousand times from each of fifty writers; none is lost.
func TestCounterUnderFiftyWriters(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(counters)
	_, id := in.request("POST", "/api/k/counters", "")
	path := "/api/k/counters/" + strings.Trim(id, `"`)
	const writers, each = 50, 1000
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: writers}}
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range each {
				r, err := client.Post("http://"+in.addr+path, "", nil)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				r.Body.Close()
				if r.StatusCode != http.StatusNoContent {
					t.Errorf("status %d", r.StatusCode)
					return
				}
			}
		})
	}
	group.Wait()
	if _, sum := in.request("GET", path, ""); sum != "50000" {
		t.Errorf("the sum is %s", sum)
	}
}
