package rest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
)

// failing is a project each of whose endpoints fails in a way of its own. ERRORS is how it says so; cors stands last, where steps before
// it have refused already.
const failing = `
project: NAME
defaults:
  middlewares: [{rate_limit: {limit: 1000}}, {cors: {}}, main]
ERRORS
tables:
  notes:
    fields:
      title: {type: text, label: Title, required: true, max: 5, unique: true}
      size: {type: number, label: Size}
endpoints:
  add: {kind: CREATE, route: POST /notes, table: notes, params: {title: {}, size: {}}}
  one: {kind: VIEW, route: "GET /notes/{id}", table: notes, filter: {uid: $params.id}}
  few: {route: "GET /few/{kind}", params: {kind: {type: enum, values: [a, b]}, q: {in: query, type: text, required: false}}}
  guarded: {kind: CREATE, route: POST /guarded, table: notes, params: {title: {}}, guards: [{when: "=true", message: No way}]}
  strict: {kind: CREATE, route: POST /strict, table: notes, params: {title: {}}, guards: [{when: "=true", status: 403}]}
  limited: {route: GET /limited, middlewares: [{rate_limit: {limit: 1, per: 1h}}, {cors: {}}, main], response: {body: {n: 1}}}
  closed: {route: GET /closed, middlewares: [{auth: {}}, {cors: {}}, main], response: {body: {n: 1}}}
  checked: {route: GET /checked, middlewares: [{captcha: {provider: pow, difficulty: 8}}, {cors: {}}, main], response: {body: {n: 1}}}
  fenced: {route: GET /fenced, middlewares: [{ip_filter: {allow: [9.9.9.9]}}, {cors: {}}, main], response: {body: {n: 1}}}
  small: {route: POST /small, params: {x: {type: text}}, middlewares: [{body_limit: {bytes: 9}}, {cors: {}}, main]}
  change: {kind: UPDATE, route: PUT /taken, table: notes, filter: {title: taken}, params: {size: {}}}
  broken: {route: GET /broken, response: {body: {n: "=null.x.y()"}}}
  endless: {route: GET /endless, response: {body: {n: "=(() => { for (;;) {} })()"}}}
  nowhere: {route: GET /nowhere, response: {status: "=99", body: {n: 1}}}
  panics: {route: GET /panics, response: {body: {n: 1}}}
`

// A way is how a front end wants to hear of errors.
type way struct {
	name, errors string
	status       func(natural int) int
	has          func(code engine.Code, natural int) []string
}

var ways = []way{
	{"plain", "", func(natural int) int { return natural }, func(code engine.Code, natural int) []string {
		return []string{"Content-Type: application/problem+json", `"code":"` + string(code) + `"`, `"status":` + strconv.Itoa(natural)}
	}},
	{"own", `  errors:
    status: "=$error.status === 404 ? 410 : $error.status"
    headers: {X-Code: $error.code}
    body: {ok: false, code: $error.code, message: $error.message, asked: $request.method}`,
		func(natural int) int {
			if natural == 404 {
				return 410
			}
			return natural
		}, func(code engine.Code, _ int) []string {
			return []string{"Content-Type: application/json\r\n", "X-Code: " + string(code) + "\r\n", `{"ok":false,"code":"` + string(code) + `","message":"`}
		}},
	{"envelope", `  errors:
    status: 200
    body:
      code: "=({invalid: 4000, not_found: 4004, unauthorized: 4001, rate_limited: 4029, internal: 5000})[$error.code] ?? $error.status * 10"
      msg: $error.message
      data: {$each: $error.errors, $as: e, $key: $e.param, $value: {code: $e.code, message: $e.message}}`,
		func(int) int { return 200 }, func(code engine.Code, natural int) []string {
			n, known := map[engine.Code]int{"invalid": 4000, "not_found": 4004, "unauthorized": 4001, "rate_limited": 4029, "internal": 5000}[code]
			if !known {
				n = natural * 10
			}
			return []string{`{"code":` + strconv.Itoa(n) + `,"msg":"`, `"data":{`}
		}},
}

// A failure is a request that is refused: with which code and status where the front end does not say otherwise.
type failure struct {
	name, method, path, headers, body string
	code                              engine.Code
	status                            int // 0 is that of the code
	message                           string
}

var failures = []failure{
	{name: "validation", method: "POST", path: "/notes", body: `{"title":"too long"}`, code: engine.Invalid, message: "Title may have at most 5 characters."},
	{name: "type", method: "POST", path: "/notes", body: `{"title":"a","size":"x"}`, code: engine.Invalid, message: "Size must be a number."},
	{name: "conflict", method: "POST", path: "/notes", body: `{"title":"taken"}`, code: engine.Conflict, message: "Title is taken already."},
	{name: "malformed JSON", method: "POST", path: "/notes", body: `{"title":`, code: engine.Invalid, message: "The body is not valid JSON"},
	{name: "JSON that is no object", method: "POST", path: "/notes", body: `[1]`, code: engine.Invalid, message: "The body must be a JSON object."},
	{name: "unsupported type", method: "POST", path: "/notes", headers: "Content-Type: text/csv", body: "a", code: engine.Unsupported, message: "must be JSON, a form"},
	{name: "too large", method: "POST", path: "/small", body: `{"x":"12345678"}`, code: engine.TooLarge, message: "larger than 9 bytes"},
	{name: "malformed query", path: "/few/a?q=%zz", code: engine.Invalid, message: "The query of the address is malformed."},
	{name: "no record", path: "/notes/nobody", code: engine.NotFound, message: "There is no such record."},
	{name: "path value", path: "/few/c", code: engine.NotFound, message: "There is no such record."},
	{name: "precondition", method: "PUT", path: "/taken", headers: `If-Match: "9-x"`, body: `{"size":1}`, code: engine.Precondition, message: "has been changed since"},
	{name: "guard", method: "POST", path: "/guarded", body: `{"title":"a"}`, code: engine.Guarded, message: "No way"},
	{name: "guard with a status", method: "POST", path: "/strict", body: `{"title":"a"}`, code: engine.Guarded, status: 403},
	{name: "rate limit", path: "/limited", code: engine.RateLimited, message: "Too many requests."},
	{name: "authentication", path: "/closed", code: engine.Unauthorized, message: "Sign in first."},
	{name: "a token that is none", path: "/closed", headers: "Authorization: Bearer", code: engine.Unauthorized},
	{name: "captcha", path: "/checked", code: engine.Captcha},
	{name: "forbidden", path: "/fenced", code: engine.Forbidden, message: "not allowed"},
	{name: "a script that fails", path: "/broken", code: engine.Internal, message: "Something went wrong on the server."},
	{name: "a script without end", path: "/endless", code: engine.Timeout, message: "The request took too long."},
	{name: "a template that fails", path: "/nowhere", code: engine.Internal},
	{name: "panic", path: "/panics", code: engine.Internal, message: "Something went wrong on the server."},
	{name: "no route", path: "/nothing", code: engine.NotFound, message: "There is nothing at this address."},
	{name: "method", method: "PATCH", path: "/notes", code: engine.NotAllowed, message: "This address does not answer PATCH."},
}

// TestEveryErrorInEveryWay provokes each kind of error against each way to hear of it; pages of other origins may read all of them.
func TestEveryErrorInEveryWay(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, w := range ways {
		d.apply(strings.NewReplacer("NAME", w.name, "ERRORS", w.errors).Replace(failing))
		for _, e := range d.server.generation.Load().projects[w.name].all {
			if e.plan.Endpoint.Name == "panics" {
				e.handler = func(*middleware.Request) error { panic("the secret state of the server") }
			}
		}
		at := "/api/" + w.name
		d.check(scenario{name: "taken", method: "POST", path: at + "/notes", body: `{"title":"taken"}`, status: 201})
		d.check(scenario{name: "the one that passes", path: at + "/limited", status: 200})
		for _, f := range failures {
			if f.method == "" {
				f.method = "GET"
			}
			if f.status == 0 {
				f.status = f.code.Status()
			}
			d.check(scenario{
				name: w.name + ": " + f.name, method: f.method, path: at + f.path, headers: "Origin: https://a.org\n" + f.headers, body: f.body,
				status: w.status(f.status), want: append(w.has(f.code, f.status), f.message, "Access-Control-Allow-Origin: *"), lacks: []string{"secret state"},
			})
			d.check(scenario{
				name: w.name + ": preflight of " + f.name, method: "OPTIONS", path: at + f.path,
				headers: "Origin: https://a.org\nAccess-Control-Request-Method: " + f.method, status: 204, want: []string{"Access-Control-Allow-Origin: *"},
			})
		}
	}
	d.check(scenario{name: "the errors of an input, by its name", method: "POST", path: "/api/envelope/notes", body: `{"title":"too long","size":"x"}`, status: 200,
		want: []string{`"data":{"title":{"code":"max","message":"Title may have at most 5 characters."},"size":{"code":"type","message":"Size must be a number."}}}`}})
	d.check(scenario{name: "the methods there are", method: "PATCH", path: "/api/own/notes", status: 405, want: []string{"Allow: OPTIONS, POST"}})
	d.server.cfg.DB.Close()
	for _, w := range ways {
		d.check(scenario{name: w.name + ": without PostgreSQL", path: "/api/" + w.name + "/notes/x", headers: "Origin: https://a.org", status: w.status(503),
			want: append(w.has(engine.Unavailable, 503), "Retry-After: ", "Access-Control-Allow-Origin: *", "The database is not available at the moment.")})
	}
}

// TestErrorsTemplatesSeeWhatThereIs holds that a template may name what a request has not come to have, and that one which fails itself is
// replaced by the plain form.
func TestErrorsTemplatesSeeWhatThereIs(t *testing.T) {
	t.Parallel()
	d := open(t, `
project: odd
endpoints:
  early:
    route: POST /early
    params: {a: {type: text}, b: {type: integer, min: 1}}
    errors: {body: {a: $params.a, b: $params.b, who: $auth.id, code: $error.code, of: $request.body.a, n: "=$error.errors.length"}}
  fails:
    route: GET /fails
    middlewares: [{cors: {}}, {ip_filter: {allow: [9.9.9.9]}}, main]
    errors: {status: 200, body: {n: "=null.x.y()"}}
  quiet:
    route: GET /quiet
    middlewares: [{ip_filter: {allow: [9.9.9.9]}}, main]
    errors: {status: 204}
  text:
    route: GET /text
    middlewares: [{ip_filter: {allow: [9.9.9.9]}}, main]
    errors: {type: text/plain; charset=utf-8, body: "${$error.status} ${$error.message}"}
  list:
    route: GET /list
    middlewares: [{ip_filter: {allow: [9.9.9.9]}}, main]
    errors: {body: [$error.code, $error.status]}
`)
	for _, s := range []scenario{
		{name: "before the parameters", method: "POST", path: "/api/odd/early", body: `{"a":`, status: 400, want: []string{`{"a":null,"b":null,"who":null,"code":"invalid","of":null,"n":0}`}},
		{name: "among the parameters", method: "POST", path: "/api/odd/early", body: `{"a":"x","b":0}`, status: 400, want: []string{`{"a":"x","b":null,"who":null,"code":"invalid","of":"x","n":1}`}},
		{name: "no body", path: "/api/odd/quiet", status: 204, lacks: []string{"forbidden"}},
		{name: "text", path: "/api/odd/text", status: 403, want: []string{"text/plain", "403 Requests from your address are not allowed."}},
		{name: "a list", path: "/api/odd/list", status: 403, want: []string{`["forbidden",403]`}},
		{name: "head", method: "HEAD", path: "/api/odd/list", status: 403, want: []string{"Content-Length: 17"}, lacks: []string{"forbidden"}},
		{name: "no project", path: "/api/nobody/x", status: 404, want: []string{`"code":"not_found"`}},
	} {
		d.check(s)
	}
	w := d.do(scenario{path: "/api/odd/fails", headers: "Origin: https://a.org"})
	if h := w.Header(); w.Code != 403 || h.Get("Content-Type") != "application/problem+json" || h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(w.Body.String(), `"code":"forbidden"`) {
		t.Errorf("a template that fails: %d %v %s", w.Code, h, w.Body)
	}
}
