package rest

import "testing"

const sourced = `
project: s
tables:
  notes:
    fields:
      post: {type: text, index: true}
      nick: {type: text}
      n: {type: number, integer: true}
      up: {type: reference, to: notes, display: nick, on_delete: set_null}
      mail: {type: text, hidden: true, default: HUSH}
      status: {type: enum, values: [waiting, approved], default: approved}
endpoints:
  add: {kind: CREATE, route: POST /notes, table: notes, params: {post: {}, nick: {}, n: {}, up: {}, status: {}}}
  page:
    kind: LIST
    route: GET /page
    table: notes
    params: {post: {in: query}, q: {in: query}, by: {in: query}, size: {in: query, type: integer, default: 2, max: 9}}
    filter: {post: $params.post, nick: {SEARCH: $params.q, optional: true}}
    sort: [n]
    page: {number: 1, size: $params.size, total: true}
    sources:
      all: {table: notes, aggregate: {n: count, sum: {sum: n}}, filter: {post: $params.post}}
      posts: {table: notes, group: [post], aggregate: {n: count}, sort: [-n, post]}
      top: {table: notes, filter: {n: {">": 1}}, sort: {by: $params.by, allow: {n: -n, nick: nick}}, limit: 2}
      unread: {table: notes}
    response:
      headers: {X-All: "${$sources.all.n}"}
      body:
        recordsTotal: $sources.all.n
        recordsFiltered: $total
        sum: $sources.all.sum
        data: [{$each: $records, $value: $record.nick}]
        posts: [{$each: $sources.posts, $as: p, $value: "${$p.post}:${$p.n}"}]
        top: [{$each: $sources.top, $as: t, n: $t.n, up: $t.up.nick}]
        js: =$sources.top.length + $sources.top.map(t => t.nick).join('')
  whole: {route: GET /whole, sources: {first: {table: notes, sort: [n], limit: 1}, none: {table: notes, filter: {post: nowhere}}, sum: {table: notes, filter: {post: nowhere}, aggregate: {n: count, s: {sum: n}}}}, response: {body: $sources}}
  missing: {kind: VIEW, route: "GET /notes/{id}", table: notes, filter: {uid: $params.id}, sources: {others: {table: notes, filter: {uid: {"<>": $params.id}}, aggregate: {n: count}}}, response: {body: {nick: $record.nick, others: $sources.others.n}}}
  counted: {kind: CREATE, route: POST /counted, table: notes, params: {post: {}, nick: {}, at_least: {type: integer}}, sources: {same: {table: notes, filter: {post: $params.post}, aggregate: {n: count}}, over: {table: notes, filter: {n: {">=": $params.at_least, optional: true}}, limit: 1}}, response: {body: {nick: $record.nick, n: $sources.same.n, over: =$sources.over.length}}}
  liked: {kind: UPDATE, route: "POST /notes/{id}/like", table: notes, filter: {uid: $params.id}, set: {n: {increment: 1}}, sources: {sum: {table: notes, aggregate: {s: {sum: n}}}}, response: {body: {n: $record.n, sum: $sources.sum.s}}}
  gone: {kind: DELETE, route: "DELETE /notes/{id}", table: notes, filter: {uid: $params.id}, sources: {left: {table: notes, aggregate: {n: count}}}, response: {body: {left: $sources.left.n}}}
  refused: {kind: CREATE, route: POST /refused, table: notes, params: {post: {}, nick: {}}, sources: {s: {table: notes, filter: {n: $request.body.x}, aggregate: {n: count}}}, response: {body: $sources.s}}
`

func TestLanguageSources(t *testing.T) {
	t.Parallel()
	d := open(t, sourced)
	a := d.made(scenario{method: "POST", path: "/api/s/notes", body: `{"post":"p","nick":"ann","n":1}`})
	d.made(scenario{method: "POST", path: "/api/s/notes", body: `{"post":"p","nick":"bob","n":2,"up":"` + a + `"}`})
	d.made(scenario{method: "POST", path: "/api/s/notes", body: `{"post":"p","nick":"cat","n":4}`})
	d.made(scenario{method: "POST", path: "/api/s/notes", body: `{"post":"q","nick":"dan","n":3}`})
	d.checkAll("sources", []scenario{
		{name: "two totals and more", path: "/api/s/page?post=p&q=a", status: 200, want: []string{"X-All: 3",
			`{"recordsTotal":3,"recordsFiltered":2,"sum":7,"data":["ann","cat"],"posts":["p:3","q:1"],"top":[{"n":4,"up":null},{"n":3,"up":null}],"js":"2catdan"}`}},
		{name: "sorted as asked", path: "/api/s/page?post=p&by=nick&size=1", status: 200, want: []string{`"recordsFiltered":3`, `"data":["ann"]`, `"top":[{"n":2,"up":"ann"},{"n":4,"up":null}]`}},
		{name: "a sort that is not allowed", path: "/api/s/page?post=p&by=mail", status: 400, want: []string{`"param":"sort"`}},
		{name: "no match", path: "/api/s/page?post=none", status: 200, want: []string{`{"recordsTotal":0,"recordsFiltered":0,"sum":null,"data":[],"posts":["p:3","q:1"]`}},
		{name: "all of them, without a table", path: "/api/s/whole", status: 200, want: []string{`{"first":[{"uid":"` + a + `","post":"p","nick":"ann","n":1,"up":null,"status":"approved","created_at":"`, `"none":[],"sum":{"n":0,"s":null}}`}, lacks: []string{"HUSH"}},
		{name: "beside one record", path: "/api/s/notes/" + a, status: 200, want: []string{`{"nick":"ann","others":3}`}},
		{name: "beside none", path: "/api/s/notes/nobody", status: 404},
		{name: "behind a write", method: "POST", path: "/api/s/counted", body: `{"post":"q","nick":"eve"}`, status: 201, want: []string{`{"nick":"eve","n":2,"over":1}`}},
		{name: "behind an update", method: "POST", path: "/api/s/notes/" + a + "/like", status: 200, want: []string{`{"n":2,"sum":11}`}},
		{name: "behind a delete", method: "DELETE", path: "/api/s/notes/" + a, status: 200, want: []string{`{"left":4}`}},
		{name: "a value that does not fit writes nothing", method: "POST", path: "/api/s/refused", body: `{"post":"r","nick":"x","x":"many"}`, status: 400, want: []string{`"code":"filter"`}},
		{name: "nothing was written", path: "/api/s/page?post=r", status: 200, want: []string{`{"recordsTotal":0`}},
	})
}
