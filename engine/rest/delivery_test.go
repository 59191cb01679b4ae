package rest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/job"
)

// posting is a project whose endpoints call a receiver.
const posting = `
project: blog
tables:
  comments:
    fields:
      nick: {type: text, required: true}
      email: {type: email, hidden: true}
      likes: {type: number, default: 0, min: 0}
endpoints:
  add:
    kind: CREATE
    route: POST /comments
    table: comments
    params: {nick: {}, email: {}, fail: {type: boolean}}
    middlewares:
      - main
      - webhook: {url: RECEIVER/add, body: {id: $record.uid, nick: $record.nick, email: $record.email, version: $record.version, by: $request.headers.x-by}}
      - webhook: {url: RECEIVER/never, when: "=$record.nick === 'nobody'"}
    response: {status: 201, body: {id: $record.uid}}
  like:
    kind: UPDATE
    route: POST /comments/{id}/like
    table: comments
    filter: {uid: $params.id}
    set: {likes: {increment: 1}}
    middlewares: [{webhook: {url: "RECEIVER/${$params.id}", headers: {X-Likes: "${$record.likes}"}}}, main]
  list:
    kind: LIST
    route: GET /comments
    table: comments
    middlewares: [main, {webhook: {url: RECEIVER/list}}]
  about:
    route: GET /about
    middlewares: [main, {webhook: {url: RECEIVER/about, method: GET}}]
    response: {body: {name: Blog}}
`

// A call that came to the receiver.
type came struct {
	path, body string
	header     http.Header
}

// withQueue runs a queue for the door until stop is called, and a receiver that answers status.
func (d *door) withQueue(status int) (receiver string, calls chan came, stop func()) {
	d.t.Helper()
	calls = make(chan came, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(status)
		calls <- came{r.URL.Path, string(body), r.Header}
	}))
	d.t.Cleanup(server.Close)
	cfg := &d.server.cfg
	q, err := job.Open(d.t.Context(), job.Config{DB: cfg.DB, Schema: cfg.Catalog.Schema, Records: cfg.Records, Scripts: cfg.Scripts, HTTP: http.DefaultClient, Log: cfg.Log})
	if err != nil {
		d.t.Fatal(err)
	}
	cfg.Jobs = q
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = q.Run(ctx)
	}()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			<-done
		}
	}
	d.t.Cleanup(func() {
		stop()
		q.Close()
	})
	return server.URL, calls, stop
}

func TestWebhooksOfEndpoints(t *testing.T) {
	t.Parallel()
	d := open(t)
	receiver, calls, stop := d.withQueue(200)
	d.apply(strings.ReplaceAll(posting, "RECEIVER", receiver))
	d.check(scenario{name: "refused", method: "POST", path: "/api/blog/comments", body: `{"nick":""}`, status: 400})
	id := d.member(scenario{method: "POST", path: "/api/blog/comments", headers: "X-By: ada", body: `{"nick":"ada","email":"ada@example.org"}`}, "id")
	got := <-calls
	if want := `{"id":"` + id + `","nick":"ada","email":"ada@example.org","version":1,"by":"ada"}`; got.path != "/add" || got.body != want {
		t.Errorf("CREATE: %s %s, want %s", got.path, got.body, want)
	}
	d.check(scenario{name: "like", method: "POST", path: "/api/blog/comments/" + id + "/like", status: 200})
	if got = <-calls; got.path != "/"+id || got.header.Get("X-Likes") != "1" || !strings.Contains(got.body, `"likes":1`) || strings.Contains(got.body, "ada@example.org") {
		t.Errorf("UPDATE: %+v", got)
	}
	d.check(scenario{name: "no such comment", method: "POST", path: "/api/blog/comments/nothing/like", status: 404})
	d.check(scenario{name: "list", path: "/api/blog/comments", status: 200})
	if got = <-calls; got.path != "/list" || !strings.Contains(got.body, `"data":{"records":[{`) {
		t.Errorf("LIST: %+v", got)
	}
	d.check(scenario{name: "about", path: "/api/blog/about", status: 200})
	if got = <-calls; got.path != "/about" || got.body != "" {
		t.Errorf("no table: %+v", got)
	}
	stop()
	if len(calls) > 0 {
		t.Errorf("more came: %+v", <-calls)
	}
	owner := d.token("", auth.Owner)
	d.check(scenario{name: "a trial sends nothing", method: "POST", path: "/_/api/projects/blog/try/endpoint", headers: owner, status: 200, want: []string{`"status":201`},
		body: `{"name":"t","definition":{"kind":"CREATE","route":"POST /t","table":"comments","params":{"nick":{}},"middlewares":["main",{"webhook":{"url":"` + receiver + `"}}]},"request":{"path":"t","body":"{\"nick\":\"x\"}"}}`})
	d.check(scenario{name: "four deliveries", path: "/_/api/projects/blog/deliveries?state=done&source=endpoint", headers: owner, status: 200,
		want: []string{`"name":"about"`, `"name":"add"`, `"record":"` + id + `"`, `"attempts":1`}, lacks: []string{`"name":"t"`}})
	var left int
	if err := d.server.cfg.DB.Pool().QueryRow(t.Context(), `SELECT count(*) FROM public.sl_outbox`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows are left in the outbox (%v)", left, err)
	}
}

func TestDeliveriesOfTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t)
	receiver, calls, _ := d.withQueue(410)
	d.apply(strings.ReplaceAll(posting, "RECEIVER", receiver))
	d.check(scenario{name: "add", method: "POST", path: "/api/blog/comments", body: `{"nick":"ada"}`, status: 201})
	<-calls
	owner, viewer := d.token("", auth.Owner), d.token("blog", auth.Viewer)
	const deliveries = "/_/api/projects/blog/deliveries"
	list := scenario{path: deliveries + "?state=dead&name=add&kind=webhook&since=2020-01-01T00:00:00Z", headers: viewer, status: 200}
	id := ""
	for id == "" { // the answer has come; that it is noted follows
		w := d.do(list)
		if w.Code != http.StatusOK {
			t.Fatalf("list: %d %s", w.Code, w.Body)
		}
		if _, rest, found := strings.Cut(w.Body.String(), `"id":"`); found {
			id, _, _ = strings.Cut(rest, `"`)
		}
	}
	for _, s := range []scenario{
		{name: "other name", path: deliveries + "?name=like", headers: owner, status: 200, want: []string{`{"items":[]}`}},
		{name: "later", path: deliveries + "?since=2100-01-01T00:00:00Z", headers: owner, status: 200, want: []string{`{"items":[]}`}},
		{name: "no time", path: deliveries + "?until=yesterday", headers: owner, status: 400, want: []string{"until must be a time"}},
		{name: "one", path: deliveries + "/" + id, headers: owner, status: 200, want: []string{`"status":410`, `\"nick\":\"ada\"`, `"log":[{`}},
		{name: "a viewer sees no bodies", path: deliveries + "/" + id, headers: viewer, status: 403},
		{name: "none", path: deliveries + "/msg_nothing", headers: owner, status: 404},
		{name: "a viewer replays nothing", method: "POST", path: deliveries + "/" + id + "/replay", headers: viewer, status: 403},
		{name: "cancel what is over", method: "POST", path: deliveries + "/" + id + "/cancel", headers: owner, status: 409},
		{name: "replay", method: "POST", path: deliveries + "/" + id + "/replay", headers: owner, status: 204},
	} {
		s.name = "deliveries: " + s.name
		d.check(s)
	}
	if again := <-calls; again.header.Get("Webhook-Id") != id {
		t.Errorf("came again as %s, want %s", again.header.Get("Webhook-Id"), id)
	}
	replay := scenario{name: "replay all", method: "POST", path: deliveries + "/replay", headers: owner, body: `{"name":"add"}`, status: 200}
	for w := d.do(replay); w.Body.String() != `{"replayed":1}`; w = d.do(replay) { // until the second 410 is noted
		if w.Code != http.StatusOK {
			t.Fatalf("replay: %d %s", w.Code, w.Body)
		}
	}
	<-calls
	d.check(scenario{name: "audit", path: "/_/api/projects/blog/audit", headers: owner, status: 200,
		want: []string{`"action":"replay delivery"`, `"target":"` + id + `"`, `"action":"replay deliveries"`, `"replayed":1`}})
	d.check(scenario{name: "metrics", path: "/metrics", headers: "Authorization: Bearer metrics-token", status: 200})
}
