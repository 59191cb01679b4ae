package rest

import (
	"net/url"
	"testing"
)

const sorted = `
project: s
tables:
  groups: {fields: {name: {type: text}}}
  items:
    fields:
      name: {type: text}
      n: {type: number, integer: true}
      group: {type: reference, to: groups, display: name}
endpoints:
  add_group: {kind: CREATE, route: POST /groups, table: groups, params: {name: {}}}
  add: {kind: CREATE, route: POST /items, table: items, params: {name: {}, n: {}, group: {}}}
  text:
    {kind: LIST, route: GET /text, table: items, sort: {by: $request.query.by, allow: [-n, name, {of: [group.name, n]}]},
     page: {cursor: $request.query.after, size: 2}, response: {body: {i: [{$each: $records, $value: $record.name}], next: $next}}}
  pair:
    {kind: LIST, route: GET /pair, table: items, params: {sort: {in: query, type: json}}, sort: {by: $params.sort, allow: [name, n]},
     page: {number: 1, size: 9, total: true}, response: {body: "${$records[0].name}${$records[1].name}${$records[2].name}${$records[3].name}", type: text/plain}}
  two:
    {kind: LIST, route: GET /two, table: items, params: {column: {in: query}, direction: {in: query}}, sort: {by: "${$params.column} ${$params.direction}", allow: [n, name]},
     response: {body: "${$records[0].name}${$records[1].name}${$records[2].name}${$records[3].name}", type: text/plain}}
  grouped:
    {kind: LIST, route: GET /grouped, table: items, group: [group, n], aggregate: {count: count}, sort: {by: $request.query.by, allow: [count, n, {g: group}]},
     response: {body: [{$each: $records, $value: "${$record.count}x${$record.n}"}]}}
`

// TestLanguageSortBothWays holds the orders that a request composes of what an endpoint allows.
func TestLanguageSortBothWays(t *testing.T) {
	t.Parallel()
	d := open(t, sorted)
	red := d.made(scenario{method: "POST", path: "/api/s/groups", body: `{"name":"red"}`})
	blue := d.made(scenario{method: "POST", path: "/api/s/groups", body: `{"name":"blue"}`})
	for _, body := range []string{`{"name":"a","n":2,"group":"` + red + `"}`, `{"name":"b","n":1,"group":"` + blue + `"}`, `{"name":"c","n":1,"group":"` + red + `"}`, `{"name":"d"}`} {
		d.made(scenario{method: "POST", path: "/api/s/items", body: body})
	}
	for by, want := range map[string]string{
		"": "acbd", "n": "bcad", "-n": "acbd", "+name": "abcd", "name desc": "dcba", "name DESC": "dcba", "-name asc": "dcba", "-name desc": "abcd",
		"n,-name": "cbad", "-n, name": "abcd", "n,name,-n": "bcad", "of": "bcad", "-of": "acbd", "-of,name": "acbd", "-n,name,of,n": "abcd", "desc": "acbd", " , ": "acbd",
	} {
		if got := d.walk("/api/s/text?by=" + url.QueryEscape(by)); got != want {
			t.Errorf("by %q the pages walk %s, want %s", by, got, want)
		}
	}
	const of = `"message":"sort must be one of: `
	d.checkAll("refused", []scenario{
		{name: "unknown", path: "/api/s/text?by=secret", status: 400, want: []string{of + `n, name, of."`}},
		{name: "a path", path: "/api/s/text?by=group.name", status: 400},
		{name: "two signs", path: "/api/s/text?by=n,nname", status: 400},
		{name: "no direction", path: "/api/s/text?by=n%20down", status: 400},
		{name: "too many", path: "/api/s/text?by=n,name,of,n,name", status: 400},
		{name: "SQL", path: "/api/s/text?by=" + url.QueryEscape(`n;DROP TABLE x`), status: 400},
		{name: "another order's cursor", path: "/api/s/text?by=n,name&after=" + d.member(scenario{path: "/api/s/text?by=n,-name"}, "next"), status: 400},
	})
	for by, want := range map[string]string{
		`["name","DESC"]`: "dcba", `["name","asc"]`: "abcd", `["n","ASC","name","DESC"]`: "cbad", `["-n","name"]`: "abcd", `[]`: "abcd", `"-name"`: "dcba", `null`: "abcd", ``: "abcd",
	} {
		d.check(scenario{name: by, path: "/api/s/pair?sort=" + url.QueryEscape(by), status: 200, want: []string{want}})
	}
	for query, want := range map[string]string{"column=name&direction=desc": "dcba", "column=name": "abcd", "": "bcad", "direction=desc": "bcad"} {
		d.check(scenario{name: query, path: "/api/s/two?" + query, status: 200, want: []string{want}})
	}
	d.checkAll("pairs and groups", []scenario{
		{name: "numbers", path: "/api/s/pair?sort=" + url.QueryEscape(`[1,2]`), status: 400},
		{name: "an object", path: "/api/s/pair?sort=" + url.QueryEscape(`{"name":1}`), status: 400},
		{name: "groups", path: "/api/s/grouped?by=-n,-g", status: 200, want: []string{`["1x2","1x1","1x1","1x"]`}},
		{name: "a result", path: "/api/s/grouped?by=-count,n", status: 200, want: []string{`["1x1","1x1","1x2","1x"]`}},
	})
}
