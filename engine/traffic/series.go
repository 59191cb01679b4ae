package traffic

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// MaxPoints bounds how many stretches a Span has.
const MaxPoints = 1500

// A Span is a stretch of time, cut into N steps.
type Span struct {
	Since time.Time // the beginning of a step
	Step  time.Duration
	N     int
}

// Until gives its end.
func (s Span) Until() time.Time { return s.Since.Add(time.Duration(s.N) * s.Step) }

// steps are the lengths that people read well.
var steps = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// Cut makes a Span that covers since to until in about as many steps. A step is never finer than what is still known of that time: a
// minute, or an hour for what is older than two days.
func Cut(now, since, until time.Time, about int) Span {
	about = min(max(about, 1), MaxPoints)
	least := time.Minute
	if since.Before(minutesFrom(now)) {
		least = time.Hour
	}
	step := steps[len(steps)-1]
	for _, s := range steps {
		if s >= least && until.Sub(since) <= time.Duration(about)*s {
			step = s
			break
		}
	}
	first := since.UTC().Truncate(step)
	n := int((until.Sub(first) + step - 1) / step)
	return Span{Since: first, Step: step, N: min(max(n, 1), MaxPoints)}
}

// A Point sums up what requests did in a stretch of time.
type Point struct {
	At       time.Time `json:"at"` // its beginning
	Requests int64     `json:"requests"`
	Refused  int64     `json:"refused"` // answered 4xx
	Failed   int64     `json:"failed"`  // and 5xx
	Bytes    int64     `json:"bytes"`   // of the answers' bodies
	MeanMS   float64   `json:"mean_ms"`
	P50MS    float64   `json:"p50_ms"` // half of them took no longer, to within a fifth
	P95MS    float64   `json:"p95_ms"`
	P99MS    float64   `json:"p99_ms"`
}

func (t *tally) point(at time.Time) Point {
	p := Point{At: at, Requests: t.Requests, Refused: t.Refused, Failed: t.Failed, Bytes: t.Bytes}
	if t.Requests > 0 {
		p.MeanMS = round(float64(t.micros) / 1000 / float64(t.Requests))
	}
	p.P50MS, p.P95MS, p.P99MS = round(t.took.quantile(0.5)), round(t.took.quantile(0.95)), round(t.took.quantile(0.99))
	return p
}

// round keeps two digits behind the point.
func round(ms float64) float64 { return float64(int64(ms*100+0.5)) / 100 }

// A Usage is what the requests of an endpoint did.
type Usage struct {
	Endpoint string  `json:"endpoint"` // "": the paths had none
	Total    Point   `json:"total"`
	Requests []int64 `json:"requests"` // by step
	Errors   []int64 `json:"errors"`   // of those, answered 4xx or 5xx
}

// A chosen row sums up an endpoint in a step of a Span, or all endpoints.
type chosen struct {
	endpoint string
	step     int
	tally    tally
}

// Any stands for all endpoints, those included that a path had none of.
const Any = "*"

// Series gives what the requests of an endpoint, or of [Any], did in each step, and in all of them together.
func (l *Log) Series(ctx context.Context, project int, endpoint string, s Span) (points []Point, total Point, err error) {
	rows, err := l.read(ctx, project, endpoint, s, false)
	if err != nil {
		return nil, Point{}, err
	}
	tallies := make([]tally, s.N)
	var sum tally
	for i := range rows {
		tallies[rows[i].step].add(&rows[i].tally)
		sum.add(&rows[i].tally)
	}
	points = make([]Point, s.N)
	for i := range points {
		points[i] = tallies[i].point(s.Since.Add(time.Duration(i) * s.Step))
	}
	return points, sum.point(s.Since), nil
}

// Usages gives what the requests of each endpoint that had any did, the busiest first.
func (l *Log) Usages(ctx context.Context, project int, s Span) ([]Usage, error) {
	rows, err := l.read(ctx, project, Any, s, true)
	if err != nil {
		return nil, err
	}
	sums := map[string]*tally{}
	usages := map[string]*Usage{}
	for i := range rows {
		r := &rows[i]
		u := usages[r.endpoint]
		if u == nil {
			u = &Usage{Endpoint: r.endpoint, Requests: make([]int64, s.N), Errors: make([]int64, s.N)}
			usages[r.endpoint], sums[r.endpoint] = u, new(tally)
		}
		u.Requests[r.step] += r.tally.Requests
		u.Errors[r.step] += r.tally.Refused + r.tally.Failed
		sums[r.endpoint].add(&r.tally)
	}
	list := []Usage{}
	for _, name := range slices.Sorted(maps.Keys(usages)) {
		usages[name].Total = sums[name].point(s.Since)
		list = append(list, *usages[name])
	}
	slices.SortStableFunc(list, func(a, b Usage) int { return cmp.Compare(b.Total.Requests, a.Total.Requests) })
	return list, nil
}

// The parameters: project, beginning, end, seconds of a step, endpoint. Trials are no requests.
var (
	selectCounts = `
SELECT %s, floor(extract(epoch FROM at - $2) / $4)::int, ` + each("sum(?)::bigint") + `
FROM public.sl_traffic
WHERE project_id = $1 AND at >= $2 AND at < $3 AND endpoint <> '` + Trials + `' AND ($5 = '` + Any + `' OR endpoint = $5)
GROUP BY 1, 2`
	selectByEndpoint = fmt.Sprintf(selectCounts, "endpoint")
	selectTogether   = fmt.Sprintf(selectCounts, "''")
)

func (l *Log) read(ctx context.Context, project int, endpoint string, s Span, byEndpoint bool) ([]chosen, error) {
	sql := selectTogether
	if byEndpoint {
		sql = selectByEndpoint
	}
	rows, err := l.db.Pool().Query(ctx, sql, project, s.Since, s.Until(), s.Step.Seconds(), endpoint)
	if err != nil {
		return nil, fmt.Errorf("read statistics of requests: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c chosen, err error) {
		into := []any{&c.endpoint, &c.step}
		for _, number := range c.tally.numbers() {
			into = append(into, number)
		}
		return c, row.Scan(into...)
	})
	if err != nil {
		return nil, fmt.Errorf("read statistics of requests: %w", err)
	}
	return list, nil
}

const selectEver = `
SELECT EXISTS (SELECT FROM public.sl_traffic WHERE project_id = $1 AND endpoint NOT IN ('` + none + `', '` + Trials + `')),
  EXISTS (SELECT FROM public.sl_traffic WHERE project_id = $1 AND endpoint = '` + Trials + `')`

// Ever reports whether any endpoint of the project was called in the last thirty days, and whether any was tried.
func (l *Log) Ever(ctx context.Context, project int) (called, tried bool, err error) {
	if err = l.db.Pool().QueryRow(ctx, selectEver, project).Scan(&called, &tried); err != nil {
		err = fmt.Errorf("read statistics of requests: %w", err)
	}
	return called, tried, err
}
