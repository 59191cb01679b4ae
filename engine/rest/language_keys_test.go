package rest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const keyed = `
project: k
tables:
  posts: {fields: {title: {type: text}}}
  notes:
    fields:
      post: {type: text, index: true}
      long: {type: text, index: true, max: 5000}
      of: {type: reference, to: posts, display: title}
      n: {type: number, integer: true}
      nick: {type: text}
endpoints:
  post: {kind: CREATE, route: POST /posts, table: posts, params: {title: {}}}
  add: {kind: CREATE, route: POST /notes, table: notes, params: {post: {}, long: {}, of: {}, n: {}, nick: {}}, response: {body: {uid: $record.uid, id: $record.id}}}
  counts: {kind: LIST, route: GET /counts, table: notes, params: {post: {in: query, split: ","}}, group: [post], keys: {post: $params.post}, aggregate: {n: count, sum: {sum: n}, nicks: {distinct: nick}}}
  plain_counts: {kind: LIST, route: GET /plain, table: notes, params: {post: {in: query, split: ","}}, filter: {n: {">": 0}}, group: [post], keys: {post: $params.post}, aggregate: {n: count}, response: {body: [{$each: $records, $value: $record.n}]}}
  by_reference: {kind: LIST, route: GET /by_reference, table: notes, params: {of: {in: query, split: ","}}, group: [of], keys: {of: $params.of}, aggregate: {n: count}}
  many: {kind: LIST, route: GET /many, table: notes, params: {ids: {in: query, split: ","}}, keys: {uid: $params.ids}, response: {body: [{$each: $records, $value: $record.nick}]}}
  numbers: {kind: LIST, route: GET /numbers, table: notes, keys: {id: $request.query.ids}, params: {}, response: {body: [{$each: $records, $value: $record.nick}]}}
  listed: {kind: LIST, route: GET /listed, table: notes, params: {ids: {in: query, split: ","}, size: {in: query, type: integer, default: 9}, page: {in: query, type: integer, default: 1}}, keys: {id: $params.ids}, page: {number: $params.page, size: $params.size, total: true}, response: {body: {t: $total, r: [{$each: $records, $value: $record.nick}]}}}
  posts_of: {kind: LIST, route: GET /posts_of, table: notes, params: {long: {in: query, split: ","}}, keys: {long: $params.long}, sort: [-n], response: {body: [{$each: $records, $value: $record.nick}]}}
  source: {route: GET /source, params: {post: {in: query, split: ","}}, sources: {c: {table: notes, group: [post], keys: {post: $params.post}, aggregate: {n: count}}}, response: {body: [{$each: $sources.c, $as: c, $value: "${$c.post}=${$c.n}"}]}}
`

func TestLanguageKeys(t *testing.T) {
	t.Parallel()
	d := open(t, keyed)
	one := d.made(scenario{method: "POST", path: "/api/k/posts", body: `{"title":"One"}`})
	two := d.made(scenario{method: "POST", path: "/api/k/posts", body: `{"title":"Two"}`})
	var uids, ids []string
	for i, body := range []string{`"post":"a","n":1,"nick":"x","of":"` + one + `","long":"l"`, `"post":"c","n":2,"nick":"y","of":"` + one + `"`, `"post":"c","n":3,"nick":"z","long":"l"`} {
		w := d.do(scenario{method: "POST", path: "/api/k/notes", body: "{" + body + "}"})
		var made struct {
			UID string
			ID  int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || made.ID == 0 {
			t.Fatalf("record %d: %s", i, w.Body)
		}
		uids, ids = append(uids, made.UID), append(ids, fmt.Sprint(made.ID))
	}
	d.checkAll("keys", []scenario{
		{name: "groups in order, 0 where there is none", path: "/api/k/counts?post=c,b,a", status: 200, want: []string{
			`{"items":[{"post":"c","n":2,"sum":5,"nicks":2},{"post":"b","n":0,"sum":null,"nicks":0},{"post":"a","n":1,"sum":1,"nicks":1}]}`}},
		{name: "asked twice is answered twice", path: "/api/k/counts?post=a,b,a", status: 200, want: []string{`{"items":[{"post":"a","n":1,"sum":1,"nicks":1},{"post":"b","n":0,"sum":null,"nicks":0},{"post":"a",`}},
		{name: "asked for nothing", path: "/api/k/counts", status: 200, want: []string{`{"items":[]}`}},
		{name: "as numbers alone", path: "/api/k/plain?post=none,c,a", status: 200, want: []string{`[0,2,1]`}},
		{name: "by a reference", path: "/api/k/by_reference?of=" + two + "," + one, status: 200, want: []string{`{"items":[{"of":{"u": "` + two + `", "v": "Two"},"n":0},{"of":{"u": "` + one + `", "v": "One"},"n":2}]}`}},
		{name: "records in order", path: "/api/k/many?ids=" + strings.Join([]string{uids[2], "nobody", uids[0], uids[2]}, ","), status: 200, want: []string{`["z","x","z"]`}},
		{name: "records by id", path: "/api/k/listed?ids=" + strings.Join([]string{ids[1], ids[0], "999999", ids[2]}, ","), status: 200, want: []string{`{"t":3,"r":["y","x","z"]}`}},
		{name: "a page of them", path: "/api/k/listed?size=2&page=2&ids=" + strings.Join(ids, ","), status: 200, want: []string{`{"t":3,"r":["z"]}`}},
		{name: "one value is a list", path: "/api/k/numbers?ids=" + ids[1], status: 200, want: []string{`["y"]`}},
		{name: "a key that does not fit", path: "/api/k/listed?ids=" + ids[1] + ",x", status: 400, want: []string{`"code":"filter"`}},
		{name: "too many keys", path: "/api/k/counts?post=" + strings.Repeat("p,", 1000) + "q", status: 400},
		{name: "several records of one key are sorted", path: "/api/k/posts_of?long=m,l", status: 200, want: []string{`["z","x"]`}},
		{name: "in a source", path: "/api/k/source?post=q,c", status: 200, want: []string{`["q=0","c=2"]`}},
	})
}
