package rest

import (
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/definition"
)

const refusing = `
project: x
tables:
  notes:
    fields:
      title: {type: text, required: true}
      n: {type: number}
      tags: {type: json}
      loud: {type: generated, expression: upper(title)}
      no: {type: autonumber}
      up: {type: reference, to: notes, display: title}
      mail: {type: email, hidden: true}
      kind: {type: enum, values: [a, b]}
`

// TestLanguageRefuses gives what must not be saved: an endpoint, and a part of the sentence that refuses it.
func TestLanguageRefuses(t *testing.T) {
	t.Parallel()
	d := open(t, refusing)
	const list, one, update = `kind: LIST, route: GET /x, table: notes, `, `kind: VIEW, route: "GET /x/{id}", table: notes, `, `kind: UPDATE, route: POST /x, table: notes, params: {p: {}}, `
	for _, tt := range []struct{ endpoint, want string }{
		{`route: GET /x, response: {body: $request.quer}`, "did you mean $request.query?"},
		{`route: GET /x, response: {body: $now()}`, "write =$now() for JavaScript"},
		{`route: GET /x, response: {body: $5}`, "write $$5 for a literal dollar sign"},
		{`route: GET /x, response: {body: "$request.ip is here"}`, "write ${$request.ip} is here to insert a path into text"},
		{`route: GET /x, response: {body: "=reqest.ip"}`, "reqest"},
		{`route: GET /x, response: {body: "=1 +"}`, "endpoints.e.response.body"},
		{`route: GET /x, response: {body: "${1 + 1}"}`, "only a path stands there"},
		{`route: GET /x, response: {body: $record.title}`, "$record"},
		{`route: GET /x, response: {body: $params.y}, params: {x: {}}`, "$params.y is no parameter"},
		{`route: GET /x, response: {body: $sources.x}`, "$sources"},
		{list + `response: {body: $record.title}`, "it does inside {$each: $records, …}"},
		{list + `response: {body: [{$each: $records, x: $record.titel}]}`, "did you mean title?"},
		{list + `response: {body: [{$each: $records, x: $record.mail}]}`, "mail is hidden; reveal: [mail] on the endpoint shows it"},
		{list + `response: {body: "=$records.map(r => r.mail)"}`, ""},
		{list + `response: {body: "=$records[0].mail"}`, "mail is hidden"},
		{one + `filter: {uid: $params.id}, response: {body: "=$record.mail"}`, "mail is hidden"},
		{one + `filter: {uid: $params.id}, response: {body: "${$record.up.mail}"}`, "mail is hidden"},
		{list + `reveal: [title]`, "title is not hidden"},
		{list + `reveal: [mial]`, "mail"},
		{list + `filter: {mail: x}`, ""},
		{list + `page: {cursor: $request.query.c, size: 5}, sort: [mail]`, "a cursor would show mail, which is hidden"},
		{list + `group: [mail], aggregate: {n: count}`, "mail is hidden"},
		{list + `aggregate: {m: {max: mail}}`, "mail is hidden"},
		{list + `aggregate: {m: {sum: title}}`, "a field of numbers"},
		{list + `aggregate: {m: {median: n}}`, "median"},
		{list + `filter: {titel: x}`, "title"},
		{list + `filter: {n: many}`, "does not fit n"},
		{list + `filter: {kind: c}`, "is no value of kind: a, b"},
		{list + `filter: {n: {"!=": 1}}`, `did you mean "<>"?`},
		{list + `filter: {title: [a]}`, "{IN: […]}"},
		{list + `filter: {title.x: 1}`, "title"},
		{list + `filter: {$params.x: 1}`, "an expression"},
		{list + `sort: [tilte]`, "title"},
		{list + `page: {number: 1, cursor: x}`, "bounded in one way"},
		{list + `set: {n: 1}`, "UPDATE"},
		{list + `limit: 5`, "UPDATE"},
		{update + `set: {n: 1}`, "filter: {uid: $params.id}"},
		{update + `filter: {title: {"=": $params.p, optional: true}}, set: {n: 1}`, "optional"},
		{update + `filter: {title: x}, set: {no: 1}`, "no"},
		{update + `filter: {title: x}, set: {loud: x}`, "loud"},
		{update + `filter: {title: x}, set: {uid: x}`, "set by the server"},
		{update + `filter: {title: x}, set: {$params.p: 1}`, "could choose any field"},
		{update + `filter: {title: x}, set: {title: {increment: 1}}`, "increment"},
		{update + `filter: {title: x}, set: {kind: c}`, "kind must be one of: a, b."},
		{`kind: CREATE, route: POST /x, table: notes, params: {n: {}}`, "title is required and nothing sets it"},
		{`kind: CREATE, route: POST /x, table: notes, params: {title: {}}, upsert: {key: [title]}`, "nothing makes title unique"},
		{`kind: CREATE, route: POST /x, table: notes, params: {title: {}}, guards: [{exists: {table: notse}}]`, `did you mean "notes"?`},
		{`kind: CREATE, route: POST /x, table: notes, params: {title: {}}, guards: [{status: 429}]`, "guard"},
		{`kind: CREATE, route: POST /x, table: notes, params: {title: {min: many}}`, "min"},
		{`kind: LIST, route: GET /x, table: note`, `did you mean "notes"?`},
		{`route: GET /x, params: {p: {type: txt}}`, "text"},
		{`route: GET /x, params: {p: {in: body}}`, "a GET has no body"},
		{`route: GET /x, params: {p: {type: integer, default: x}}`, `the default "x" does not fit the type integer`},
		{`route: GET /x, params: {p: {pattern: "("}}`, "pattern"},
		{`route: GET /x, params: {p: {message: "${$valeu}"}}`, "$value"},
		{`route: GET /x, middlewares: [{rate_limt: {limit: 1}}, main]`, "rate_limit"},
		{`route: GET /x, middlewares: [{rate_limit: {limt: 1}}, main]`, "limit"},
		{`route: GET /x, params: {p: {}}, middlewares: [{rate_limit: {limit: 1, by: $params.q}}, main]`, "$params.q is no parameter"},
		{`route: GET /x, middlewares: [main, main]`, "main"},
		{`route: GET /x, middlewares: [{cors: {}}]`, "main is missing"},
		{`route: GET /x, middlewares: [{cors: {origins: ["*"], credentials: true}}, main]`, "credentials"},
		{`route: GET /x, respons: {}`, "response"},
		{`route: GET /x, response: {status: 99}`, "no status"},
		{`route: GET /x, response: {headers: {Content-Length: 5}}`, "Content-Length"},
		{`route: GET /x, response: {body: {$each: $request.query}}`, "$each makes items"},
		{`route: GET /x, errors: {body: $error.cod}`, "did you mean $error.code?"},
		{`route: GET /x, include: {r: {table: notes, by: {up: uid}}}`, "include"},
		{list + `keys: {ttile: $request.query.t}`, "title"},
		{list + `keys: {title: $request.query.t, n: $request.query.n}`, "one field"},
		{list + `keys: {title: $request.query.t}, group: [n]`, "group: [title]"},
		{list + `keys: {title: $request.query.t}, page: {cursor: $request.query.c, size: 5}`, "no cursor"},
		{one + `filter: {uid: $params.id}, keys: {title: $request.query.t}`, "LIST"},
		{list + `include: {title: {table: notes, by: {up: uid}}}`, "field"},
		{list + `include: {r: {table: notes, by: {pu: uid}}}`, "pu"},
		{list + `include: {r: {table: notes, by: {up: n}}}`, "they cannot join"},
		{list + `include: {r: {table: notes, by: {up: uid}, sort: {by: $request.query.s, allow: [title]}}}`, "a list of fields"},
		{list + `include: {r: {table: notes, by: {up: uid}}}, response: {body: [{$each: $records, x: [{$each: $record.r, $as: r, y: $r.mail}]}]}`, "mail is hidden"},
		{list + `include: {r: {table: notes, by: {up: uid}}}, reveal: [mail], response: {body: [{$each: $records, x: "$record.r[0].mail"}]}`, "mail is hidden"},
		{list + `include: {r: {table: notes, by: {up: uid}}}, response: {body: [{$each: $records, x: $record.r.title}]}`, "$record.r is a list"},
		{list + `include: {r: {table: notes, by: {up: uid}, limit: 100, include: {s: {table: notes, by: {up: uid}, limit: 11}}}}`, "at most 1000"},
		{list + `include: {r: {table: notes, by: {up: uid}, include: {s: {table: notes, by: {up: uid}, include: {t: {table: notes, by: {up: uid}}}}}}}`, "2 times"},
		{`kind: CREATE, route: POST /x, table: notes, params: {title: {}}, include: {r: {table: notes, by: {up: uid}}}`, "is for LIST, VIEW"},
		{`route: GET /x, sources: {r: {table: notes}}, response: {body: $sources.s}`, "$sources.s is no source"},
		{`route: GET /x, sources: {r: {table: notes}}, response: {body: $sources.r.title}`, "$sources.r is a list and has no member title"},
		{`route: GET /x, sources: {r: {table: notes}}, response: {body: "=$sources.r[0].mail"}`, "mail is hidden"},
		{`route: GET /x, sources: {r: {table: notse}}`, `did you mean "notes"?`},
		{`route: GET /x, sources: {r: {table: notes, filter: {titel: x}}}`, "title"},
		{`route: GET /x, sources: {r: {table: notes, sort: [tilte]}}`, "title"},
		{`route: GET /x, sources: {r: {table: notes, limit: 1001}}`, "1000"},
		{`route: GET /x, sources: {r: {table: notes, group: [mail], aggregate: {n: count}}}`, "mail is hidden"},
		{`route: GET /x, sources: {r: {table: notes, aggregate: {n: {sum: title}}}}`, "a field of numbers"},
		{`route: GET /x, sources: {r: {table: notes, filter: {title: $params.no}}}`, "$params.no is no parameter"},
		{`route: GET /x, sources: {r: {table: notes, page: {size: 1}}}`, "page"},
	} {
		f, err := definition.Parse("x.yaml", []byte(refusing+"endpoints:\n  e: {"+tt.endpoint+"}\n"))
		if err == nil {
			err = d.put(f.Project)
		}
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s is refused: %v", tt.endpoint, err)
		case tt.want != "" && err == nil:
			t.Errorf("%s is saved", tt.endpoint)
		case tt.want != "" && !strings.Contains(err.Error(), tt.want):
			t.Errorf("%s is refused without %q: %v", tt.endpoint, tt.want, err)
		}
	}
}
