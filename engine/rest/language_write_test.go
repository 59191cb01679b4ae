package rest

import (
	"strings"
	"sync"
	"testing"
)

const written = `
project: w
timezone: Asia/Shanghai
tables:
  people: {fields: {name: {type: text}}}
  things:
    fields:
      no: {type: autonumber}
      slug: {type: text, label: Slug, unique: true, message: "${$value} is no good slug", pattern: "^[a-z]*$"}
      name: {type: text, label: Name, required: true, empty: true, max: 10}
      title: {type: text, label: Title, required: true, default: none}
      note: {type: text}
      count: {type: number, integer: true, default: 0, min: 0, max: 10}
      price: {type: number}
      on: {type: boolean, default: true}
      at: {type: datetime, default: =$now()}
      day: {type: date}
      mail: {type: email}
      home: {type: url}
      kind: {type: enum, values: [a, b], default: a}
      data: {type: json, default: {a: [1]}}
      owner: {type: reference, to: people, display: name}
      team: {type: references, to: people}
      even: {type: number, constraint: "$value % 2 === 0", message: "${$value} of ${$this.name} is odd"}
      boss: {type: reference, to: people, constraint: "$that.name !== $this.name", message: "${$that.name} is ${$this.name}"}
      big: {type: number, constraint: "$this.no > 0 && $value > $this.no", message: "${$value} is not above ${$this.no}"}
      secret: {type: text, hidden: true, default: "=$md5('x')"}
endpoints:
  person: {kind: CREATE, route: POST /people, table: people, params: {name: {}}}
  fire: {kind: DELETE, route: "DELETE /people/{id}", table: people, filter: {uid: $params.id}}
  make:
    kind: CREATE
    route: POST /things
    table: things
    params: {slug: {}, name: {}, title: {}, note: {}, count: {}, price: {}, on: {}, at: {}, day: {}, mail: {}, home: {}, kind: {}, data: {}, owner: {}, team: {}, even: {}, boss: {}, big: {}}
  change:
    kind: UPDATE
    route: PATCH /things/{id}
    table: things
    params: {slug: {}, name: {}, title: {}, note: {}, count: {}, price: {}, on: {}, at: {}, day: {}, mail: {}, home: {}, kind: {}, data: {}, owner: {}, team: {}, even: {}, boss: {}, big: {}}
    filter: {uid: $params.id}
  set:
    kind: UPDATE
    route: PUT /things/{id}
    table: things
    params: {n: {type: integer, default: 1}, p: {}}
    filter: {uid: $params.id}
    set: {count: {increment: $params.n}, note: "n ${$params.n}", title: "=$params.n > 3 ? 'many' : undefined", team: {append: $params.p}, secret: $request.ip}
    reveal: [secret]
  clamp: {kind: UPDATE, route: "POST /things/{id}/clamp", table: things, params: {n: {type: integer}}, filter: {uid: $params.id}, set: {count: {increment: $params.n, min: 0}}}
  leave: {kind: UPDATE, route: "POST /things/{id}/leave", table: things, params: {p: {}}, filter: {uid: $params.id}, set: {team: {remove: $params.p}, data: {append: x}}}
  choose: {kind: UPDATE, route: "POST /things/{id}/{field}", table: things, params: {field: {values: [count, price]}}, filter: {uid: $params.id}, set: {$params.field: {increment: 2}}}
  all: {kind: UPDATE, route: POST /all, table: things, params: {kind: {in: query}, note: {}}, filter: {kind: $params.kind}, set: {note: $params.note}, limit: 2}
  purge: {kind: DELETE, route: DELETE /things, table: things, params: {slug: {in: query}}, filter: {slug: {STARTS_WITH: $params.slug}}, limit: 2}
  put: {kind: CREATE, route: "PUT /slugs/{slug}", table: things, params: {slug: {}, name: {}, count: {}}, upsert: {key: [slug]}, response: {body: "${$record.name} ${$record.count} ${$record.version}"}}
  visit: {kind: CREATE, route: "POST /visits/{slug}", table: things, params: {slug: {}, name: {default: v}}, set: {slug: $params.slug, name: $params.name, count: 1}, upsert: {key: [slug], set: {count: {increment: 1}}}, response: {status: "=$record.count > 2 ? 202 : undefined", body: "$record.count"}}
`

func TestLanguageCreate(t *testing.T) {
	t.Parallel()
	d := open(t, written)
	ann := d.made(scenario{method: "POST", path: "/api/w/people", body: `{"name":"Ann"}`})
	const path = "/api/w/things"
	d.checkAll("create", []scenario{
		{name: "defaults", method: "POST", path: path, body: `{"name":"x"}`, status: 201, want: []string{`"no":1,"slug":null,"name":"x","title":"none","note":null,"count":0,"price":null,"on":true,"at":"20`, `"kind":"a","data":{"a":[1]},"owner":null,"team":null`, `"version":1`}, lacks: []string{"secret", `"id"`}},
		{name: "null is no default", method: "POST", path: path, body: `{"name":"x","count":null,"kind":null,"data":null}`, status: 201, want: []string{`"count":null`, `"kind":null`, `"data":null`}},
		{name: "empty is absent", method: "POST", path: path, body: `{"name":"x","count":"","kind":"","on":"","mail":"","at":""}`, status: 201, want: []string{`"count":0`, `"kind":"a"`, `"on":true`, `"mail":null`, `"at":"20`}},
		{name: "empty is absent in forms", method: "POST", path: path, body: `name=x&count=&kind=&on=&note=&day=`, status: 201, want: []string{`"count":0`, `"kind":"a"`, `"on":true`, `"note":""`, `"day":null`}},
		{name: "empty may pass", method: "POST", path: path, body: `{"name":""}`, status: 201, want: []string{`"name":""`}},
		{name: "null never passes required", method: "POST", path: path, body: `{"name":null}`, status: 400, want: []string{"Name is required."}},
		{name: "empty is no title", method: "POST", path: path, body: `{"name":"x","title":""}`, status: 400, want: []string{"Title is required."}},
		{name: "all types", method: "POST", path: path, body: `{"name":"x","count":"3","price":1.2300,"on":"false","at":"2026-11-23T13:28:00","day":"2026-11-23","mail":"a@b.c","home":"https://a.b/c?d","kind":"b","data":[1,{"x":null}],"owner":"` + ann + `","team":["` + ann + `"]}`, status: 201,
			want: []string{`"count":3,"price":1.2300,"on":false,"at":"2026-11-23T05:28:00.000Z","day":"2026-11-23","mail":"a@b.c","home":"https://a.b/c?d","kind":"b","data":[1,{"x":null}],"owner":{"u":"` + ann + `","v":"Ann"},"team":["` + ann + `"]`}},
		{name: "epoch, other zone, digits", method: "POST", path: path, body: `{"name":"x","at":1763875680123,"price":123456789012345678901234567890.123456789}`, status: 201, want: []string{`"at":"2025-11-23T05:28:00.123Z"`, `123456789012345678901234567890.123456789`}},
		{name: "offset", method: "POST", path: path, body: `{"name":"x","at":"2026-11-23T07:28:00+02:00"}`, status: 201, want: []string{`"at":"2026-11-23T05:28:00.000Z"`}},
		{name: "reference as shown", method: "POST", path: path, body: `{"name":"x","owner":{"u":"` + ann + `","v":"?"}}`, status: 201, want: []string{`"owner":{"u":"` + ann + `","v":"Ann"}`}},
		{name: "reference to nothing", method: "POST", path: path, body: `{"name":"x","owner":"nobody","team":["nobody"]}`, status: 400, want: []string{`"param":"owner"`, `"param":"team"`, `"code":"reference"`}},
		{name: "message names the value", method: "POST", path: path, body: `{"name":"x","slug":"A1"}`, status: 400, want: []string{`"label":"Slug","code":"pattern","message":"A1 is no good slug"`}},
		{name: "message of a constraint", method: "POST", path: path, body: `{"name":"x","even":3}`, status: 400, want: []string{`"code":"constraint","message":"3 of x is odd"`}},
		{name: "message of a constraint names that", method: "POST", path: path, body: `{"name":"Ann","boss":"` + ann + `"}`, status: 400, want: []string{`"message":"Ann is Ann"`}},
		{name: "a constraint sees the number", method: "POST", path: path, body: `{"name":"x","big":1}`, status: 400, want: []string{`"message":"1 is not above 1`}},
		{name: "a constraint sees the number", method: "POST", path: path, body: `{"name":"x","big":100}`, status: 201, want: []string{`"big":100`}},
		{name: "bad types", method: "POST", path: path, body: `{"name":{},"count":1.5,"price":"x","on":"maybe","at":"soon","day":"2026-02-30","mail":"a","home":"ftp://x","kind":"c","owner":5}`, status: 400,
			want: []string{`"param":"name"`, `"param":"count"`, `"param":"price"`, `"param":"on"`, `"param":"at"`, `"param":"day"`, `"param":"mail"`, `"param":"home"`, `"param":"kind"`, `"param":"owner"`}},
		{name: "bounds", method: "POST", path: path, body: `{"name":"` + strings.Repeat("é", 11) + `","count":11}`, status: 400, want: []string{"Name may have at most 10 characters.", "count must be at most 10."}},
		{name: "unique", method: "POST", path: path, body: `{"name":"x","slug":"s"}`, status: 201},
		{name: "unique", method: "POST", path: path, body: `{"name":"x","slug":"s"}`, status: 409, want: []string{`"code":"conflict"`, `"param":"slug","label":"Slug","code":"unique","message":"s is no good slug"`}},
	})
}

func TestLanguageUpdate(t *testing.T) {
	t.Parallel()
	d := open(t, written)
	ann := d.made(scenario{method: "POST", path: "/api/w/people", body: `{"name":"Ann"}`})
	id := d.made(scenario{method: "POST", path: "/api/w/things", body: `{"name":"x","slug":"s","note":"n","count":5,"data":[1]}`})
	d.made(scenario{method: "POST", path: "/api/w/things", body: `{"name":"y","slug":"sa","note":"n"}`})
	d.made(scenario{method: "POST", path: "/api/w/things", body: `{"name":"z","slug":"sb","kind":"b"}`})
	path := "/api/w/things/" + id
	d.checkAll("update", []scenario{
		{name: "absent stays", method: "PATCH", path: path, body: `{"price":1}`, status: 200, want: []string{`"note":"n","count":5,"price":1,`, `"version":2`}},
		{name: "null clears", method: "PATCH", path: path, body: `{"note":null,"price":null}`, status: 200, want: []string{`"note":null,"count":5,"price":null`}},
		{name: "null of a required field", method: "PATCH", path: path, body: `{"title":null}`, status: 400, want: []string{"Title is required."}},
		{name: "empty text is a value", method: "PATCH", path: path, body: `{"note":""}`, status: 200, want: []string{`"note":""`}},
		{name: "empty number is absent", method: "PATCH", path: path, body: `{"count":""}`, status: 200, want: []string{`"count":5`, `"version":4`}},
		{name: "nothing", method: "PATCH", path: path, status: 200, want: []string{`"version":4`}},
		{name: "nothing, of another version", method: "PATCH", path: path, headers: `If-Match: "3-x"`, status: 412, want: []string{`"code":"precondition"`}},
		{name: "nothing of nobody", method: "PATCH", path: path + "x", status: 404},
		{name: "this version", method: "PATCH", path: path, headers: `If-Match: "4-x"`, body: `{"note":"m"}`, status: 200, want: []string{`"version":5`}},
		{name: "lost race", method: "PATCH", path: path, headers: `If-Match: "4-x"`, body: `{"note":"l"}`, status: 412},
		{name: "constraint", method: "PATCH", path: path, body: `{"even":5}`, status: 400, want: []string{"5 of x is odd"}},
		{name: "constraint holds", method: "PATCH", path: path, body: `{"even":4}`, status: 200, want: []string{`"even":4`}},
		{name: "operations", method: "PUT", path: path, body: `{"p":"` + ann + `"}`, status: 200, want: []string{`"title":"none","note":"n 1","count":6`, `"team":["` + ann + `"]`, `"secret":"192.0.2.1"`}},
		{name: "a set has it once", method: "PUT", path: path, body: `{"p":"` + ann + `","n":4}`, status: 200, want: []string{`"title":"many","note":"n 4","count":10`, `"team":["` + ann + `"]`}},
		{name: "beyond the field's bound", method: "PUT", path: path, body: `{"p":"` + ann + `"}`, status: 400, want: []string{"count must be at most 10."}},
		{name: "not a number", method: "PUT", path: path, body: `{"p":"` + ann + `","n":"x"}`, status: 400, want: []string{`"param":"n"`}},
		{name: "nobody appended", method: "PUT", path: path, body: `{"p":"nobody","n":0}`, status: 400, want: []string{`"code":"reference"`}},
		{name: "clamp", method: "POST", path: path + "/clamp", body: `{"n":-100}`, status: 200, want: []string{`"count":0`}},
		{name: "remove and append", method: "POST", path: path + "/leave", body: `{"p":"` + ann + `"}`, status: 200, want: []string{`"team":[]`, `"data":[1, "x"]`}},
		{name: "chosen field", method: "POST", path: path + "/price", status: 200, want: []string{`"count":0,"price":2`}},
		{name: "no field to choose", method: "POST", path: path + "/secret", status: 404, want: []string{`"code":"not_found"`}},
		{name: "all that match", method: "POST", path: "/api/w/all?kind=a", body: `{"note":"all"}`, status: 200, want: []string{`"note":"all"`}},
		{name: "none", method: "POST", path: "/api/w/all", body: `{"note":"all"}`, status: 404},
		{name: "more than may change", method: "DELETE", path: "/api/w/things?slug=s", status: 409, want: []string{`"code":"conflict"`, "More than 2 records match; nothing was changed."}},
		{name: "delete answers", method: "DELETE", path: "/api/w/things?slug=sb", status: 200, want: []string{`"name":"z"`}},
		{name: "two of two", method: "DELETE", path: "/api/w/things?slug=s", status: 200},
		{name: "none left", method: "DELETE", path: "/api/w/things?slug=s", status: 404},
	})
}

func TestLanguageUpsert(t *testing.T) {
	t.Parallel()
	d := open(t, written)
	d.checkAll("upsert", []scenario{
		{name: "creates", method: "PUT", path: "/api/w/slugs/a", body: `{"name":"one"}`, status: 201, want: []string{"one 0 1"}},
		{name: "updates", method: "PUT", path: "/api/w/slugs/a", body: `{"name":"two","count":3}`, status: 200, want: []string{"two 3 2"}},
		{name: "absent stays", method: "PUT", path: "/api/w/slugs/a", body: `{"name":"three"}`, status: 200, want: []string{"three 3 3"}},
		{name: "is checked", method: "PUT", path: "/api/w/slugs/a", body: `{"name":"three","count":99}`, status: 400},
		{name: "visit", method: "POST", path: "/api/w/visits/b", status: 201, want: []string{"1"}},
		{name: "visit again", method: "POST", path: "/api/w/visits/b", status: 200, want: []string{"2"}},
		{name: "the template says the status", method: "POST", path: "/api/w/visits/b", status: 202, want: []string{"3"}},
	})
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() { d.do(scenario{method: "POST", path: "/api/w/visits/b"}) })
	}
	group.Wait()
	d.check(scenario{name: "nobody is lost", method: "POST", path: "/api/w/visits/b", status: 202, want: []string{"\n10"}})
}
