package rest

import (
	"encoding/json"
	"fmt"
	"testing"
)

const identified = `
project: d
tables:
  notes:
    fields:
      nick: {type: text}
      ok: {type: boolean}
      parent: {type: reference, to: notes, display: nick}
endpoints:
  add: {kind: CREATE, route: POST /notes, table: notes, params: {nick: {}, parent: {}, ok: {}}, response: {body: {uid: $record.uid, id: $record.id}}}
  one: {kind: VIEW, route: "GET /notes/{id}", table: notes, params: {id: {type: integer}}, filter: {id: $params.id}, response: {body: {id: $record.id, up: $record.parent.id, uid: $record.parent.uid, u: $record.parent.u, ok: "=$int($record.ok)", s: "=$epoch($record.created_at) > 1000000000", ms: "=$epoch_ms($record.created_at) > 1000000000000"}}}
  by_id: {kind: LIST, route: GET /by_id, table: notes, params: {ids: {in: query, split: ","}}, filter: {id: {IN: $params.ids}}, sort: [-id], response: {body: [{$each: $records, $value: $record.nick}]}}
  under: {kind: LIST, route: GET /under, table: notes, params: {id: {in: query, type: integer}}, filter: {parent.id: $params.id}, sort: [id], response: {body: [{$each: $records, $value: $record.nick}]}}
  under_uid: {kind: LIST, route: GET /under_uid, table: notes, params: {uid: {in: query}}, filter: {parent.uid: $params.uid}, sort: [id], response: {body: [{$each: $records, $value: $record.nick}]}}
  named: {kind: LIST, route: GET /named, table: notes, params: {n: {in: query}}, filter: {parent.nick: {"=": $params.n, optional: true}}, sort: [id], response: {body: [{$each: $records, $value: $record.nick}]}}
  deep: {kind: LIST, route: GET /deep, table: notes, filter: {parent.parent.nick: {IN: [ann, bob]}}, response: {body: [{$each: $records, $value: $record.nick}]}}
  unlike: {kind: LIST, route: GET /unlike, table: notes, filter: {parent.nick: {"<>": ann}}, response: {body: [{$each: $records, $value: $record.nick}]}}
  not: {kind: LIST, route: GET /not, table: notes, filter: {NOT: {parent.nick: ann}}, response: {body: [{$each: $records, $value: $record.nick}]}}
  either: {kind: LIST, route: GET /either, table: notes, filter: {OR: [{parent.nick: ann}, {nick: cat}]}, sort: [id], response: {body: [{$each: $records, $value: $record.nick}]}}
  nobody: {kind: LIST, route: GET /nobody, table: notes, filter: {parent.nick: null}, sort: [id], response: {body: [{$each: $records, $value: $record.nick}]}}
  gone: {kind: DELETE, route: DELETE /under, table: notes, params: {id: {in: query, type: integer}}, filter: {parent.id: $params.id, nick: cat}, response: {body: $record.nick}}
`

func TestLanguageIDs(t *testing.T) {
	t.Parallel()
	d := open(t, identified)
	add := func(body string) (uid, id string) {
		var made struct {
			UID string
			ID  int
		}
		if w := d.do(scenario{method: "POST", path: "/api/d/notes", body: body}); json.Unmarshal(w.Body.Bytes(), &made) != nil || made.ID == 0 {
			t.Fatalf("%s: %s", body, w.Body)
		}
		return made.UID, fmt.Sprint(made.ID)
	}
	ann, annID := add(`{"nick":"ann"}`)
	bob, bobID := add(`{"nick":"bob","ok":true,"parent":"` + ann + `"}`)
	_, catID := add(`{"nick":"cat","ok":false,"parent":"` + bob + `"}`)
	d.checkAll("ids", []scenario{
		{name: "of a record and its reference", path: "/api/d/notes/" + bobID, status: 200, want: []string{`{"id":` + bobID + `,"up":` + annID + `,"uid":"` + ann + `","u":"` + ann + `","ok":1,"s":true,"ms":true}`}},
		{name: "false is 0", path: "/api/d/notes/" + catID, status: 200, want: []string{`"ok":0`}},
		{name: "no integer", path: "/api/d/notes/" + ann, status: 400},
		{name: "a list of them", path: "/api/d/by_id?ids=" + annID + "," + catID, status: 200, want: []string{`["cat","ann"]`}},
		{name: "through a reference", path: "/api/d/under?id=" + annID, status: 200, want: []string{`["bob"]`}},
		{name: "by its uid", path: "/api/d/under_uid?uid=" + bob, status: 200, want: []string{`["cat"]`}},
		{name: "a name through a reference", path: "/api/d/named?n=bob", status: 200, want: []string{`["cat"]`}},
		{name: "or without it", path: "/api/d/named", status: 200, want: []string{`["ann","bob","cat"]`}},
		{name: "through two", path: "/api/d/deep", status: 200, want: []string{`["cat"]`}},
		{name: "another name", path: "/api/d/unlike", status: 200, want: []string{`["cat"]`}},
		{name: "what is not known is not no", path: "/api/d/not", status: 200, want: []string{`["cat"]`}},
		{name: "one of two", path: "/api/d/either", status: 200, want: []string{`["bob","cat"]`}},
		{name: "refers to nobody", path: "/api/d/nobody", status: 200, want: []string{`["ann"]`}},
		{name: "deletes through a reference", method: "DELETE", path: "/api/d/under?id=" + bobID, status: 200, want: []string{"cat"}},
	})
}
