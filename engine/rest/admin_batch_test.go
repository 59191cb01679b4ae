package rest

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

func TestBatchOfRecords(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	owner := d.token("", auth.Owner)
	const records = "/_/api/projects/blog/tables/comments/records"
	const batch = records + "/batch"
	create := scenario{method: "POST", path: records, headers: owner, body: `{"data":{"nick":"n","post":"p"}}`}
	a, b := d.member(create, "uid"), d.member(create, "uid")
	for _, s := range []scenario{
		{name: "all kinds at once", body: `{"create":[{"data":{"nick":"new","post":"p"}},{"data":{"nick":"new2","post":"p"}}],"update":[{"uid":"` + a + `","version":1,"data":{"likes":7}}],"delete":[{"uid":"` + b + `","version":1}]}`,
			status: 200, want: []string{`"created":[{"uid"`, `"nick":"new2"`, `"updated":[{"uid":"` + a + `"`, `"likes":7`, `"version":2`, `"deleted":[{"uid":"` + b}},
		{name: "a lost race undoes all", body: `{"update":[{"uid":"` + a + `","version":2,"data":{"likes":8}},{"uid":"` + a + `","version":2,"data":{"likes":9}}]}`,
			status: 412, want: []string{`"code":"precondition"`, `"param":"update.1"`}, lacks: []string{`"param":"update.0"`}},
		{name: "nothing was kept", method: "GET", path: records + "/" + a, status: 200, want: []string{`"likes":7`, `Etag: "2"`}},
		{name: "without a version", body: `{"update":[{"uid":"` + a + `","data":{"likes":8}}]}`, status: 200, want: []string{`"likes":8`, `"created":[]`}},
		{name: "each refusal is told", body: `{"create":[{"data":{"nick":"x","post":"p"}},{"data":{"post":"p"}}],"update":[{"uid":"` + a + `","data":{"likes":"many"}},{"uid":"nobody","data":{"likes":1}}]}`,
			status: 400, want: []string{`"param":"update.0.likes"`, `"param":"update.1"`, `"code":"not_found"`, `"param":"create.1.nick"`, `"code":"required"`}, lacks: []string{`"create.0`}},
		{name: "fields that nobody writes", body: `{"update":[{"uid":"` + a + `","data":{"email_md5":"x","nope":1}}]}`, status: 400, want: []string{`"param":"update.0.nope"`}},
		{name: "empty", body: `{}`, status: 400},
		{name: "too many", body: `{"delete":[` + strings.TrimSuffix(strings.Repeat(`{"uid":"x"},`, 1001), ",") + `]}`, status: 400},
		{name: "the last ones are there", method: "GET", path: records + "?total=true", status: 200, want: []string{`"total":3`}},
		{name: "audit", method: "GET", path: "/_/api/projects/blog/audit", status: 200, want: []string{`"action":"change records"`, `"deleted":1`}},
	} {
		s.name, s.headers = "batch: "+s.name, owner
		if s.method == "" {
			s.method, s.path = "POST", batch
		}
		d.check(s)
	}
}

func TestRestoreOfRecords(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	owner := d.token("", auth.Owner)
	const records = "/_/api/projects/blog/tables/comments/records"
	uid := d.member(scenario{method: "POST", path: records, headers: owner, body: `{"data":{"nick":"n","post":"p","likes":3}}`}, "uid")
	gone := d.do(scenario{method: "DELETE", path: records + "/" + uid, headers: owner}).Body.String()
	// All that a record has, as a list gives it.
	rows := make([]string, 1000)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"uid":"again%04d","post":"p","parent":null,"nick":"n","email":null,"likes":%[1]d,"status":"spam","at":null,"ip":"::1","created_at":"2026-11-27T00:00:00Z","updated_at":"2026-11-27T00:00:00Z","version":3}`, i)
	}
	thousand := strings.Join(rows, ",")
	for _, s := range []scenario{
		{name: "restore", method: "POST", path: records + "/restore", body: `{"records":[` + gone + `]}`, status: 200, want: []string{`{"restored":1}`}},
		{name: "as it was", path: records + "/" + uid, status: 200, want: []string{`"nick":"n"`, `"likes":3`, `"version":1`}},
		{name: "a thousand of many fields", method: "POST", path: records + "/restore", body: `{"records":[` + thousand + `]}`, status: 200, want: []string{`{"restored":1000}`}},
		{name: "not twice", method: "POST", path: records + "/restore", body: `{"records":[` + gone + `]}`, status: 409, want: []string{`"code":"conflict"`}},
		{name: "nothing", method: "POST", path: records + "/restore", body: `{"records":[]}`, status: 400},
		{name: "no object", method: "POST", path: records + "/restore", body: `{"records":[1]}`, status: 400},
	} {
		s.name, s.headers = "restore: "+s.name, owner
		d.check(s)
	}
}

func TestPagesByCursor(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	owner := d.token("", auth.Owner)
	const records = "/_/api/projects/blog/tables/comments/records"
	for i := range 7 {
		d.do(scenario{method: "POST", path: records, headers: owner, body: fmt.Sprintf(`{"data":{"nick":"n%d","post":"p","likes":%d}}`, i, i/2)})
	}
	list := func(query string) scenario {
		return scenario{path: records + "?sort=-likes,nick&fields=nick&" + query, headers: owner}
	}
	nicks := func(query string) string {
		body := d.do(list(query)).Body.String()
		var names []string
		for part := range strings.SplitSeq(body, `"nick":"`) {
			if name, _, found := strings.Cut(part, `"`); found && len(name) == 2 {
				names = append(names, name)
			}
		}
		return strings.Join(names, " ")
	}
	first := url.QueryEscape(d.member(list("cursor=*&size=3"), "next"))
	for _, c := range []struct{ query, want string }{
		{"cursor=*&size=3", "n6 n4 n5"},
		{"cursor=" + first + "&size=3", "n2 n3 n0"},
		{"cursor=*&skip=2&size=2", "n5 n2"},
		{"cursor=" + first + "&skip=2&size=3", "n0 n1"},
		{"page=2&size=3", "n2 n3 n0"},
	} {
		if got := nicks(c.query); got != c.want {
			t.Errorf("%s: %q, want %q", c.query, got, c.want)
		}
	}
	d.check(scenario{name: "last page", path: records + "?cursor=" + first + "&skip=2&sort=-likes,nick", headers: owner, status: 200, want: []string{`"n1"`}, lacks: []string{`"next"`}})
	d.check(scenario{name: "another order's cursor", path: records + "?cursor=" + first + "&sort=nick", headers: owner, status: 400})
	d.check(scenario{name: "no cursor", path: records + "?cursor=xyz", headers: owner, status: 400})
	const count = "/_/api/projects/blog/tables/comments/count"
	d.check(scenario{name: "count", path: count, headers: owner, status: 200, want: []string{`{"count":7,"exact":true}`}})
	d.check(scenario{name: "count matches", path: count + "?filter=" + url.QueryEscape(`{"likes":0}`), headers: owner, status: 200, want: []string{`{"count":2,"exact":true}`}})
}
