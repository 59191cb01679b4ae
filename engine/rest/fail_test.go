package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/storage/pg"
)

// bare is a server without a database, which fails as it is told; log gets what it logs.
func bare(log *bytes.Buffer) *Server {
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return &Server{cfg: Config{Log: logger, MaxBody: 1 << 20}, log: logger, metrics: newMetrics(prometheus.NewRegistry())}
}

func TestErrorsBecomeAnswers(t *testing.T) {
	t.Parallel()
	const secret = "password of postgres"
	for _, test := range []struct {
		err    error
		status int
		code   string
		retry  string
		logged bool
	}{
		{&engine.Error{Code: engine.NotFound, Message: "No."}, 404, "not_found", "", false},
		{&engine.Error{Code: engine.Guarded, Status: 429, Message: "Too fast"}, 429, "guard", "", false},
		{&engine.Error{Code: engine.RateLimited, RetryAfter: 7}, 429, "rate_limited", "7", false},
		{fmt.Errorf("run: %w", &engine.Error{Code: engine.Conflict, Message: "Taken.", Cause: errors.New(secret)}), 409, "conflict", "", true},
		{&engine.Error{Code: engine.Internal, Message: secret, Cause: errors.New(secret)}, 500, "internal", "", true},
		{errors.New(secret), 500, "internal", "", true},
		{fmt.Errorf("query: %w: %s", pg.ErrConnectionLost, secret), 503, "unavailable", "3", true},
		{&pgconn.PgError{Code: "57P03", Message: secret}, 503, "unavailable", "3", true},
		{&pgconn.PgError{Code: "53300", Message: secret}, 503, "unavailable", "3", true},
		{&pgconn.PgError{Code: "57014", Message: secret}, 504, "timeout", "", true},
		{&pgconn.PgError{Code: "42P01", Message: secret}, 500, "internal", "", true},
		{script.ErrBusy, 503, "unavailable", "3", true},
		{fmt.Errorf("run: %w", script.ErrTime), 504, "timeout", "", true},
		{fmt.Errorf("run: %w", script.ErrBroken), 504, "timeout", "", true},
		{fmt.Errorf("run: %w", script.ErrMemory), 500, "internal", "", true},
		{&middleware.BodyError{Code: engine.TooLarge, Key: "body.size", Args: []any{5}}, 413, "too_large", "", false},
		{&middleware.BodyError{Code: engine.Unsupported, Key: "body.type"}, 415, "unsupported", "", false},
	} {
		var log bytes.Buffer
		s := bare(&log)
		q := middleware.Acquire(httptest.NewRequest("GET", "/", nil), http.Header{})
		q.ID = "the-id"
		s.fail(q, nil, test.err)
		body := string(q.Body)
		if q.Status != test.status || !strings.Contains(body, `"code":"`+test.code+`"`) || q.Header.Get("Retry-After") != test.retry {
			t.Errorf("%v: %d %v %s", test.err, q.Status, q.Header, body)
		}
		if strings.Contains(body, secret) || strings.Contains(body, `"detail":""`) || !strings.Contains(body, `"request_id":"the-id"`) {
			t.Errorf("%v: %s", test.err, body)
		}
		if test.logged != strings.Contains(log.String(), "the-id") {
			t.Errorf("%v: log is %s", test.err, &log)
		}
		q.Release()
	}
}

func TestAClientThatIsGoneIsNoError(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	q := middleware.Acquire(httptest.NewRequestWithContext(ctx, "GET", "/", nil), http.Header{})
	bare(&log).fail(q, nil, fmt.Errorf("wait for a connection: %w", context.Canceled))
	if q.Status != 503 || strings.Contains(log.String(), "ERROR") {
		t.Errorf("%d, log %s", q.Status, &log)
	}
}

func TestPanicIsAnAnswerAndALogEntry(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := bare(&log)
	s.cfg.Panel = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret state") })
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/_/x", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") || !strings.Contains(log.String(), "secret state") || !strings.Contains(log.String(), `"stack"`) {
		t.Errorf("%d %s\n%s", w.Code, w.Body, &log)
	}
}

func TestRequestLogHoldsNoQueryAndNoBody(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := bare(&log)
	r := httptest.NewRequest("POST", "/nothing%0A/x?email=secret", strings.NewReader(`{"x":"secret"}`))
	r.Header.Set("Authorization", "Bearer secret")
	s.Handler().ServeHTTP(httptest.NewRecorder(), r)
	text := log.String()
	if strings.Contains(text, "secret") || strings.Count(text, "\n") != 1 || !strings.Contains(text, `"status":404`) || !strings.Contains(text, `"ip":"192.0.2.1"`) {
		t.Error(text)
	}
}

func TestOneWarningAboutForgedAddresses(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := bare(&log)
	for range 3 {
		r := httptest.NewRequest("GET", "/healthz", nil)
		r.Header.Set("X-Forwarded-For", "9.9.9.9")
		s.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}
	if n := strings.Count(log.String(), "--trusted-proxies"); n != 1 {
		t.Errorf("%d warnings", n)
	}
}

func TestWithoutPostgreSQL(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	d.server.cfg.DB.Close()
	for _, s := range []scenario{
		{name: "list", path: "/api/blog/comments", status: 503, want: []string{"Retry-After: 3", `"code":"unavailable"`}},
		{name: "no table", path: "/api/blog/comments/top", status: 200},
		{name: "ready", path: "/readyz", status: 503},
		{name: "alive", path: "/healthz", status: 200},
		{name: "admin", path: "/_/api/me", headers: "Cookie: sayrud_session=" + strings.Repeat("a", 43), status: 503},
		{name: "limit", path: "/api/blog/limited", status: 200},
		{name: "limit, counted here", path: "/api/blog/limited", status: 429},
	} {
		s.name = "without PostgreSQL: " + s.name
		d.check(s)
	}
}
