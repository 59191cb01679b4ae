package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"text/tabwriter"
)

// An extra is one thing whose price is asked: the same request with and without it.
type extra struct {
	name          string
	without, with string
	path          func(n int) string
}

func byPost(int) string { return "?post=" + postName(rand.IntN(posts)) }

var extras = []extra{
	{"a template of paths, over the default response", "/writers", "/writers/templated", func(int) string { return "" }},
	{"one rate limit, on a list of 20", "/unlimited", "/limited", byPost},
	{"one rate limit, on a view", "/unlimited/", "/comments/", func(n int) string { return commentUID(rand.IntN(n)) }},
	{"a JavaScript expression, on each of 20 records", "/unlimited", "/scripted", byPost},
}

// measureExtras prints what single things cost, in interleaved runs at 16 connections.
func measureExtras(ctx context.Context, l *lab, c config) error {
	if err := l.fillOnce(ctx, "bench", c.records); err != nil {
		return err
	}
	postgres, err := l.postmaster()
	if err != nil {
		return err
	}
	s := &side{base: "/api/bench", pid: l.sayrud.Process.Pid, addr: l.addr, vars: l.vars}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "what it costs\tserver µs without\twith\tratio of all CPU\tµs more\tallocations more\t")
	for _, e := range extras {
		var runs [2][]measure
		for range c.rounds {
			for i, path := range []string{e.without, e.with} {
				m, err := s.run(ctx, postgres, operation{e.name, get(func(_ *side, n int) string { return path + e.path(n) })}, 16, c)
				if err != nil {
					return fmt.Errorf("%s: %w", e.name, err)
				}
				runs[i] = append(runs[i], m)
			}
		}
		without, with := median(runs[0]), median(runs[1])
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.2f\t%.1f\t%.1f\t\n", e.name, without.server, with.server,
			(with.server+with.postgres)/(without.server+without.postgres), with.server-without.server, with.allocations-without.allocations)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Println()
	return nil
}
