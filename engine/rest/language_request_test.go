package rest

import (
	"strings"
	"testing"
)

const requested = `
project: q
language: %s
defaults:
  middlewares: [{cors: {}}, main]
tables:
  notes: {fields: {title: {type: text, label: Titel, required: true, max: 5}, n: {type: number, integer: true, min: 1}, kind: {type: enum, values: [a, b]}}}
  marks: {fields: {note: {type: reference, to: notes, on_delete: restrict}}}
endpoints:
  add: {kind: CREATE, route: POST /notes, table: notes, params: {title: {trim: true}, n: {}, kind: {}}}
  mark: {kind: CREATE, route: POST /marks, table: marks, params: {note: {}}}
  put: {kind: UPDATE, route: "PUT /notes/{id}", table: notes, params: {title: {}, n: {default: null}, kind: {default: null}}, filter: {uid: $params.id}}
  drop: {kind: DELETE, route: "DELETE /notes/{id}", table: notes, filter: {uid: $params.id}}
  drop_all: {kind: DELETE, route: DELETE /notes, table: notes, filter: {n: {">": 0}}}
  list: {kind: LIST, route: GET /notes, table: notes, params: {sort: {in: query}, page: {in: query}}, sort: {by: $params.sort, allow: {n: n, title: [title]}}, page: {number: $params.page, size: 5}}
  file: {route: "GET /f/{name}.{ext}", params: {ext: {values: [json, xml]}, name: {pattern: "^[a-z]+$", in: path}}, response: {body: {n: $params.name, e: $params.ext}}}
  any: {route: "GET /f/{name}", response: {body: {any: $params.name}}}
  bytype: {route: POST /hook, match: {body.event: [push, tag], header.x-kind: "*"}, response: {body: {event: $request.body.event}}}
  byquery: {route: POST /hook, match: {query.v: "2"}, response: {body: two}}
  other: {route: POST /hook, response: {body: other}}
  types:
    route: POST /types
    params: {t: {type: text, max: 3}, i: {type: integer}, d: {type: date, min: 2026-01-01}, at: {type: datetime}, b: {type: boolean}, e: {type: enum, values: [x, y]}, m: {type: email}, u: {type: url}, j: {type: json}, l: {type: integer, list: true, max: 9}, s: {split: "|", trim: true}, q: {in: query, as: "q[]", list: true}, h: {in: header, as: X-H, required: true}, c: {in: cookie, as: C}}
    response: {body: $params}
  nested: {route: POST /nested, params: {order: {type: json}, search: {in: query, type: json}, ids: {in: query, as: "ids[]", list: true, type: integer}}, response: {body: {o: "$params.order[0].dir", order: $params.order, s: $params.search.value, ids: $params.ids}}}
  limited: {route: POST /limited, params: {who: {required: true}}, middlewares: [{cors: {origins: ["https://a.org"], methods: [PUT], max_age: 5}}, {rate_limit: {limit: 1, per: 1h, by: $params.who}}, main], response: {body: ok}}
  limited_get: {route: GET /limited, middlewares: [{cors: {origins: ["https://b.org"], headers: [X-One], credentials: true, expose: [X-Two]}}, main], response: {body: ok}}
  closed: {route: GET /closed, middlewares: [main], response: {body: ok}}
`

func TestLanguageRequests(t *testing.T) {
	t.Parallel()
	d := open(t, strings.Replace(requested, "%s", "en", 1))
	const types, h = "/api/q/types", "X-H: h"
	id := d.made(scenario{method: "POST", path: "/api/q/notes", body: `{"title":"x","n":1,"kind":"a"}`})
	d.check(scenario{name: "PUT clears what did not come", method: "PUT", path: "/api/q/notes/" + id, body: `{"title":"y","kind":"b"}`, status: 200, want: []string{`"title":"y","n":null,"kind":"b"`}})
	d.checkAll("requests", []scenario{
		{name: "parts of a part", path: "/api/q/f/abc.json", status: 200, want: []string{`{"n":"abc","e":"json"}`}},
		{name: "outside the values", path: "/api/q/f/abc.csv", status: 404, want: []string{`"code":"not_found"`}},
		{name: "outside the pattern", path: "/api/q/f/ABC.json", status: 400, want: []string{`"param":"name"`, `"code":"pattern"`}},
		{name: "less of a part", path: "/api/q/f/abc", status: 200, want: []string{`{"any":"abc"}`}},
		{name: "match of the body", method: "POST", path: "/api/q/hook", headers: "X-Kind: 1", body: `{"event":"tag"}`, status: 200, want: []string{`{"event":"tag"}`}},
		{name: "match of a form", method: "POST", path: "/api/q/hook", headers: "X-Kind: 1", body: `event=push`, status: 200, want: []string{`{"event":"push"}`}},
		{name: "no header", method: "POST", path: "/api/q/hook", body: `{"event":"tag"}`, status: 200, want: []string{"other"}},
		{name: "match of the query", method: "POST", path: "/api/q/hook?v=2", body: `{"event":"x"}`, status: 200, want: []string{"two"}},
		{name: "more conditions go first", method: "POST", path: "/api/q/hook?v=2", headers: "X-Kind: 1", body: `{"event":"push"}`, status: 200, want: []string{`"event"`}},
		{name: "no match", method: "POST", path: "/api/q/hook", body: `{"event":"pull"}`, headers: "X-Kind: 1", status: 200, want: []string{"other"}},
		{name: "too large to match", method: "POST", path: "/api/q/hook", headers: "X-Kind: 1", body: `{"event":"tag","x":"` + strings.Repeat("x", 65<<10) + `"}`, status: 200, want: []string{"other"}},
		{name: "all types", method: "POST", path: types + "?q[]=1&q[]=2", headers: h + "\nCookie: C=c", body: `{"t":"äöü","i":"7","d":"2026-02-03","at":0,"b":"1","e":"y","m":"a@b.c","u":"http://x","j":{"k":[]},"l":[1,"2"],"s":" a | b ||"}`, status: 200,
			want: []string{`{"t":"äöü","i":7,"d":"2026-02-03","at":"1970-01-01T00:00:00.000Z","b":true,"e":"y","m":"a@b.c","u":"http://x","j":{"k":[]},"l":[1,2],"s":["a","b"],"q":["1","2"],"h":"h","c":"c"}`}},
		{name: "nothing", method: "POST", path: types, headers: h, status: 200, want: []string{`{"t":null,"i":null,"d":null`}},
		{name: "all wrong", method: "POST", path: types, body: `{"t":"four","i":1.5,"d":"2025-12-31","at":"x","b":2,"e":"z","m":"@","u":"x","l":[10],"s":[1]}`, status: 400, want: []string{
			`{"param":"t","label":"t","code":"max","message":"t may have at most 3 characters."}`, `{"param":"i","label":"i","code":"type","message":"i must be a whole number."}`, `"message":"d must be at least 2026-01-01."`, `"param":"at"`, `"param":"b"`,
			`"message":"e must be one of: x, y."`, `"param":"m"`, `"param":"u"`, `"param":"l","label":"l","code":"max"`, `"message":"h is required."`}},
		{name: "multipart", method: "POST", path: types, headers: h + "\nContent-Type: multipart/form-data; boundary=B", body: "--B\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nabc\r\n--B\r\nContent-Disposition: form-data; name=\"l\"\r\n\r\n1\r\n--B\r\nContent-Disposition: form-data; name=\"l\"\r\n\r\n2\r\n--B--\r\n", status: 200, want: []string{`"t":"abc"`, `"l":[1,2]`}},
		{name: "brackets", method: "POST", path: "/api/q/nested?search[value]=x&ids[]=1&ids[]=2", body: "order[0][column]=1&order[0][dir]=desc", status: 200, want: []string{`{"o":"desc","order":[{"column":"1","dir":"desc"}],"s":"x","ids":[1,2]}`}},
		{name: "or JSON", method: "POST", path: `/api/q/nested?search={"value":"x"}&search[value]=y`, body: `{"order":[{"dir":"asc"}]}`, status: 200, want: []string{`{"o":"asc","order":[{"dir":"asc"}],"s":"x","ids":null}`}},
		{name: "or nothing", method: "POST", path: "/api/q/nested", status: 200, want: []string{`{"o":null,"order":null,"s":null,"ids":null}`}},
		{name: "broken brackets", method: "POST", path: "/api/q/nested?search[value=y", status: 400, want: []string{`"param":"search"`, `"code":"type"`}},
		{name: "limit by a parameter", method: "POST", path: "/api/q/limited", body: `{"who":"a"}`, status: 200},
		{name: "another", method: "POST", path: "/api/q/limited", body: `{"who":"b"}`, status: 200},
		{name: "refused", method: "POST", path: "/api/q/limited", body: `{"who":"a"}`, status: 429, want: []string{"Retry-After: ", "Too many requests. Try again in"}},
		{name: "bad parameters do not count", method: "POST", path: "/api/q/limited", body: `{}`, status: 400},
		{name: "union of preflights", method: "OPTIONS", path: "/api/q/limited", headers: "Origin: https://a.org\nAccess-Control-Request-Method: PUT", status: 204, want: []string{"Access-Control-Allow-Origin: https://a.org", "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 5"}, lacks: []string{"Credentials"}},
		{name: "the other's", method: "OPTIONS", path: "/api/q/limited", headers: "Origin: https://b.org\nAccess-Control-Request-Method: GET\nAccess-Control-Request-Headers: x-one", status: 204, want: []string{"Access-Control-Allow-Origin: https://b.org", "Access-Control-Allow-Methods: GET", "Access-Control-Allow-Headers: X-One", "Access-Control-Allow-Credentials: true"}},
		{name: "credentials", path: "/api/q/limited", headers: "Origin: https://b.org", status: 200, want: []string{"Access-Control-Allow-Origin: https://b.org", "Access-Control-Expose-Headers: X-Two"}},
		{name: "closed", path: "/api/q/closed", headers: "Origin: https://b.org", status: 200, lacks: []string{"Access-Control"}},
		{name: "closed preflight", method: "OPTIONS", path: "/api/q/closed", headers: "Origin: https://b.org\nAccess-Control-Request-Method: GET", status: 204, lacks: []string{"Access-Control-Allow"}},
		{name: "trim before required", method: "POST", path: "/api/q/notes", body: `{"title":"   "}`, status: 400, want: []string{"Titel is required."}},
	})
}

func TestLanguageInChinese(t *testing.T) {
	t.Parallel()
	d := open(t, strings.Replace(requested, "%s", "zh-CN", 1))
	id := d.made(scenario{method: "POST", path: "/api/q/notes", body: `{"title":"x","n":1}`})
	d.made(scenario{method: "POST", path: "/api/q/notes", body: `{"title":"y","n":1}`})
	d.made(scenario{method: "POST", path: "/api/q/marks", body: `{"note":"` + id + `"}`})
	d.checkAll("Chinese", []scenario{
		{name: "fields", method: "POST", path: "/api/q/notes", headers: "Accept-Language: en", body: `{"title":"","n":"x","kind":"c"}`, status: 400, want: []string{"Titel不能为空。", "n必须是整数。", "kind必须是以下之一：a, b。"}},
		{name: "broken JSON", method: "POST", path: "/api/q/notes", body: `{`, status: 400, want: []string{"请求体不是有效的 JSON：第 1 字节处有误"}},
		{name: "media type", method: "POST", path: "/api/q/notes", headers: "Content-Type: text/csv", body: `{`, status: 415, want: []string{"请求体必须是 JSON、表单、XML 或文本。"}},
		{name: "too large", method: "POST", path: "/api/q/notes", body: `{"x":"` + strings.Repeat("x", 1<<20) + `"}`, status: 413, want: []string{"请求体超过 1048576 字节。"}},
		{name: "no record", method: "DELETE", path: "/api/q/notes/x", status: 404, want: []string{"没有这条记录。"}},
		{name: "restrict", method: "DELETE", path: "/api/q/notes/" + id, status: 409, want: []string{"仍被 marks 的记录引用，不能删除。"}},
		{name: "many", method: "DELETE", path: "/api/q/notes", status: 409, want: []string{"匹配的记录超过 1 条，未作任何更改。"}},
		{name: "reference", method: "POST", path: "/api/q/marks", body: `{"note":"x"}`, status: 400, want: []string{"note引用的记录不存在。"}},
		{name: "sort", path: "/api/q/notes?sort=x", status: 400, want: []string{"sort必须是以下之一：n, title。"}},
		{name: "page", path: "/api/q/notes?page=0", status: 400, want: []string{"页码超出范围。"}},
		{name: "query", path: "/api/q/notes?page=%zz", status: 400, want: []string{"网址的查询部分格式不正确。"}},
		{name: "no address", path: "/api/q/nothing", status: 404, want: []string{"此地址没有内容。"}},
		{name: "method", method: "PUT", path: "/api/q/notes", status: 405, want: []string{"此地址不支持 PUT。"}},
		{name: "limit", method: "POST", path: "/api/q/limited", body: `{"who":"a"}`, status: 200},
		{name: "limit", method: "POST", path: "/api/q/limited", body: `{"who":"a"}`, status: 429, want: []string{"请求过于频繁，请在"}},
		{name: "precondition", method: "DELETE", path: "/api/q/notes/" + id, headers: `If-Match: "9-x"`, status: 412, want: []string{"记录在读取之后已被修改。"}},
	})
}
