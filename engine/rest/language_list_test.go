package rest

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

const listed = `
project: l
tables:
  groups: {fields: {name: {type: text}, code: {type: text, hidden: true}}}
  items:
    fields:
      name: {type: text}
      n: {type: number, integer: true}
      group: {type: reference, to: groups, display: name}
      key: {type: text, hidden: true, default: HUSH}
endpoints:
  add_group: {kind: CREATE, route: POST /groups, table: groups, params: {name: {}, code: {}}}
  add: {kind: CREATE, route: POST /items, table: items, params: {name: {}, n: {}, group: {}}}
  plain: {kind: LIST, route: GET /plain, table: items, response: {body: {n: =$records.length, first: "$records[0].name"}}}
  up: {kind: LIST, route: GET /up, table: items, filter: {name: {IN: [a, b, c, d]}}, sort: [n], response: {body: [{$each: $records, $value: $record.name}]}}
  down: {kind: LIST, route: GET /down, table: items, filter: {name: {IN: [a, b, c, d]}}, sort: [-n, name], response: {body: [{$each: $records, $value: $record.name}]}}
  by_group: {kind: LIST, route: GET /by_group, table: items, filter: {name: {IN: [a, b, c, d]}}, sort: [-group.name, name], response: {body: [{$each: $records, $value: $record.name}]}}
  walk: {kind: LIST, route: GET /walk, table: items, params: {by: {in: query}}, filter: {name: {IN: [a, b, c, d]}}, sort: {by: $params.by, allow: {new: -created_at, n: n, desc: [-n, name]}}, page: {cursor: $request.query.after, size: 3}, response: {body: {i: [{$each: $records, $value: $record.name}], next: $next}}}
  grouped: {kind: LIST, route: GET /grouped, table: items, params: {min: {in: query, type: integer}}, filter: {n: {">=": $params.min, optional: true}}, group: [group], aggregate: {n: count, sum: {sum: n}, avg: {avg: n}, low: {min: n}, high: {max: name}, names: {distinct: name}}, sort: [-n], page: {number: 1, size: 1, total: true}}
  whole: {kind: LIST, route: GET /whole, table: items, filter: {name: $request.query.name}, aggregate: {n: count, sum: {sum: n}, last: {max: created_at}}}
  shaped: {kind: LIST, route: GET /shaped, table: items, group: [group], aggregate: {n: count}, sort: [n], response: {body: {$each: $records, $key: "=$record.group ? $record.group.v : '-'", $value: $record.n}}}
  dynamic: {kind: VIEW, route: "GET /dynamic/{id}", table: items, filter: {uid: $params.id}, response: {body: {v: "=$record[$request.query.f]", keys: "=Object.keys($record).join()", json: "=JSON.stringify($record)", "${$request.query.f}": 1}}}
  dynamic_list: {kind: LIST, route: GET /dynamic, table: items, filter: {name: a}, response: {body: "=$records.map(r => r[$request.query.f] + ' ' + ($request.query.f in r) + ' ' + (r.group && r.group.code))"}}
  revealed: {kind: LIST, route: GET /revealed, table: items, filter: {name: a}, reveal: [key], response: {body: "=$records.map(r => r.key)"}}
  me: {route: GET /me, response: {body: {kind: $auth.kind, roles: $auth.roles, who: "=$auth ? $auth.kind : 'nobody'"}}}
  free: {kind: CREATE, route: POST /free, table: groups, params: {name: {}}, guards: [{not_exists: {table: items, filter: {name: $params.name}}, message: "nothing is named ${$params.name}"}, {when: "=$params.name === 'b'", status: 403}, {count: {table: items, filter: {name: $params.name}, over: "=0 + 0"}, status: 409}]}
`

func TestLanguageLists(t *testing.T) {
	t.Parallel()
	d := open(t, listed)
	red := d.made(scenario{method: "POST", path: "/api/l/groups", body: `{"name":"red","code":"secret"}`})
	for _, body := range []string{`{"name":"a","n":2,"group":"` + red + `"}`, `{"name":"b"}`, `{"name":"c","n":1}`, `{"name":"d","n":2,"group":"` + red + `"}`} {
		d.made(scenario{method: "POST", path: "/api/l/items", body: body})
	}
	uid := d.made(scenario{method: "POST", path: "/api/l/items", body: `{"name":"z"}`})
	owner := d.token("", auth.Owner)
	d.checkAll("lists", []scenario{
		{name: "nulls last", path: "/api/l/up", status: 200, want: []string{`["c","a","d","b"]`}},
		{name: "nulls last downwards", path: "/api/l/down", status: 200, want: []string{`["a","d","c","b"]`}},
		{name: "through a reference", path: "/api/l/by_group", status: 200, want: []string{`["a","d","b","c"]`}},
		{name: "group", path: "/api/l/grouped", status: 200, want: []string{`{"items":[{"group":null,"n":3,"sum":1,"avg":1,"low":1,"high":"z","names":3}],"page":1,"size":1,"total":2}`}},
		{name: "group of a reference", path: "/api/l/grouped?min=2", status: 200, want: []string{`{"items":[{"group":{"u": "` + red + `", "v": "red"},"n":2,"sum":4,"avg":2,"low":2,"high":"d","names":2}],"page":1,"size":1,"total":1}`}},
		{name: "group by example", path: "/api/l/shaped", status: 200, want: []string{`{"red":2,"-":3}`}},
		{name: "one object", path: "/api/l/whole?name=a", status: 200, want: []string{`{"n":1,"sum":2,"last":"20`}},
		{name: "over nothing", path: "/api/l/whole?name=x", status: 200, want: []string{`{"n":0,"sum":null,"last":null}`}},
		{name: "over nothing named", path: "/api/l/whole", status: 200, want: []string{`{"n":0,"sum":null,"last":null}`}},
		{name: "a name of the request", path: "/api/l/dynamic/" + uid + "?f=name", status: 200, want: []string{`{"v":"z","keys":"uid,name,n,group,created_at,updated_at,version"`, `"name":1`}, lacks: []string{"HUSH"}},
		{name: "reaches nothing hidden", path: "/api/l/dynamic/" + uid + "?f=key", status: 200, want: []string{`{"keys":"uid,name,`}, lacks: []string{"HUSH", `"v"`}},
		{name: "nor the prototype", path: "/api/l/dynamic/" + uid + "?f=__proto__", status: 200, lacks: []string{"HUSH", `"v"`}},
		{name: "nor in a list", path: "/api/l/dynamic?f=key", status: 200, want: []string{`["undefined false undefined"]`}, lacks: []string{"HUSH", "secret"}},
		{name: "revealed", path: "/api/l/revealed", status: 200, want: []string{`["HUSH"]`}},
		{name: "nobody", path: "/api/l/me", status: 200, want: []string{`{"kind":null,"roles":null,"who":"nobody"}`}},
		{name: "somebody is nobody without auth", path: "/api/l/me", headers: owner, status: 200, want: []string{`"who":"nobody"`}},
		{name: "guard of absence", method: "POST", path: "/api/l/free", body: `{"name":"x"}`, status: 422, want: []string{`"code":"guard"`, "nothing is named x"}},
		{name: "guard of a condition", method: "POST", path: "/api/l/free", body: `{"name":"b"}`, status: 403, want: []string{`"code":"guard"`, "The request was refused."}},
		{name: "guard of a count", method: "POST", path: "/api/l/free", body: `{"name":"a"}`, status: 409},
	})
	for range 98 {
		d.made(scenario{method: "POST", path: "/api/l/items", body: `{"name":"more"}`})
	}
	d.check(scenario{name: "without a page", path: "/api/l/plain", status: 200, want: []string{`{"n":100,"first":"more"}`}})
	for by, want := range map[string]string{"": "dcba", "new": "dcba", "n": "cadb", "desc": "adcb"} {
		if got := d.walk("/api/l/walk?by=" + by); got != want {
			t.Errorf("the cursor by %q walks %s, want %s", by, got, want)
		}
	}
}

// walk gives the names of all pages of a list with a cursor.
func (d *door) walk(path string) string {
	d.t.Helper()
	names, next := "", ""
	for page := 0; page < 9; page++ {
		w := d.do(scenario{path: path + "&after=" + next})
		var body struct {
			I    []string
			Next *string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil || w.Code != 200 {
			d.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		for _, name := range body.I {
			names += name
		}
		if body.Next == nil {
			return names
		}
		next = *body.Next
	}
	return fmt.Sprint(names, " without end")
}
