package traffic

import (
	"math"
	"testing"
	"time"
)

func TestDurationsHaveTheirClass(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		took time.Duration
		want int
	}{
		{0, 0}, {250 * time.Microsecond, 0}, {251 * time.Microsecond, 1}, {time.Millisecond, 2}, {1001 * time.Microsecond, 3},
		{10 * time.Second, buckets - 2}, {11 * time.Second, buckets - 1}, {time.Hour, buckets - 1},
	} {
		if got := bucketOf(tt.took); got != tt.want {
			t.Errorf("bucketOf(%s) = %d, want %d", tt.took, got, tt.want)
		}
	}
}

func TestPercentilesAreWithinTheirClass(t *testing.T) {
	t.Parallel()
	var h histogram
	if got := h.quantile(0.95); got != 0 {
		t.Errorf("of nothing: %v, want 0", got)
	}
	for i := range 1000 { // 1 to 1000 ms, evenly
		h[bucketOf(time.Duration(i+1)*time.Millisecond)]++
	}
	for q, want := range map[float64]float64{0.5: 500, 0.95: 950, 0.99: 990, 1: 1000} {
		if got := h.quantile(q); math.Abs(got-want) > want/5 {
			t.Errorf("quantile %v of 1 to 1000 ms is %v, want about %v", q, got, want)
		}
	}
	var endless histogram
	endless[bucketOf(time.Hour)]++
	if got := endless.quantile(0.5); got != 10_000 {
		t.Errorf("beyond all bounds: %v, want the last of them", got)
	}
}

func TestAGateLetsABurstThroughAndThenItsRate(t *testing.T) {
	t.Parallel()
	var g gate
	r := rate{every: 100 * time.Millisecond, burst: time.Second}
	now := time.Now().UnixNano()
	count := func(at int64) (n int) {
		for range 100 {
			if g.pass(at, r) {
				n++
			}
		}
		return n
	}
	if n := count(now); n != 10 {
		t.Errorf("%d pass at once, want 10", n)
	}
	if n := count(now + int64(300*time.Millisecond)); n != 3 {
		t.Errorf("%d pass after 300 ms, want 3", n)
	}
	if n := count(now + int64(time.Hour)); n != 10 {
		t.Errorf("%d pass after a pause, want 10", n)
	}
}

func TestTextsAreCleanedForPostgreSQL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/a/b": "/a/b", "/a\x00b\nc": "/a b c", "/\xff": "/\uFFFD", "/äöüäöü": "/äöü…", "": "",
	} {
		if got := clean(in, 8); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSpansAreCutAtWholeSteps(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 10, 20, 30, 0, time.UTC)
	for _, tt := range []struct {
		name         string
		since, until time.Time
		about        int
		first        time.Time
		step         time.Duration
		n            int
	}{
		{"an hour", now.Add(-time.Hour), now, 60, now.Add(-time.Hour).Truncate(time.Minute), time.Minute, 61},
		{"a day in hours", now.Add(-24 * time.Hour), now, 24, now.Add(-24 * time.Hour).Truncate(time.Hour), time.Hour, 25},
		{"a day finely", now.Add(-24 * time.Hour), now, 150, now.Add(-24 * time.Hour).Truncate(10 * time.Minute), 10 * time.Minute, 145},
		{"a minute", now.Add(-time.Minute), now, 100, now.Add(-time.Minute).Truncate(time.Minute), time.Minute, 2},
		{"what is folded is never finer than an hour", now.Add(-72 * time.Hour), now.Add(-71 * time.Hour), 60, now.Add(-72 * time.Hour).Truncate(time.Hour), time.Hour, 2},
		{"a month", now.Add(-30 * 24 * time.Hour), now, 100, now.Add(-30 * 24 * time.Hour).Truncate(12 * time.Hour), 12 * time.Hour, 61},
		{"ages stay bounded", now.Add(-50 * 365 * 24 * time.Hour), now, 100, now.Add(-50 * 365 * 24 * time.Hour).Truncate(24 * time.Hour), 24 * time.Hour, MaxPoints},
	} {
		s := Cut(now, tt.since, tt.until, tt.about)
		if !s.Since.Equal(tt.first) || s.Step != tt.step || s.N != tt.n {
			t.Errorf("%s: from %s, %d of %s; want from %s, %d of %s", tt.name, s.Since, s.N, s.Step, tt.first, tt.n, tt.step)
		}
	}
}
