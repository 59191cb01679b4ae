package rest

import (
	"encoding/json"
	"fmt"
	"testing"
)

// example is the project file of the language's documentation without what this version refuses.
const example = `
project: blog
timezone: Asia/Shanghai
language: en
defaults:
  middlewares: [{cors: {}}, main]
  errors: {body: {ok: false, code: $error.code, message: $error.message}}
tables:
  comments:
    label: Comments
    fields:
      number:    {type: autonumber}
      post:      {type: text, label: Post, required: true, max: 200, index: true}
      parent:    {type: reference, to: comments, display: nick, on_delete: cascade,
                  constraint: "$this.uid !== $that.uid", message: A comment cannot answer itself}
      nick:      {type: text, label: Nickname, required: true, max: 64}
      email:     {type: email, hidden: true}
      email_md5: {type: generated, expression: "md5(lower(trim(email)))"}
      content:   {type: text, label: Comment, required: true, max: 5000}
      likes:     {type: number, integer: true, default: 0, min: 0}
      status:    {type: enum, values: [waiting, approved, spam], default: waiting, index: true}
      ip:        {type: text, hidden: true, default: $request.ip}
    unique: [[post, nick, content]]
endpoints:
  list_comments:
    kind: LIST
    route: GET /comments
    match: {query.type: ""}
    table: comments
    params:
      post: {in: query}
      page: {in: query, type: integer, default: 1, min: 1}
      size: {in: query, type: integer, default: 20, min: 1, max: 100}
      sort: {in: query, type: text, values: [new, top], default: new}
      tags: {in: query, type: text, split: ","}
    filter:
      {t: AND, l: {t: "=", l: {t: FIELD, v: post}, r: {t: LITERAL, v: "$params.post"}},
               r: {t: "=", l: {t: FIELD, v: status}, r: {t: LITERAL, v: "'approved'"}}}
    sort: {by: $params.sort, allow: {new: -created_at, top: [-likes, -created_at]}}
    page: {number: $params.page, size: $params.size, total: true}
    middlewares:
      - cors: {}
      - rate_limit: {limit: 60, per: 1m, by: $request.ip}
      - main
    response:
      headers: {Cache-Control: no-store}
      body:
        total: $total
        tags: $params.tags
        items:
          - $each: $records
            id: $record.uid
            nick: $record.nick
            avatar: https://gravatar.com/avatar/${$record.email_md5}
            html: =$markdown($record.content)
            answers: $record.parent.nick
  add_comment:
    kind: CREATE
    route: POST /comments
    table: comments
    params: {nick: {trim: true}, content: {}, email: {}, post: {}, parent: {}}
    guards:
      - {exists: {table: comments, filter: {ip: $request.ip, created_at: {">": "=$ago('60s')"}}}, status: 429, message: Too fast}
    middlewares: [{cors: {}}, {rate_limit: {limit: 5, per: 1m, by: $request.ip}}, main]
    response: {body: {id: $record.uid, nick: $record.nick}}
  one_comment:
    kind: VIEW
    route: GET /comments/{id}
    table: comments
    filter: {uid: $params.id, status: approved}
  like:
    kind: UPDATE
    route: POST /comments/{id}/like
    table: comments
    filter: {uid: $params.id}
    set: {likes: {increment: 1}}
  approve:
    kind: UPDATE
    route: PATCH /comments/{id}
    table: comments
    params: {status: {}, parent: {}}
    filter: {uid: $params.id}
  remove:
    kind: DELETE
    route: DELETE /comments/{id}
    table: comments
    filter: {uid: $params.id}
    middlewares: [main]
  by_post:
    kind: LIST
    route: GET /counts
    table: comments
    params: {post: {in: query, split: ",", required: false}}
    filter: {post: {IN: $params.post, optional: true}, status: approved}
    group: [post]
    aggregate: {n: count, last: {max: created_at}}
  about:
    route: GET /about
    response: {body: {name: My blog, version: 1}}
`

// made sends a scenario and gives the id of what it made.
func (d *door) made(s scenario) string {
	d.t.Helper()
	w := d.do(s)
	var body struct{ ID, UID string }
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code >= 300 {
		d.t.Fatalf("%s: status %d: %s", s.name, w.Code, w.Body)
	}
	return body.ID + body.UID
}

// checkAll checks scenarios under the name of what they are about.
func (d *door) checkAll(about string, scenarios []scenario) {
	d.t.Helper()
	for _, s := range scenarios {
		s.name = about + ": " + s.name
		d.check(s)
	}
}

func TestLanguageExample(t *testing.T) {
	t.Parallel()
	d := open(t, example)
	const c = "/api/blog/comments"
	add := func(n int, nick, post, rest string) string {
		return d.made(scenario{name: nick, method: "POST", path: c, peer: fmt.Sprintf("198.51.100.%d:1", n),
			body: `{"nick":"` + nick + `","post":"` + post + `","content":"**hi** ` + nick + `"` + rest + `}`})
	}
	ada := add(1, " Ada ", "p1", `,"email":"Ada@Example.org"`)
	bob := add(2, "Bob", "p1", `,"parent":"`+ada+`"`)
	eve := add(3, "Eve", "p2", `,"parent":{"u":"`+ada+`"}`)
	d.checkAll("moderation", []scenario{
		{name: "waiting is not listed", path: c + "?post=p1", status: 200, want: []string{`{"total":0,"tags":null,"items":[]}`}},
		{name: "approve", method: "PATCH", path: c + "/" + ada, body: `{"status":"approved"}`, status: 200, want: []string{`"status":"approved"`}, lacks: []string{"email\"", "198.51.100.1"}},
		{name: "approve", method: "PATCH", path: c + "/" + bob, body: `status=approved`, status: 200},
		{name: "approve", method: "PATCH", path: c + "/" + eve, body: `{"status":"approved"}`, status: 200, want: []string{`"parent":{"u":"` + ada + `","v":"Ada"}`, `"number":3`}},
		{name: "another status", method: "PATCH", path: c + "/" + eve, body: `{"status":"good"}`, status: 400, want: []string{`{"ok":false,"code":"invalid","message":"status must be one of: waiting, approved, spam."}`}},
		{name: "itself", method: "PATCH", path: c + "/" + eve, body: `{"parent":"` + eve + `"}`, status: 400, want: []string{`"message":"A comment cannot answer itself"`}},
		{name: "nobody", method: "PATCH", path: c + "/" + eve, body: `{"parent":"nobody"}`, status: 400, want: []string{`"message":"A comment cannot answer itself"`}},
		{name: "nothing changes nothing", method: "PATCH", path: c + "/" + eve, body: `{}`, status: 200, want: []string{`"version":2`}},
	})
	d.checkAll("list", []scenario{
		{name: "newest first", path: c + "?post=p1&tags=a,b&tags=c", status: 200, want: []string{`"total":2,"tags":["a","b","c"],"items":[{"id":"` + bob + `","nick":"Bob","avatar":"https://gravatar.com/avatar/","html":"<p><strong>hi</strong> Bob</p>\n","answers":"Ada"},{"id":"` + ada + `"`,
			"Cache-Control: no-store", "avatar/5bfcf2d8e394674550332640d72db509"}},
		{name: "like", method: "POST", path: c + "/" + ada + "/like", status: 200, want: []string{`"likes":1`, `"version":3`}},
		{name: "top", path: c + "?post=p1&sort=top&size=1", status: 200, want: []string{`"total":2`, `"nick":"Ada"`}, lacks: []string{`"nick":"Bob"`}},
		{name: "second page", path: c + "?post=p1&sort=top&size=1&page=2", status: 200, want: []string{`"total":2`, `"nick":"Bob"`}, lacks: []string{`"nick":"Ada"`}},
		{name: "beyond the last", path: c + "?post=p1&page=9", status: 200, want: []string{`{"total":2,"tags":null,"items":[]}`}},
		{name: "another order", path: c + "?post=p1&sort=old", status: 400, want: []string{`"message":"sort must be one of: new, top."`}},
		{name: "post is required as in the table", path: c, status: 400, want: []string{`"message":"Post is required."`}},
		{name: "another type", path: c + "?type=x", status: 404, want: []string{`{"ok":false,"code":"not_found"`}},
		{name: "too large a page", path: c + "?post=p1&size=101", status: 400, want: []string{`"message":"size must be at most 100."`}},
		{name: "all that is wrong", path: c + "?page=0&size=x", status: 400, want: []string{`"message":"Post is required. page must be at least 1. size must be a whole number."`}},
	})
	d.checkAll("guard", []scenario{
		{name: "too fast", method: "POST", path: c, peer: "198.51.100.1:1", body: `{"nick":"Ada","post":"p1","content":"again"}`, status: 429, want: []string{`{"ok":false,"code":"guard","message":"Too fast"}`}},
		{name: "again by another", method: "POST", path: c, peer: "198.51.100.9:1", body: `{"nick":"Ada","post":"p1","content":"**hi**  Ada "}`, status: 409, want: []string{`"code":"conflict"`, "Post + Nickname + Comment is taken already."}},
		{name: "without a name", method: "POST", path: c, peer: "198.51.100.9:1", body: `{"nick":"  ","email":"x"}`, status: 400, want: []string{
			`"message":"Nickname is required. Comment is required. email must be an email address. Post is required."`}},
		{name: "what is not declared is ignored", method: "POST", path: c, peer: "198.51.100.8:1", body: `{"nick":"Mal","post":"p3","content":"x","status":"approved","likes":9}`, status: 201},
		{name: "limit", method: "POST", path: c, peer: "198.51.100.9:1", body: `{}`, status: 400},
		{name: "limit", method: "POST", path: c, peer: "198.51.100.9:1", body: `{}`, status: 400},
		{name: "limit", method: "POST", path: c, peer: "198.51.100.9:1", body: `{}`, status: 400},
		{name: "limit", method: "POST", path: c, peer: "198.51.100.9:1", body: `{}`, status: 429, want: []string{`"code":"rate_limited"`, "Retry-After: ", "Access-Control-Allow-Origin: *"}, headers: "Origin: https://a.org"},
	})
	d.checkAll("rest", []scenario{
		{name: "counts", path: "/api/blog/counts", status: 200, want: []string{`{"items":[{"post":"p1","n":2,"last":"20`, `{"post":"p2","n":1,"last":"20`}, lacks: []string{`"p3"`}},
		{name: "counts of some", path: "/api/blog/counts?post=p2,p3", status: 200, want: []string{`{"items":[{"post":"p2","n":1,`}, lacks: []string{`"p1"`}},
		{name: "about", path: "/api/blog/about", status: 200, want: []string{`{"name":"My blog","version":1}`}},
		{name: "view", path: c + "/" + ada, status: 200, want: []string{`{"uid":"` + ada + `","number":1,"post":"p1","parent":null,"nick":"Ada","email_md5":"`, `"likes":1,"status":"approved","created_at":"`}, lacks: []string{`"email":`, `"ip":`}},
		{name: "remove, and what answers it", method: "DELETE", path: c + "/" + ada, status: 200, want: []string{`"uid":"` + ada + `"`}},
		{name: "the answers went too", path: c + "/" + bob, status: 404, want: []string{`{"ok":false,"code":"not_found","message":"There is no such record."}`}},
		{name: "remove again", method: "DELETE", path: c + "/" + ada, status: 404},
	})
}
