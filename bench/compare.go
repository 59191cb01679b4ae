package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5"
)

// A side is one of the two programs in the comparison.
type side struct {
	name  string
	addr  string
	base  string // before the paths of the operations
	pid   int
	vars  string // address of its expvar
	id    func(i int) string
	owner func(i int) string // the JSON of a reference to author i
}

// An operation is one row of the table; request writes the request of a side.
type operation struct {
	name    string
	request func(s *side, n int) requester
}

func get(path func(s *side, n int) string) func(*side, int) requester {
	return func(s *side, n int) requester {
		return func(b *bytes.Buffer, _, _ int) {
			fmt.Fprintf(b, "GET %s%s HTTP/1.1\r\nHost: bench\r\n\r\n", s.base, path(s, n))
		}
	}
}

func create(withReference bool) func(*side, int) requester {
	return func(s *side, _ int) requester {
		return func(b *bytes.Buffer, c, n int) {
			body := fmt.Sprintf(`{"post":"new-%d","nick":"writer %d","email":"w@example.org","content":"Words that a reader leaves below a post, number %d of connection %d."`,
				n%posts, c, n, c)
			if withReference {
				body += `,"author":` + s.owner(rand.IntN(authors))
			}
			body += "}"
			fmt.Fprintf(b, "POST %s/comments HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", s.base, len(body), body)
		}
	}
}

var operations = []operation{
	{"view", get(func(s *side, n int) string { return "/comments/" + s.id(rand.IntN(n)) })},
	{"list 20", get(func(*side, int) string { return "/comments?post=" + postName(rand.IntN(posts)) })},
	{"list 20 + total", get(func(*side, int) string { return "/counted?post=" + postName(rand.IntN(posts)) })},
	{"list 20 expanded", get(func(*side, int) string { return "/expanded?post=" + postName(rand.IntN(posts)) })},
	{"create", create(false)},
	{"create with reference", create(true)},
}

// compare prints the table of both programs.
func compare(ctx context.Context, l *lab, c config) error {
	conn, err := l.startHand(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if err := fillHand(ctx, conn, c.records); err != nil {
		return fmt.Errorf("fill the hand-written side: %w", err)
	}
	if err := l.fillOnce(ctx, "bench", c.records); err != nil {
		return fmt.Errorf("fill Sayrud: %w", err)
	}
	if err := l.vacuum(ctx, conn); err != nil {
		return err
	}
	postgres, err := l.postmaster()
	if err != nil {
		return err
	}
	hand := &side{name: "hand-written", addr: l.handAddr, pid: l.hand.Process.Pid, vars: l.handAddr,
		id: func(i int) string { return fmt.Sprint(i + 1) }, owner: func(i int) string { return fmt.Sprint(i + 1) }}
	sayrud := &side{name: "sayrud", addr: l.addr, base: "/api/bench", pid: l.sayrud.Process.Pid, vars: l.vars,
		id: commentUID, owner: func(i int) string { return `"` + authorUID(i) + `"` }}
	if err := sameAnswers(ctx, hand, sayrud); err != nil {
		return err
	}
	idle := [2]float64{residentMB(hand.pid), residentMB(sayrud.pid)}
	for _, connections := range c.connections {
		fmt.Printf("%d records, %d connections, %d interleaved runs of %s; CPU of the server and PostgreSQL per request\n", c.records, connections, c.rounds, c.run)
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "operation\tCPU µs hand\tsayrud\tratio\tallocations hand\tsayrud\treq/s hand\tsayrud\tp50 ms hand\tsayrud\tp99 ms hand\tsayrud\t")
		for _, op := range operations {
			if len(c.operations) > 0 && !slices.Contains(c.operations, op.name) {
				continue
			}
			h, s, err := interleave(ctx, postgres, hand, sayrud, op, connections, c)
			if err != nil {
				return fmt.Errorf("%s: %w", op.name, err)
			}
			fmt.Fprintf(w, "%s\t%.0f (%.0f+%.0f)\t%.0f (%.0f+%.0f)\t%.2f\t%.0f\t%.0f\t%.0f\t%.0f\t%s\t%s\t%s\t%s\t\n", op.name,
				h.server+h.postgres, h.server, h.postgres, s.server+s.postgres, s.server, s.postgres, (s.server+s.postgres)/(h.server+h.postgres),
				h.allocations, s.allocations, h.perSecond, s.perSecond, ms(h.p50), ms(s.p50), ms(h.p99), ms(s.p99))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Printf("resident memory: hand-written %.0f MB idle, %.0f MB after load; sayrud %.0f MB idle, %.0f MB after load\n\n",
			idle[0], residentMB(hand.pid), idle[1], residentMB(sayrud.pid))
	}
	return nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }

// A measure is the median of several runs of one operation on one side; CPU in microseconds per request.
type measure struct {
	server, postgres, perSecond float64
	allocations                 float64 // of the server, per request
	p50, p99                    time.Duration
}

// interleave runs both sides by turns and gives the medians.
func interleave(ctx context.Context, postgres int, hand, sayrud *side, op operation, connections int, c config) (h, s measure, err error) {
	var runs [2][]measure
	for range c.rounds {
		for i, side := range []*side{hand, sayrud} {
			m, err := side.run(ctx, postgres, op, connections, c)
			if err != nil {
				return h, s, fmt.Errorf("%s: %w", side.name, err)
			}
			runs[i] = append(runs[i], m)
		}
	}
	return median(runs[0]), median(runs[1]), nil
}

// run drives one operation once.
func (s *side) run(ctx context.Context, postgres int, op operation, connections int, c config) (measure, error) {
	allocated, err := s.allocated(ctx)
	if err != nil {
		return measure{}, err
	}
	server, database := treeCPU(s.pid), treeCPU(postgres)
	r, err := drive(ctx, s.addr, connections, c.run, op.request(s, c.records))
	if err != nil {
		return measure{}, err
	}
	per := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(r.requests) }
	m := measure{
		server: per(treeCPU(s.pid) - server), postgres: per(treeCPU(postgres) - database),
		perSecond: r.perSecond(), p50: r.percentile(.5), p99: r.percentile(.99),
	}
	total, err := s.allocated(ctx)
	m.allocations = float64(total-allocated) / float64(r.requests)
	return m, err
}

// allocated gives the number of objects that the program has allocated.
func (s *side) allocated(ctx context.Context) (uint64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.vars+"/debug/vars", nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	var vars struct {
		Memstats struct{ Mallocs uint64 }
	}
	err = json.NewDecoder(response.Body).Decode(&vars)
	return vars.Memstats.Mallocs, err
}

// median gives each figure's middle value; the two parts of the CPU time come from the run in the middle of their sums.
func median(runs []measure) measure {
	slices.SortFunc(runs, func(a, b measure) int { return cmp.Compare(a.server+a.postgres, b.server+b.postgres) })
	m := runs[len(runs)/2]
	m.allocations = middle(runs, func(m measure) float64 { return m.allocations })
	m.perSecond = middle(runs, func(m measure) float64 { return m.perSecond })
	m.p50 = middle(runs, func(m measure) time.Duration { return m.p50 })
	m.p99 = middle(runs, func(m measure) time.Duration { return m.p99 })
	return m
}

func middle[T cmp.Ordered](runs []measure, figure func(measure) T) T {
	values := make([]T, len(runs))
	for i, run := range runs {
		values[i] = figure(run)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// vacuum gives both sides fresh statistics and visibility maps.
func (l *lab) vacuum(ctx context.Context, hand *pgx.Conn) error {
	own, err := pgx.Connect(ctx, l.url)
	if err != nil {
		return err
	}
	defer own.Close(ctx)
	for _, conn := range []*pgx.Conn{hand, own} {
		if _, err := conn.Exec(ctx, `VACUUM ANALYZE`); err != nil {
			return err
		}
	}
	_, err = own.Exec(ctx, `CHECKPOINT`)
	return err
}

// sameAnswers checks that both sides show the same comments for the same request, but for their ids and the form of times.
func sameAnswers(ctx context.Context, hand, sayrud *side) error {
	var bodies [2]string
	for i, s := range []*side{hand, sayrud} {
		var answer struct {
			Total int
			Items []struct {
				Post, Nick, Content, Status string
				Email                       *string
				Likes                       int
				CreatedAt                   time.Time `json:"created_at"`
			}
		}
		for _, path := range []string{"/counted?post=post-7&page=1", "/expanded?post=post-7"} {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.addr+s.base+path, nil)
			if err != nil {
				return err
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			content, err := io.ReadAll(response.Body)
			response.Body.Close()
			if err != nil {
				return err
			}
			if err := json.Unmarshal(content, &answer); err != nil {
				return fmt.Errorf("%s answers %.200s: %w", s.name, content, err)
			}
			canonical, err := json.Marshal(answer)
			if err != nil {
				return err
			}
			bodies[i] += string(canonical)
		}
	}
	if bodies[0] != bodies[1] {
		return fmt.Errorf("the two sides answer differently:\n%s\n%s", bodies[0], bodies[1])
	}
	return nil
}
