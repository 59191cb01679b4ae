package rest

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/middleware"
)

// serve answers every request: it makes the request record, dispatches by the beginning of the path, and writes the answer and the log.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	q := middleware.Acquire(r, w.Header())
	q.MaxBody = s.cfg.MaxBody
	s.identify(q)
	out := &counter{ResponseWriter: w}
	bound := s.metrics.none
	defer func() {
		if p := recover(); p != nil {
			s.recovered(q, out, p)
		}
		took := time.Since(start)
		bound.observe(out.status, took)
		if bound.traffic != nil {
			s.countRequest(q, out, bound, start.Add(took), took)
		}
		s.logRequest(q, out, bound, took)
		q.Release()
	}()
	q.Header["X-Content-Type-Options"] = nosniff
	if r.ContentLength != 0 { // a writer without a deadline, as in tests, has none
		_ = http.NewResponseController(w).SetReadDeadline(start.Add(bodyTimeout))
	}
	path := r.URL.EscapedPath()
	switch {
	case strings.HasPrefix(path, "/api/"):
		bound = s.serveProject(q, out, path[len("/api/"):])
	case strings.HasPrefix(path, "/_/api/"):
		q.MaxBody, q.MaxNames = maxAdminBody, maxAdminNames
		s.admin.ServeHTTP(out, r.WithContext(withRequest(r.Context(), q)))
	case strings.HasPrefix(path, file.Prefix) && s.cfg.Files != nil:
		s.serveFile(q, out)
	case strings.HasPrefix(path, "/_/") && s.cfg.Panel != nil:
		s.cfg.Panel.ServeHTTP(out, r)
	case path == "/healthz":
		s.healthz(q, out)
	case path == "/readyz":
		s.readyz(q, out)
	case path == "/metrics" && s.cfg.MetricsToken != "":
		s.serveMetrics(q, out)
	case (path == "/" || path == "/_") && s.cfg.Panel != nil:
		http.Redirect(out, r, "/_/", http.StatusFound)
	default:
		s.fail(q, nil, engine.Errorf(engine.NotFound, "There is nothing at this address."))
		s.write(q, out)
	}
}

// bodyTimeout is how long a client may take to send its body.
const bodyTimeout = time.Minute

// maxAdminBody bounds what the admin API reads, in bytes: a project file may have 4 MB.
const maxAdminBody = 8 << 20

// maxAdminNames bounds the members of the JSON that the admin API reads: a batch or a restore of a thousand records of many fields has
// more than an endpoint's body may have.
const maxAdminNames = 500_000

var nosniff = []string{"nosniff"}

// identify finds the client's address and the request's id.
func (s *Server) identify(q *middleware.Request) {
	var forged, proxied bool
	q.IP, proxied, forged = middleware.Address(q.HTTP, s.cfg.TrustedProxies)
	if forged {
		s.forged.Do(func() {
			s.log.Warn("X-Forwarded-For from a peer that is no trusted proxy is ignored; if it is yours, name it in --trusted-proxies",
				"peer", q.HTTP.RemoteAddr)
		})
	}
	q.Secure = q.HTTP.TLS != nil || proxied && strings.EqualFold(q.HTTP.Header.Get("X-Forwarded-Proto"), "https")
	if id := q.HTTP.Header.Get("X-Request-Id"); proxied && engine.ValidUID(id) {
		q.ID = id
	} else {
		q.ID = strconv.FormatUint(rand.Uint64()|1<<63, 36)
	}
	q.Header["X-Request-Id"] = []string{q.ID}
}

// write sends the answer with its length in one Write.
func (s *Server) write(q *middleware.Request, w http.ResponseWriter) {
	h := q.Header
	switch q.ContentType {
	case "":
	case "application/json":
		h["Content-Type"] = plainJSON
	default:
		h["Content-Type"] = []string{q.ContentType}
	}
	if _, own := h["Content-Security-Policy"]; !own && !isJSON(q.ContentType) {
		h["Content-Security-Policy"] = sandbox
	}
	status := q.Status
	if status == 0 {
		status = http.StatusOK
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		delete(h, "Content-Type")
		w.WriteHeader(status)
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(q.Body))}
	w.WriteHeader(status)
	if q.HTTP.Method != http.MethodHead {
		_, _ = w.Write(q.Body) // the client may be gone
	}
}

var plainJSON = []string{"application/json"}

var sandbox = []string{"default-src 'none'; sandbox"}

// isJSON reports whether a content type is one that no browser renders as a page.
func isJSON(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.TrimSpace(media)
	return media == "application/json" || strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json")
}

// recovered turns a panic into an answer where none was begun.
func (s *Server) recovered(q *middleware.Request, out *counter, p any) {
	s.logPanic(q, p)
	q.Refusal, q.Cause = engine.Internal, fmt.Errorf("panic: %v", p)
	if out.status != 0 {
		return
	}
	q.Body = q.Body[:0]
	s.writeProblem(q, &engine.Error{Code: engine.Internal})
	s.write(q, out)
}

// logPanic logs a panic with its stack. One that ends the connection on purpose goes on.
func (s *Server) logPanic(q *middleware.Request, p any) {
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	s.log.Error("panic in a request", "request_id", q.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
}

// A counter notes what went out, for the log and the metrics.
type counter struct {
	http.ResponseWriter
	status int
	bytes  int
}

// WriteHeader notes the last status that is no information (RFC 9110 section 15.2).
func (c *counter) WriteHeader(status int) {
	if c.status == 0 || c.status < 200 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes of the body.
func (c *counter) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	c.bytes += n
	return n, err
}

// Unwrap serves http.ResponseController.
func (c *counter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// logRequest writes one line: no body, no query, no header.
func (s *Server) logRequest(q *middleware.Request, out *counter, b *observed, took time.Duration) {
	level := slog.LevelInfo
	switch path := q.HTTP.URL.Path; {
	case out.status >= 500:
		level = slog.LevelWarn
	case path == "/healthz" || path == "/readyz":
		level = slog.LevelDebug
	}
	ctx := q.HTTP.Context()
	if !s.log.Enabled(ctx, level) {
		return
	}
	record := slog.NewRecord(time.Now(), level, "request", 0) // without the place in the code, which costs as much as the line
	record.AddAttrs(slog.String("method", q.HTTP.Method), slog.String("path", q.HTTP.URL.Path), slog.String("endpoint", b.name),
		slog.Int("status", out.status), slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int("bytes", out.bytes),
		slog.String("ip", q.Address()), slog.String("request_id", q.ID))
	_ = s.log.Handler().Handle(ctx, record) // as slog does: there is nobody to tell
}
