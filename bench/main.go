// Command bench compares Sayrud with a hand-written program (bench/handwritten) over the same PostgreSQL, data and machine, in
// interleaved runs, and prints ratios. Absolute numbers depend on the machine and on what else it does; the ratios of one run do not.
//
//	go run ./bench                 # everything
//	go run ./bench -only compare   # one part: compare, mount, extras, scale, definitions, start, layouts
//	go run ./bench -only compare -op view,create -pprof 127.0.0.1:6060   # and profiles of Sayrud under /debug/pprof/ meanwhile
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

// A config says how much to measure.
type config struct {
	records     int
	connections []int
	tables      []int
	rounds      int
	run         time.Duration
	only        string
	operations  []string // of compare; none is all
	pprof       string   // address of Sayrud's profiles; "" is none
}

func main() {
	var c config
	connections := flag.String("connections", "1,16,64", "numbers of connections, separated by commas")
	flag.IntVar(&c.records, "records", 100_000, "comments on either side")
	flag.IntVar(&c.rounds, "rounds", 3, "interleaved runs of each operation")
	flag.DurationVar(&c.run, "run", 2*time.Second, "length of one run")
	tables := flag.String("tables", "10,100,1000,3000", "numbers of further tables in scale, separated by commas")
	flag.StringVar(&c.only, "only", "", "one part: compare, mount, extras, scale, definitions, start, layouts")
	names := flag.String("op", "", "operations of compare, separated by commas; none is all")
	flag.StringVar(&c.pprof, "pprof", "", "address where Sayrud serves its profiles (net/http/pprof)")
	flag.Parse()
	if *names != "" {
		c.operations = strings.Split(*names, ",")
	}
	for _, name := range c.operations {
		if !slices.ContainsFunc(operations, func(op operation) bool { return op.name == name }) {
			fmt.Fprintf(os.Stderr, "bench: -op %s: there is no such operation\n", name)
			os.Exit(2)
		}
	}
	c.connections, c.tables = numbers("connections", *connections), numbers("tables", *tables)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := bench(ctx, c)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// numbers reads the value of a flag.
func numbers(name, list string) (all []int) {
	for part := range strings.SplitSeq(list, ",") {
		var n int
		if _, err := fmt.Sscan(part, &n); err != nil || n < 1 {
			fmt.Fprintf(os.Stderr, "bench: -%s %s: %q is no number\n", name, list, part)
			os.Exit(2)
		}
		all = append(all, n)
	}
	return all
}

func bench(ctx context.Context, c config) (err error) {
	l, err := openLab(ctx, c.pprof)
	if err != nil {
		return err
	}
	defer l.close()
	fmt.Printf("%s; load before: %s\n\n", machine(), load())
	parts := []struct {
		name string
		run  func(context.Context, *lab, config) error
	}{{"start", measureStart}, {"compare", compare}, {"mount", measureMount}, {"extras", measureExtras}, {"definitions", measureDefinitions}, {"scale", measureScale}, {"layouts", measureLayouts}}
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
