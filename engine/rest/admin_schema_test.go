package rest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

func TestDefinitionsOfTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	owner := d.token("", auth.Owner)
	const project = "/_/api/projects/blog"
	const table = project + "/tables/comments"
	for _, s := range []scenario{
		{name: "project", path: project, headers: owner, status: 200, want: []string{`"name":"blog"`, `"definition":{"project":"blog"`, `"broken":{}`}},
		{name: "new project", method: "POST", path: "/_/api/projects", headers: owner, body: `{"name":"third","language":"zh-CN"}`, status: 201, want: []string{`"create"`}},
		{name: "taken", method: "POST", path: "/_/api/projects", headers: owner, body: `{"name":"third"}`, status: 409},
		{name: "bad name", method: "POST", path: "/_/api/projects", headers: owner, body: `{"name":"Third!"}`, status: 400, want: []string{`"problems"`}},
		{name: "settings", method: "PATCH", path: project, headers: owner, body: `{"settings":{"public":true,"timezone":"Asia/Shanghai"}}`, status: 200, want: []string{`"change"`}},
		{name: "bad settings", method: "PATCH", path: project, headers: owner, body: `{"settings":{"timezone":"Mars"}}`, status: 400, want: []string{"Mars"}},
		{name: "settings are no tables", method: "PATCH", path: project, headers: owner, body: `{"settings":{"tables":{"x":{}}}}`, status: 400},
		{name: "new table", method: "POST", path: project + "/tables", headers: owner, body: `{"name":"posts","definition":{"fields":{"title":{"type":"text","required":true}}}}`, status: 201},
		{name: "table of a typo", method: "POST", path: project + "/tables", headers: owner, body: `{"name":"x","definition":{"feilds":{}}}`, status: 400, want: []string{"feilds", "fields"}},
		{name: "table", path: project + "/tables/posts", headers: owner, status: 200, want: []string{`"definition":{"fields":{"title":{"type":"text","required":true}}}`}},
		{name: "tables", path: project + "/tables", headers: owner, status: 200, want: []string{`{"name":"comments","revision":`, `"records":`, `{"name":"posts","revision":`}},
		{name: "rename table", method: "PATCH", path: project + "/tables/posts", headers: owner, body: `{"name":"articles","patch":{"label":"Articles"}}`, status: 200, want: []string{`"rename"`}},
		{name: "renamed", path: project + "/tables/articles", headers: owner, status: 200, want: []string{`"label":"Articles"`}},
		{name: "new field", method: "POST", path: table + "/fields", headers: owner, body: `{"name":"score","definition":{"type":"number"}}`, status: 201},
		{name: "dry run", method: "POST", path: table + "/fields?dry_run=true", headers: owner, body: `{"name":"dry","definition":{"type":"number"}}`, status: 201, want: []string{`"dry_run":true`}},
		{name: "not done", path: table, headers: owner, status: 200, lacks: []string{`"dry"`}},
		{name: "other revision", method: "POST", path: table + "/fields?if_revision=1", headers: owner, body: `{"name":"late","definition":{"type":"number"}}`, status: 409},
		{name: "revision 0 is a new project", method: "POST", path: table + "/fields?if_revision=0", headers: owner, body: `{"name":"late","definition":{"type":"number"}}`, status: 409},
		{name: "revision of letters", method: "POST", path: table + "/fields?if_revision=x", headers: owner, body: `{"name":"late","definition":{"type":"number"}}`, status: 400},
		{name: "taken without case", method: "POST", path: table + "/fields", headers: owner, body: `{"name":"Score","definition":{"type":"number"}}`, status: 409},
		{name: "patch field", method: "PATCH", path: table + "/fields/score", headers: owner, body: `{"name":"points","patch":{"label":"Points","max":10}}`, status: 200},
		{name: "patched", path: table, headers: owner, status: 200, want: []string{`"points":{"type":"number","label":"Points","max":10}`}},
		{name: "patch takes away", method: "PATCH", path: table + "/fields/points", headers: owner, body: `{"patch":{"max":null}}`, status: 200},
		{name: "field in use", method: "DELETE", path: table + "/fields/nick", headers: owner, status: 400, want: []string{`"problems"`, `"endpoints"`}},
		{name: "drop field", method: "DELETE", path: table + "/fields/points", headers: owner, status: 200},
		{name: "dropped", path: project + "/dropped-fields", headers: owner, status: 200, want: []string{`"name":"points"`}},
		{name: "restore", method: "POST", path: table + "/fields/points/restore", headers: owner, status: 200},
		{name: "purge of what is not dropped", method: "POST", path: table + "/fields/points/purge", headers: owner, status: 404},
		{name: "retry of what did not fail", method: "POST", path: project + "/indexes/_r1_i_x/retry", headers: owner, status: 404},
		{name: "order of some", method: "PUT", path: table + "/fields", headers: owner, body: `{"fields":["nick","post"]}`, status: 400},
		{name: "order", method: "PUT", path: table + "/fields", headers: owner, body: `{"fields":["points","post","parent","nick","email","likes","status","at","ip"]}`, status: 200},
		{name: "ordered", path: table, headers: owner, status: 200, want: []string{`"fields":{"points":`}},
		{name: "replace a table", method: "PUT", path: project + "/tables/articles", headers: owner,
			body: `{"definition":{"label":"News","fields":{"lead":{"type":"text"},"heading":{"was":"title","type":"text","max":80}}}}`, status: 200, want: []string{`"rename"`, `"field articles.lead"`, `was title`}},
		{name: "replaced table", path: project + "/tables/articles", headers: owner, status: 200, want: []string{`{"label":"News","fields":{"lead":{"type":"text"},"heading":{"type":"text","max":80}}}`}},
		{name: "replace and rename a table", method: "PUT", path: project + "/tables/articles", headers: owner, body: `{"name":"news","definition":{"fields":{"lead":{"type":"text"}}}}`, status: 200,
			want: []string{`"object":"table news"`, `"action":"drop","object":"field news.heading"`}},
		{name: "replace by the name of another", method: "PUT", path: project + "/tables/news", headers: owner, body: `{"name":"comments","definition":{}}`, status: 409},
		{name: "name of before", method: "PUT", path: project + "/tables/news", headers: owner, body: `{"name":"articles","definition":{}}`, status: 200},
		{name: "functions", path: "/_/api/functions", headers: owner, status: 200, want: []string{`{"name":"lower","signature":"lower(x text) → text","doc":"in lower case"}`}},
		{name: "indexes", path: project + "/indexes", headers: owner, status: 200, want: []string{`"table":"comments"`, `"views":[]`}},
		{name: "new endpoint", method: "POST", path: project + "/endpoints", headers: owner,
			body: `{"name":"hello","definition":{"route":"GET /hello","response":{"body":{"hello":"world"}}}}`, status: 201},
		{name: "on the air", path: "/api/blog/hello", status: 200, want: []string{`{"hello":"world"}`}},
		{name: "endpoint with an unknown middleware", method: "PUT", path: project + "/endpoints/hello", headers: owner,
			body: `{"definition":{"route":"GET /hello","middlewares":["cros","main"]}}`, status: 400, want: []string{"did you mean cors", `"middlewares"`}},
		{name: "replace endpoint", method: "PUT", path: project + "/endpoints/hello", headers: owner,
			body: `{"name":"hi","definition":{"route":"GET /hi","response":{"body":{"hi":true}}}}`, status: 200},
		{name: "replaced", path: "/api/blog/hi", status: 200, want: []string{`{"hi":true}`}},
		{name: "off the air", path: "/api/blog/hello", status: 404},
		{name: "versions", path: project + "/endpoints/hi/versions", headers: owner, status: 200,
			want: []string{`"name":"hi"`, `"definition":{"route":"GET /hi"`, `"name":"hello"`, `"definition":{"route":"GET /hello"`, `"actor":"token `}},
		{name: "versions of what crud makes", path: project + "/endpoints/comments_list/versions", headers: owner, status: 404},
		{name: "endpoints", path: project + "/endpoints", headers: owner, status: 200, want: []string{`"name":"hi"`, `"path":"/comments/{id}"`}},
		{name: "same route twice", method: "POST", path: project + "/endpoints", headers: owner, body: `{"name":"hi2","definition":{"route":"GET /hi"}}`, status: 400},
		{name: "drop endpoint", method: "DELETE", path: project + "/endpoints/hi", headers: owner, status: 200},
		{name: "drop table", method: "DELETE", path: project + "/tables/articles", headers: owner, status: 200},
		{name: "export", path: project + "/file", headers: owner, status: 200, want: []string{"Content-Type: application/yaml", "project: blog", `filename="blog.yaml"`}},
		{name: "export JSON", path: project + "/file?format=json", headers: owner, status: 200, want: []string{`{"project":"blog"`}},
		{name: "middlewares", path: "/_/api/middlewares", headers: owner, status: 200, want: []string{`"name":"rate_limit"`, `"slots":["by"]`, `"x-slot":true`}},
		{name: "info", path: "/_/api/info", headers: owner, status: 200, want: []string{`"postgresql":"`}},
		{name: "drop project unsure", method: "DELETE", path: "/_/api/projects/third", headers: owner, status: 400},
		{name: "drop project", method: "DELETE", path: "/_/api/projects/third?confirm=third", headers: owner, status: 204},
		{name: "dropped project", path: "/_/api/projects/third", headers: owner, status: 404},
		{name: "nothing here", path: "/_/api/nothing", headers: owner, status: 404, want: []string{"application/problem+json"}},
		{name: "not this method", method: "PUT", path: "/_/api/me", headers: owner, status: 405},
		{name: "audit", path: project + "/audit?limit=200", headers: owner, status: 200, want: []string{"restore", "token "}},
	} {
		s.name = "definitions: " + s.name
		if s.name == "definitions: audit" {
			s.want = []string{"edit project", `"kind":"token"`, `"address":"192.0.2.1"`}
		}
		d.check(s)
	}
}

func TestApplyOfTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t)
	owner, editor := d.token("", auth.Owner), d.token("", auth.Editor)
	source := func(text string, options string) string {
		b, _ := json.Marshal(text)
		return `{"source":` + string(b) + options + `}`
	}
	const smaller = "project: blog\ntables: {comments: {fields: {nick: {type: text}}}}\n"
	for _, s := range []scenario{
		{name: "dry run", body: source(blog, `,"dry_run":true`), headers: editor, status: 200, want: []string{`"create"`}},
		{name: "real", body: source(blog, ``), headers: editor, status: 200, want: []string{`"table comments"`}},
		{name: "again", body: source(blog, ``), headers: editor, status: 200, want: []string{`"differences":[]`}},
		{name: "prune needs yes and an owner", body: source(smaller, `,"prune":true,"yes":true`), headers: editor, status: 403},
		{name: "broken YAML names the line", body: source("project: blog\n tables: [", ``), headers: owner, status: 400, want: []string{"project.yaml:2:"}},
		{name: "broken middleware names the line", body: source("project: blog\nendpoints:\n  x:\n    route: GET /x\n    middlewares: [crs, main]\n", ``), headers: owner, status: 400,
			want: []string{"project.yaml:5:", "did you mean cors"}},
		{name: "broken expression names the line", body: source("project: blog\ntables:\n  t:\n    fields:\n      a: {type: generated, expression: nothing}\n", ``), headers: owner, status: 400,
			want: []string{"project.yaml:5:"}},
		{name: "a part of the project", body: source("project: blog\ntables: {comments: {fields: {mood: {type: text}}}}\n", ``), headers: editor, status: 200, want: []string{`"create","object":"field comments.mood"`, `"keep"`}},
		{name: "endpoints on a table that the file leaves out", body: source("project: blog\nendpoints:\n  moods: {kind: LIST, route: GET /moods, table: comments, filter: {mod: x}}\n", ``), headers: editor, status: 400,
			want: []string{"project.yaml:3:", "did you mean"}},
		{name: "a part that breaks what it leaves out", body: source("project: blog\ntables: {comments: {fields: {likes: {type: text}}}}\n", ``), headers: editor, status: 400,
			want: []string{"endpoints.", "likes"}},
		{name: "only a new project", body: source(blog, `,"if_revision":0`), headers: owner, status: 409, want: []string{"already"}},
		{name: "revision", body: source(blog, `,"if_revision":99`), headers: owner, status: 409},
	} {
		s.name, s.method, s.path = "apply: "+s.name, "POST", "/_/api/apply"
		d.check(s)
	}
}

func TestTriesOfTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	owner := d.token("", auth.Owner)
	const project = "/_/api/projects/blog"
	const table = project + "/tables/comments"
	for _, nick := range []string{"Ada", "Bob"} {
		d.check(scenario{method: "POST", path: table + "/records", headers: owner, body: `{"data":{"nick":"` + nick + `","post":"p","likes":2}}`, status: 201})
	}
	endpoint := func(definition, request string) string {
		return `{"name":"draft","definition":` + definition + `,"request":` + request + `}`
	}
	for _, s := range []scenario{
		{name: "expression", path: table + "/try/expression", body: `{"expression":"upper(nick) || ' '"}`, status: 200,
			want: []string{`"type":"text"`, `"columns":["nick"]`, `"inputs":{"nick":"Ada"},"value":"ADA "`, `"sql":"`}},
		{name: "expression of a typo", path: table + "/try/expression", body: `{"expression":"upper(nik)"}`, status: 400, want: []string{`"path":["expression"]`, `"offset":6`, "nick"}},
		{name: "expression over fields that are not saved", path: table + "/try/expression",
			body: `{"expression":"concat(alias, '/', mood)","definition":{"fields":{"alias":{"was":"nick","type":"text"},"mood":{"type":"text"}}}}`, status: 200,
			want: []string{`"inputs":{"alias":"Bob","mood":null},"value":"Bob/"`}},
		{name: "draft of a typo", path: table + "/try/expression", body: `{"expression":"nick","definition":{"feilds":{}}}`, status: 400, want: []string{"feilds"}},
		{name: "expression that reads elsewhere", path: table + "/try/expression", body: `{"expression":"(SELECT 1)"}`, status: 400},
		{name: "filter", path: table + "/try/filter", body: `{"filter":{"nick":"Ada"}}`, status: 200, want: []string{`"total":1`, `"sql":"SELECT`, `"nick":"Ada"`}},
		{name: "endpoint", path: project + "/try/endpoint",
			body:   endpoint(`{"kind":"LIST","route":"GET /draft/{nick}","table":"comments","filter":{"nick":"$params.nick"},"middlewares":[{"cors":{}},{"rate_limit":{"limit":1}},"main"],"response":{"status":203,"headers":{"X-N":"1"},"body":[{"$each":"$records","n":"$record.nick"}]}}`, `{"path":"/draft/Ada?x=1","headers":{"Origin":"https://a.org"}}`),
			status: 200, want: []string{`"status":203`, `"body":"[{\"n\":\"Ada\"}]"`, `"name":"main"`, `"name":"rate_limit"`, `"X-N":["1"]`, `"Access-Control-Allow-Origin":["*"]`, "SELECT"}},
		{name: "endpoint that writes", path: project + "/try/endpoint",
			body:   endpoint(`{"kind":"CREATE","route":"POST /draft","table":"comments","params":{"nick":{},"post":{}},"response":{"body":{"n":"$record.nick"}}}`, `{"path":"/draft","body":"nick=Cyd&post=p"}`),
			status: 200, want: []string{`"status":201`, `"body":"{\"n\":\"Cyd\"}"`, "INSERT INTO"}},
		{name: "which is rolled back", path: table + "/try/filter", body: `{"filter":{"nick":"Cyd"}}`, status: 200, want: []string{`"total":0`}},
		{name: "constraint", path: table + "/try/constraint", body: `{"field":"nick","constraint":"$value !== 'Bob' && $this.likes > 1"}`, status: 200,
			want: []string{`"value":"Ada","accepted":true`, `"value":"Bob","accepted":false`}},
		{name: "constraint of given records", path: table + "/try/constraint", body: `{"field":"nick","constraint":"$value.length > 2","records":[{"nick":"x"},{"nick":"xyz"}]}`, status: 200,
			want: []string{`"value":"x","accepted":false`, `"value":"xyz","accepted":true`}},
		{name: "constraint of a typo", path: table + "/try/constraint", body: `{"field":"nick","constraint":"$thiss.nick"}`, status: 400, want: []string{`"problems"`}},
		{name: "constraint that throws", path: table + "/try/constraint", body: `{"field":"nick","constraint":"$value.nope() === 1","records":[{"nick":"x"}]}`, status: 200,
			want: []string{`"error":"`, `"line":1`, `"column":`, `"us":`}},
		{name: "rules that are not saved", path: table + "/try/rules", body: `{"field":"nick","definition":{"fields":{"nick":{"type":"text","max":2}}}}`, status: 200,
			want: []string{`"checked":2`, `"records":2`}},
		{name: "rules", path: table + "/try/rules", body: `{"field":"nick","constraint":"$value !== 'Bob'"}`, status: 200, want: []string{`"checked":2`, `"records":1`}},
		{name: "endpoint that refuses", path: project + "/try/endpoint",
			body:   endpoint(`{"route":"POST /draft","params":{"n":{"type":"integer","required":true}}}`, `{"path":"/draft","body":"{\"n\":\"x\"}"}`),
			status: 200, want: []string{`"status":400`, `\"param\":\"n\"`}},
		{name: "endpoint that asks who calls, without a session", path: project + "/try/endpoint",
			body:   endpoint(`{"route":"GET /draft","middlewares":[{"auth":{}},"main"]}`, `{"path":"/draft"}`),
			status: 200, want: []string{`"status":401`}},
		{name: "endpoint that asks who calls, with one", path: project + "/try/endpoint",
			body:   endpoint(`{"route":"GET /draft","middlewares":[{"auth":{}},"main"],"response":{"body":"$auth.kind"}}`, `{"path":"/draft","session":true}`),
			status: 200, want: []string{`"status":200`, `token`}},
		{name: "endpoint that does not compile", path: project + "/try/endpoint", body: endpoint(`{"kind":"LIST","route":"GET /draft","table":"nothing"}`, `{"path":"/draft"}`), status: 400,
			want: []string{`"problems"`}},
		{name: "path of another route", path: project + "/try/endpoint", body: endpoint(`{"route":"GET /draft"}`, `{"path":"/other"}`), status: 400},
		{name: "not saved", method: "GET", path: "/api/blog/draft", status: 404},
	} {
		s.name, s.headers = "tries: "+s.name, owner
		if s.method == "" {
			s.method = "POST"
		}
		d.check(s)
	}
	if strings.Contains(d.do(scenario{path: project + "/endpoints", headers: owner}).Body.String(), "draft") {
		t.Error("a trial was saved")
	}
}
