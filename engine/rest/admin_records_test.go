package rest

import (
	"net/url"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

func TestRecordsOfTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	owner := d.token("", auth.Owner)
	const records = "/_/api/projects/blog/tables/comments/records"
	create := scenario{method: "POST", path: records, headers: owner, body: `{"data":{"nick":"$params.x","post":"=1+1","likes":3,"status":"spam"}}`}
	uid := d.member(create, "uid")
	other := d.member(create, "uid")
	where := func(filter string) string { return records + "?total=true&filter=" + url.QueryEscape(filter) }
	for _, s := range []scenario{
		{name: "get", path: records + "/" + uid, headers: owner, status: 200, want: []string{`Etag: "1"`, `"nick":"$params.x"`, `"post":"=1+1"`, `"ip":"192.0.2.1"`}},
		{name: "patch", method: "PATCH", path: records + "/" + uid, headers: owner + "\nIf-Match: \"1\"", body: `{"data":{"likes":4,"email":"a@b.org"}}`, status: 200, want: []string{`Etag: "2"`, `"likes":4`}},
		{name: "lost race", method: "PATCH", path: records + "/" + uid, headers: owner + "\nIf-Match: \"1\"", body: `{"data":{"likes":5}}`, status: 412, want: []string{`"code":"precondition"`}},
		{name: "clear", method: "PATCH", path: records + "/" + uid, headers: owner, body: `{"data":{"email":null}}`, status: 200, want: []string{`"email":null`}},
		{name: "required is not cleared", method: "PATCH", path: records + "/" + uid, headers: owner, body: `{"data":{"nick":null}}`, status: 400, want: []string{`"param":"nick"`}},
		{name: "unknown field", method: "PATCH", path: records + "/" + uid, headers: owner, body: `{"data":{"nik":"x","uid":"y"}}`, status: 400,
			want: []string{`"param":"nik"`, `"param":"uid"`, `"code":"unknown"`}},
		{name: "wrong type", method: "PATCH", path: records + "/" + uid, headers: owner, body: `{"data":{"likes":"many"}}`, status: 400, want: []string{`"param":"likes"`}},
		{name: "data is an object", method: "PATCH", path: records + "/" + uid, headers: owner, body: `{"data":[1]}`, status: 400},
		{name: "shorthand", path: where(`{"likes":{">":3}}`), headers: owner, status: 200, want: []string{`"total":1`, uid}},
		{name: "values are data", path: where(`{"nick":"$params.x"}`), headers: owner, status: 200, want: []string{`"total":2`}},
		{name: "also scripts", path: where(`{"post":"=1+1"}`), headers: owner, status: 200, want: []string{`"total":2`}},
		{name: "also insertions", path: where(`{"post":"${$request.ip}"}`), headers: owner, status: 200, want: []string{`"total":0`}},
		{name: "in a list", path: where(`{"nick":{"IN":["$params.x","=x"]}}`), headers: owner, status: 200, want: []string{`"total":2`}},
		{name: "tree", path: where(`{"t":"AND","l":{"t":"=","l":{"t":"FIELD","v":"status"},"r":{"t":"LITERAL","v":"'spam'"}},"r":{"t":"=","l":{"t":"FIELD","v":"likes"},"r":{"t":"LITERAL","v":4}}}`),
			headers: owner, status: 200, want: []string{`"total":1`}},
		{name: "tree with a script", path: where(`{"t":"=","l":{"t":"FIELD","v":"status"},"r":{"t":"LITERAL","v":"$request.ip"}}`), headers: owner, status: 400,
			want: []string{"expressions are for endpoints"}},
		{name: "tree with a hidden script", path: where(`{"t":"=","l":{"t":"FIELD","v":"status"},"r":{"t":"LITERAL","v":"'a'+'b'"}}`), headers: owner, status: 400},
		{name: "injection in a name", path: where(`{"nick'||pg_sleep(3)||'":"x"}`), headers: owner, status: 400, want: []string{`"problems"`}},
		{name: "injection in a sort", path: records + "?sort=" + url.QueryEscape(`likes.b'||pg_sleep(3)||'`), headers: owner, status: 400},
		{name: "injection in a choice", path: records + "?fields=" + url.QueryEscape(`nick","x":"=1`), headers: owner, status: 200, lacks: []string{`"x"`}},
		{name: "filter is no object", path: where(`[1]`), headers: owner, status: 400},
		{name: "filter is no JSON", path: records + "?filter={", headers: owner, status: 400, want: []string{`"param":"filter"`}},
		{name: "sorted and chosen", path: records + "?sort=-likes,nick&fields=likes&size=1", headers: owner, status: 200,
			want: []string{`"items":[{"uid":"` + uid + `","version":3,"likes":4}]`, `"size":1`}},
		{name: "no table", path: "/_/api/projects/blog/tables/nothing/records", headers: owner, status: 404},
		{name: "no record", path: records + "/nothing", headers: owner, status: 404},
		{name: "delete", method: "DELETE", path: records + "/" + uid, headers: owner, status: 200, want: []string{uid}},
		{name: "deleted", method: "DELETE", path: records + "/" + uid, headers: owner, status: 404},
		{name: "bulk", method: "POST", path: records + "/delete", headers: owner, body: `{"uids":["` + other + `"]}`, status: 200, want: []string{`{"deleted":1}`}},
		{name: "bulk of nothing", method: "POST", path: records + "/delete", headers: owner, body: `{"uids":[]}`, status: 400},
		{name: "history", path: records + "/" + uid + "/history", headers: owner, status: 200,
			want: []string{`"action":"create record"`, `"action":"change record"`, `"action":"delete record"`, `["email","likes"]`}, lacks: []string{"delete records", "a@b.org"}},
		{name: "history is not for viewers", path: records + "/" + uid + "/history", headers: d.token("blog", auth.Viewer), status: 403},
		{name: "history of nothing", path: records + "/nothing/history", headers: owner, status: 200, want: []string{`{"items":[]}`}},
		{name: "audit", path: "/_/api/projects/blog/audit", headers: owner, status: 200,
			want: []string{`"action":"change record"`, `"target":"comments/` + uid + `"`, `["email","likes"]`, `"action":"delete records"`}, lacks: []string{"a@b.org"}},
	} {
		s.name = "records: " + s.name
		d.check(s)
	}
}
