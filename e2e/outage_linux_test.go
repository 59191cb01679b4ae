package e2e

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// plain is a project without a template for errors.
const plain = `
project: plain
tables: {notes: {fields: {text: {type: text}}}}
endpoints:
  list: {kind: LIST, route: GET /notes, table: notes}
  add: {kind: CREATE, route: POST /notes, table: notes, params: {text: {}}}
  static: {route: GET /static, response: {body: {here: true}}}
`

// envelope is a project for front ends that read a code in a body, whatever the status.
const envelope = `
project: envelope
defaults:
  middlewares: [{cors: {}}, main]
  errors: {status: 200, body: {code: "=({unavailable: 5030, not_found: 4040})[$error.code]", msg: $error.message}}
tables: {notes: {fields: {text: {type: text}}}}
endpoints:
  list: {kind: LIST, route: GET /notes, table: notes}
`

// TestOutage stops the user's own PostgreSQL and starts it again. Meanwhile the server says so, and then goes on by itself.
func TestOutage(t *testing.T) {
	t.Parallel()
	database := newCluster(t)
	in := installOn(t, database)
	in.start()
	in.apply(readExample(t))
	in.apply(plain)
	in.apply(envelope)
	before := in.post("post=a&nick=Ann&content=before", 201)
	owner := in.asOwner()

	database.stop(syscall.SIGINT)
	const ownTemplate, problem = `{"ok":false,"code":"unavailable"`, `"status":503,"detail":`
	for _, tt := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"GET", "/healthz", "", 200, `"ok"`},
		{"GET", "/readyz", "", 503, problem},
		{"GET", "/api/plain/static", "", 200, `{"here":true}`},
		{"GET", "/api/plain/notes", "", 503, problem},
		{"POST", "/api/plain/notes", "text=lost", 503, problem},
		{"POST", "/api/plain/notes", "text=%00", 400, `"code":"invalid"`},
		{"GET", "/api/plain/nothing", "", 404, `"code":"not_found"`},
		{"GET", "/api/envelope/notes", "", 200, `{"code":5030,"msg":"The database is not available at the moment."}`},
		{"GET", "/api/envelope/nothing", "", 200, `{"code":4040,`},
		{"GET", "/api/blog/about", "", 200, `"Comments of my blog"`},
		{"GET", "/api/blog/comments?post=a", "", 503, ownTemplate},
		{"GET", "/api/blog/comments/" + before, "", 503, ownTemplate},
		{"POST", "/api/blog/comments", "post=a&nick=Ann&content=lost", 503, ownTemplate},
		{"POST", "/api/blog/comments/" + before + "/like", "", 503, ownTemplate},
		{"GET", "/_/api/projects", "", 503, problem},
		{"GET", "/_/", "", 200, "<html"},
	} {
		begun := time.Now()
		status, header, body := in.exchange(tt.method, tt.path, tt.body, "Authorization", owner)
		if status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("without PostgreSQL %s %s answers %d %s, want %d %s", tt.method, tt.path, status, body, tt.status, tt.want)
		}
		if seconds, err := strconv.Atoi(header.Get("Retry-After")); (tt.status == 503 || strings.Contains(tt.want, "5030")) && (err != nil || seconds < 1) {
			t.Errorf("%s %s answers with Retry-After %q", tt.method, tt.path, header.Get("Retry-After"))
		}
		t.Logf("%s %s: %d after %v", tt.method, tt.path, status, time.Since(begun))
	}
	if _, problems := in.run(1, "", "export", "blog"); strings.Count(problems, "\n") != 1 || !strings.Contains(problems, "PostgreSQL") {
		t.Errorf("a command says without PostgreSQL:\n%s", problems)
	}

	database.start()
	begun := time.Now()
	in.ready()
	t.Logf("ready %v after PostgreSQL was", time.Since(begun))
	in.post("post=a&nick=Ann&content=after", 201)
	if status, body := in.request("GET", "/api/blog/comments?post=a&sort=old", ""); status != 200 || !strings.Contains(body, `"total":2`) || !strings.Contains(body, before) {
		t.Errorf("afterwards the list answers %d %s", status, body)
	}
	beside := in.beside()
	beside.start()
	beside.applyHere(strings.Replace(plain, "GET /static", "GET /moved", 1))
	for status := 0; status != 200; { // the server hears of definitions again
		status, _ = in.request("GET", "/api/plain/moved", "")
	}
}

// TestOutageUnderLoad kills the embedded PostgreSQL together with its supervisor, under writers that know only two answers: made, and
// try again later.
func TestOutageUnderLoad(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(unlimitedExample(t))
	acknowledged := map[string]bool{}
	for round := range 3 {
		writers := in.startWriters(8, round)
		writers.wait(200)
		postmaster := in.postmaster()
		supervisor, err := strconv.Atoi(processState(postmaster)[1])
		if err != nil {
			t.Fatal(err)
		}
		for _, pid := range []int{supervisor, postmaster} {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		killed := time.Now()
		writers.wait(400)
		t.Logf("%d requests were refused; writes go on %v after the kill", writers.refused, time.Since(killed))
		for id := range writers.end() {
			acknowledged[id] = true
		}
	}
	in.expectAll(acknowledged)
}

// writers post comments again and again, whatever happens.
type writers struct {
	in           *installation
	stop         chan struct{}
	all          sync.WaitGroup
	mu           sync.Mutex
	changed      sync.Cond
	acknowledged map[string]bool
	refused      int
}

func (in *installation) startWriters(n, round int) *writers {
	w := &writers{in: in, stop: make(chan struct{}), acknowledged: map[string]bool{}}
	w.changed.L = &w.mu
	for writer := range n {
		w.all.Go(func() {
			for i := 0; w.goesOn(); i++ {
				w.write(fmt.Sprintf(`{"post":"outage","nick":"w%d","content":"round %d number %d"}`, writer, round, i))
			}
		})
	}
	return w
}

func (w *writers) goesOn() bool {
	select {
	case <-w.stop:
		return false
	default:
		return true
	}
}

// write posts one comment; what was not acknowledged may have been stored or not.
func (w *writers) write(body string) {
	status, header, answer := w.in.exchange("POST", "/api/blog/comments", body)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch status {
	case http.StatusCreated:
		_, rest, _ := strings.Cut(answer, `"id":"`)
		id, _, _ := strings.Cut(rest, `"`)
		w.acknowledged[id] = true
	case http.StatusServiceUnavailable:
		w.refused++
		if header.Get("Retry-After") == "" {
			w.in.t.Errorf("503 without Retry-After: %s", answer)
		}
	default:
		w.in.t.Errorf("during the outage a write is answered %d %s", status, answer)
	}
	w.changed.Broadcast()
}

// wait waits until n writes were acknowledged in all.
func (w *writers) wait(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.acknowledged) < n {
		w.changed.Wait()
	}
}

// end stops the writers and gives the ids that were acknowledged.
func (w *writers) end() map[string]bool {
	close(w.stop)
	w.all.Wait()
	return w.acknowledged
}
