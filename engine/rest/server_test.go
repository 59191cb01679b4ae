package rest

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/outbound"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/storage/blob"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

func TestMain(m *testing.M) {
	script.RunWorkerIfAsked()
	os.Exit(m.Run())
}

const goodPassword = "correct horse battery"

// A door is a server over a database of its own.
type door struct {
	t       *testing.T
	server  *Server
	handler http.Handler
	auth    *auth.Auth
	catalog *catalog.Catalog
	db      *pg.DB
	records *record.Engine
	feed    *change.Feed
	files   *file.Files
	store   *blob.Memory
}

// open serves the project files. The owner's token of the instance is in the Authorization header "owner", see scenario.
func open(t *testing.T, files ...string) *door {
	t.Helper()
	return openWith(t, func(*Config) {}, files...)
}

// openWith is open with another configuration.
func openWith(t *testing.T, adjust func(*Config), files ...string) *door {
	t.Helper()
	db := pgtest.New(t)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	secrets := secret.NewSet(secret.NewKey(filepath.Join(t.TempDir(), "secret.key")))
	c, err := catalog.Open(t.Context(), db, catalog.Config{Log: log, Check: middleware.Check, Secrets: secrets, MapSecrets: middleware.MapSecrets})
	if err != nil {
		t.Fatal(err)
	}
	scripts := script.NewRunner(script.Config{Env: variables})
	t.Cleanup(scripts.Close)
	d := &door{t: t, db: db, auth: auth.New(db), catalog: c, feed: change.New(db, log), records: record.New(db, scripts, log), store: new(blob.Memory)}
	if d.files, err = file.Open(t.Context(), db, d.store, log); err != nil {
		t.Fatal(err)
	}
	d.records.UseFiles(d.files)
	d.records.OnChange(d.feed.Changed)
	cfg := Config{
		DB: db, Catalog: c, Records: d.records, Files: d.files, Cache: middleware.NewCache(d.feed, 0), Changes: d.feed, Scripts: scripts, Auth: d.auth, Log: log,
		Secrets: secrets, Env: variables, Outbound: loopback(t),
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, MetricsToken: "metrics-token",
		Panel: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "panel") }),
	}
	adjust(&cfg)
	d.server, err = New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	d.handler = d.server.Handler()
	for _, file := range files {
		d.apply(file)
	}
	return d
}

// variables is the environment that definitions may read.
func variables(name string) (string, bool) { return "of " + name, name == "LISTED" }

// loopback reaches the stand-ins of tests.
func loopback(t *testing.T) *outbound.Client {
	t.Helper()
	list, err := outbound.ParseAllowlist([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	client := outbound.New(outbound.Config{Allow: list})
	t.Cleanup(client.CloseIdle)
	return client
}

func (d *door) apply(file string) {
	d.t.Helper()
	f, err := definition.Parse("project.yaml", []byte(file))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.put(f.Project); err != nil {
		d.t.Fatal(err)
	}
}

// tryApply gives why a project file is refused.
func (d *door) tryApply(file string) error {
	d.t.Helper()
	f, err := definition.Parse("project.yaml", []byte(file))
	if err != nil {
		return err
	}
	return d.put(f.Project)
}

// put applies a project.
func (d *door) put(p *engine.Project) error {
	_, err := d.catalog.Apply(d.t.Context(), p, catalog.ApplyOptions{Secrets: secret.Listed(variables)})
	return err
}

// A scenario is a request and what its answer must be.
type scenario struct {
	name    string
	method  string // GET where empty
	path    string
	headers string // one a line
	body    string // JSON where it begins with { or [
	peer    string
	status  int
	want    []string // parts of "Header: value" lines and of the body
	lacks   []string
}

func (d *door) do(s scenario) *httptest.ResponseRecorder {
	d.t.Helper()
	if s.method == "" {
		s.method = "GET"
	}
	r := httptest.NewRequest(s.method, s.path, strings.NewReader(s.body))
	if s.peer != "" {
		r.RemoteAddr = s.peer
	}
	if s.body != "" {
		kind := "application/x-www-form-urlencoded"
		if strings.ContainsAny(s.body[:1], "{[") {
			kind = "application/json"
		}
		r.Header.Set("Content-Type", kind)
	}
	for line := range strings.Lines(s.headers) {
		name, text, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if name == "Host" {
			r.Host = text
		}
		r.Header.Set(name, text)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func (d *door) check(s scenario) {
	d.t.Helper()
	d.judge(s, d.do(s))
}

// judge compares an answer with what the scenario says of it, and with the OpenAPI document.
func (d *door) judge(s scenario, w *httptest.ResponseRecorder) {
	d.t.Helper()
	d.asDocumented(s, w)
	checkAnswer(d.t, s, w)
}

// checkAnswer holds the answer to the scenario.
func checkAnswer(t *testing.T, s scenario, w *httptest.ResponseRecorder) {
	t.Helper()
	var all strings.Builder
	_ = w.Header().Write(&all)
	all.WriteString("\n" + w.Body.String())
	text := all.String()
	if w.Code != s.status {
		t.Errorf("%s: %s %s: status %d, want %d\n%s", s.name, s.method, s.path, w.Code, s.status, text)
		return
	}
	for _, want := range s.want {
		if !strings.Contains(text, want) {
			t.Errorf("%s: %s %s lacks %q\n%s", s.name, s.method, s.path, want, text)
		}
	}
	for _, lacks := range s.lacks {
		if strings.Contains(text, lacks) {
			t.Errorf("%s: %s %s has %q\n%s", s.name, s.method, s.path, lacks, text)
		}
	}
}
