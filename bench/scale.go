package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

// measureScale prints how list and create change with the number of tables and of records, CPU per request at 16 connections.
func measureScale(ctx context.Context, l *lab, c config) error {
	postgres, err := l.postmaster()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "how list and create change\tlist 20 CPU µs\treq/s\tp99 ms\tcreate CPU µs\treq/s\tp99 ms\t")
	row := func(name, project string) error {
		fmt.Fprintf(w, "%s\t", name)
		for _, op := range []operation{operations[1], operations[4]} {
			s := &side{base: "/api/" + project, pid: l.sayrud.Process.Pid, addr: l.addr, vars: l.vars}
			var runs []measure
			for range max(c.rounds/2, 1) {
				m, err := s.run(ctx, postgres, op, 16, c)
				if err != nil {
					return fmt.Errorf("%s: %s: %w", name, op.name, err)
				}
				runs = append(runs, m)
			}
			m := median(runs)
			fmt.Fprintf(w, "%.0f\t%.0f\t%s\t", m.server+m.postgres, m.perSecond, ms(m.p99))
		}
		fmt.Fprintln(w)
		return nil
	}
	for _, records := range []int{10_000, 100_000, 1_000_000} {
		project := fmt.Sprintf("records%d", records)
		if err := l.apply(ctx, strings.Replace(fmt.Sprintf(bigProject, ""), "project: big", "project: "+project, 1)); err != nil {
			return err
		}
		if err := l.fillSayrud(ctx, project, records); err != nil {
			return err
		}
		if err := row(fmt.Sprintf("%d records", records), project); err != nil {
			return err
		}
	}
	made := 0
	for _, tables := range c.tables {
		var file strings.Builder
		fmt.Fprintln(&file, "project: records10000\ntables:")
		for ; made < tables; made++ {
			fmt.Fprintf(&file, "  other%d: {crud: /other%d, fields: {name: {type: text, index: true}, size: {type: number, index: true}}}\n", made, made)
		}
		if err := l.apply(ctx, file.String()); err != nil {
			return err
		}
		if err := row(fmt.Sprintf("10000 records beside %d tables", tables), "records10000"); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Println()
	return nil
}
