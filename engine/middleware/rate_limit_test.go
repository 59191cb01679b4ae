package middleware

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/template"
)

// generous is a shared bucket that always has a lease.
type generous struct{}

func (generous) lease(_ context.Context, _ Key, rule Rule, _ giveBack) (granted, error) {
	return granted{tokens: rule.lease(), left: rule.Limit - rule.lease(), lives: rule.Per}, nil
}

func TestRateLimitTellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	clock := time.Unix(1e9, 0)
	limits := newLimiter(&sharedBuckets{database(t)}, quiet(), func() time.Time { return clock })
	chain, problems := Compile(steps(t, `[{"rate_limit":{"limit":60,"per":"1h","headers":true}},"main"]`), Bench{Scope: &template.Scope{Request: true}, Limits: limits})
	if problems != nil {
		t.Fatal(problems)
	}
	h := chain.Handler(func(*Request) error { return nil }, nil)
	for i, want := range map[int]string{0: `"limit0";r=59;t=60`, 1: `"limit0";r=58;t=120`, 59: `"limit0";r=0;t=3600`, 60: `"limit0";r=0;t=3600`} {
		header := http.Header{}
		for n := range i + 1 {
			header = http.Header{}
			r := Acquire(httptest.NewRequest("GET", "/", nil), header)
			r.IP = netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
			if err := h(r); (err != nil) != (n == 60) {
				t.Fatalf("request %d: %v", n, err)
			}
			r.Release()
		}
		if got := header.Get("RateLimit"); got != want {
			t.Errorf("request %d: %s, want %s", i, got, want)
		}
		if got := header.Get("RateLimit-Policy"); got != `"limit0";q=60;w=3600` {
			t.Error(got)
		}
	}
}

// BenchmarkRateLimit is what the step costs a request that passes, its share of leases with it.
func BenchmarkRateLimit(b *testing.B) {
	limits := newLimiter(generous{}, quiet(), time.Now)
	for name, settings := range map[string]string{
		"by ip": `[{"rate_limit":{"limit":1000000}},"main"]`, "by path": `[{"rate_limit":{"limit":1000000,"by":"$request.path"}},"main"]`, "without": `["main"]`,
	} {
		b.Run(name, func(b *testing.B) {
			chain, problems := Compile(steps(b, settings), Bench{Scope: &template.Scope{Request: true}, Limits: limits})
			if problems != nil {
				b.Fatal(problems)
			}
			h := chain.Handler(func(*Request) error { return nil }, nil)
			r := Acquire(httptest.NewRequest("GET", "/things", nil), http.Header{})
			r.IP = netip.MustParseAddr("10.0.0.1")
			b.ReportAllocs()
			for b.Loop() {
				if err := h(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
