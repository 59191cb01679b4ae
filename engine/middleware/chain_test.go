package middleware

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

func steps(t testing.TB, text string) []engine.Step {
	t.Helper()
	var list []engine.Step
	raw.Value(text).Items(func(_ int, item raw.Value) bool {
		var s engine.Step
		if err := s.UnmarshalJSON(item); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
		return true
	})
	return list
}

func TestCompileRefusals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ steps, want string }{
		{`["cors"]`, "main stands in the list 0 times"},
		{`["main","main"]`, "main stands in the list 2 times"},
		{`["main",{"rate_limit":{"limit":5}}]`, "rate_limit can only stand before main"},
		{`["cors","cors","main"]`, "cors stands in the list twice"},
		{`["crs","main"]`, `0.crs: unknown middleware "crs"; did you mean cors?`},
		{`[{"captcha":{}},"main"]`, "0.captcha: the setting provider is missing"},
		{`["rate_limit","main"]`, "the setting limit is missing"},
		{`[{"rate_limit":{"limti":5,"limit":1}},"main"]`, "0.rate_limit.limti: unknown setting limti; did you mean limit?"},
		{`[{"rate_limit":{"limit":"5"}},"main"]`, "limit: must be a whole number"},
		{`[{"rate_limit":{"limit":0}},"main"]`, "limit: must lie between 1 and 1000000"},
		{`[{"rate_limit":{"limit":5,"per":"soon"}},"main"]`, `per: "soon" is not a time`},
		{`[{"rate_limit":{"limit":5,"per":"99d"}},"main"]`, `per: "99d" is not a time`},
		{`[{"rate_limit":[]},"main"]`, "settings must be an object"},
		{`[{"cache":{"ttl":"2d"}},"main"]`, `0.cache.ttl: "2d" is not a time`},
		{`[{"cache":{}},{"ip_filter":{}},"main"]`, "0.cache: cache stands before ip_filter, which would not be asked; drag cache behind ip_filter"},
		{`[{"cache":{"key":"$record.x"}},"main"]`, "0.cache.key: "},
		{`[{"ip_filter":{"deny":["10.0.0.0/33"]}},"main"]`, `0.ip_filter.deny: "10.0.0.0/33" is neither an address nor a network`},
		{`[{"ip_filter":{"allow":["::ffff:10.0.0.0/90"]}},"main"]`, "is neither an address nor a network"},
		{`[{"referer":{"hosts":["https://example.org"]}},"main"]`, `0.referer.hosts: "https://example.org" is not a host`},
		{`[{"referer":{"hosts":["a.*.org"]}},"main"]`, `is not a host`},
		{`[{"referer":{}},"main"]`, "the setting hosts is missing"},
		{`[{"body_limit":{"bytes":67108865}},"main"]`, "bytes: must lie between 1 and 67108864"},
		{`[{"body_limit":{"bytes":1}},{"body_limit":{"bytes":2}},"main"]`, "body_limit stands in the list twice"},
		{`[{"script":{}},"main"]`, "0.script: before and after are both missing; write one of them"},
		{`[{"script":{"before":"=$response.status"}},"main"]`, "0.script.before: "},
		{`[{"script":{"after":"=$response.staus"}},"main"]`, "0.script.after: "},
		{`[{"main":{"x":1}}]`, "unknown setting x; it takes no settings"},
		{`[{"cors":{"origins":["example.org"]}},"main"]`, `"example.org" is not an origin`},
		{`[{"cors":{"origins":["https://a.*.org"]}},"main"]`, `is not an origin`},
		{`[{"cors":{"origins":"*"}},"main"]`, `must be a list of texts`},
		{`[{"cors":{"credentials":true}},"main"]`, "credentials can't be open to all origins"},
	} {
		_, problems := Compile(steps(t, test.steps), Bench{Def: &engine.Endpoint{}, Scope: &template.Scope{Request: true}})
		if !strings.Contains(problems.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.steps, problems, test.want)
		}
	}
}

func TestSchemasOfSettings(t *testing.T) {
	t.Parallel()
	for _, d := range Definitions() {
		if _, err := raw.Valid(d.Schema(), raw.Limits{}); err != nil {
			t.Errorf("%s: %v: %s", d.Name, err, d.Schema())
		}
	}
	if diff := cmp.Diff([]string{"by"}, rateLimitDefinition().Slots()); diff != "" {
		t.Error(diff)
	}
}

// note makes a step that writes its name around what is inside.
func note(to *[]string, name string) step {
	return step{name, func(next Handler) Handler {
		return func(r *Request) error {
			*to = append(*to, name)
			err := next(r)
			*to = append(*to, "/"+name)
			return err
		}
	}}
}

func TestOnionOrder(t *testing.T) {
	t.Parallel()
	var got []string
	c := &Chain{before: []step{note(&got, "a"), note(&got, "b")}, behind: []step{note(&got, "c"), note(&got, "d")}}
	run := func(err error) string {
		got = nil
		_ = c.Handler(func(*Request) error { got = append(got, "main"); return err }, nil)(&Request{})
		return strings.Join(got, " ")
	}
	if text := run(nil); text != "a b main c d /d /c /b /a" {
		t.Error(text)
	}
	if text := run(errors.New("refused")); text != "a b main /b /a" {
		t.Error(text)
	}
	var traced []string
	trace := func(name string, _ time.Duration, _ error) { traced = append(traced, name) }
	if err := c.Handler(func(*Request) error { return nil }, trace)(&Request{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"main", "d", "c", "b", "a"}, traced); diff != "" {
		t.Error(diff)
	}
}

func TestCORSOfAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ settings, origin, want, vary string }{
		{`{}`, "https://a.org", "*", ""},
		{`{}`, "", "", ""},
		{`{"origins":["https://a.org"]}`, "https://a.org", "https://a.org", "Origin"},
		{`{"origins":["https://a.org"]}`, "https://b.org", "", "Origin"},
		{`{"origins":["https://*.a.org"]}`, "https://x.a.org", "https://x.a.org", "Origin"},
		{`{"origins":["https://*.a.org"]}`, "https://a.org", "", "Origin"},
		{`{"origins":["https://*.a.org"]}`, "https://evil.com/.a.org", "", "Origin"},
		{`{"origins":["https://*.a.org"]}`, "http://x.a.org", "", "Origin"},
		{`{"origins":["https://*.a.org"]}`, "https://xa.org", "", "Origin"},
		{`{"origins":["https://a.org"]}`, "null", "", "Origin"},
	} {
		h := http.Header{}
		newCORS(raw.Value(test.settings)).Apply(test.origin, h)
		if h.Get("Access-Control-Allow-Origin") != test.want || h.Get("Vary") != test.vary {
			t.Errorf("%s from %q: %v", test.settings, test.origin, h)
		}
	}
}

func TestPreflightIsTheUnion(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("OPTIONS", "/", nil)
	r.Header.Set("Origin", "https://a.org")
	r.Header.Set("Access-Control-Request-Method", "DELETE")
	r.Header.Set("Access-Control-Request-Headers", "x-one, x-two")
	h := http.Header{}
	Preflight(r, h, []Preflighted{
		{"GET", newCORS(raw.Value(`{}`))},
		{"POST", newCORS(raw.Value(`{"origins":["https://a.org"],"credentials":true,"headers":["X-One"],"max_age":60}`))},
		{"PUT", newCORS(raw.Value(`{"origins":["https://b.org"]}`))},
		{"DELETE", nil},
	})
	want := http.Header{
		"Access-Control-Allow-Origin": {"https://a.org"}, "Access-Control-Allow-Credentials": {"true"}, "Access-Control-Allow-Methods": {"GET, POST"},
		"Access-Control-Allow-Headers": {"x-one, x-two"}, "Access-Control-Max-Age": {"60"},
		"Vary": {"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"},
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
}

func TestCacheOfAWriteIsRefused(t *testing.T) {
	t.Parallel()
	list := steps(t, `[{"cache":{}},"main"]`)
	def := &engine.Endpoint{Kind: engine.Create, Middlewares: list}
	if _, problems := Compile(list, Bench{Def: def, Scope: &template.Scope{}}); !strings.Contains(problems.Error(), "an endpoint that writes can't have a cache") {
		t.Error(problems)
	}
	def.Middlewares = nil // the project's default
	if _, problems := Compile(list, Bench{Def: def, Scope: &template.Scope{}}); problems != nil {
		t.Error(problems)
	}
}

func TestWhatADefinitionReadsOfTheRequest(t *testing.T) {
	t.Parallel()
	def := &engine.Endpoint{Filter: raw.Value(`{"a":"$request.query.x","b":"=$request.headers.user-agent + $request.ip.length","c":"=$request.query.n-1"}`)}
	got := requestMentions(def, steps(t, `[{"rate_limit":{"limit":1,"by":"=$request['path']"}},"main"]`))
	want := [][]string{{"query", "x"}, {"headers", "user"}, {"headers", "user-agent"}, {"ip"}, {"query", "n"}, {"query", "n-1"}, {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
