package rest

import (
	"fmt"
	"testing"
)

const included = `
project: i
tables:
  tags: {fields: {word: {type: text, unique: true, max: 50}, secret: {type: text, hidden: true, default: HUSH}}}
  notes:
    fields:
      post: {type: text, index: true}
      nick: {type: text}
      n: {type: number, integer: true}
      at: {type: datetime}
      parent: {type: reference, to: notes, display: nick, on_delete: cascade}
      tags: {type: references, to: tags}
      mail: {type: text, hidden: true, default: HUSH}
      status: {type: enum, values: [waiting, approved], default: approved}
      loud: {type: generated, expression: upper(nick)}
endpoints:
  tag: {kind: CREATE, route: POST /tags, table: tags, params: {word: {}}}
  add: {kind: CREATE, route: POST /notes, table: notes, params: {post: {}, nick: {}, n: {}, at: {}, parent: {}, tags: {}, status: {}}}
  roots: &roots
    kind: LIST
    route: GET /roots
    table: notes
    params: {status: {in: query}, page: {in: query, type: integer, default: 1}, size: {in: query, type: integer, default: 9, max: 9}}
    filter: {post: p, parent: null}
    sort: [n]
    page: {number: $params.page, size: $params.size, total: true}
    include:
      replies:
        table: notes
        by: {parent: uid}
        filter: {status: {"=": $params.status, optional: true}}
        sort: [-n]
        limit: 2
        include: {deeper: {table: notes, by: {parent: uid}, sort: [n]}}
      words: {table: tags, by: {uid: tags}, sort: [word]}
    response:
      body:
        total: $total
        items:
          - $each: $records
            nick: $record.nick
            first: $record.replies[0].nick
            words: [{$each: $record.words, $as: w, $value: $w.word}]
            replies:
              - {$each: $record.replies, $as: reply, nick: $reply.nick, loud: $reply.loud, of: $reply.parent.nick, root: $record.nick, at: $reply.at, id: "=$reply.id > 0", deeper: [{$each: $reply.deeper, $as: d, $value: "${$d.nick} of ${$d.parent.nick} of ${$d.parent.parent.nick}"}]}
  walk: {kind: LIST, route: GET /walk, table: notes, filter: {post: p, parent: null}, sort: [n], page: {cursor: $request.query.after, size: 1}, include: {replies: {table: notes, by: {parent: uid}, sort: [n], limit: 1}}, response: {body: {i: [{$each: $records, $value: "${$record.nick}${$record.replies[0].nick}"}], next: $next}}}
  one: {kind: VIEW, route: "GET /notes/{id}", table: notes, filter: {uid: $params.id}, include: {replies: {table: notes, by: {parent: uid}, sort: [n], limit: 1, include: {deeper: {table: notes, by: {parent: uid}}}}}}
  plain: {kind: LIST, route: GET /plain, table: notes, filter: {nick: dan}, include: {replies: {table: notes, by: {parent: uid}}}}
  scripted: {kind: LIST, route: GET /scripted, table: notes, filter: {post: p, parent: null}, sort: [n], include: {replies: {table: notes, by: {parent: uid}, sort: [n]}}, response: {body: "=$records.map(r => [r.nick, r.replies.length, r.replies.map(x => x.nick + x.mail).join()])"}}
  tagged: {kind: LIST, route: GET /tagged, table: tags, sort: [word], include: {notes: {table: notes, by: {tags: uid}, sort: [n]}}, response: {body: {"$each": $records, "$key": $record.word, "$value": [{$each: $record.notes, $as: n, $value: $n.nick}]}}}
  source: {route: GET /source, sources: {roots: {table: notes, filter: {post: p, parent: null}, sort: [n], include: {replies: {table: notes, by: {parent: uid}, sort: [n]}}}}, response: {body: [{$each: $sources.roots, $as: s, $value: {n: $s.nick, r: [{$each: $s.replies, $as: r, $value: $r.nick}]}}]}}
  many: {kind: LIST, route: GET /many, table: notes, filter: {nick: ann}, include: {replies: {table: notes, by: {parent: uid}}}, response: {body: "=$records[0].replies.length"}}
`

func TestLanguageIncludes(t *testing.T) {
	t.Parallel()
	d := open(t, included)
	red := d.made(scenario{method: "POST", path: "/api/i/tags", body: `{"word":"red"}`})
	blue := d.made(scenario{method: "POST", path: "/api/i/tags", body: `{"word":"blue"}`})
	note := func(nick string, n int, more string) string {
		return d.made(scenario{method: "POST", path: "/api/i/notes", body: fmt.Sprintf(`{"post":"p","nick":%q,"n":%d%s}`, nick, n, more)})
	}
	ann := note("ann", 1, `,"tags":["`+red+`","`+blue+`"]`)
	bob := note("bob", 2, `,"tags":["`+red+`"]`)
	a1 := note("a1", 3, `,"parent":"`+ann+`","at":"2026-11-23T05:28:00.123Z"`)
	note(`a"2`, 4, `,"parent":"`+ann+`","status":"waiting"`)
	note("a3", 5, `,"parent":"`+ann+`"`)
	note("d1", 6, `,"parent":"`+a1+`"`)
	dan := note("dan", 0, `,"parent":"`+bob+`"`)
	d.checkAll("include", []scenario{
		{name: "a page", path: "/api/i/roots", status: 200, want: []string{
			`{"total":2,"items":[{"nick":"ann","first":"a3","words":["blue","red"],"replies":[` +
				`{"nick":"a3","loud":"A3","of":"ann","root":"ann","at":null,"id":true,"deeper":[]},{"nick":"a\"2","loud":"A\"2","of":"ann","root":"ann","at":null,"id":true,"deeper":[]}]},` +
				`{"nick":"bob","first":"dan","words":["red"],"replies":[{"nick":"dan","loud":"DAN","of":"bob","root":"bob","at":null,"id":true,"deeper":[]}]}]}`}},
		{name: "filtered", path: "/api/i/roots?status=approved&size=1", status: 200, want: []string{
			`{"total":2,"items":[{"nick":"ann","first":"a3","words":["blue","red"],"replies":[{"nick":"a3","loud":"A3","of":"ann","root":"ann","at":null,"id":true,"deeper":[]},` +
				`{"nick":"a1","loud":"A1","of":"ann","root":"ann","at":"2026-11-23T05:28:00.123Z","id":true,"deeper":["d1 of a1 of ann"]}]}]}`}},
		{name: "the second page", path: "/api/i/roots?page=2&size=1", status: 200, want: []string{`{"total":2,"items":[{"nick":"bob","first":"dan"`}},
		{name: "no record", path: "/api/i/roots?page=3&size=1", status: 200, want: []string{`{"total":2,"items":[]}`}},
		{name: "whole", path: "/api/i/notes/" + ann, status: 200, want: []string{`"loud":"ANN"`, `"version":1,"replies":[{"uid":"` + a1 + `","post":"p","nick":"a1","n":3,"at":"2026-11-23T05:28:00.123Z","parent":{"u":"` + ann + `","v":"ann"},"tags":null,"status":"approved","loud":"A1","created_at":"20`,
			`"deeper":[{"uid":"`, `"version":1}]}]}`}, lacks: []string{"HUSH", `"mail"`, `"a3"`}},
		{name: "whole in a list", path: "/api/i/plain", status: 200, want: []string{`{"items":[{"uid":"` + dan + `"`, `"replies":[]}]}`}, lacks: []string{"HUSH"}},
		{name: "in JavaScript", path: "/api/i/scripted", status: 200, want: []string{`[["ann",3,"a1undefined,a\"2undefined,a3undefined"],["bob",1,"danundefined"]]`}},
		{name: "by a list of references", path: "/api/i/tagged", status: 200, want: []string{`{"blue":["ann"],"red":["ann","bob"]}`}, lacks: []string{"HUSH"}},
		{name: "of a source", path: "/api/i/source", status: 200, want: []string{`[{"n":"ann","r":["a1","a\"2","a3"]},{"n":"bob","r":["dan"]}]`}},
	})
	if got := d.walk("/api/i/walk?"); got != "anna1bobdan" {
		t.Errorf("the cursor walks %s", got)
	}
	for range 20 {
		note("more", 9, `,"parent":"`+ann+`"`)
	}
	d.check(scenario{name: "20 for each record", path: "/api/i/many", status: 200, want: []string{"20"}})
}
