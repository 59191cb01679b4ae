package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const cached = `
project: news
tables: {items: {fields: {title: {type: text, required: true}}}}
endpoints:
  latest: {kind: LIST, route: GET /items, table: items, middlewares: [{cache: {ttl: 1h}}, main], response: {body: [{$each: $records, $value: $record.title}]}}
  add: {kind: CREATE, route: POST /items, table: items, params: {title: {}}}
`

// TestCacheOfTwoServers writes through one server, and by SQL, and asks both: the one that wrote never gives an older answer, the other
// one none that is older than 100 ms.
func TestCacheOfTwoServers(t *testing.T) {
	t.Parallel()
	one := install(t)
	one.start()
	one.apply(cached)
	two := one.beside()
	two.start()
	// kept asks until an answer is one that was kept.
	kept := func(in *installation) {
		for age := ""; age == ""; {
			_, header, _ := in.exchange("GET", "/api/news/items", "")
			age = header.Get("Age")
		}
	}
	// follows asks until the answer holds the title.
	follows := func(in *installation, title string, written time.Time, bound time.Duration) {
		for {
			asked := time.Now()
			status, body := in.request("GET", "/api/news/items", "")
			if status == 200 && strings.Contains(body, `"`+title+`"`) {
				t.Logf("%s is seen %v after it was written", title, time.Since(written))
				return
			}
			if asked.Sub(written) > bound {
				t.Fatalf("%v after %s was written the answer is %d %s", asked.Sub(written), title, status, body)
			}
		}
	}
	for i := range 5 {
		kept(one)
		kept(two)
		title := fmt.Sprintf("by http %d", i)
		if status, body := one.request("POST", "/api/news/items", "title="+title); status != 201 {
			t.Fatalf("a write answers %d %s", status, body)
		}
		written := time.Now()
		follows(one, title, written, 0)
		follows(two, title, written, 100*time.Millisecond)
	}
	kept(one)
	kept(two)
	one.sql("news", `INSERT INTO items (title) VALUES ('by sql')`)
	written := time.Now()
	follows(one, "by sql", written, 100*time.Millisecond)
	follows(two, "by sql", written, 100*time.Millisecond)
}
