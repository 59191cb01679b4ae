package job

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sayrud/sayrud/storage/pg"
)

// metrics are what the queue tells Prometheus.
type metrics struct {
	attempts   *prometheus.CounterVec
	durations  *prometheus.HistogramVec
	deliveries *prometheus.CounterVec
	states     *prometheus.GaugeVec
	outbox     prometheus.Gauge
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sayrud_job_attempts_total", Help: "Attempts of this server by kind and result.",
		}, []string{"kind", "result"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sayrud_job_attempt_duration_seconds", Help: "How long attempts took.",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"kind"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sayrud_job_deliveries_total", Help: "Deliveries that this server finished, by kind and state.",
		}, []string{"kind", "state"}),
		states: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "sayrud_job_deliveries", Help: "Deliveries of all projects that are waiting, retrying or dead.",
		}, []string{"state"}),
		outbox: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "sayrud_job_outbox_rows", Help: "Writes and messages that are not deliveries yet, at most 10000.",
		}),
	}
	registry.MustRegister(m.attempts, m.durations, m.deliveries, m.states, m.outbox)
	return m
}

func (m *metrics) attempted(kind string, good bool, took time.Duration) {
	outcome := "failed"
	if good {
		outcome = "done"
	}
	m.attempts.WithLabelValues(kind, outcome).Inc()
	m.durations.WithLabelValues(kind).Observe(took.Seconds())
}

func (m *metrics) finished(kind string, state State) {
	m.deliveries.WithLabelValues(kind, string(state)).Inc()
}

// watchPause is how often the gauges are brought up to date.
const watchPause = 15 * time.Second

const countStates = `
SELECT (SELECT count(*) FROM public.sl_deliveries WHERE state = 'waiting'),
  (SELECT count(*) FROM public.sl_deliveries WHERE state = 'retrying'),
  (SELECT count(*) FROM public.sl_deliveries WHERE state = 'dead'),
  (SELECT count(*) FROM (SELECT FROM public.sl_outbox LIMIT 10000) o)`

// watch keeps the gauges until ctx ends.
func (q *Queue) watch(ctx context.Context) error {
	for on := true; on; on = pg.Pause(ctx, watchPause) == nil {
		var waiting, retrying, dead, outbox float64
		if err := q.pool.QueryRow(ctx, countStates).Scan(&waiting, &retrying, &dead, &outbox); err == nil {
			q.metrics.states.WithLabelValues(string(Waiting)).Set(waiting)
			q.metrics.states.WithLabelValues(string(Retrying)).Set(retrying)
			q.metrics.states.WithLabelValues(string(Dead)).Set(dead)
			q.metrics.outbox.Set(outbox)
		}
	}
	return nil
}
