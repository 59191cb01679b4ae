package rest

import "testing"

const scripted = `
project: js
tables:
  notes: {fields: {title: {type: text, label: Title, required: true, max: 9}, size: {type: number, integer: true}}}
endpoints:
  add:
    kind: CREATE
    route: POST /notes
    table: notes
    params: {title: {}, size: {}, mood: {type: text}}
    middlewares:
      - cors: {}
      - script:
          before: "=$params.mood === 'loud' ? {params: {title: $params.title.toUpperCase(), size: null}, headers: {'X-Mood': 'loud'}} : $params.mood === 'long' ? {params: {title: 'much too long', size: 'x'}} : null"
      - main
    response: {body: {title: $record.title, size: $record.size}}
  many:
    kind: CREATE
    route: POST /many
    table: notes
    bulk: 5
    params: {title: {}, size: {}, mood: {type: text}}
    middlewares:
      - cors: {}
      - script:
          before: "=({loud: {params: {title: $params.title?.toUpperCase()}, headers: {'X-Mood': 'loud'}}, long: {params: {title: 'much too long'}}, bad: {refuse: {status: 451, code: 'banned', message: 'Not ' + $params.title}}, answer: {answer: {body: $params.title}}})[$params.mood] ?? ($params.size === null ? {params: {size: 7}} : null)"
      - main
    response: {body: [{$each: $records, t: $record.title, s: $record.size}]}
  closed: {kind: CREATE, route: POST /closed, table: notes, bulk: 5, params: {title: {}}, middlewares: [{script: {before: {refuse: {status: 403}}}}, main]}
  refuse:
    route: GET /refuse
    params: {how: {in: query, type: text}}
    middlewares:
      - cors: {}
      - script:
          before: "=({plain: {refuse: {}}, all: {refuse: {status: 451, code: 'banned', message: 'Not here'}, headers: {'X-Why': 'law'}}, own: {refuse: {code: 'too_early'}}, known: {refuse: {code: 'forbidden'}}, low: {refuse: {status: 200}}, odd: {refuse: {why: 1}}})[$params.how] ?? null"
      - main
    response: {body: {in: true}}
    errors: {body: {code: $error.code, message: $error.message, status: $error.status}}
  answer:
    route: GET /answer
    params: {how: {in: query, type: text}}
    middlewares:
      - script:
          before: "=({json: {answer: {status: 202, headers: {'X-A': 'b', 'Set-Cookie': ['a=1', 'sayrud_session=x']}, body: [1, null]}}, text: {answer: {body: 'hello'}}, html: {answer: {type: 'text/html', body: '<b>'}}, string: {answer: {type: 'application/json', body: 'hello'}}, none: {answer: {status: 204}}})[$params.how]"
          after: "=({body: 'after'})"
      - main
    response: {body: {in: true}}
  wrapped:
    kind: LIST
    route: GET /notes
    table: notes
    middlewares:
      - script: {after: "=({status: 203, headers: {'X-Count': $response.body.items.length, 'X-Gone': null, 'X-Was': $response.headers['x-gone']}, body: {data: $response.body.items, was: $response.status}})"}
      - main
    response: {headers: {X-Gone: here}, body: {items: [{$each: $records, title: $record.title}]}}
  text:
    route: GET /text
    middlewares: [{script: {after: {body: "${$response.body}, ${$request.query.name}"}}}, main]
    response: {body: Hello}
  kept_out:
    route: GET /kept-out
    middlewares: [{script: {before: {answer: {body: {headers: $request.headers}}}}}, main]
  broken:
    route: GET /broken
    middlewares: [{cors: {}}, {script: {before: "=null.x()"}}, main]
  endless:
    route: GET /endless
    middlewares: [{script: {after: "=(() => { for (;;) {} })()"}}, main]
    response: {body: {in: true}}
  errs:
    route: GET /errs
    middlewares: [{script: {after: "=({body: 1})"}}, {ip_filter: {allow: [9.9.9.9]}}, main]
  nobody:
    route: GET /nobody
    middlewares: [{script: {before: "=({params: {x: 1}})"}}, main]
`

func TestScripts(t *testing.T) {
	t.Parallel()
	d := open(t, scripted)
	for _, s := range []scenario{
		{name: "nothing", method: "POST", path: "/api/js/notes", body: `{"title":"a","size":3}`, status: 201, want: []string{`{"title":"a","size":3}`}, lacks: []string{"X-Mood"}},
		{name: "parameters and headers", method: "POST", path: "/api/js/notes", body: `{"title":"b","size":3,"mood":"loud"}`, status: 201, want: []string{`{"title":"B","size":null}`, "X-Mood: loud"}},
		{name: "parameters that break rules", method: "POST", path: "/api/js/notes", body: `{"title":"b","mood":"long"}`, status: 400,
			want: []string{`"param":"title"`, "Title may have at most 9 characters.", `"param":"size"`}},
		{name: "parameters that come broken", method: "POST", path: "/api/js/notes", body: `{"mood":"loud"}`, status: 400, want: []string{"Title is required."}},

		{name: "let in", path: "/api/js/refuse?how=no", status: 200, want: []string{`{"in":true}`}},
		{name: "refused", path: "/api/js/refuse?how=plain", status: 422, want: []string{`{"code":"guard","message":"The request was refused.","status":422}`}},
		{name: "refused in its words", path: "/api/js/refuse?how=all", headers: "Origin: https://a.org", status: 451, want: []string{`{"code":"banned","message":"Not here","status":451}`, "X-Why: law", "Access-Control-Allow-Origin"}},
		{name: "a code of its own", path: "/api/js/refuse?how=own", status: 422, want: []string{`{"code":"too_early","message":"The request was refused.","status":422}`}},
		{name: "a code of ours", path: "/api/js/refuse?how=known", status: 403, want: []string{`{"code":"forbidden","message":"You are not allowed to do this.","status":403}`}},
		{name: "a status that is none", path: "/api/js/refuse?how=low", status: 500},
		{name: "a member that is none", path: "/api/js/refuse?how=odd", status: 500},

		{name: "answers", path: "/api/js/answer?how=json", status: 202, want: []string{"[1,null]", "X-A: b", "Set-Cookie: a=1", "Content-Type: application/json"}, lacks: []string{"sayrud_session"}},
		{name: "answers text", path: "/api/js/answer?how=text", status: 200, want: []string{"Content-Type: text/plain; charset=utf-8", "\nhello"}},
		{name: "answers as another type", path: "/api/js/answer?how=html", status: 200, want: []string{"Content-Type: text/html", "<b>", "sandbox"}},
		{name: "answers a JSON string", path: "/api/js/answer?how=string", status: 200, want: []string{`"hello"`}},
		{name: "answers nothing", path: "/api/js/answer?how=none", status: 204},
		{name: "does not answer", path: "/api/js/answer", status: 200, want: []string{"after"}, lacks: []string{`"in"`}},

		{name: "after main", path: "/api/js/notes", status: 203, want: []string{`{"data":[{"title":"B"},{"title":"a"}],"was":200}`, "X-Count: 2", "X-Was: here"}, lacks: []string{"X-Gone"}},
		{name: "after text", path: "/api/js/text?name=Ann", status: 200, want: []string{"Hello, Ann"}},
		{name: "no secrets of the panel", path: "/api/js/kept-out", headers: "Authorization: Bearer sl_secret\nCookie: sayrud_session=s; own=1\nX-Mine: yes", status: 200,
			want: []string{`"x-mine":"yes"`, `"cookie":"own=1"`}, lacks: []string{"sl_secret", "sayrud_session"}},
		{name: "fails", path: "/api/js/broken", headers: "Origin: https://a.org", status: 500, want: []string{`"code":"internal"`, "Access-Control-Allow-Origin"}},
		{name: "never ends", path: "/api/js/endless", status: 504, want: []string{`"code":"timeout"`}, lacks: []string{"in:"}},
		{name: "not for errors", path: "/api/js/errs", status: 403},
		{name: "no such parameter", path: "/api/js/nobody", status: 500},
	} {
		w := d.do(s)
		checkAnswer(t, s, w)
	}
}

func TestScriptsOfBulks(t *testing.T) {
	t.Parallel()
	d := open(t, scripted)
	const path = "/api/js/many"
	d.checkAll("bulk", []scenario{
		{name: "each item", method: "POST", path: path, body: `[{"title":"a"},{"title":"b","size":2,"mood":"loud"},{"title":"c","size":3},{"title":"d"}]`, status: 201,
			want: []string{`[{"t":"a","s":7},{"t":"B","s":2},{"t":"c","s":3},{"t":"d","s":7}]`, "X-Mood: loud"}},
		{name: "an item that breaks a rule", method: "POST", path: path, body: `[{"title":"a"},{"title":"b","mood":"long"}]`, status: 400, want: []string{`"param":"items[1].title"`, "Title may have at most 9 characters."}},
		{name: "an item that comes broken", method: "POST", path: path, body: `[{"title":"a"},{"size":1}]`, status: 400, want: []string{`"param":"items[1].title"`, "Title is required."}},
		{name: "an item refused", method: "POST", path: path, body: `[{"title":"a"},{"title":"b","mood":"bad"}]`, status: 451, want: []string{`"code":"banned"`, "Not b", "2"}},
		{name: "an item answered", method: "POST", path: path, body: `[{"title":"a"},{"title":"b","mood":"answer"}]`, status: 200, want: []string{"\nb"}},
		{name: "no item", method: "POST", path: path, body: `[]`, status: 201, want: []string{"\n[]"}},
		{name: "no item, refused", method: "POST", path: "/api/js/closed", body: `[]`, status: 403},
		{name: "no list", method: "POST", path: path, body: `{"title":"e","mood":"loud"}`, status: 201, want: []string{`"t":"E"`}},
		{name: "nothing else was made", path: "/api/js/notes", status: 203, want: []string{`{"data":[{"title":"E"},{"title":"d"},{"title":"c"},{"title":"B"},{"title":"a"}],`}},
	})
}
