package rest

import (
	"net/url"
	"testing"
)

const narrowed = `
project: n
tables:
  groups: {fields: {name: {type: text}, code: {type: text, hidden: true}}}
  items:
    fields:
      name: {type: text}
      note: {type: text}
      n: {type: number, integer: true}
      at: {type: datetime}
      done: {type: boolean}
      kind: {type: enum, values: [x, y]}
      group: {type: reference, to: groups, display: name}
      key: {type: text, hidden: true, default: hush}
endpoints:
  add_group: {kind: CREATE, route: POST /groups, table: groups, params: {name: {}}}
  add: {kind: CREATE, route: POST /items, table: items, params: {name: {}, note: {}, n: {}, at: {}, done: {}, kind: {}, group: {}}}
  text:
    {kind: LIST, route: GET /text, table: items, params: {f: {in: query}, o: {in: query}, max: {in: query, type: integer}}, filter: {n: {"<": $params.max, optional: true}}, narrow: &n {by: $params.f, allow: [name, note, n, at, done, kind, group, {of: group.name}, {id: uid}]},
     sort: {by: $params.o, allow: [name, n]}, page: {size: 2, number: $request.query.page, total: true}, response: {body: "${$total}:${$records[0].name}${$records[1].name}", type: text/plain}}
  json:
    {kind: LIST, route: GET /json, table: items, params: {f: {in: query, type: json}}, narrow: *n, sort: [name], response: {body: "${$records[0].name}${$records[1].name}${$records[2].name}", type: text/plain}}
  joined:
    {kind: LIST, route: GET /joined, table: items, params: {f: {in: query}, o: {in: query}}, narrow: *n, sort: {by: $params.o, allow: [name, n]}, include: {same: {table: items, by: {n: n}, filter: {name: {"<>": $params.o}}, sort: [-name]}},
     sources: {all: {table: items, aggregate: {n: count}}}, response: {body: {all: $sources.all.n, i: [{$each: $records, $value: "${$record.name}:${$record.same[0].name}${$record.same[1].name}"}]}}}
  counts: {kind: LIST, route: GET /counts, table: items, params: {f: {in: query}}, narrow: *n, group: [kind], aggregate: {c: count}, sort: [kind], response: {body: [{$each: $records, $value: "${$record.kind}${$record.c}"}]}}
`

// TestLanguageNarrow holds the filters that requests write, by the fields that an endpoint allows.
func TestLanguageNarrow(t *testing.T) {
	t.Parallel()
	d := open(t, narrowed)
	red := d.made(scenario{method: "POST", path: "/api/n/groups", body: `{"name":"red"}`})
	for _, body := range []string{
		`{"name":"a","note":"50% off $params.f","n":2,"done":true,"kind":"x","group":"` + red + `"}`, `{"name":"b","n":1,"done":false,"kind":"y","at":"2026-02-01T00:00:00Z"}`,
		`{"name":"c","note":"=x ${y}","n":1,"kind":"y","group":"` + red + `"}`,
	} {
		d.made(scenario{method: "POST", path: "/api/n/items", body: body})
	}
	for f, want := range map[string]string{
		``: "3:ab", `n = 1`: "2:bc", `n = 1 && name != "b"`: "1:c", `n > 1 || name = 'c'`: "2:ac", `!(n = 1)`: "1:a", `done = true`: "1:a", `done = false or kind = 'x'`: "2:ab",
		`of = "red"`: "2:ac", `group = "` + red + `"`: "2:ac", `group = ""`: "1:b", `group != ""`: "2:ac", `note = ""`: "1:b", `note != ''`: "2:ac", `at = null`: "2:ac", `at != null`: "1:b",
		`at > "2026-01-15 00:00:00.000Z"`: "1:b", `note ~ "OFF"`: "1:a", `note ~ '50%'`: "1:a", `note !~ "off" && note != null`: "1:c", `note ~ "_x"`: "0:",
		`note = "=x ${y}"`: "1:c", `note ~ "$params.f"`: "1:a", `note = "$params.f"`: "0:", `name = "'; DROP TABLE x --"`: "0:", `id = "` + red + `"`: "0:",
	} {
		d.check(scenario{name: f, path: "/api/n/text?f=" + url.QueryEscape(f), status: 200, want: []string{want}})
		d.check(scenario{name: f + " again", path: "/api/n/text?o=-name,n&f=" + url.QueryEscape(f), status: 200, want: []string{want[:2]}})
	}
	d.checkAll("together", []scenario{
		{name: "with the filter", path: "/api/n/text?max=2&f=" + url.QueryEscape(`name = "a" || n = 1`), status: 200, want: []string{"2:bc"}},
		{name: "a page beyond the end", path: "/api/n/text?page=3&f=" + url.QueryEscape(`n = 1`), status: 200, want: []string{"2:"}},
		{name: "with what is joined", path: "/api/n/joined?o=-n,-name&f=" + url.QueryEscape(`name != "a"`), status: 200, want: []string{`{"all":3,"i":["c:cb","b:cb"]}`}},
		{name: "in groups", path: "/api/n/counts?f=" + url.QueryEscape(`n = 1`), status: 200, want: []string{`["y2"]`}},
	})
	for f, want := range map[string]string{
		`{}`: "abc", `null`: "abc", `{"n":1}`: "bc", `{"n":{">":1}}`: "a", `{"OR":[{"kind":"x"},{"name":"c"}]}`: "ac", `{"name":["a","b","$params.f"]}`: "ab", `{"name":{"IN":[]}}`: "",
		`{"kind":["x","y"]}`: "abc", `{"note":"$params.f"}`: "", `{"note":"=x ${y}"}`: "c", `{"note":{"SEARCH":"OFF 50%"}}`: "a", `{"at":null}`: "ac", `{"NOT":{"group":null}}`: "ac", `{"n":{"BETWEEN":[2,3]}}`: "a", `"n = 2"`: "a",
	} {
		d.check(scenario{name: f, path: "/api/n/json?f=" + url.QueryEscape(f), status: 200, want: []string{"\n" + want}})
	}
	const cannot = `"message":"The filter cannot be used: `
	for f, want := range map[string]string{
		`key = "hush"`: "key is not among name, note, n, at, done, kind, group, of, id", `group.code = "x"`: "group.code is not among", `n = "x"`: "does not fit n",
		`n = 1 &&`: "the end at character 9 where the name of a field should stand", `kind = "z"`: `is no value of kind`, `done ~ "x"`: "wants a text", `name = name`: "where a text in quotes",
	} {
		d.check(scenario{name: f, path: "/api/n/text?f=" + url.QueryEscape(f), status: 400, want: []string{cannot, want}})
	}
	for _, f := range []string{`{"key":"hush"}`, `{"t":"=","l":{"t":"FIELD","v":"name"},"r":{"t":"FIELD","v":"key"}}`, `{"t":"=","l":{"t":"FIELD","v":"name"},"r":{"t":"LITERAL","v":"$params.f"}}`, `[1]`, `{"name":{"$ne":1}}`} {
		d.check(scenario{name: f, path: "/api/n/json?f=" + url.QueryEscape(f), status: 400, want: []string{cannot}})
	}
}
