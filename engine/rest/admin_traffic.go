package rest

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/traffic"
)

func (s *Server) trafficOperations() []operation {
	see := access{role: auth.Viewer, scope: auth.Endpoints}
	const project = "/projects/{project}"
	return []operation{
		row("GET", project+"/traffic", "What requests did over time, all together or those of an endpoint", see, s.trafficSeries),
		row("GET", project+"/traffic/endpoints", "What requests did by endpoint, the busiest first, with a row of numbers for a sparkline each", see, s.trafficUsages),
		row("GET", project+"/requests", "The requests that were kept, newest first: failed, refused and slow ones, and a sample of the others", see, s.keptRequests),
		row("GET", project+"/requests/{request}", "A request that was kept", see, s.keptRequest),
	}
}

// A spanIn is a stretch of time: the last 24 hours unless it says something else.
type spanIn struct {
	Since  string `query:"since" doc:"RFC 3339; 24 hours ago unless told"`
	Until  string `query:"until" doc:"RFC 3339; now unless told"`
	Points int    `query:"points" doc:"into about how many steps to cut it, 1 to 1500; 24"`
}

// read gives the times, and the span that covers them: its steps begin at whole minutes or hours, in UTC.
func (in *spanIn) read() (traffic.Span, error) {
	now := time.Now()
	since, until, err := readSpan(in.Since, in.Until)
	if err != nil {
		return traffic.Span{}, err
	}
	if until.IsZero() {
		until = now
	}
	if since.IsZero() {
		since = until.Add(-24 * time.Hour)
	}
	if !since.Before(until) {
		return traffic.Span{}, engine.Errorf(engine.Invalid, "since must be before until.")
	}
	return traffic.Cut(now, since, until, cmp.Or(in.Points, 24)), nil
}

// readSpan reads RFC 3339 times; "" is the zero one.
func readSpan(since, until string) (from, to time.Time, err error) {
	for _, t := range []struct {
		name, text string
		into       *time.Time
	}{{"since", since, &from}, {"until", until, &to}} {
		if t.text == "" {
			continue
		}
		if *t.into, err = time.Parse(time.RFC3339, t.text); err != nil {
			return from, to, engine.Errorf(engine.Invalid, "%s must be a time such as 2026-11-23T05:28:00Z.", t.name)
		}
	}
	return from, to, nil
}

type seriesIn struct {
	spanIn
	Endpoint string `query:"endpoint" doc:"its name; - for requests whose path has none; * or nothing for all"`
}

// spanOut tells how a time was cut.
type spanOut struct {
	Since time.Time `json:"since"` // the beginning of the first step
	Until time.Time `json:"until"` // the end of the last
	StepS int       `json:"step_s"`
}

func spanOf(span traffic.Span) spanOut {
	return spanOut{span.Since, span.Until(), int(span.Step / time.Second)}
}

// seriesOut holds a point for each step, and all of them together.
type seriesOut struct {
	spanOut
	Points []traffic.Point `json:"points"`
	Total  traffic.Point   `json:"total"`
}

func (s *Server) trafficSeries(c *call, in *seriesIn) (seriesOut, error) {
	span, err := in.read()
	if err != nil {
		return seriesOut{}, err
	}
	endpoint := cmp.Or(in.Endpoint, traffic.Any)
	if endpoint == traffic.None {
		endpoint = ""
	}
	out := seriesOut{spanOut: spanOf(span)}
	out.Points, out.Total, err = s.cfg.Traffic.Series(c.ctx(), c.project.ID, endpoint, span)
	return out, err
}

// usagesOut holds what each endpoint's requests did. The list of endpoints draws its sparklines from it: items[].requests and
// items[].errors have a number for each step, and ?points=24 gives the hours of the last day.
type usagesOut struct {
	spanOut
	Items []traffic.Usage `json:"items"`
}

func (s *Server) trafficUsages(c *call, in *spanIn) (usagesOut, error) {
	span, err := in.read()
	if err != nil {
		return usagesOut{}, err
	}
	out := usagesOut{spanOut: spanOf(span)}
	out.Items, err = s.cfg.Traffic.Usages(c.ctx(), c.project.ID, span)
	return out, err
}

type keptIn struct {
	Since    string   `query:"since" doc:"answered at or after, RFC 3339"`
	Until    string   `query:"until" doc:"answered before, RFC 3339"`
	Status   []string `query:"status" doc:"classes: 2xx, 3xx, 4xx, 5xx"`
	Endpoint string   `query:"endpoint" doc:"its name; - for requests whose path has none"`
	Search   string   `query:"search" doc:"in path, error code and cause, or a request's id"`
	MinMS    int      `query:"min_ms" doc:"took at least so long"`
	Before   int64    `query:"before" doc:"the id to go on from, to older ones"`
	After    int64    `query:"after" doc:"the id to go on from, to newer ones: the oldest of those come, newest first; 0 begins with the newest"`
	Limit    int      `query:"limit" doc:"1 to 1000; 100"`
}

func (in *keptIn) filter() (f traffic.Filter, err error) {
	f = traffic.Filter{Endpoint: in.Endpoint, Search: in.Search, LeastMS: float64(in.MinMS), Before: in.Before, After: in.After, Limit: cmp.Or(in.Limit, 100)}
	for _, text := range in.Status {
		class, err := strconv.Atoi(strings.TrimSuffix(text, "xx"))
		if err != nil || class < 1 || class > 5 {
			return f, engine.Errorf(engine.Invalid, "status takes 2xx, 3xx, 4xx and 5xx.")
		}
		f.Classes = append(f.Classes, class)
	}
	f.Since, f.Until, err = readSpan(in.Since, in.Until)
	return f, err
}

// Whoever may not see hidden fields sees neither addresses nor what led to an error.
func (c *call) seesCauses() bool { return c.principal.RoleIn(c.project.Name).AtLeast(auth.Editor) }

func withoutCause(k traffic.Kept) traffic.Kept {
	k.IP, k.Cause = "", ""
	return k
}

func (s *Server) keptRequests(c *call, in *keptIn) (list[traffic.Kept], error) {
	f, err := in.filter()
	if err != nil {
		return list[traffic.Kept]{}, err
	}
	f.Public = !c.seesCauses()
	items, err := s.cfg.Traffic.List(c.ctx(), c.project.ID, f)
	if f.Public {
		for i, k := range items {
			items[i] = withoutCause(k)
		}
	}
	if items == nil {
		items = []traffic.Kept{}
	}
	return list[traffic.Kept]{items}, err
}

type keptRequestIn struct {
	ID int64 `path:"request"`
}

func (s *Server) keptRequest(c *call, in *keptRequestIn) (traffic.Kept, error) {
	k, err := s.cfg.Traffic.Get(c.ctx(), c.project.ID, in.ID)
	switch {
	case err != nil:
		return traffic.Kept{}, err
	case k == nil:
		return traffic.Kept{}, engine.Errorf(engine.NotFound, "There is no such request; it may be too old.")
	case !c.seesCauses():
		return withoutCause(*k), nil
	}
	return *k, nil
}
