package rest

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/definition"
)

// filtered is a table of five records; %s is a LIST's filter, with further keys of the endpoint behind it.
const filtered = `
project: f
timezone: Asia/Shanghai
tables:
  authors: {fields: {name: {type: text}, city: {type: json}}}
  posts:
    fields:
      slug: {type: text, unique: true}
      title: {type: text}
      likes: {type: number}
      on: {type: date}
      at: {type: datetime}
      open: {type: boolean}
      state: {type: enum, values: [draft, live]}
      by: {type: reference, to: authors, display: name}
      tags: {type: references, to: authors}
      data: {type: json}
      t: {type: text}
      loud: {type: generated, expression: upper(title)}
      secret: {type: text, hidden: true}
endpoints:
  add_author: {kind: CREATE, route: POST /authors, table: authors, params: {name: {}, city: {}}}
  add: {kind: CREATE, route: POST /posts, table: posts, params: {slug: {}, title: {}, likes: {}, on: {}, at: {}, open: {}, state: {}, by: {}, tags: {}, data: {}, t: {}, secret: {}}}
`

var filteredRecords = []string{
	`{"slug":"a","title":"Hello world","likes":1,"on":"2026-01-01","at":"2026-01-01T00:00:00Z","open":true,"state":"live","by":"ADA","tags":["ADA","BOB"],"data":{"k":{"n":1},"l":["x","y"]},"t":"AND","secret":"s1"}`,
	`{"slug":"b","title":"100% sure_thing","likes":2.50,"on":"2026-02-01","at":"2026-02-01T08:00:00","open":false,"state":"draft","by":"BOB","tags":["BOB"],"data":{"k":{"n":2}},"secret":"s2"}`,
	`{"slug":"c","title":"你好，世界","likes":12345678901234567890.5,"state":"live"}`,
	`{"slug":"d","title":"back\\slash 'quote'","likes":-1,"data":"text"}`,
	`{"slug":"e"}`,
}

// filterDoor makes the records and gives what lists the slugs of those that a filter lets through.
func filterDoor(t *testing.T) (list func(endpoint, query string) (string, int)) {
	t.Helper()
	d := open(t, filtered)

	ada := d.made(scenario{method: "POST", path: "/api/f/authors", body: `{"name":"Ada","city":{"name":"Paris"}}`})
	bob := d.made(scenario{method: "POST", path: "/api/f/authors", body: `{"name":"Bob"}`})
	ids := strings.NewReplacer("ADA", ada, "BOB", bob)
	for _, r := range filteredRecords {
		d.made(scenario{name: r, method: "POST", path: "/api/f/posts", body: ids.Replace(r)})
	}
	return func(endpoint, query string) (string, int) {
		d.t.Helper()
		file := filtered + "  it: {kind: LIST, route: GET /it, table: posts, sort: [slug], response: {body: [{$each: $records, $value: $record.slug}]}, " + ids.Replace(endpoint) + "}\n"
		f, err := definition.Parse("f.yaml", []byte(file))
		if err != nil {
			t.Fatalf("%s: %v", endpoint, err)
		}
		if err := d.put(f.Project); err != nil {
			t.Fatalf("%s: %v", endpoint, err)
		}
		w := d.do(scenario{path: "/api/f/it?" + ids.Replace(query)})
		var slugs []string
		if json.Unmarshal(w.Body.Bytes(), &slugs) != nil {
			return w.Body.String(), w.Code
		}
		return strings.Join(slugs, ""), w.Code
	}
}

func TestLanguageFilters(t *testing.T) {
	t.Parallel()
	list := filterDoor(t)
	for _, tt := range []struct{ filter, want string }{
		{`{likes: 2.5}`, "b"}, {`{likes: {"<>": 1}}`, "bcd"}, {`{likes: {">": 1}}`, "bc"}, {`{likes: {">=": 1, "<=": 2.5}}`, "ab"}, {`{likes: {"<": 0}}`, "d"},
		{`{likes: {BETWEEN: [1, 3]}}`, "ab"}, {`{likes: {IN: [1, -1]}}`, "ad"}, {`{likes: {IN: []}}`, ""}, {`{likes: 12345678901234567890.5}`, "c"},
		{`{title: {LIKE: "%world"}}`, "a"}, {`{title: {LIKE: "%WORLD"}}`, ""}, {`{title: {ILIKE: "%WORLD"}}`, "a"}, {`{title: {CONTAINS: "0%"}}`, "b"}, {`{title: {CONTAINS: "%"}}`, "b"},
		{`{title: {CONTAINS: "_"}}`, "b"}, {`{title: {CONTAINS: "\\"}}`, "d"}, {`{title: {STARTS_WITH: "100%"}}`, "b"}, {`{title: {STARTS_WITH: "1_0"}}`, ""}, {`{title: {LIKE: "1_0\\%%"}}`, "b"},
		{`{title: {SEARCH: "WORLD hello"}}`, "a"}, {`{title: {SEARCH: "世界"}}`, "c"}, {`{title: {SEARCH: "hello sure"}}`, ""},
		{`{t: SEARCH, l: [{t: FIELD, v: title}, {t: FIELD, v: slug}], r: {t: LITERAL, v: "'A world'"}}`, "a"},
		{`{title: null}`, "e"}, {`{title: {"<>": null}}`, "abcd"}, {`{title: {IS_NULL: true}}`, "e"}, {`{title: {IS_NULL: false}}`, "abcd"}, {`{t: IS_NULL, v: {t: FIELD, v: likes}}`, "e"}, {`{t: NOT, l: {t: IS_NULL, l: {t: FIELD, v: likes}}}`, "abcd"},
		{`{NOT: {likes: {">": 1}}}`, "ad"}, {`{OR: [{likes: 1}, {state: draft}]}`, "ab"}, {`{AND: [{likes: 1}, {state: live}]}`, "a"}, {`{t: OR, v: [{slug: a}, {slug: b}, {slug: c}]}`, "abc"},
		{`{t: AND, l: {slug: a}, r: {t: "=", l: {t: FIELD, v: open}, r: {t: LITERAL, v: true}}}`, "a"}, {`{t: "="  , l: {t: LITERAL, v: 2}, r: {t: FIELD, v: likes}}`, ""}, {`{t: ">", l: {t: LITERAL, v: 2}, r: {t: FIELD, v: likes}}`, "ad"},
		{`{t: {"=": AND}}`, "a"},
		{`{on: 2026-01-01}`, "a"}, {`{on: {">": 2026-01-01}}`, "b"}, {`{at: 1767225600000}`, "a"}, {`{at: "2026-02-01T00:00:00Z"}`, "b"}, {`{at: "2026-02-01T08:00"}`, "b"}, {`{at: {"<": "2026-01-02"}}`, "a"},
		{`{open: true}`, "a"}, {`{open: false}`, "b"}, {`{open: {"<>": true}}`, "b"}, {`{state: {IN: [draft]}}`, "b"},
		{`{by: ADA}`, "a"}, {`{by.name: Bob}`, "b"}, {`{by.city.name: Paris}`, "a"}, {`{by.uid: BOB}`, "b"}, {`{tags: {CONTAINS: ADA}}`, "a"}, {`{tags: {CONTAINS: BOB}}`, "ab"},
		{`{data.k.n: 1}`, "a"}, {`{data.k.n: {">": 1}}`, "b"}, {`{data.l.0: x}`, "a"}, {`{data.l: {CONTAINS: y}}`, "a"}, {`{data: text}`, "d"}, {`{data.k.n: "1"}`, ""},
		{`{loud: HELLO WORLD}`, "a"}, {`{secret: s2}`, "b"}, {`{created_at: {">": "=$ago('60s')"}}`, "abcde"}, {`{created_at: {">": "=$now()"}}`, ""}, {`{version: 1}`, "abcde"},
		{`{t: "=", l: {t: FIELD, v: slug}, r: {t: FIELD, v: title}}`, ""}, {`{t: "=", l: {t: FIELD, v: slug}, r: {t: LITERAL, v: "['x','b'][1]"}}`, "b"}, {`{t: IN, l: {t: FIELD, v: slug}, r: {t: LITERAL, v: [a, b]}}`, "ab"},
		{`{t: BETWEEN, l: {t: FIELD, v: likes}, r: [{t: LITERAL, v: 1}, {t: LITERAL, v: 2}]}`, "a"}, {`{}`, "abcde"}, {`null`, "abcde"},
	} {
		if got, status := list("filter: "+tt.filter, ""); got != tt.want || status != 200 {
			t.Errorf("%s lets %q through with status %d, want %q", tt.filter, got, status, tt.want)
		}
	}
}

func TestLanguageFilterValues(t *testing.T) {
	t.Parallel()
	list := filterDoor(t)
	const x, n = `params: {x: {in: query}}, filter: `, `params: {x: {in: query, type: number}}, filter: `
	for _, tt := range []struct{ endpoint, query, want string }{
		{x + `{slug: $params.x}`, "x=a", "a"}, {x + `{slug: $params.x}`, "x=" + url.QueryEscape(`' OR ''='`), ""}, {x + `{slug: $params.x}`, "", ""}, {x + `{slug: {"<>": $params.x}}`, "", ""},
		{x + `{NOT: {slug: $params.x}}`, "", ""}, {x + `{OR: [{slug: $params.x}, {slug: b}]}`, "", "b"}, {x + `{slug: {"=": $params.x, optional: true}}`, "", "abcde"}, {x + `{slug: {"=": $params.x, optional: true}}`, "x=c", "c"},
		{x + `{NOT: {slug: {"=": $params.x, optional: true}}}`, "", "abcde"}, {x + `{OR: [{slug: {"=": $params.x, optional: true}}, {slug: b}]}`, "", "b"}, {x + `{slug: {"=": $request.query.y, optional: true}}`, "y=d", "d"},
		{x + `{slug: {IN: $params.x, optional: true}}`, "", "abcde"}, {`params: {x: {in: query, split: ","}}, filter: {slug: {IN: $params.x}}`, "x=a,c", "ac"}, {`params: {x: {in: query, split: ","}}, filter: {slug: {IN: $params.x}}`, "", ""},
		{`params: {x: {in: query, split: ","}}, filter: {slug: {IN: $params.x}}`, "x=a&x=b,c", "abc"}, {`params: {x: {in: query, split: ","}}, filter: {NOT: {slug: {IN: $params.x}}}`, "", "abcde"},
		{x + `{title: {CONTAINS: $params.x}}`, "x=%25", "b"}, {x + `{title: {STARTS_WITH: $params.x}}`, "x=%5F", ""}, {x + `{title: {LIKE: $params.x}}`, "x=%25world", "a"}, {x + `{title: {LIKE: $params.x}}`, "x=%5C", ""},
		{x + `{title: {SEARCH: $params.x}}`, "x=sure_thing", "b"}, {x + `{title: {SEARCH: $params.x}}`, "x=sureXthing", ""},
		{n + `{likes: $params.x}`, "x=2.5", "b"}, {n + `{likes: {">": $params.x}}`, "x=1e0", "bc"}, {n + `{likes: $params.x}`, "x=12345678901234567890.5", "c"},
		{x + `{slug: "=$params.x.toLowerCase()"}`, "x=A", "a"}, {x + `{slug: "=undefined"}`, "", ""}, {x + `{slug: "=null"}`, "", ""}, {x + `{slug: {"<>": "=null"}}`, "", ""}, {x + `{slug: "${$params.x}"}`, "x=b", "b"},
		{x + `{by: $params.x}`, "x=ADA", "a"}, {x + `{tags: {CONTAINS: $params.x}}`, "x=ADA", "a"}, {x + `{data.k.n: "=Number($params.x)"}`, "x=2", "b"}, {x + `{t: "=", l: {t: LITERAL, v: "$params.x"}, r: {t: LITERAL, v: "'on'"}}`, "x=on", "abcde"},
		{x + `{t: "=", l: {t: LITERAL, v: "$params.x"}, r: {t: LITERAL, v: "'on'"}}`, "x=off", ""}, {x + `{likes: {BETWEEN: [$params.x, 3]}}`, "x=2", "b"}, {x + `{likes: {BETWEEN: ["=$params.x.split('-')[0]", 3]}}`, "x=2-9", "b"},
		{`filter: {slug: $$literal}`, "", ""}, {`filter: {slug: "==x"}`, "", ""},
	} {
		if got, status := list(tt.endpoint, tt.query); got != tt.want || status != 200 {
			t.Errorf("%s with %s lets %q through with status %d, want %q", tt.endpoint, tt.query, got, status, tt.want)
		}
	}
	for _, tt := range []struct{ endpoint, query, want string }{
		{x + `{likes: $params.x}`, "x=many", "likes"}, {x + `{at: $params.x}`, "x=soon", "at"}, {x + `{by: $params.x}`, "x=%27", "by"}, {x + `{open: $params.x}`, "x=maybe", "open"},
	} {
		if got, status := list(tt.endpoint, tt.query); status != 400 || !strings.Contains(got, tt.want) {
			t.Errorf("%s with %s answers %d %s", tt.endpoint, tt.query, status, got)
		}
	}
}
