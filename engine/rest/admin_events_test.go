package rest

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
)

// A listener reads one event stream.
type listener struct {
	t     *testing.T
	lines *bufio.Scanner
}

// listen opens a stream of the project blog with an Authorization or Cookie header line.
func (d *door) listen(header, query string) *listener {
	d.t.Helper()
	site := httptest.NewServer(d.handler)
	d.t.Cleanup(site.Close) // after the request's context has ended
	r, err := http.NewRequestWithContext(d.t.Context(), "GET", site.URL+"/_/api/projects/blog/events"+query, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	name, text, _ := strings.Cut(header, ": ")
	r.Header.Set(name, text)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { answer.Body.Close() })
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode != 200 || kind != "text/event-stream" {
		d.t.Fatalf("the stream answers %s %s", answer.Status, kind)
	}
	return &listener{d.t, bufio.NewScanner(answer.Body)}
}

// wait reads on until an event of that name, and gives its data.
func (l *listener) wait(event string) string {
	l.t.Helper()
	for l.lines.Scan() {
		if l.lines.Text() == "event: "+event && l.lines.Scan() {
			return strings.TrimPrefix(l.lines.Text(), "data: ")
		}
	}
	l.t.Fatalf("the stream ended before an event %s: %v", event, l.lines.Err())
	return ""
}

// ends reads the stream to its end.
func (l *listener) ends() {
	l.t.Helper()
	for l.lines.Scan() {
	}
	if err := l.lines.Err(); err != nil {
		l.t.Fatal(err)
	}
}

// hurry makes streams look often.
func (d *door) hurry() { d.server.pace = pace{time.Millisecond, time.Millisecond, time.Millisecond} }

func TestEventsTellOfDefinitions(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	editor := d.token("blog", auth.Editor)
	l := d.listen(editor, "")
	if got := l.wait("definition"); got != `{"revision":1}` {
		t.Errorf("the stream begins with %s", got)
	}
	d.check(scenario{method: "PATCH", path: "/_/api/projects/blog/tables/comments", headers: editor, body: `{"patch":{"label":"Notes"}}`, status: 200})
	if got := l.wait("definition"); got != `{"revision":2}` {
		t.Errorf("after a change it tells %s", got)
	}
	if err := d.catalog.DropProject(t.Context(), "blog", catalog.DropOptions{Yes: true}); err != nil {
		t.Fatal(err)
	}
	l.wait("gone")
	l.ends()
}

func TestEventsTellOfRecordsByAnyDoor(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	d.server.pace.here, d.server.pace.everywhere = time.Millisecond, time.Hour
	editor := d.token("blog", auth.Editor)
	here := d.listen(editor, "?tables=comments")
	here.wait("definition")
	d.check(scenario{method: "POST", path: "/_/api/projects/blog/tables/comments/records", headers: editor,
		body: `{"data":{"nick":"Ann","post":"p"}}`, status: 201})
	if got := here.wait("records"); got != `{"table":"comments"}` {
		t.Errorf("a write here is told as %s", got)
	}

	d.hurry()
	elsewhere := d.listen(editor, "?tables=comments")
	elsewhere.wait("definition")
	if _, err := d.db.Pool().Exec(t.Context(), `INSERT INTO p_blog.comments (nick, post) VALUES ('Ben', 'p')`); err != nil {
		t.Fatal(err)
	}
	if got := elsewhere.wait("records"); got != `{"table":"comments"}` {
		t.Errorf("a write by SQL is told as %s", got)
	}
}

func TestEventsEndWithTheSessionAndTheServer(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	d.hurry()
	if _, err := d.auth.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, auth.Owner, nil); err != nil {
		t.Fatal(err)
	}
	w := d.do(scenario{method: "POST", path: "/_/api/login", headers: csrf, body: `{"email":"ada@example.org","password":"` + goodPassword + `"}`})
	cookie := "Cookie: " + strings.Split(w.Header().Get("Set-Cookie"), ";")[0]
	session := d.listen(cookie, "")
	session.wait("definition")
	d.check(scenario{method: "POST", path: "/_/api/logout", headers: cookie + "\n" + csrf, status: 204})
	session.ends()

	closing := d.listen(d.token("blog", auth.Viewer), "")
	closing.wait("definition")
	d.server.EndStreams()
	closing.ends()
}

func TestEventsAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	const path = "/_/api/projects/blog/events"
	for _, s := range []scenario{
		{name: "anonymous", path: path, status: 401},
		{name: "unknown table", path: path + "?tables=nothing", headers: d.token("blog", auth.Viewer), status: 404, want: []string{"nothing"}},
		{name: "no right to records", path: path + "?tables=comments", headers: d.token("blog", auth.Viewer, auth.SchemaScope), status: 403},
	} {
		d.check(s)
	}
	for range maxStreamsOfOne {
		if _, err := d.server.live.enter("one"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.server.live.enter("one"); err == nil {
		t.Error("one principal opens streams without end")
	}
	leave, err := d.server.live.enter("another")
	if err != nil {
		t.Fatal(err)
	}
	leave()
}
