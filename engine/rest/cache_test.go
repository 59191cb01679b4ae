package rest

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/record"
)

const kept = `
project: shop
tables:
  notes: {fields: {text: {type: text}}}
  bans: {fields: {text: {type: text}}}
  makers: {fields: {name: {type: text, required: true}}}
  goods:
    fields:
      name: {type: text, required: true}
      maker: {type: reference, to: makers, display: name, on_delete: cascade}
      price: {type: number, hidden: true}
endpoints:
  list:
    kind: LIST
    route: GET /goods
    table: goods
    params: {name: {in: query, required: false}}
    filter: {name: {"=": $params.name, optional: true}}
    sort: [name]
    middlewares: [{cors: {origins: ["https://a.org"]}}, {cache: {ttl: 1h}}, main]
    response: {headers: {X-Own: here}, body: {items: [{$each: $records, name: $record.name, maker: $record.maker.name}]}}
  whole:
    kind: LIST
    route: GET /makers
    table: makers
    include: {goods: {table: goods, by: {maker: uid}}}
    sources: {notes: {table: notes, aggregate: {n: count}}}
    guards: [{count: {table: bans, over: 1}, message: Closed}]
    middlewares: [{cache: {}}, main]
    response: {body: {n: $sources.notes.n, makers: [{$each: $records, $as: m, goods: [{$each: $m.goods, $as: g, $value: $g.name}]}]}}
  note: {kind: CREATE, route: POST /notes, table: notes, params: {text: {}}}
  ban: {kind: CREATE, route: POST /bans, table: bans, params: {text: {}}}
  one: {kind: VIEW, route: "GET /goods/{id}", table: goods, filter: {uid: $params.id}, middlewares: [{cache: {}}, main]}
  add: {kind: CREATE, route: POST /goods, table: goods, params: {name: {}, maker: {}}, response: {body: {id: $record.uid}}}
  make: {kind: CREATE, route: POST /makers, table: makers, params: {name: {}}, response: {body: {id: $record.uid}}}
  rename: {kind: UPDATE, route: "POST /makers/{id}", table: makers, filter: {uid: $params.id}, params: {name: {}}, set: {name: $params.name}}
  unmake: {kind: DELETE, route: "DELETE /makers/{id}", table: makers, filter: {uid: $params.id}}
  greet: {route: GET /greet, middlewares: [{cache: {}}, main], response: {body: {you: $request.headers.user-agent, n: $request.query.n}}}
  biscuit: {route: GET /biscuit, middlewares: [{cache: {}}, main], response: {headers: {Set-Cookie: a=b}, body: {id: =$uuid()}}}
  mine: {route: GET /mine, middlewares: [{auth: {optional: true}}, {cache: {}}, main], response: {body: {kind: $auth.kind}}}
  by_key: {route: GET /by-key, params: {k: {in: query, type: text}, x: {in: query, type: text}}, middlewares: [{cache: {key: $params.k}}, main], response: {body: {x: $params.x}}}
`

// follow runs what tells of changes, until the test or stop ends.
func (d *door) follow() (stop func()) {
	ctx, cancel := context.WithCancel(d.t.Context())
	var all sync.WaitGroup
	all.Go(func() { _ = d.feed.Run(ctx) })
	all.Go(func() { _ = d.catalog.Run(ctx) })
	stop = func() { cancel(); all.Wait() }
	d.t.Cleanup(stop)
	return stop
}

// keeps asks until the answer is one that was kept.
func (d *door) keeps(path string) *httptest.ResponseRecorder { return d.kept(scenario{path: path}) }

func (d *door) kept(s scenario) *httptest.ResponseRecorder {
	for {
		if w := d.do(s); w.Header().Get("Age") != "" {
			return w
		}
	}
}

// checkCached is check; what wants an answer that was kept asks until the feed is heard, which a full machine can hold up.
func (d *door) checkCached(s scenario) {
	d.t.Helper()
	if slices.Contains(s.want, "Age: ") {
		d.judge(s, d.kept(s))
		return
	}
	d.check(s)
}

func TestCacheGivesAnswersAgain(t *testing.T) {
	t.Parallel()
	d := open(t, kept)
	d.follow()
	id := d.made(scenario{method: "POST", path: "/api/shop/goods", body: "name=apple"})
	first := d.keeps("/api/shop/goods")
	etag := first.Header().Get("ETag")
	if etag == "" || first.Header().Get("X-Own") != "here" || first.Body.String() != `{"items":[{"name":"apple","maker":null}]}` {
		t.Errorf("%v %s", first.Header(), first.Body)
	}
	d.keeps("/api/shop/greet")
	d.keeps("/api/shop/by-key?k=1&x=first")
	d.keeps("/api/shop/goods/" + id)
	for _, s := range []scenario{
		{name: "not modified", path: "/api/shop/goods", headers: "If-None-Match: \"x\", W/" + etag, status: 304, want: []string{"Etag: " + etag, "Age: "}, lacks: []string{"apple", "Content-Length"}},
		{name: "any", path: "/api/shop/goods", headers: "If-None-Match: *", status: 304},
		{name: "modified", path: "/api/shop/goods", headers: `If-None-Match: "x"`, status: 200, want: []string{"apple", "Age: "}},
		{name: "head", method: "HEAD", path: "/api/shop/goods", status: 200, want: []string{"Content-Length: 41", "Age: ", "X-Own: here"}, lacks: []string{"apple"}},
		{name: "a page of another origin", path: "/api/shop/goods", headers: "Origin: https://a.org", status: 200, want: []string{"Age: ", "Access-Control-Allow-Origin: https://a.org", "Vary: Origin\r\n"}},
		{name: "another parameter", path: "/api/shop/goods?name=pear", status: 200, want: []string{`{"items":[]}`, "Etag: "}, lacks: []string{"Age: "}},
		{name: "what is not declared does not count", path: "/api/shop/goods?x=1", status: 200, want: []string{"Age: "}},
		{name: "another record", path: "/api/shop/goods/nobody", status: 404, lacks: []string{"Age: ", "Etag: "}},
		{name: "an error is not kept", path: "/api/shop/goods/nobody", status: 404, lacks: []string{"Age: ", "Etag: "}},
		{name: "what the definition reads of the request counts", path: "/api/shop/greet", headers: "User-Agent: me", status: 200, want: []string{`{"you":"me","n":null}`}, lacks: []string{"Age: "}},
		{name: "of the query too", path: "/api/shop/greet?n=1", status: 200, want: []string{`"n":"1"`}, lacks: []string{"Age: "}},
		{name: "the key is all that counts", path: "/api/shop/by-key?k=1&x=second", status: 200, want: []string{`{"x":"first"}`, "Age: "}},
		{name: "another key", path: "/api/shop/by-key?k=2&x=second", status: 200, want: []string{`{"x":"second"}`}, lacks: []string{"Age: "}},
		{name: "a cookie", path: "/api/shop/biscuit", status: 200, want: []string{"Set-Cookie: a=b"}, lacks: []string{"Age: "}},
		{name: "a cookie is not kept", path: "/api/shop/biscuit", status: 200, want: []string{"Set-Cookie: a=b"}, lacks: []string{"Age: "}},
		{name: "metrics", path: "/metrics", headers: "Authorization: Bearer metrics-token", status: 200, want: []string{
			`sayrud_middleware_cache_requests_total{result="hit"}`, `sayrud_middleware_cache_requests_total{result="miss"}`, "sayrud_middleware_cache_bytes ",
			"sayrud_change_polls_total ", "sayrud_middleware_rate_limit_requests_total", `sayrud_http_requests_total{class="2xx",endpoint="list",project="shop"}`}},
	} {
		d.checkCached(s)
	}
	d.keeps("/api/shop/mine")
	token := d.token("shop", auth.Viewer, auth.RecordsRead)
	for _, s := range []scenario{
		{name: "who asks counts", path: "/api/shop/mine", headers: token, status: 200, want: []string{`{"kind":"token"}`}, lacks: []string{"Age: "}},
		{name: "again", path: "/api/shop/mine", headers: token, status: 200, want: []string{`{"kind":"token"}`, "Age: "}},
		{name: "a guest", path: "/api/shop/mine", status: 200, want: []string{`{"kind":null}`, "Age: "}},
		{name: "a guest with an empty token", path: "/api/shop/mine", headers: "Authorization: Bearer ", status: 200, want: []string{`{"kind":null}`, "Age: "}},
		{name: "a guest with a malformed token", path: "/api/shop/mine", headers: "Authorization: Bearer a.b", status: 200, want: []string{`{"kind":null}`, "Age: "}},
	} {
		d.checkCached(s)
	}
	d.apply(strings.Replace(kept, "X-Own: here", "X-Own: changed", 1))
	if w := d.do(scenario{path: "/api/shop/goods"}); w.Header().Get("Age") != "" || w.Header().Get("X-Own") != "changed" {
		t.Errorf("after another definition: %v", w.Header())
	}
}

// TestCacheIsNeverBehindItsOwnWrites writes through the server: whoever has the answer of a write sees it, in what the cache gives too.
func TestCacheIsNeverBehindItsOwnWrites(t *testing.T) {
	t.Parallel()
	d := open(t, kept)
	d.follow()
	maker := d.made(scenario{method: "POST", path: "/api/shop/makers", body: "name=m0"})
	d.made(scenario{method: "POST", path: "/api/shop/goods", body: "name=apple&maker=" + maker})
	for i := range 20 {
		d.keeps("/api/shop/goods")
		name := fmt.Sprintf("m%d", i+1)
		if w := d.do(scenario{method: "POST", path: "/api/shop/makers/" + maker, body: "name=" + name}); w.Code != 200 {
			t.Fatal(w.Body)
		}
		if w := d.do(scenario{path: "/api/shop/goods"}); !strings.Contains(w.Body.String(), `"maker":"`+name+`"`) {
			t.Fatalf("after the maker became %s: %v %s", name, w.Header(), w.Body)
		}
	}
	for _, s := range []struct{ path, body, want string }{
		{"/api/shop/goods", "name=pear&maker=" + maker, `{"n":0,"makers":[{"goods":["pear","apple"]}]}`}, // of the include
		{"/api/shop/notes", "text=a", `{"n":1,"makers"`},                                                 // of the source
		{"/api/shop/bans", "text=a", `{"n":1,"makers"`},                                                  // of the guard, which is not over yet
		{"/api/shop/bans", "text=b", `"detail":"Closed"`},
	} {
		d.keeps("/api/shop/makers")
		if d.do(scenario{method: "POST", path: s.path, body: s.body}); !strings.Contains(d.do(scenario{path: "/api/shop/makers"}).Body.String(), s.want) {
			t.Errorf("after %s to %s: %s", s.body, s.path, d.do(scenario{path: "/api/shop/makers"}).Body)
		}
	}
	d.keeps("/api/shop/goods")
	d.do(scenario{method: "DELETE", path: "/api/shop/makers/" + maker})
	if w := d.do(scenario{path: "/api/shop/goods"}); w.Body.String() != `{"items":[]}` {
		t.Errorf("after a cascade: %s", w.Body)
	}
	d.keeps("/api/shop/goods")
	p := d.catalog.Schema().Project("shop")
	goods, _ := p.Tables.Get("goods")
	if _, err := d.records.Import(t.Context(), p, goods, strings.NewReader(`{"name":"imported"}`), record.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	if w := d.do(scenario{path: "/api/shop/goods"}); !strings.Contains(w.Body.String(), "imported") {
		t.Errorf("after an import: %s", w.Body)
	}
}

// TestCacheHearsOfEveryDoor writes by SQL, of which the server learns from the feed alone: an answer given Fresh after the commit shows it.
func TestCacheHearsOfEveryDoor(t *testing.T) {
	t.Parallel()
	d := open(t, kept)
	d.follow()
	maker := d.made(scenario{method: "POST", path: "/api/shop/makers", body: "name=first"})
	d.made(scenario{method: "POST", path: "/api/shop/goods", body: "name=apple&maker=" + maker})
	p := d.catalog.Schema().Project("shop")
	goods, _ := p.Tables.Get("goods")
	for _, write := range []struct{ sql, want string }{
		{`INSERT INTO p_shop.goods (name) VALUES ('by the view')`, `"by the view"`},
		{`UPDATE p_shop.makers SET name = 'second'`, `"maker":"second"`},
		{`UPDATE p_shop.` + goods.LeafName() + ` SET data = data || jsonb_build_object('` + goods.Fields.Names()[0] + `', 1), version = version + 1`, `"items"`},
		{`BEGIN; SAVEPOINT a; UPDATE p_shop.goods SET name = 'undone'; ROLLBACK TO a; UPDATE p_shop.goods SET name = 'pear' WHERE name = 'apple'; COMMIT`, `"pear"`},
		{`DELETE FROM p_shop.makers`, `{"items":[{"name":"by the view","maker":null}]}`},
		{`TRUNCATE p_shop.` + goods.LeafName(), `{"items":[]}`},
	} {
		d.keeps("/api/shop/goods")
		if _, err := d.db.Pool().Exec(t.Context(), write.sql); err != nil {
			t.Fatalf("%s: %v", write.sql, err)
		}
		committed := time.Now()
		for fresh := false; !fresh; {
			asked := time.Now()
			w := d.do(scenario{path: "/api/shop/goods"})
			if fresh = strings.Contains(w.Body.String(), write.want); fresh {
				t.Logf("%.40s: seen after %v", write.sql, time.Since(committed))
			} else if asked.Sub(committed) > change.Fresh {
				t.Fatalf("%s: %v after the commit the answer is %s", write.sql, asked.Sub(committed), w.Body)
			}
		}
	}
}

func TestCacheIsOffWithoutTheFeed(t *testing.T) {
	t.Parallel()
	d := open(t, kept)
	stop := d.follow()
	d.made(scenario{method: "POST", path: "/api/shop/goods", body: "name=apple"})
	d.keeps("/api/shop/goods")
	stop()
	if _, err := d.db.Pool().Exec(t.Context(), `INSERT INTO p_shop.goods (name) VALUES ('pear')`); err != nil {
		t.Fatal(err)
	}
	written := time.Now()
	for asked := written; asked.Sub(written) <= 2*change.Fresh; asked = time.Now() {
		w := d.do(scenario{path: "/api/shop/goods"})
		if asked.Sub(written) > change.Fresh && (w.Header().Get("Age") != "" || !strings.Contains(w.Body.String(), "pear")) {
			t.Fatalf("without the feed: %v %s", w.Header(), w.Body)
		}
	}
	d.follow()
	d.keeps("/api/shop/goods")
}
