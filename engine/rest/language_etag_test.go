package rest

import (
	"strings"
	"testing"
)

const tagged = `
project: e
tables:
  notes: {fields: {title: {type: text, unique: true, max: 20}, n: {type: number, default: 0}}}
  locked: {fields: {n: {type: number}, up: {type: reference, to: notes, constraint: "$this.n < 9"}}}
endpoints:
  add: {kind: CREATE, route: POST /notes, table: notes, params: {title: {}}}
  view: {kind: VIEW, route: "GET /notes/{id}", table: notes, filter: {uid: $params.id}}
  list: {kind: LIST, route: GET /notes, table: notes}
  own: {kind: LIST, route: GET /own, table: notes, response: {headers: {ETag: '"mine"'}}}
  comma: {kind: LIST, route: GET /comma, table: notes, response: {headers: {ETag: '"a,b"'}}}
  change: {kind: UPDATE, route: "PUT /notes/{id}", table: notes, params: {title: {}}, filter: {uid: $params.id}}
  put: {kind: CREATE, route: "PUT /by/{title}", table: notes, params: {title: {}, n: {}}, upsert: {key: [title]}}
  lock: {kind: UPDATE, route: "PUT /locked/{id}", table: locked, params: {n: {}}, filter: {uid: $params.id}}
  lock_new: {kind: CREATE, route: POST /locked, table: locked, params: {n: {}, up: {}}}
  drop: {kind: DELETE, route: "DELETE /notes/{id}", table: notes, filter: {uid: $params.id}}
  feed: {kind: LIST, route: GET /feed, table: notes, response: {type: application/xml, body: {feed: {"@v": 1, note: [{$each: $records, "@n": $record.n, title: $record.title, "#text": null}]}}}}
  flat: {route: GET /flat, response: {type: text/xml, nulls: drop, body: {a: "<&\">", b: null, c: [1, {d: true}]}}}
  raw: {route: GET /raw, response: {type: application/xml, body: "<ok/>"}}
`

func TestETags(t *testing.T) {
	t.Parallel()
	d := open(t, tagged)
	path := "/api/e/notes/" + d.made(scenario{method: "POST", path: "/api/e/notes", body: `{"title":"a"}`})
	tag := d.do(scenario{path: path}).Header().Get("ETag")
	list := d.do(scenario{path: "/api/e/notes"}).Header().Get("ETag")
	if !strings.HasPrefix(tag, `"1-`) || len(list) < 5 {
		t.Fatal(tag, list)
	}
	d.checkAll("tags", []scenario{
		{name: "known", path: path, headers: "If-None-Match: " + tag, status: 304, want: []string{"Etag: " + tag}, lacks: []string{"title", "application/json"}},
		{name: "known among others, weakened by a proxy", path: path, headers: `If-None-Match: "x", W/` + tag, status: 304},
		{name: "known head", method: "HEAD", path: path, headers: "If-None-Match: " + tag, status: 304},
		{name: "known list", path: "/api/e/notes", headers: "If-None-Match: " + list, status: 304},
		{name: "its own", path: "/api/e/own", headers: `If-None-Match: "mine"`, status: 304},
		{name: "the present version", method: "PUT", path: path, headers: "If-Match: W/" + tag, body: `{"title":"b"}`, status: 200, want: []string{`"version":2`}},
		{name: "a lost race", method: "PUT", path: path, headers: "If-Match: " + tag, body: `{"title":"c"}`, status: 412, want: []string{`"code":"precondition"`}},
		{name: "a lost race to delete", method: "DELETE", path: path, headers: "If-Match: " + tag, status: 412},
		{name: "no longer known", path: path, headers: "If-None-Match: " + tag, status: 200, want: []string{`"title":"b"`, `Etag: "2-`}},
		{name: "no longer known list", path: "/api/e/notes", headers: "If-None-Match: " + list, status: 200},
		{name: "any version", method: "PUT", path: path, headers: "If-Match: *", body: `{"title":"<&>"}`, status: 200},
		{name: "any of several", method: "PUT", path: path, headers: `If-Match: "9-a", W/"3-b,c",  "4"`, body: `{"title":"<&>"}`, status: 200},
		{name: "none of several", method: "PUT", path: path, headers: `If-Match: "x,4-a", "33", "4x"`, body: `{"title":"c"}`, status: 412, want: []string{`"code":"precondition"`}},
		{name: "any version of nothing", method: "PUT", path: path + "x", headers: "If-Match: *", body: `{"title":"c"}`, status: 404},
		{name: "any answer known", path: path, headers: "If-None-Match: *", status: 304},
		{name: "any list known", path: "/api/e/notes", headers: "If-None-Match: *", status: 304},
		{name: "its own among several, with a comma", path: "/api/e/comma", headers: `If-None-Match: "x,y", "a,b"`, status: 304},
		{name: "parts of its own", path: "/api/e/comma", headers: `If-None-Match: "a", "b"`, status: 200},
		{name: "XML", path: "/api/e/feed", status: 200, want: []string{"Content-Type: application/xml", `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<feed v="1"><note n="0"><title>&lt;&amp;&gt;</title></note></feed>`}},
		{name: "XML without a root", path: "/api/e/flat", status: 200, want: []string{"<response><a>&lt;&amp;&#34;&gt;</a><c>1</c><c><d>true</d></c></response>"}},
		{name: "XML as written", path: "/api/e/raw", status: 200, want: []string{"\n<ok/>"}},
	})
}

func TestPreconditionsOfUpserts(t *testing.T) {
	t.Parallel()
	d := open(t, tagged)
	d.checkAll("upserts", []scenario{
		{name: "change what is not there", method: "PUT", path: "/api/e/by/a", headers: "If-Match: *", body: `{"n":1}`, status: 412, want: []string{`"code":"precondition"`}},
		{name: "change a version of what is not there", method: "PUT", path: "/api/e/by/a", headers: `If-Match: "1-a"`, body: `{"n":1}`, status: 412},
		{name: "make", method: "PUT", path: "/api/e/by/a", headers: "If-None-Match: *", body: `{"n":1}`, status: 201, want: []string{`"n":1`, `"version":1`}},
		{name: "make again", method: "PUT", path: "/api/e/by/a", headers: "If-None-Match: *", body: `{"n":2}`, status: 412, want: []string{`"code":"precondition"`}},
		{name: "make again, among tags", method: "PUT", path: "/api/e/by/a", headers: `If-None-Match: "7", *`, body: `{"n":2}`, status: 412},
		{name: "another version", method: "PUT", path: "/api/e/by/a", headers: `If-Match: "2-a", "3-b"`, body: `{"n":2}`, status: 412},
		{name: "nothing changed", path: "/api/e/notes", status: 200, want: []string{`"n":1,`, `"version":1`}},
		{name: "this version", method: "PUT", path: "/api/e/by/a", headers: `If-Match: "3-a", "1-b"`, body: `{"n":2}`, status: 200, want: []string{`"version":2`}},
		{name: "any version", method: "PUT", path: "/api/e/by/a", headers: "If-Match: *", body: `{"n":3}`, status: 200, want: []string{`"version":3`}},
		{name: "no condition", method: "PUT", path: "/api/e/by/a", body: `{"n":4}`, status: 200, want: []string{`"version":4`}},
	})
}

func TestPreconditionsUnderConstraints(t *testing.T) {
	t.Parallel()
	d := open(t, tagged)
	note := d.made(scenario{method: "POST", path: "/api/e/notes", body: `{"title":"a"}`})
	path := "/api/e/locked/" + d.made(scenario{method: "POST", path: "/api/e/locked", body: `{"n":1,"up":"` + note + `"}`})
	d.checkAll("locked", []scenario{
		{name: "another version", method: "PUT", path: path, headers: `If-Match: "2-a", "3-b"`, body: `{"n":2}`, status: 412},
		{name: "one of several", method: "PUT", path: path, headers: `If-Match: "2-a", "1-b"`, body: `{"n":2}`, status: 200, want: []string{`"version":2`}},
		{name: "no value, another version", method: "PUT", path: path, headers: `If-Match: "1-a", "3-b"`, body: `{}`, status: 412},
		{name: "no value", method: "PUT", path: path, headers: `If-Match: "1-a", "2-b"`, body: `{}`, status: 200, want: []string{`"version":2`}},
	})
}
