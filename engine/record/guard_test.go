package record

import (
	"fmt"
	"sync"
	"testing"
)

func TestGuards(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.load("counters", "{\"uid\":\"a\",\"n\":1}\n{\"uid\":\"b\",\"n\":2}", ImportOptions{})
	for _, tt := range []struct{ guard, want string }{
		{`{"exists":{"table":"counters","filter":{"n":"$request.query.n"}},"status":429,"message":"Too fast, ${$request.query.n}"}`, "guard: Too fast, 2"},
		{`{"exists":{"table":"counters","filter":{"n":9}}}`, "fine"},
		{`{"not_exists":{"table":"counters","filter":{"n":9}}}`, "guard: The request was refused."},
		{`{"not_exists":{"table":"counters","filter":{"n":1}}}`, "fine"},
		{`{"count":{"table":"counters","over":2}}`, "fine"},
		{`{"count":{"table":"counters","over":"=1"}}`, "guard: The request was refused."},
		{`{"when":"=$request.query.n === 2"}`, "guard: The request was refused."},
		{`{"when":"=$request.query.n === 3"}`, "fine"},
	} {
		for _, endpoint := range []string{`"kind":"CREATE","route":"POST /x","table":"posts","set":{"slug":"=$uuid()"}`, `"kind":"LIST","route":"GET /x","table":"posts"`, `"route":"GET /x"`} {
			got := h.do(`{`+endpoint+`,"guards":[`+tt.guard+`],"response":{"body":"fine"}}`, `{"query":{"n":2}}`)
			if got != tt.want {
				t.Errorf("%s on %s gives %q, want %q", tt.guard, endpoint, got, tt.want)
			}
		}
	}
}

// TestLockedGuardHoldsUnderRaces books at most three places, however many ask at once.
func TestLockedGuardHoldsUnderRaces(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	book := h.compile(`{"kind":"CREATE","route":"POST /book","table":"counters","params":{"score":{}},"guards":[{"lock":"places"},{"count":{"table":"counters","over":2}}],"response":{"body":"booked"}}`)
	var group sync.WaitGroup
	var mu sync.Mutex
	booked := 0
	for i := range 8 {
		group.Go(func() {
			if h.run(book, fmt.Sprintf(`{"params":{"score":%d}}`, i*2)) == "booked" {
				mu.Lock()
				booked++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if booked != 3 {
		t.Errorf("%d places are booked, want 3", booked)
	}
}
