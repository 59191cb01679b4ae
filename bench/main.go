// Command bench compares Sayrud with a hand-written program (bench/handwritten) over the same PostgreSQL, data and machine, in
// interleaved runs, and prints ratios. Absolute numbers depend on the machine and on what else it does; the ratios of one run do not.
//
//	go run ./bench                 # everything
//	go run ./bench -only compare   # one part: compare, scale, definitions, start
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

// A config says how much to measure.
type config struct {
	records     int
	connections []int
	rounds      int
	run         time.Duration
	only        string
}

func main() {
	var c config
	connections := flag.String("connections", "16", "numbers of connections, separated by commas")
	flag.IntVar(&c.records, "records", 100_000, "comments on either side")
	flag.IntVar(&c.rounds, "rounds", 5, "interleaved runs of each operation")
	flag.DurationVar(&c.run, "run", 2*time.Second, "length of one run")
	flag.StringVar(&c.only, "only", "", "one part: compare, scale, definitions, start")
	flag.Parse()
	for part := range strings.SplitSeq(*connections, ",") {
		var n int
		if _, err := fmt.Sscan(part, &n); err != nil || n < 1 {
			fmt.Fprintf(os.Stderr, "bench: -connections %s: %q is no number\n", *connections, part)
			os.Exit(2)
		}
		c.connections = append(c.connections, n)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := bench(ctx, c)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, c config) (err error) {
	l, err := openLab(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	fmt.Printf("%s; load before: %s\n\n", machine(), load())
	parts := []struct {
		name string
		run  func(context.Context, *lab, config) error
	}{{"start", measureStart}, {"compare", compare}, {"definitions", measureDefinitions}, {"scale", measureScale}}
	for _, part := range parts {
		if c.only != "" && c.only != part.name {
			continue
		}
		if err := part.run(ctx, l, c); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	fmt.Printf("load after: %s\n", load())
	return nil
}
