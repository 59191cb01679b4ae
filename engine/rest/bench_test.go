package rest

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/record"
)

// discard is a client that reads nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkDoor measures what the door adds to a request: routing, onion, parameters, answer, metrics, with and without its log.
func BenchmarkDoor(b *testing.B) {
	for _, level := range []slog.Level{slog.LevelInfo, slog.LevelError} {
		b.Run("log from "+level.String(), func(b *testing.B) {
			log := slog.New(slog.NewJSONHandler(io.Discard, &slog.HandlerOptions{Level: level}))
			s := &Server{cfg: Config{Log: log, MaxBody: 1 << 20, Records: &record.Engine{}}, log: log, metrics: newMetrics(prometheus.NewRegistry())}
			f, err := definition.Parse("p.yaml", []byte(`
project: p
endpoints:
  one:
    route: GET /things/{id}
    params: {size: {type: integer, default: 20}}
    middlewares: [{cors: {}}, main]
    response: {body: {id: $params.id, size: $params.size}}
`))
			if err != nil {
				b.Fatal(err)
			}
			s.swap(&engine.Schema{Projects: map[string]*engine.Project{"p": f.Project}})
			r := httptest.NewRequest("GET", "/api/p/things/5?size=7", nil)
			w := &discard{header: http.Header{}}
			handler := s.Handler()
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				handler.ServeHTTP(w, r)
			}
		})
	}
}
