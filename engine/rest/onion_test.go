package rest

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

const gates = `
project: gates
language: auto
endpoints:
  office:
    route: GET /office
    middlewares: [{cors: {}}, {ip_filter: {allow: [198.51.100.0/24, "2001:db8::/32", "::ffff:203.0.113.0/120"], deny: [198.51.100.66]}}, main]
    response: {body: {in: true}}
  blocked:
    route: GET /blocked
    middlewares: [{ip_filter: {deny: ["192.0.2.0/24"]}}, main]
    response: {body: {in: true}}
  page:
    route: GET /page
    middlewares: [{referer: {hosts: [Example.org, "*.example.net", "localhost:3000"]}}, main]
    response: {body: {in: true}}
  open_page:
    route: GET /open-page
    middlewares: [{referer: {hosts: [example.org], empty: true}}, main]
    response: {body: {in: true}}
  small:
    route: POST /small
    params: {text: {type: text}}
    middlewares: [{body_limit: {bytes: 20}}, main]
    response: {body: {length: =$params.text.length}}
  unread:
    route: POST /unread
    middlewares: [{body_limit: {bytes: 20}}, main]
    response: {body: {in: true}}
  matched:
    route: POST /matched
    match: {body.kind: a}
    middlewares: [{body_limit: {bytes: 20}}, main]
    response: {body: {in: true}}
  large:
    route: POST /large
    params: {text: {type: text, max: 10000000}}
    middlewares: [{rate_limit: {limit: 100, by: $params.text}}, {body_limit: {bytes: 3000000}}, main]
    response: {body: {length: =$params.text.length}}
  usual:
    route: POST /usual
    params: {text: {type: text, max: 10000000}}
    response: {body: {in: true}}
`

func TestGates(t *testing.T) {
	t.Parallel()
	d := open(t, gates)
	const in = `{"in":true}`
	long := `{"text":"` + strings.Repeat("x", 2<<20) + `"}`
	for _, s := range []scenario{
		{name: "allowed", path: "/api/gates/office", peer: "198.51.100.7:1", status: 200, want: []string{in}},
		{name: "allowed, IPv4 in IPv6", path: "/api/gates/office", peer: "[::ffff:198.51.100.7]:1", status: 200},
		{name: "allowed by a network of IPv4 in IPv6", path: "/api/gates/office", peer: "203.0.113.9:1", status: 200},
		{name: "allowed, IPv6", path: "/api/gates/office", peer: "[2001:db8:1::5]:1", status: 200},
		{name: "behind a proxy", path: "/api/gates/office", peer: "10.0.0.1:1", headers: "X-Forwarded-For: 198.51.100.7", status: 200},
		{name: "deny beats allow", path: "/api/gates/office", peer: "198.51.100.66:1", headers: "Origin: https://a.org", status: 403,
			want: []string{`"code":"forbidden"`, "Requests from your address are not allowed.", "Access-Control-Allow-Origin: *"}},
		{name: "in Chinese", path: "/api/gates/office", peer: "198.51.100.66:1", headers: "Accept-Language: zh-CN", status: 403, want: []string{"不允许来自您的地址的请求。"}},
		{name: "not allowed", path: "/api/gates/office", peer: "198.51.101.1:1", status: 403},
		{name: "not allowed, IPv6", path: "/api/gates/office", peer: "[2001:db9::1]:1", status: 403},
		{name: "a forged address", path: "/api/gates/office", peer: "9.9.9.9:1", headers: "X-Forwarded-For: 198.51.100.7", status: 403},
		{name: "no address", path: "/api/gates/office", peer: "@", status: 403},
		{name: "denied", path: "/api/gates/blocked", peer: "192.0.2.1:1", status: 403},
		{name: "not denied", path: "/api/gates/blocked", peer: "192.0.3.1:1", status: 200},
		{name: "no address to deny", path: "/api/gates/blocked", peer: "@", status: 200},

		{name: "own page", path: "/api/gates/page", headers: "Referer: https://example.org/a?b", status: 200, want: []string{in}},
		{name: "own origin", path: "/api/gates/page", headers: "Origin: https://EXAMPLE.org", status: 200},
		{name: "any port", path: "/api/gates/page", headers: "Origin: http://example.org:8080", status: 200},
		{name: "below", path: "/api/gates/page", headers: "Origin: https://a.b.example.net", status: 200},
		{name: "its port", path: "/api/gates/page", headers: "Referer: http://localhost:3000/", status: 200},
		{name: "another port", path: "/api/gates/page", headers: "Referer: http://localhost:3001/", status: 403},
		{name: "not below", path: "/api/gates/page", headers: "Origin: https://example.net", status: 403},
		{name: "a name that ends alike", path: "/api/gates/page", headers: "Origin: https://evilexample.org", status: 403},
		{name: "a name before an at sign", path: "/api/gates/page", headers: "Referer: https://example.org@evil.com/", status: 403},
		{name: "both must fit", path: "/api/gates/page", headers: "Origin: https://evil.com\nReferer: https://example.org/", status: 403},
		{name: "the opaque origin", path: "/api/gates/page", headers: "Origin: null", status: 403},
		{name: "another scheme", path: "/api/gates/page", headers: "Referer: ftp://example.org/", status: 403},
		{name: "empty", path: "/api/gates/page", status: 403, want: []string{"Requests from this page are not allowed."}},
		{name: "empty, in Chinese", path: "/api/gates/page", headers: "Accept-Language: zh", status: 403, want: []string{"不允许来自此页面的请求。"}},
		{name: "empty is allowed", path: "/api/gates/open-page", status: 200},
		{name: "but no other page", path: "/api/gates/open-page", headers: "Origin: https://evil.com", status: 403},
		{name: "nor the opaque origin", path: "/api/gates/open-page", headers: "Origin: null", status: 403},

		{name: "small enough", method: "POST", path: "/api/gates/small", body: `{"text":"1234567"}`, status: 200, want: []string{`{"length":7}`}},
		{name: "too large", method: "POST", path: "/api/gates/small", body: `{"text":"1234567890"}`, status: 413, want: []string{`"code":"too_large"`, "larger than 20 bytes"}},
		{name: "too large, though nobody reads it", method: "POST", path: "/api/gates/unread", body: `{"text":"1234567890"}`, status: 413},
		{name: "too large, though match has read it", method: "POST", path: "/api/gates/matched", body: `{"kind":"a","text":"1"}`, status: 413},
		{name: "read by match", method: "POST", path: "/api/gates/matched", body: `{"kind":"a"}`, status: 200},
		{name: "larger than usual", method: "POST", path: "/api/gates/large", body: long, status: 200, want: []string{`{"length":2097152}`}},
		{name: "larger than that", method: "POST", path: "/api/gates/large", body: long + strings.Repeat(" ", 1<<20), status: 413, want: []string{"larger than 3000000 bytes"}},
		{name: "the usual limit", method: "POST", path: "/api/gates/usual", body: long, status: 413, want: []string{"larger than 1048576 bytes"}},
	} {
		d.check(s)
	}
}

// endless is a body of unknown length that counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	if e.read == 0 {
		e.read = copy(b, `{"text":"`)
		return e.read, nil
	}
	for i := range b {
		b[i] = 'x'
	}
	e.read += len(b)
	return len(b), nil
}

func TestBodyLimitOfChunkedBodies(t *testing.T) {
	t.Parallel()
	d := open(t, gates)
	post := func(path string, body io.Reader) (int, string) {
		r := httptest.NewRequest("POST", path, body)
		r.ContentLength = -1
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if status, body := post("/api/gates/small", io.MultiReader(strings.NewReader(`{"text":`), strings.NewReader(`"1234"}`))); status != 200 || body != `{"length":4}` {
		t.Errorf("small: %d %s", status, body)
	}
	for path, most := range map[string]int{"/api/gates/small": 100 << 10, "/api/gates/large": 12 << 20} {
		body := &endless{}
		if status, _ := post(path, body); status != 413 || body.read > most {
			t.Errorf("%s: %d after %d bytes", path, status, body.read)
		}
	}
}
