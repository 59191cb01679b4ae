package rest

import (
	"strings"
	"testing"
)

const blog = `
project: blog
language: auto
defaults:
  middlewares: [{cors: {}}, main]
tables:
  comments:
    label: Comments
    fields:
      post: {type: text, label: Post, required: true, max: 200, index: true}
      parent: {type: reference, to: comments, display: nick, on_delete: cascade}
      nick: {type: text, label: Nickname, required: true, max: 64}
      email: {type: email, hidden: true}
      likes: {type: number, integer: true, default: 0, min: 0}
      status: {type: enum, values: [waiting, approved, spam], default: waiting}
      at: {type: datetime}
      ip: {type: text, hidden: true, default: $request.ip}
endpoints:
  list:
    kind: LIST
    route: GET /comments
    table: comments
    params:
      post: {in: query, required: false}
      page: {in: query, type: integer, default: 1, min: 1}
      size: {in: query, type: integer, label: Page size, default: 20, min: 1, max: 100}
      tags: {in: query, type: text, split: ","}
    filter: {post: {"=": $params.post, optional: true}}
    page: {number: $params.page, size: $params.size, total: true}
    response:
      headers: {Cache-Control: no-store}
      body: {total: $total, tags: $params.tags, items: [{$each: $records, id: $record.uid, nick: $record.nick}]}
  add:
    kind: CREATE
    route: POST /comments
    table: comments
    params: {nick: {trim: true}, email: {}, post: {}, likes: {}, at: {}}
    response: {status: 201, body: {nick: $record.nick, likes: $record.likes, status: $record.status, post: $record.post}}
  one:
    kind: VIEW
    route: GET /comments/{id}
    table: comments
    filter: {uid: $params.id}
  like:
    kind: UPDATE
    route: POST /comments/{id}/like
    table: comments
    filter: {uid: $params.id}
    set: {likes: {increment: 1}}
  top:
    route: GET /comments/top
    response: {body: {top: true}}
  feed:
    route: GET /feed/{format}/{name}
    params: {format: {in: path, type: text, values: [json, xml]}}
    response: {body: {name: $params.name, format: $params.format}}
  page:
    route: GET /page
    response: {type: text/html, body: "<script>alert(1)</script>"}
  echo:
    route: POST /echo
    params:
      h: {in: header, as: X-Echo}
      c: {in: cookie}
      q: {in: query}
      n: {type: number}
      l: {type: number, list: true}
      o: {type: json}
    response: {body: {h: $params.h, c: $params.c, q: $params.q, n: $params.n, l: $params.l, o: $params.o, cookie: $request.headers.cookie, ip: $request.ip}}
  by_type:
    match: {query.type: [a, b]}
    route: GET /typed
    response: {body: {typed: $request.query.type}}
  untyped:
    match: {query.type: ""}
    route: GET /typed
    response: {body: {typed: none}}
  limited:
    route: GET /limited
    middlewares: [{cors: {origins: ["https://a.org"]}}, {rate_limit: {limit: 2, per: 1d}}, main]
    response: {body: {ok: true}}
  forms:
    route: PUT /forms
    middlewares: [{cors: {origins: ["https://a.org"], headers: [X-One]}}, main]
    params: {x: {required: true, label: X}}
    errors: {status: 418, body: {ok: false, code: $error.code, message: $error.message, fields: $error.errors}}
    response: {body: {x: $params.x}}
  off:
    route: GET /off
    enabled: false
    response: {body: 1}
`

func TestEndpoints(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	const c = "/api/blog/comments"
	for _, s := range []scenario{
		{name: "empty list", path: c, status: 200, want: []string{`{"total":0,"tags":null,"items":[]}`, "Cache-Control: no-store", "Content-Length: 34",
			"X-Content-Type-Options: nosniff", "Content-Type: application/json", "X-Request-Id: "}, lacks: []string{"Content-Security-Policy"}},
		{name: "create", method: "POST", path: c, body: `{"nick":"  Ada ","post":"p1"}`, status: 201, want: []string{`{"nick":"Ada","likes":0,"status":"waiting","post":"p1"}`}},
		{name: "create by form", method: "POST", path: c, body: `nick=Bob&post=p2&likes=`, status: 201, want: []string{`"nick":"Bob"`, `"likes":0`}},
		{name: "list", path: c + "?post=p1&tags=a,b&tags=c", status: 200, want: []string{`"total":1`, `"tags":["a","b","c"]`, `"nick":"Ada"`}, lacks: []string{"Bob"}},
		{name: "all errors in order", path: c + "?size=1000&page=x", status: 400, want: []string{
			`"detail":"page must be a whole number. Page size must be at most 100."`, `{"param":"page","label":"page","code":"type"`,
			`{"param":"size","label":"Page size","code":"max"`, "application/problem+json"}},
		{name: "in Chinese", path: c + "?size=1000", headers: "Accept-Language: zh-CN", status: 400, want: []string{"Page size不能大于 100。"}},
		{name: "required of a field", method: "POST", path: c, body: `{"nick":"","email":"nobody"}`, status: 400, want: []string{
			`"param":"nick"`, `"param":"email"`, `"label":"Nickname"`}},
		{name: "object for a scalar", method: "POST", path: c, body: `{"nick":{"$ne":1},"post":"p"}`, status: 400, want: []string{`"param":"nick"`}},
		{name: "brackets are another name", path: c + "?post[]=1&size={}", status: 400, want: []string{`"param":"size"`}, lacks: []string{`"param":"post"`}},
		{name: "malformed query", path: c + "?post=%zz", status: 400, want: []string{`"code":"invalid"`}},
		{name: "broken JSON names the place", method: "POST", path: c, body: `{"nick":}`, status: 400, want: []string{"at byte 8"}},
		{name: "array body", method: "POST", path: c, body: `[1]`, status: 400, want: []string{"must be a JSON object"}},
		{name: "other media type", method: "POST", path: c, body: `{"nick":"x"}`, headers: "Content-Type: image/png", status: 415, want: []string{`"code":"unsupported"`}},
		{name: "no such record", path: c + "/nothing", status: 404, want: []string{`"code":"not_found"`}},
		{name: "odd uid", path: c + "/a'%20OR%20'1'='1", status: 404},
		{name: "literal beats parameter", path: c + "/top", status: 200, want: []string{`{"top":true}`}},
		{name: "escaped literal is the same", path: c + "/t%6Fp", status: 200, want: []string{`{"top":true}`}},
		{name: "slash in a value", path: c + "/a%2Flike", status: 404, want: []string{`"code":"not_found"`}, lacks: []string{"at this address"}},
		{name: "HEAD", method: "HEAD", path: c + "/top", status: 200, want: []string{"Content-Length: 12"}, lacks: []string{"{"}},
		{name: "405", method: "DELETE", path: c, status: 405, want: []string{"Allow: GET, HEAD, OPTIONS, POST", `"code":"not_allowed"`, "Access-Control-Allow-Origin: *"},
			headers: "Origin: https://x.org"},
		{name: "405 over literal and parameter", method: "PUT", path: c + "/top", status: 405, want: []string{"Allow: GET, HEAD, OPTIONS"}},
		{name: "OPTIONS", method: "OPTIONS", path: c, status: 204, want: []string{"Allow: GET, HEAD, OPTIONS, POST"}},
		{name: "trailing slash", path: c + "/", status: 404, want: []string{"There is nothing at this address."}},
		{name: "double slash", path: "/api/blog//comments", status: 404},
		{name: "case", path: "/api/blog/Comments", status: 404},
		{name: "off the air", path: "/api/blog/off", status: 404},
		{name: "404 may be read by pages", path: "/api/blog/nothing", headers: "Origin: https://x.org", status: 404, want: []string{"Access-Control-Allow-Origin: *"}},
		{name: "no project", path: "/api/nothing/x", status: 404, want: []string{"There is no such project."}},
		{name: "two parameters", path: "/api/blog/feed/json/a.b", status: 200, want: []string{`{"name":"a.b","format":"json"}`}},
		{name: "path value outside values", path: "/api/blog/feed/csv/a", status: 404, want: []string{`"code":"not_found"`}},
		{name: "page", path: "/api/blog/page", status: 200, want: []string{"Content-Security-Policy: default-src 'none'; sandbox", "X-Content-Type-Options: nosniff", "<script>"}},
		{name: "match", path: "/api/blog/typed?type=b", status: 200, want: []string{`{"typed":"b"}`}},
		{name: "match nothing", path: "/api/blog/typed?type=", status: 200, want: []string{`{"typed":"none"}`}},
		{name: "no match", path: "/api/blog/typed?type=c", status: 404, want: []string{"There is nothing at this address."}},
		{name: "errors template", method: "PUT", path: "/api/blog/forms", body: `{}`, status: 418, want: []string{`"ok":false`, `"code":"invalid"`, `"message":"X is required."`, `"param":"x"`}},
		{name: "errors template of bad JSON", method: "PUT", path: "/api/blog/forms", body: `{`, status: 418, want: []string{`"ok":false`},
			headers: "Origin: https://a.org"},
	} {
		s.name = "endpoints: " + s.name
		d.check(s)
	}
}

func TestOnion(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	for _, s := range []scenario{
		{name: "first", path: "/api/blog/limited", status: 200, headers: "Origin: https://a.org", want: []string{"Access-Control-Allow-Origin: https://a.org"}},
		{name: "preflight does not count", method: "OPTIONS", path: "/api/blog/limited", headers: "Origin: https://a.org\nAccess-Control-Request-Method: GET", status: 204,
			want: []string{"Access-Control-Allow-Origin: https://a.org", "Access-Control-Allow-Methods: GET"}},
		{name: "second, as HEAD, with a lie", method: "HEAD", path: "/api/blog/limited", headers: "X-Forwarded-For: 9.9.9.9\nX-Real-IP: 8.8.8.8\nForwarded: for=7.7.7.7", status: 200},
		{name: "third", path: "/api/blog/limited", headers: "Origin: https://a.org\nX-Forwarded-For: 6.6.6.6", status: 429,
			want: []string{"Retry-After: ", `"code":"rate_limited"`, "Access-Control-Allow-Origin: https://a.org", "Too many requests"}},
		{name: "method override", method: "POST", path: "/api/blog/limited", headers: "X-HTTP-Method-Override: GET", status: 405},
		{name: "another client", path: "/api/blog/limited", peer: "[2001:db8:0:1::1]:5", status: 200},
		{name: "its neighbour", path: "/api/blog/limited", peer: "[2001:db8:0:1::2]:5", status: 200},
		{name: "its other neighbour", path: "/api/blog/limited", peer: "[2001:db8:0:1:ffff::]:5", status: 429},
		{name: "behind the proxy", path: "/api/blog/limited", peer: "10.0.0.1:5", headers: "X-Forwarded-For: 192.0.2.1", status: 429},
		{name: "behind the proxy, mapped", path: "/api/blog/limited", peer: "[::ffff:10.0.0.1]:5", headers: "X-Forwarded-For: ::ffff:192.0.2.1", status: 429},
		{name: "refused preflight", method: "OPTIONS", path: "/api/blog/limited", headers: "Origin: https://b.org\nAccess-Control-Request-Method: GET", status: 204,
			lacks: []string{"Access-Control-Allow-Origin"}},
		{name: "preflight of nothing", method: "OPTIONS", path: "/api/blog/nothing", headers: "Origin: https://b.org\nAccess-Control-Request-Method: GET", status: 204,
			want: []string{"Access-Control-Allow-Origin: *"}},
	} {
		s.name = "onion: " + s.name
		d.check(s)
	}
}

func TestParametersOfAllPlaces(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	const path = "/api/blog/echo"
	for _, s := range []scenario{
		{name: "places", method: "POST", path: path + "?q=1", headers: "X-Echo: hi\nCookie: c=2; __Host-sayrud=secret; d=3", body: `{"n":1.50,"l":[1,"2"],"o":{"a":[1]}}`, status: 200,
			want: []string{`{"h":"hi","c":"2","q":"1","n":1.50,"l":[1,2],"o":{"a":[1]},"cookie":"c=2; d=3","ip":"192.0.2.1"}`}, lacks: []string{"secret"}},
		{name: "form", method: "POST", path: path, body: "n=1&l=1&l=2&o=%7B%7D", status: 200, want: []string{`"n":1,"l":[1,2],"o":{}`}},
		{name: "nothing", method: "POST", path: path, status: 200, want: []string{`{"h":null,"c":null,"q":null,"n":null,"l":null,"o":null`}},
		{name: "empty form values", method: "POST", path: path, body: "n=&q=", status: 200, want: []string{`"n":null`}},
		{name: "script is data", method: "POST", path: path + "?q=" + "%3D%24now()", status: 200, want: []string{`"q":"=$now()"`}},
		{name: "prototype", method: "POST", path: path, body: `{"o":{"__proto__":{"p":1}}}`, status: 200, want: []string{`"o":{"__proto__":{"p":1}}`}},
		{name: "NUL", method: "POST", path: path + "?q=%00", status: 400, want: []string{"U+0000"}},
		{name: "not UTF-8", method: "POST", path: path + "?q=%ff", status: 400},
		{name: "name twice", method: "POST", path: path, body: `{"n":1,"n":2}`, status: 400, want: []string{"stands twice"}},
		{name: "too deep", method: "POST", path: path, body: `{"o":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`, status: 400, want: []string{"deeper"}},
		{name: "too large", method: "POST", path: path, body: `{"o":"` + strings.Repeat("x", 1<<20) + `"}`, status: 413, want: []string{`"code":"too_large"`}},
		{name: "number as list item", method: "POST", path: path, body: `{"l":[{}]}`, status: 400, want: []string{`"param":"l"`}},
	} {
		s.name = "places: " + s.name
		d.check(s)
	}
}

func TestDoorKeepsItsOwnPaths(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	for _, s := range []scenario{
		{name: "healthz", path: "/healthz", status: 200, want: []string{`{"status":"ok"}`}},
		{name: "readyz", path: "/readyz", status: 200},
		{name: "metrics are closed", path: "/metrics", status: 401, lacks: []string{"sayrud_http"}},
		{name: "metrics with the token", path: "/metrics", headers: "Authorization: Bearer metrics-token", status: 200, want: []string{"sayrud_http_requests_total"}},
		{name: "root", path: "/", status: 302, want: []string{"Location: /_/"}},
		{name: "panel", path: "/_/tables", status: 200, want: []string{"panel"}},
		{name: "elsewhere", path: "/etc/passwd", status: 404},
		{name: "request id of a stranger", path: "/healthz", headers: "X-Request-Id: mine", status: 200, lacks: []string{"X-Request-Id: mine"}},
		{name: "request id of the proxy", path: "/healthz", peer: "10.0.0.1:5", headers: "X-Request-Id: mine", status: 200, want: []string{"X-Request-Id: mine"}},
	} {
		s.name = "paths: " + s.name
		d.check(s)
	}
}
