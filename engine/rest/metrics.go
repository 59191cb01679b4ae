package rest

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
)

// metrics are what the door tells Prometheus.
type metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	broken    prometheus.Gauge
	none      *observed
	handler   http.Handler
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sayrud_http_requests_total", Help: "Answers by project, endpoint and class of status.",
		}, []string{"project", "endpoint", "class"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sayrud_http_request_duration_seconds", Help: "Time from the headers to the answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"project", "endpoint"}),
		broken: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "sayrud_http_broken_endpoints", Help: "Endpoints that do not compile and are off the air.",
		}),
	}
	registry.MustRegister(m.requests, m.durations, m.broken)
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	m.none = m.bind("", "")
	return m
}

// An observed holds an endpoint's metrics, looked up once, when it is compiled.
type observed struct {
	name    string
	classes [6]prometheus.Counter
	took    prometheus.Observer
	traffic *tracked // nil: not of a project
}

func (m *metrics) bind(project, endpoint string) *observed {
	o := &observed{name: endpoint, took: m.durations.WithLabelValues(project, endpoint)}
	for i := range o.classes {
		o.classes[i] = m.requests.WithLabelValues(project, endpoint, strconv.Itoa(i)+"xx")
	}
	return o
}

// unrouted gives what requests of a project count for that have no endpoint: in Prometheus they are not told apart.
func (m *metrics) unrouted(t *tracked) *observed {
	o := *m.none
	o.traffic = t
	return &o
}

func (o *observed) observe(status int, took time.Duration) {
	if class := status / 100; class < len(o.classes) {
		o.classes[class].Inc()
	}
	o.took.Observe(took.Seconds())
}

// Metrics gives the handler of a separate address for Prometheus.
func (s *Server) Metrics() http.Handler { return s.metrics.handler }

// serveMetrics answers on the public address to whoever has the token.
func (s *Server) serveMetrics(q *middleware.Request, w http.ResponseWriter) {
	if !sameSecret(bearer(q.HTTP), s.cfg.MetricsToken) {
		s.fail(q, nil, &engine.Error{Code: engine.Unauthorized, Header: [][2]string{{"WWW-Authenticate", "Bearer"}}})
		s.write(q, w)
		return
	}
	s.metrics.handler.ServeHTTP(w, q.HTTP)
}
