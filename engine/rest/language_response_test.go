package rest

import (
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

const answered = `
project: r
timezone: Asia/Shanghai
public: true
tables:
  notes: {fields: {title: {type: text}, body: {type: text}, n: {type: number}, up: {type: reference, to: notes, display: title}, tags: {type: json}, at: {type: datetime}, mail: {type: email, hidden: true}}}
endpoints:
  add: {kind: CREATE, route: POST /notes, table: notes, params: {title: {}, body: {}, n: {}, up: {}, tags: {}, at: {}, mail: {}}}
  default_list: {kind: LIST, route: GET /plain, table: notes, page: {number: $request.query.page, size: 2, total: true}, sort: [n]}
  offset: {kind: LIST, route: GET /offset, table: notes, page: {offset: $request.query.offset, limit: $request.query.limit}, sort: [n], response: {body: {p: $page, s: $size, t: $total, pp: $pages, i: [{$each: $records, $value: $record.n}]}}}
  cursor: {kind: LIST, route: GET /cursor, table: notes, page: {cursor: $request.query.c, size: 2, total: true}, sort: [-n], response: {body: {next: $next, t: $total, pages: $pages, i: [{$each: $records, $value: $record.n}]}}}
  shaped:
    kind: LIST
    route: GET /shaped
    table: notes
    params: {list: {in: query, split: ","}, who: {in: query, default: "=$request.ip"}}
    sort: [n]
    response:
      status: "=$records.length ? 203 : 404"
      headers: {X-Who: $params.who, X-None: $request.query.none, X-Total: "=$records.length"}
      nulls: drop
      body:
        each: [{$each: $records, $as: it, $index: i, i: $i, t: $it.title, up: $it.up}]
        keyed: {$each: $records, $key: $record.title, $value: $record.n}
        some: [{$each: $records, $if: =$record.n > 1, $value: =$record.n * 10}]
        flat: [{$each: [$records, $record.tags], $as: tag, $value: $tag}]
        tags: [{$each: $params.list, $as: t, $value: "<${$t}>"}]
        if_key: {$if: $params.list, yes: 1}
        kept: {$if: "=true", yes: $omit, no: 2}
        spread: {$spread: "={a: 1, b: 2}", b: 3}
        "=($records.length + 'n')": computed
        "${$params.who}": inserted
        literal: [$$x, ==x, "a $ b", 1.50, null, true]
        absent: =undefined
        first: $records[0].title
        md5: "=$records.map(r => $md5(r.title)).join()"
        time: "=$date($records[0].at, 'YYYY-MM-DD HH:mm')"
        ms: "=[$epoch($records[0].at), $epoch_ms($records[0].at), $int(true), $int('7x'), $json({a: [1]}), $sha256('x').slice(0, 8)]"
        html: =$markdown($records[0].body)
        env: "=[$env('LISTED'), $env('PATH')]"
        proto: "=typeof $request.query.constructor"
  text: {route: GET /text, response: {type: "text/html; charset=utf-8", body: "<p>${$request.query.q}</p>"}}
  bare: {route: GET /bare, response: {body: [1, "${$request.method}"]}}
  scalar: {route: GET /scalar, response: {body: 5}}
  nil: {route: GET /null, response: {body: null}}
  redirect: {route: "GET /to/{x}", response: {status: 302, headers: {Location: "https://a.org/${$params.x}"}, body: ""}}
  origin: {route: GET /origin, middlewares: [{cache: {}}, main], response: {body: {a: "${$request.origin}/x", b: $request.origin, c: "=$request.origin && $request.origin.length"}}}
  cookie: {route: GET /cookie, params: {q: {in: query}, c: {in: cookie}}, response: {headers: {Set-Cookie: ["c=${$params.q}; Path=/", $params.q, "='j=' + $params.q"]}, body: [$params.c]}}
  env: {route: GET /env, middlewares: [{rate_limit: {limit: 100, by: "=$env('LISTED')"}}, main], response: {body: "=$env('LISTED')"}}
  request: {route: "POST /request/{id}", response: {body: {m: $request.method, p: $request.path, h: $request.headers.x-one, q: $request.query, i: $request.params.id, b: $request.body, n: "$request.body.a[0].b", auth: $auth}}}
  fails: {route: GET /fails, response: {body: {a: "=$request.query.x.y.z()"}}}
  loops: {route: GET /loops, response: {body: "=(() => { for (;;) {} })()"}}
  errors:
    kind: VIEW
    route: "GET /errors/{id}"
    table: notes
    params: {v: {in: query, type: number, min: 2, label: Vee, message: "${$value} is under ${$params.w}"}, w: {in: query}}
    filter: {uid: $params.id}
    guards: [{when: =$params.w === 'no', status: 451, message: "no ${$params.w}"}, {count: {table: notes, filter: {n: {">": 0}}, over: 2}, lock: $request.ip, message: "=$params.w + '!'"}]
    errors: {status: "=$error.status === 400 ? 200 : $error.status", headers: {X-Code: $error.code}, body: {e: $error.code, s: $error.status, m: $error.message, f: [{$each: $error.errors, $as: f, $value: "${$f.param}/${$f.label}/${$f.code}"}]}}
`

func TestLanguageResponses(t *testing.T) {
	t.Parallel()
	d := open(t, answered)
	d.check(scenario{name: "empty list", path: "/api/r/plain", status: 200, want: []string{`{"items":[],"page":1,"size":2,"total":0}`}})
	one := d.made(scenario{method: "POST", path: "/api/r/notes", body: `{"title":"a","body":"*x* <script>y</script>","n":1,"tags":["p","q"],"at":"2026-11-23T05:28:00Z","mail":"a@b.c"}`})
	d.made(scenario{method: "POST", path: "/api/r/notes", body: `{"title":"b","n":2,"tags":["r"],"up":"` + one + `"}`})
	d.made(scenario{method: "POST", path: "/api/r/notes", body: `{"title":"c","n":3.10}`})
	d.checkAll("responses", []scenario{
		{name: "default of a list", path: "/api/r/plain?page=2", status: 200, want: []string{`"n":3.10,"up":null,"tags":null,"at":null,"created_at":"20`, `"version":1}],"page":2,"size":2,"total":3}`}, lacks: []string{`"mail"`}},
		{name: "offset", path: "/api/r/offset?offset=1&limit=1", status: 200, want: []string{`{"p":2,"s":1,"t":null,"pp":null,"i":[2]}`}},
		{name: "no offset", path: "/api/r/offset", status: 200, want: []string{`{"p":1,"s":100,"t":null,"pp":null,"i":[1,2,3.10]}`}},
		{name: "offset below 0", path: "/api/r/offset?offset=-1", status: 400},
		{name: "size above all", path: "/api/r/offset?limit=1001", status: 400, want: []string{"at most 1000"}},
		{name: "no number", path: "/api/r/plain?page=x", status: 400, want: []string{`"code":"invalid"`}},
		{name: "cursor", path: "/api/r/cursor", status: 200, want: []string{`"t":3,"pages":2,"i":[3.10,2]}`}, lacks: []string{`"next":null`}},
		{name: "broken cursor", path: "/api/r/cursor?c=zzz", status: 400, want: []string{"The cursor is not one that this list gave."}},
		{name: "by example", path: "/api/r/shaped?list=x,y&who=me", status: 203, want: []string{"X-Who: me\r\n", "X-Total: 3",
			`"each":[{"i":0,"t":"a"},{"i":1,"t":"b","up":{"u":"` + one + `","v":"a"}},{"i":2,"t":"c"}],"keyed":{"a":1,"b":2,"c":3.10},"some":[20,31],"flat":["p","q","r"],"tags":["<x>","<y>"],"if_key":{"yes":1},"kept":{"no":2},"spread":{"a":1,"b":3},"3n":"computed","me":"inserted","literal":["$x","=x","a $ b",1.50,null,true],"first":"a",` +
				`"md5":"0cc175b9c0f1b6a831c399e269772661,92eb5ffee6ae2fec3ad71c777531578f,4a8a08f09d37b73795649038408b5f33","time":"2026-11-23 13:28","ms":[1795411680,1795411680000,1,`, `"{\"a\":[1]}","2d711642"],"html":"<p><em>x</em> </p>\n","env":["of LISTED",null],`}, lacks: []string{"X-None", `"mail"`, "script", "absent"}},
		{name: "without", path: "/api/r/shaped", status: 203, want: []string{"X-Who: 192.0.2.1", `"tags":[],"kept":`}, lacks: []string{"if_key"}},
		{name: "text", path: "/api/r/text?q=%3Cb%3E", status: 200, want: []string{"Content-Type: text/html; charset=utf-8", "\n<p><b></p>", "sandbox"}},
		{name: "bare", path: "/api/r/bare", status: 200, want: []string{"\n" + `[1,"GET"]`}},
		{name: "scalar", path: "/api/r/scalar", status: 200, want: []string{"\n5", "application/json"}},
		{name: "null", path: "/api/r/null", status: 200, want: []string{"\nnull"}},
		{name: "redirect", path: "/api/r/to/b%0d%0aX:%20y", status: 302, lacks: []string{"\nX: y"}},
		{name: "redirect", path: "/api/r/to/c", status: 302, want: []string{"Location: https://a.org/c"}},
		{name: "origin", path: "/api/r/origin", headers: "Host: Blog.example.org:8080", status: 200, want: []string{`{"a":"http://blog.example.org:8080/x","b":"http://blog.example.org:8080","c":28}`}},
		{name: "origin of another host", path: "/api/r/origin", headers: "Host: evil.example", status: 200, want: []string{`{"a":"http://evil.example/x",`}},
		{name: "origin behind a proxy", path: "/api/r/origin", peer: "10.0.0.1:5", headers: "Host: blog.example.org\nX-Forwarded-For: 192.0.2.1\nX-Forwarded-Proto: https", status: 200, want: []string{`{"a":"https://blog.example.org/x",`}},
		{name: "origin behind what is no proxy", path: "/api/r/origin", headers: "Host: blog.example.org\nX-Forwarded-Proto: https", status: 200, want: []string{`{"a":"http://blog.example.org/x",`}},
		{name: "origin of no host", path: "/api/r/origin", headers: "Host: a\"><b", status: 200, want: []string{`{"a":"/x","b":null,"c":null}`}},
		{name: "cookies", path: "/api/r/cookie?q=a%3D1%3B%20Domain%3Dorg%25", status: 200,
			want: []string{"Set-Cookie: c=a=1%3B%20Domain=org%25; Path=/\r\n", "Set-Cookie: a=1%3B%20Domain=org%25\r\n", "Set-Cookie: j=a=1; Domain=org%\r\n"}},
		{name: "a cookie read back", path: "/api/r/cookie", headers: "Cookie: c=a=1%3B%20Domain=org%25", status: 200, want: []string{`["a=1; Domain=org%"]`}},
		{name: "env", path: "/api/r/env", status: 200, want: []string{"\nof LISTED"}},
		{name: "request", method: "POST", path: "/api/r/request/7?a=1&a=2&b=", headers: "X-One: uno", body: `{"a":[{"b":9}]}`, status: 200,
			want: []string{`{"m":"POST","p":"/api/r/request/7","h":"uno","q":{"a":["1","2"],"b":""},"i":"7","b":{"a":[{"b":9}]},"n":9,"auth":null}`}},
		{name: "a script that fails", path: "/api/r/fails", status: 500, want: []string{`"code":"internal"`, "Something went wrong on the server."}, lacks: []string{"undefined", "TypeError"}},
		{name: "a script without end", path: "/api/r/loops", status: 504, want: []string{`"code":"timeout"`}},
	})
	d.checkAll("errors", []scenario{
		{name: "invalid", path: "/api/r/errors/x?v=1&w=one", status: 200, want: []string{"X-Code: invalid", `{"e":"invalid","s":400,"m":"1 is under one","f":["v/Vee/min"]}`}},
		{name: "type", path: "/api/r/errors/x?v=z", status: 200, want: []string{`"m":"z is under ","f":["v/Vee/type"]`}},
		{name: "guard", path: "/api/r/errors/x?w=no", status: 451, want: []string{`{"e":"guard","s":451,"m":"no no","f":[]}`}},
		{name: "count", path: "/api/r/errors/x?w=yes", status: 422, want: []string{`{"e":"guard","s":422,"m":"yes!","f":[]}`}},
	})
}

func TestScriptFailuresAreExplainedToEditors(t *testing.T) {
	t.Parallel()
	d := open(t, strings.Replace(answered, "body: {type: text}", "body: {type: text, default: =$request.query.x.y()}", 1))
	owner := d.token("", auth.Owner)
	const project = "/_/api/projects/r"
	d.checkAll("failures", []scenario{
		{name: "tried endpoint", method: "POST", path: project + "/try/endpoint", headers: owner, body: `{"name":"x","definition":{"route":"GET /x","response":{"body":{"b":["=1",` +
			`"=$request.query.a.b()"]}}},"request":{"path":"/x"}}`, status: 200, want: []string{`"status":500`, `the script =$request.query.a.b() at body.b.1 failed: TypeError: Cannot read property 'b' of undefined or null (line 1, column 1)`}},
		{name: "tried write", method: "POST", path: project + "/try/endpoint", headers: owner, body: `{"name":"x","definition":{"kind":"CREATE","route":"POST /x","table":"notes","set":{"title":"=null.x","body":"b"}},"request":{"path":"/x"}}`, status: 200,
			want: []string{`"status":500`, `evaluate set: the script =null.x failed: TypeError`}},
		{name: "made by hand", method: "POST", path: project + "/tables/notes/records", headers: owner, body: `{"data":{"title":"x"}}`, status: 400, want: []string{`"code":"invalid"`, "The script =$request.query.x.y() failed: TypeError"}},
		{name: "for others it is nothing but internal", path: "/api/r/fails", status: 500, lacks: []string{"TypeError", "$request"}},
	})
}
