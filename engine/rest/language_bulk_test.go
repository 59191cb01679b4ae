package rest

import (
	"strconv"
	"strings"
	"testing"
)

const bulk = `
project: b
tables:
  tags: {fields: {name: {type: text}}}
  notes:
    fields:
      no: {type: autonumber}
      nick: {type: text, label: Nickname, unique: true, max: 8, required: true}
      tag: {type: reference, to: tags, display: name}
      tags: {type: references, to: tags}
      n: {type: number, default: 1, constraint: "$value !== 13", message: "${$value} brings bad luck"}
      hits: {type: number, default: 1}
  plain: {fields: {v: {type: number, integer: true}}}
endpoints:
  tag: {kind: CREATE, route: POST /tags, table: tags, params: {name: {}}}
  count: {kind: LIST, route: GET /count, table: notes, aggregate: {n: count}, response: {body: $record.n}}
  add: {kind: CREATE, route: POST /notes, table: notes, bulk: 5, params: {nick: {trim: true}, tag: {}, tags: {}, n: {type: number}}}
  named:
    kind: CREATE
    route: "POST /of/{tag}"
    table: notes
    bulk: {max: 3, as: data.rows}
    params: {tag: {}, nick: {}, n: {default: 5}, at: {in: query}}
    set: {nick: $params.nick, tag: $params.tag, n: "=$params.n * 2"}
    response: {status: 200, body: {first: $record.nick, count: "=$records.length", rows: [{$each: $records, $index: i, i: $i, nick: $record.nick, n: $record.n, tag: $record.tag.name}]}}
  guarded:
    kind: CREATE
    route: POST /guarded
    table: notes
    bulk: 9
    params: {nick: {}}
    guards: [{count: {table: notes, filter: {n: 1}, over: 3}, message: "${$params.nick} is too much"}]
  put: {kind: CREATE, route: PUT /notes, table: notes, bulk: 9, params: {nick: {}, n: {}}, upsert: {key: [nick], set: {hits: {increment: 1}}}, response: {body: [{$each: $records, k: $record.nick, h: $record.hits}]}}
  sourced: {kind: CREATE, route: POST /sourced, table: plain, bulk: 9, params: {v: {}}, sources: {all: {table: plain, aggregate: {n: count}}}, response: {body: {made: "=$records.length", all: $sources.all.n}}}
  numbers: {kind: CREATE, route: POST /numbers, table: plain, bulk: 10000, params: {v: {as: $, type: integer}}, response: {body: "=$records.map(r => r.v).join()"}}
  slow: {kind: CREATE, route: POST /slow, table: plain, bulk: 9, params: {v: {}}, middlewares: [{rate_limit: {limit: 4, per: 1h}}, main]}
`

func TestLanguageBulk(t *testing.T) {
	t.Parallel()
	d := open(t, bulk)
	tag := d.made(scenario{method: "POST", path: "/api/b/tags", body: `{"name":"x"}`})
	const path = "/api/b/notes"
	twenty := "[" + strings.Repeat("1,", 10_000) + "1]"
	var thousand strings.Builder
	for i := range 1000 {
		thousand.WriteString("," + strconv.Itoa(i))
	}
	counted := func(n string) scenario {
		return scenario{name: "count", path: "/api/b/count", status: 200, want: []string{"\n" + n}}
	}
	d.checkAll("bulk", []scenario{
		{name: "list", method: "POST", path: path, body: `[{"nick":" a "},{"nick":"b","tag":"` + tag + `","tags":["` + tag + `"]},{"nick":"c","n":null,"tag":{"u":"` + tag + `"}}]`, status: 201,
			want: []string{`[{"uid":`, `"no":1,"nick":"a","tag":null,"tags":null,"n":1,`, `"no":2,"nick":"b","tag":{"u":"` + tag + `","v":"x"},"tags":["` + tag + `"],"n":1`, `"no":3,"nick":"c",`, `"n":null`}},
		{name: "one object", method: "POST", path: path, body: `{"nick":"d"}`, status: 201, want: []string{"\n" + `{"uid":`, `"no":4,"nick":"d"`}},
		{name: "a form", method: "POST", path: path, body: `nick=e`, status: 201, want: []string{`"nick":"e"`}},
		{name: "one object is refused as ever", method: "POST", path: path, body: `{"nick":""}`, status: 400, want: []string{`"param":"nick"`, `"Nickname is required."`}},
		{name: "none", method: "POST", path: path, body: `[]`, status: 201, want: []string{"\n[]"}},
		{name: "refusals name the item", method: "POST", path: path, body: `[{"nick":"f"},{"nick":"too long a name","n":"x"},{}]`, status: 400,
			want: []string{`"param":"items[1].nick","label":"Nickname","code":"max","message":"Item 2: Nickname may have at most 8 characters."`, `"param":"items[1].n"`, `"param":"items[2].nick"`}},
		{name: "no object", method: "POST", path: path, body: `[{"nick":"f"},7]`, status: 400, want: []string{"Item 2: It must be a JSON object."}},
		{name: "constraints name the item", method: "POST", path: path, body: `[{"nick":"f"},{"nick":"g","n":13},{"nick":"h","n":13}]`, status: 400, want: []string{`"param":"items[1].n"`, `"Item 2: 13 brings bad luck"`, `"param":"items[2].n"`}},
		{name: "taken", method: "POST", path: path, body: `[{"nick":"f"},{"nick":"a"}]`, status: 409, want: []string{`"param":"items[1].nick"`, `"code":"unique"`}},
		{name: "taken by another item", method: "POST", path: path, body: `[{"nick":"f"},{"nick":"g"},{"nick":"f"}]`, status: 409, want: []string{`"param":"items[2].nick"`}},
		{name: "refers to nothing", method: "POST", path: path, body: `[{"nick":"f","tag":"` + tag + `"},{"nick":"g","tag":"nobody"}]`, status: 400, want: []string{`"param":"items[1].tag"`, `"code":"reference"`}, lacks: []string{"items[0]"}},
		{name: "too many", method: "POST", path: path, body: `[{},{},{},{},{},{}]`, status: 400, want: []string{"items may have at most 5 items."}},
		{name: "a text", method: "POST", path: path, headers: "Content-Type: text/plain", body: `x`, status: 400, want: []string{"The body must be a JSON object."}},
		counted("5"),
		{name: "under a name", method: "POST", path: "/api/b/of/" + tag, body: `{"data":{"rows":[{"nick":"h"},{"nick":"i","n":1}]}}`, status: 200, want: []string{`{"first":"h","count":2,"rows":[{"i":0,"nick":"h","n":10,"tag":"x"},{"i":1,"nick":"i","n":2,"tag":"x"}]}`}},
		{name: "refused under that name", method: "POST", path: "/api/b/of/" + tag, body: `{"data":{"rows":[{"nick":"k"},{}]}}`, status: 400, want: []string{`"param":"data.rows[1].nick"`}},
		{name: "bare all the same", method: "POST", path: "/api/b/of/" + tag, body: `[{"nick":"j"}]`, status: 200, want: []string{`{"first":"j","count":1`}},
		{name: "one of it", method: "POST", path: "/api/b/of/" + tag, body: `{"nick":"l"}`, status: 200, want: []string{`{"first":"l","count":1,"rows":[{"i":0,"nick":"l"`}},
		{name: "XML", method: "POST", path: "/api/b/of/" + tag, headers: "Content-Type: text/xml", body: `<r><data><rows><nick>m</nick></rows></data></r>`, status: 200, want: []string{`{"first":"m","count":1`}},
		{name: "none of it", method: "POST", path: "/api/b/of/" + tag, body: `[]`, status: 200, want: []string{`{"first":null,"count":0,"rows":[]}`}},
		{name: "guards see the items before", method: "POST", path: "/api/b/guarded", body: `[{"nick":"n"},{"nick":"o"}]`, status: 422, want: []string{"Item 1: n is too much"}},
		counted("10"),
		{name: "upserts", method: "PUT", path: path, body: `[{"nick":"a"},{"nick":"z"},{"nick":"z"}]`, status: 201, want: []string{`[{"k":"a","h":2},{"k":"z","h":1},{"k":"z","h":2}]`}},
		{name: "nothing but updates", method: "PUT", path: path, body: `[{"nick":"a"},{"nick":"z"}]`, status: 200, want: []string{`[{"k":"a","h":3},{"k":"z","h":3}]`}},
		{name: "an upsert that is refused", method: "PUT", path: path, body: `[{"nick":"y"},{"nick":"x","n":13}]`, status: 400, want: []string{`"param":"items[1].n"`}},
		counted("11"),
		{name: "sources are read behind it", method: "POST", path: "/api/b/sourced", body: `[{"v":1},{"v":2}]`, status: 201, want: []string{`{"made":2,"all":2}`}},
		{name: "scalars in order", method: "POST", path: "/api/b/numbers", body: "[" + thousand.String()[1:] + "]", status: 201, want: []string{"\n" + thousand.String()[1:]}},
		{name: "more than may be", method: "POST", path: "/api/b/numbers", body: twenty, status: 400},
		{name: "a scalar that is none", method: "POST", path: "/api/b/numbers", body: `[1,"x"]`, status: 400, want: []string{`"param":"items[1].v"`}},
		{name: "limits count items", method: "POST", path: "/api/b/slow", body: `[{"v":1},{"v":2},{"v":3}]`, status: 201},
		{name: "too many for now", method: "POST", path: "/api/b/slow", body: `[{"v":4},{"v":5}]`, status: 429},
		{name: "one is left", method: "POST", path: "/api/b/slow", body: `[{"v":4}]`, status: 201},
		{name: "none is left", method: "POST", path: "/api/b/slow", body: `{"v":5}`, status: 429},
		{name: "more than ever", method: "POST", path: "/api/b/slow", body: `[{},{},{},{},{}]`, status: 429, want: []string{"Retry-After: 3600"}},
	})
}
