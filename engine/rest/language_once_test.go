package rest

import (
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

const once = `
project: o
tables:
  accounts: {fields: {name: {type: text, unique: true, max: 20}, sum: {type: number, default: 0, min: 0}}}
endpoints:
  open: {kind: CREATE, route: POST /accounts, table: accounts, params: {name: {}, sum: {}}, middlewares: [{auth: {optional: true}}, main], response: {headers: {Location: "/accounts/${$record.uid}", Set-Cookie: ["a=1", "b=2"]}, body: {id: $record.uid, at: $record.created_at}}}
  pay: {kind: UPDATE, route: "POST /accounts/{id}/pay", table: accounts, params: {n: {type: number}}, filter: {uid: $params.id}, set: {sum: {increment: $params.n}}, response: {body: "=$record.sum"}}
  close: {kind: DELETE, route: "DELETE /accounts/{id}", table: accounts, filter: {uid: $params.id}, response: {status: 204}}
  large: {kind: CREATE, route: POST /large, table: accounts, params: {name: {}}, response: {body: "=$record.name.padEnd(300000, 'x')"}}
  see: {kind: VIEW, route: "GET /accounts/{id}", table: accounts, filter: {uid: $params.id}, response: {body: $record.sum}}
  all: {kind: LIST, route: GET /accounts, table: accounts, aggregate: {n: count}, response: {body: $record.n}}
  other: {kind: CREATE, route: POST /other, table: accounts, bulk: 5, params: {name: {}}}
`

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	d := open(t, once)
	const accounts, key = "/api/o/accounts", "Idempotency-Key: "
	ann := scenario{name: "ann", method: "POST", path: accounts, headers: key + "k1", body: `{"name":"ann"}`, status: 201}
	first := d.do(ann)
	if first.Code != 201 || first.Header().Get("Idempotency-Replayed") != "" {
		t.Fatal(first)
	}
	again := d.do(ann)
	if again.Code != 201 || again.Body.String() != first.Body.String() || again.Header().Get("Location") != first.Header().Get("Location") ||
		len(again.Header()["Set-Cookie"]) != 2 || again.Header().Get("Idempotency-Replayed") != "true" || again.Header().Get("Content-Type") != "application/json" {
		t.Errorf("the answer given again is %+v\n%s", again.Header(), again.Body)
	}
	id := strings.TrimPrefix(first.Header().Get("Location"), "/accounts/")
	pay := accounts + "/" + id + "/pay"
	d.checkAll("once", []scenario{
		{name: "another body", method: "POST", path: accounts, headers: key + "k1", body: `{"name":"bob"}`, status: 422, want: []string{`"code":"invalid"`, "This Idempotency-Key was used for another request."}},
		{name: "a key belongs to who asks", method: "POST", path: accounts, headers: key + "k1\n" + d.token("", auth.Owner), body: `{"name":"ann"}`, status: 409, want: []string{`"code":"unique"`}},
		{name: "a refusal is not kept", method: "POST", path: accounts, headers: key + "k2", body: `{"name":"ann"}`, status: 409, want: []string{`"code":"unique"`}},
		{name: "so the key is free", method: "POST", path: accounts, headers: key + "k2", body: `{"name":"bob"}`, status: 201},
		{name: "a bad parameter is not kept", method: "POST", path: pay, headers: key + "k3", body: `{"n":"x"}`, status: 400},
		{name: "update", method: "POST", path: pay, headers: key + "k3", body: `{"n":5}`, status: 200, want: []string{"\n5"}},
		{name: "update again", method: "POST", path: pay, headers: key + "k3", body: `{"n":5}`, status: 200, want: []string{"\n5", "Idempotency-Replayed: true"}},
		{name: "a key belongs to its endpoint", method: "POST", path: "/api/o/other", headers: key + "k3", body: `{"name":"eve"}`, status: 201, lacks: []string{"Replayed"}},
		{name: "bulk", method: "POST", path: "/api/o/other", headers: key + "k4", body: `[{"name":"x"},{"name":"y"}]`, status: 201, want: []string{`[{"uid":`}},
		{name: "bulk again", method: "POST", path: "/api/o/other", headers: key + "k4", body: `[{"name":"x"},{"name":"y"}]`, status: 201, want: []string{`[{"uid":`, "Replayed"}},
		{name: "an item that is refused", method: "POST", path: "/api/o/other", headers: key + "k5", body: `[{"name":"z"},{"name":"x"}]`, status: 409, want: []string{`"param":"items[1].name"`}},
		{name: "too large to keep", method: "POST", path: "/api/o/large", headers: key + "k6", body: `{"name":"q"}`, status: 201, want: []string{"qxxx"}},
		{name: "too large to give", method: "POST", path: "/api/o/large", headers: key + "k6", body: `{"name":"q"}`, status: 409, want: []string{"its answer was too large to keep"}},
		{name: "no key", method: "POST", path: accounts, headers: key + strings.Repeat("k", 256), body: `{"name":"r"}`, status: 400, want: []string{"Idempotency-Key must have"}},
		{name: "reading needs none", path: accounts + "/" + id, headers: key + "k3", status: 200, want: []string{"\n5"}},
		{name: "all", path: accounts, status: 200, want: []string{"\n6"}},
		{name: "delete", method: "DELETE", path: accounts + "/" + id, headers: key + "k7", status: 204},
		{name: "delete again", method: "DELETE", path: accounts + "/" + id, headers: key + "k7", status: 204, want: []string{"Replayed"}},
	})
}

func TestIdempotencyKey_manyAtOnce(t *testing.T) {
	t.Parallel()
	d := open(t, once)
	id := d.made(scenario{method: "POST", path: "/api/o/accounts", body: `{"name":"ann"}`})
	const keys, each = 4, 6
	answers := make([]*httptest.ResponseRecorder, keys*each)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			answers[i] = d.do(scenario{method: "POST", path: "/api/o/accounts/" + id + "/pay", headers: "Idempotency-Key: k" + strconv.Itoa(i%keys), body: `{"n":1}`})
		})
	}
	group.Wait()
	fresh, sums := 0, map[string]bool{}
	for _, w := range answers {
		if w.Code != 200 {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
		if w.Header().Get("Idempotency-Replayed") == "" {
			fresh++
		}
		sums[w.Body.String()] = true
	}
	if fresh != keys || len(sums) != keys {
		t.Errorf("%d requests were done and gave %v, want %d", fresh, sums, keys)
	}
	d.check(scenario{name: "sum", path: "/api/o/accounts/" + id, status: 200, want: []string{"\n" + strconv.Itoa(keys)}})
}

func TestIdempotencyKey_isForgottenAfterADay(t *testing.T) {
	t.Parallel()
	d := open(t, once)
	pool := d.server.cfg.DB.Pool()
	pay := func(key string) scenario {
		return scenario{name: key, method: "POST", path: "/api/o/accounts", headers: "Idempotency-Key: " + key, body: `{"name":"` + key + `"}`, status: 201}
	}
	d.check(pay("old"))
	if _, err := pool.Exec(t.Context(), `UPDATE public.sl_idempotency SET kept_at = now() - interval '24 hours 1 second'`); err != nil {
		t.Fatal(err)
	}
	d.check(pay("new"))
	taken := pay("old")
	taken.status = 409 // done anew, and refused by the field
	d.check(taken)
	if err := d.server.cfg.Records.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM public.sl_idempotency`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d rows are left, %v", n, err)
	}
}
