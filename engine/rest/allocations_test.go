//go:build !race

package rest

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

const allocationProject = `
project: p
tables:
  authors: {fields: {name: {type: text, required: true}, url: {type: url}}}
  comments:
    fields:
      post: {type: text, required: true, max: 200, index: true}
      nick: {type: text, required: true, max: 64}
      content: {type: text, required: true, max: 5000}
      likes: {type: number, integer: true, default: 0}
      author: {type: reference, to: authors, display: name}
endpoints:
  view:
    kind: VIEW
    route: GET /comments/{id}
    table: comments
    filter: {uid: $params.id}
    middlewares: &limited [{rate_limit: {limit: 1000000, per: 1s, by: $request.ip}}, main]
    response: &one {body: {id: $record.uid, post: $record.post, nick: $record.nick, content: $record.content, likes: $record.likes, created_at: $record.created_at}}
  list:
    kind: LIST
    route: GET /comments
    table: comments
    params: {post: {in: query}}
    filter: {post: $params.post}
    page: {size: 20, total: true}
    middlewares: *limited
    response:
      body:
        total: $total
        items: [{$each: $records, id: $record.uid, nick: $record.nick, content: $record.content, likes: $record.likes, created_at: $record.created_at}]
  expanded:
    kind: LIST
    route: GET /expanded
    table: comments
    params: {post: {in: query}}
    filter: {post: $params.post}
    page: {size: 20}
    middlewares: *limited
    response: {body: [{$each: $records, id: $record.uid, nick: $record.nick, author: {id: $record.author.uid, name: $record.author.name, url: $record.author.url}}]}
  add:
    kind: CREATE
    route: POST /comments
    table: comments
    params: {post: {}, nick: {trim: true}, content: {}, author: {}}
    middlewares: *limited
    response: *one
`

// TestAllocations bounds what the server allocates for a request, from the router to the answer, with rate limit, log and metrics. What
// net/http adds is not in it. It does not grow with the records of a page. The race detector empties pools at random, so it has no part in this.
func TestAllocations(t *testing.T) {
	d := openWith(t, func(c *Config) { c.Log = slog.New(slog.NewJSONHandler(io.Discard, nil)) }, allocationProject)
	for _, sql := range []string{
		`INSERT INTO p_p.authors (uid, name, url) SELECT 'a' || i, 'Author ' || i, 'https://example.org/' || i FROM generate_series(1, 20) i`,
		`INSERT INTO p_p.comments (uid, post, nick, content, author) SELECT 'c' || i, CASE WHEN i > 20 THEN 'full' ELSE 'few' || i END, 'nick', 'content', 'a' || i % 20 + 1 FROM generate_series(1, 40) i`,
	} {
		if _, err := d.db.Pool().Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	body := `{"post":"new","nick":"writer","content":"words"`
	for _, tt := range []struct {
		name, method, path, body string
		most                     float64
	}{
		{"view", "GET", "/api/p/comments/c1", "", 22},
		{"a page of one", "GET", "/api/p/comments?post=few1", "", 23},
		{"a page of twenty", "GET", "/api/p/comments?post=full", "", 23},
		{"twenty expanded", "GET", "/api/p/expanded?post=full", "", 23},
		{"create", "POST", "/api/p/comments", body + "}", 42},
		{"create with reference", "POST", "/api/p/comments", body + `,"author":"a1"}`, 48},
	} {
		var content *bytes.Reader
		r := httptest.NewRequest(tt.method, tt.path, nil)
		if tt.body != "" {
			content = bytes.NewReader([]byte(tt.body))
			r.Body, r.ContentLength = io.NopCloser(content), int64(len(tt.body))
			r.Header.Set("Content-Type", "application/json")
		}
		w := &onlooker{header: http.Header{}}
		n := testing.AllocsPerRun(200, func() {
			clear(w.header)
			if content != nil {
				content.Reset([]byte(tt.body))
			}
			d.handler.ServeHTTP(w, r)
			if w.status/100 != 2 {
				t.Fatalf("%s: status %d", tt.name, w.status)
			}
		})
		t.Logf("%s: %.0f allocations", tt.name, n)
		if n > tt.most {
			t.Errorf("%s: %.0f allocations, want at most %.0f", tt.name, n, tt.most)
		}
	}
}

// onlooker is a client that only looks at the status.
type onlooker struct {
	header http.Header
	status int
}

func (a *onlooker) Header() http.Header         { return a.header }
func (a *onlooker) Write(b []byte) (int, error) { return len(b), nil }
func (a *onlooker) WriteHeader(status int)      { a.status = status }
