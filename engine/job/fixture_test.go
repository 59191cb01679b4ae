package job_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func TestMain(m *testing.M) {
	script.RunWorkerIfAsked()
	os.Exit(m.Run())
}

// A lab is a database with definitions, from which queues are opened.
type lab struct {
	t       *testing.T
	db      *pg.DB
	catalog *catalog.Catalog
	secrets *secret.Set
	records *record.Engine
	scripts *script.Runner
	env     map[string]string
	mail    *job.Mailer
}

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, db: pgtest.New(t), env: map[string]string{}, secrets: secret.NewSet(secret.NewKey(t.TempDir() + "/key"))}
	var err error
	l.catalog, err = catalog.Open(t.Context(), l.db, catalog.Config{Log: quietLog(t), Check: middleware.Check, Secrets: l.secrets, MapSecrets: middleware.MapSecrets})
	if err != nil {
		t.Fatal(err)
	}
	l.scripts = script.NewRunner(script.Config{})
	t.Cleanup(l.scripts.Close)
	l.records = record.New(l.db, l.scripts, quietLog(t))
	return l
}

func quietLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
}

// apply applies a project file and gives the notes.
func (l *lab) apply(file string) []string {
	l.t.Helper()
	f, err := definition.Parse("project.yaml", []byte(file))
	if err != nil {
		l.t.Fatal(err)
	}
	source := secret.Listed(func(name string) (string, bool) { text, ok := l.env[name]; return text, ok })
	report, err := l.catalog.Apply(l.t.Context(), f.Project, catalog.ApplyOptions{Secrets: source})
	if err != nil {
		l.t.Fatal(err)
	}
	return report.Notes
}

func (l *lab) project() *engine.Project { return l.catalog.Schema().Project("blog") }

// exec runs SQL as a client of the views would.
func (l *lab) exec(sql string, args ...any) {
	l.t.Helper()
	if _, err := l.db.Pool().Exec(l.t.Context(), sql, args...); err != nil {
		l.t.Fatalf("%s: %v", sql, err)
	}
}

// open opens a queue and runs it; stop lets it finish what is under way and closes it.
func (l *lab) open() (q *job.Queue, stop func()) {
	l.t.Helper()
	q, err := job.Open(l.t.Context(), job.Config{
		DB: l.db, Schema: l.catalog.Schema, Records: l.records, Scripts: l.scripts, Secrets: l.secrets, HTTP: http.DefaultClient, Mail: l.mail,
		Log: quietLog(l.t), FirstPause: 10 * time.Millisecond, Poll: 20 * time.Millisecond,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := q.Run(ctx); err != nil {
			l.t.Error(err)
		}
	}()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			<-done
			q.Close()
		}
	}
	l.t.Cleanup(stop)
	return q, stop
}

// list gives the deliveries, oldest first.
func (l *lab) list(q *job.Queue, f job.Filter) []job.Delivery {
	l.t.Helper()
	list, err := q.List(l.t.Context(), l.project().ID, f)
	if err != nil {
		l.t.Fatal(err)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// A received is a request that came to a receiver.
type received struct {
	header http.Header
	body   string
}

// A receiver answers webhooks as answer says, and tells of each.
type receiver struct {
	url  string
	came chan received
}

func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	r := &receiver{came: make(chan received, 1000)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		if answer != nil {
			answer(w, request)
		}
		r.came <- received{request.Header, string(body)}
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	return r
}

// next waits for n requests.
func (r *receiver) next(n int) []received {
	list := make([]received, n)
	for i := range list {
		list[i] = <-r.came
	}
	return list
}

// file writes a project file around what a table is.
func file(comments string) string {
	return "project: blog\ntimezone: Asia/Shanghai\ntables:\n  posts:\n    fields: {title: {type: text}}\n  comments:\n    fields:\n" +
		"      post: {type: reference, to: posts, display: title, on_delete: cascade}\n      nick: {type: text}\n      email: {type: email, hidden: true}\n      loud: {type: generated, expression: \"upper(nick)\"}\n" +
		strings.TrimLeft(comments, "\n")
}
