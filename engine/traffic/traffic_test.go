package traffic

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/storage/pg"
	"github.com/sayrud/sayrud/storage/pg/pgtest"
)

// open makes a Log over a database with the projects 1 and 2.
func open(t testing.TB) *Log {
	t.Helper()
	db := pgtest.New(t)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	if _, err := catalog.Open(t.Context(), db, catalog.Config{Log: log}); err != nil {
		t.Fatal(err)
	}
	exec(t, db, `INSERT INTO sl_projects (name) VALUES ('one'), ('two')`)
	return New(db, log)
}

func exec(t testing.TB, db *pg.DB, sql string, args ...any) {
	t.Helper()
	if _, err := db.Pool().Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func flush(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// lastHour is the present in minutes.
func lastHour() Span {
	now := time.Now()
	return Cut(now, now.Add(-time.Hour), now.Add(time.Minute), 62)
}

func total(t testing.TB, l *Log, endpoint string) Point {
	t.Helper()
	_, p, err := l.Series(t.Context(), 1, endpoint, lastHour())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestSeveralServersSumUp(t *testing.T) {
	t.Parallel()
	l := open(t)
	servers := []*Log{l, New(l.db, l.log), New(l.db, l.log)}
	var busy sync.WaitGroup
	const each = 200
	for _, s := range servers {
		for range 4 {
			busy.Go(func() {
				for i := range each {
					s.Counter(1, fmt.Sprintf("e%d", i%10)).Count(time.Now(), []int{200, 404, 500, 201}[i%4], 3*time.Millisecond, 10)
					if i%20 == 0 {
						if err := s.Flush(t.Context()); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
	}
	busy.Wait()
	for _, s := range servers {
		flush(t, s)
	}
	p := total(t, l, Any)
	const all = 3 * 4 * each
	if p.Requests != all || p.Refused != all/4 || p.Failed != all/4 || p.Bytes != 10*all || p.MeanMS != 3 {
		t.Errorf("together: %+v, want %d requests, a quarter refused and a quarter failed, of 3 ms and 10 bytes", p, all)
	}
	if p := total(t, l, "e0"); p.Requests != all/10 {
		t.Errorf("of one endpoint: %d, want %d", p.Requests, all/10)
	}
}

func TestSeriesAndUsagesTellByStep(t *testing.T) {
	t.Parallel()
	l := open(t)
	now := time.Now().UTC().Truncate(time.Minute)
	for i, name := range []string{"a", "b", "a"} {
		l.Counter(1, name).Count(now, 200+300*(i%2), time.Duration(i+1)*10*time.Millisecond, 1)
		l.since = now.Add(time.Duration(-10*i) * time.Minute)
		flush(t, l)
	}
	l.Counter(2, "elsewhere").Count(now, 200, time.Millisecond, 1)
	l.Counter(1, Trials).Count(now, 200, time.Millisecond, 1)
	flush(t, l)
	span := Span{Since: now.Add(-29 * time.Minute), Step: 10 * time.Minute, N: 3}
	points, sum, err := l.Series(t.Context(), 1, Any, span)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range points {
		if p.Requests != 1 || !p.At.Equal(span.Since.Add(time.Duration(i)*span.Step)) {
			t.Errorf("step %d: %+v, want one request", i, p)
		}
	}
	if sum.Requests != 3 || sum.Failed != 1 {
		t.Errorf("sum %+v, want 3 requests, one of them failed: no trials and nothing of another project", sum)
	}
	usages, err := l.Usages(t.Context(), 1, span)
	if err != nil || len(usages) != 2 || usages[0].Endpoint != "a" || fmt.Sprint(usages[0].Requests, usages[1].Errors) != "[1 0 1] [0 1 0]" {
		t.Errorf("usages %+v, error %v; want a in the first and last step, and the error of b", usages, err)
	}
	if called, tried, err := l.Ever(t.Context(), 1); !called || !tried || err != nil {
		t.Errorf("called %t, tried %t, error %v; want both", called, tried, err)
	}
	if called, tried, err := l.Ever(t.Context(), 2); !called || tried || err != nil {
		t.Errorf("the other project: called %t, tried %t, error %v; want only called", called, tried, err)
	}
}

func keep(l *Log, status int, took time.Duration, path string) {
	l.Keep(Request{At: time.Now(), Project: 1, Endpoint: "e", Method: "GET", Route: "/e", Path: path, Status: status, Took: took, IP: "192.0.2.1", ID: "r" + path, Cause: "because\x00"})
}

func TestKeptRequestsAreFoundAgain(t *testing.T) {
	t.Parallel()
	l := open(t)
	keep(l, 200, time.Millisecond, "/first")
	flush(t, l)
	keep(l, 500, time.Second, "/second?%_")
	keep(l, 404, time.Millisecond, "/third")
	flush(t, l)
	list := func(f Filter) (paths string, last int64) {
		t.Helper()
		f.Limit = max(f.Limit, 1)
		kept, err := l.List(t.Context(), 1, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range kept {
			paths += k.Path + " "
			last = k.ID
		}
		return paths, last
	}
	_, first := list(Filter{Limit: 10})
	for _, tt := range []struct {
		name, want string
		f          Filter
	}{
		{"all", "/third /second?%_ /first ", Filter{Limit: 10}},
		{"by class", "/second?%_ /first ", Filter{Classes: []int{5, 2}, Limit: 10}},
		{"slow", "/second?%_ ", Filter{LeastMS: 500, Limit: 10}},
		{"a text without wildcards", "/second?%_ ", Filter{Search: "?%_", Limit: 10}},
		{"a cause", "/third /second?%_ /first ", Filter{Search: "BECAUSE", Limit: 10}},
		{"no cause for everybody", "", Filter{Search: "because", Public: true, Limit: 10}},
		{"by the request's id", "/third ", Filter{Search: "r/third", Limit: 10}},
		{"no endpoint", "", Filter{Endpoint: None, Limit: 10}},
		{"an endpoint", "/third ", Filter{Endpoint: "e", Limit: 1}},
		{"older", "", Filter{Before: first, Limit: 10}},
		{"newer, the first ones", "/second?%_ ", Filter{After: first, Limit: 1}},
		{"newer", "/third /second?%_ ", Filter{After: first, Limit: 10}},
		{"a time", "", Filter{Until: time.Now().Add(-time.Hour), Limit: 10}},
	} {
		if got, _ := list(tt.f); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	k, err := l.Get(t.Context(), 1, first)
	if err != nil || k == nil || k.Path != "/first" || k.MS != 1 || !k.Sample || k.Cause != "because " {
		t.Errorf("one: %+v, error %v", k, err)
	}
	if k, err := l.Get(t.Context(), 2, first); k != nil || err != nil {
		t.Errorf("of another project: %+v, error %v; want none", k, err)
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	t.Parallel()
	l := open(t)
	c, now := l.Counter(1, "e"), time.Now()
	kept := map[int]int{}
	for range 10_000 {
		for _, status := range []int{200, 404, 500} {
			if c.Count(now, status, time.Millisecond, 0) {
				kept[status]++
				keep(l, status, time.Millisecond, "/")
			}
		}
	}
	if kept[200] != 20 || kept[404] != 20 || kept[500] != 200 {
		t.Errorf("kept of a burst on one endpoint: %v, want 20, 20 and 200", kept)
	}
	for range 2 * keepRoom {
		keep(l, 500, time.Second, "/")
	}
	if n := len(l.kept); n != keepRoom {
		t.Errorf("%d wait, want %d and not a blocked request", n, keepRoom)
	}
	flush(t, l)
}

func TestPostgreSQLAwayCostsNobodyAnything(t *testing.T) {
	t.Parallel()
	l := open(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range keepRows + 100 {
		keep(l, 500, time.Second, fmt.Sprint("/", i))
		l.Counter(1, "e").Count(time.Now(), 500, time.Second, 0)
		if i%keepRoom == 0 {
			if err := l.Flush(ended); err == nil {
				t.Fatal("no error without PostgreSQL")
			}
		}
	}
	_ = l.Flush(ended)
	if n := len(l.waiting); n != keepRows {
		t.Errorf("%d requests wait, want %d", n, keepRows)
	}
	l.Close()
	if p := total(t, l, "e"); p.Requests != keepRows+100 {
		t.Errorf("%d requests counted behind the outage, want %d", p.Requests, keepRows+100)
	}
	kept, err := l.List(t.Context(), 1, Filter{Limit: 1})
	if err != nil || len(kept) != 1 || kept[0].Path != fmt.Sprint("/", keepRows+99) {
		t.Errorf("the newest is %+v, error %v", kept, err)
	}
}

func TestADroppedProjectIsLeftOut(t *testing.T) {
	t.Parallel()
	l := open(t)
	l.Counter(1, "e").Count(time.Now(), 200, time.Millisecond, 0)
	l.Counter(2, "e").Count(time.Now(), 200, time.Millisecond, 0)
	keep(l, 200, 0, "/")
	flush(t, l)
	exec(t, l.db, `DELETE FROM sl_projects WHERE id = 1`)
	l.Counter(1, "e").Count(time.Now(), 200, time.Millisecond, 0)
	l.Counter(2, "e").Count(time.Now(), 200, time.Millisecond, 0)
	keep(l, 200, 0, "/")
	flush(t, l)
	var rows string
	if err := l.db.Pool().QueryRow(t.Context(), `SELECT (SELECT string_agg(project_id || ':' || requests, ' ') FROM sl_traffic) || (SELECT count(*) FROM sl_requests)`).Scan(&rows); err != nil || rows != "2:20" {
		t.Errorf("rows %q, error %v; want the other project's two requests and none kept", rows, err)
	}
}

func TestOldMinutesBecomeHours(t *testing.T) {
	t.Parallel()
	l := open(t)
	now := time.Now().UTC()
	old := now.Add(-keepMinutes).Truncate(time.Hour).Add(-time.Hour)
	for i := range 3 {
		l.Counter(1, "e").Count(now, 200, 3*time.Millisecond, 0)
		l.since = old.Add(time.Duration(i) * time.Minute)
		flush(t, l)
		if err := l.Tidy(t.Context(), now); err != nil { // the hour is there already the second time
			t.Fatal(err)
		}
	}
	l.Counter(1, "e").Count(now, 200, 3*time.Millisecond, 0)
	flush(t, l)
	rows, err := l.db.Pool().Query(t.Context(), `SELECT span || ':' || requests || ':' || h05 FROM sl_traffic ORDER BY span`)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if got := strings.Join(texts, " "); err != nil || got != "1:1:1 60:3:3" {
		t.Errorf("rows %q, error %v; want one minute and an hour of three", got, err)
	}
	_, p, err := l.Series(t.Context(), 1, "e", Cut(now, old, now.Add(time.Minute), 100))
	if err != nil || p.Requests != 4 || p.P50MS < 2 || p.P50MS > 3 {
		t.Errorf("over both: %+v, error %v", p, err)
	}
	if err := l.Tidy(t.Context(), now.Add(keepHours+keepMinutes)); err != nil {
		t.Fatal(err)
	}
	if err := l.Tidy(t.Context(), now.Add(2*keepHours)); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := l.db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM sl_traffic`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows left after the time of hours, error %v", left, err)
	}
}

func TestOldAndSurplusRequestsGo(t *testing.T) {
	t.Parallel()
	l := open(t)
	exec(t, l.db, `
INSERT INTO sl_requests (project_id, sample, at, endpoint, method, route, path, status, micros, bytes, ip, request_id, principal, code, cause)
SELECT 1, i % 2 = 0, now() - make_interval(days => CASE WHEN i <= 10 THEN 8 ELSE 1 END), 'e', 'GET', '/', i::text, 200, 1, 1, '', '', '', '', ''
FROM generate_series(1, $1) i`, 10+2*mostRequests+8)
	if err := l.Tidy(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	var first string
	var left int
	if err := l.db.Pool().QueryRow(t.Context(), `SELECT count(*), min(path::int)::text FROM sl_requests`).Scan(&left, &first); err != nil || left != 2*mostRequests || first != "19" {
		t.Errorf("%d left from %s on, error %v; want %d from 19 on", left, first, err, 2*mostRequests)
	}
}

func TestRunWritesAndCloseLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	l := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { l.Run(ctx) })
	keep(l, 500, time.Second, "/seen")
	for { // Run writes within a second
		kept, err := l.List(t.Context(), 1, Filter{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(kept) == 1 {
			break
		}
	}
	cancel()
	running.Wait()
	l.Counter(1, "late").Count(time.Now(), 200, time.Millisecond, 0)
	l.Close()
	if p := total(t, l, "late"); p.Requests != 1 {
		t.Errorf("%d counted after Run ended, want the one that Close writes", p.Requests)
	}
}

// BenchmarkCount shows what a request pays: nothing is allocated.
func BenchmarkCount(b *testing.B) {
	l := New(nil, nil)
	c, now := l.Counter(1, "e"), time.Now()
	for range 100 { // what is kept is bounded, and not what is measured
		c.Count(now, 200, time.Millisecond, 0)
	}
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			c.Count(now, 200, 3*time.Millisecond, 1234)
		}
	})
}

// BenchmarkFlush writes a hundred endpoints' counts, as a server does every five seconds.
func BenchmarkFlush(b *testing.B) {
	l := open(b)
	for b.Loop() {
		for i := range 100 {
			l.Counter(1, fmt.Sprint("e", i)).Count(time.Now(), 200, 3*time.Millisecond, 1234)
		}
		flush(b, l)
	}
}
