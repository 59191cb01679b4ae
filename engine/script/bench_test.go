package script

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/raw"
)

var benchRecord = raw.Value(`{"uid": "01hqv5zt3k8m2c9xw7ne", "nick": "Ada", "likes": 12, "status": "approved", "email": "ada@example.org", "parent": {"u": "01hqv5zt3k8m2c9xw7nf", "v": "Bob"}, "tags": ["sql", "json"], "content": "` + strings.Repeat("Some *words* about `code` and [links](https://example.org). ", 5) + `"}`)

func benchmarkRun(b *testing.B, source string, wantSmall bool, values ...raw.Value) {
	p, problems := Compile(source, Names{Roots: []string{"$record", "$records", "$this", "$that"}})
	if problems != nil {
		b.Fatal(problems)
	}
	if p.InProcess() != wantSmall {
		b.Fatalf("in process: %v", p.InProcess())
	}
	r := NewRunner(Config{})
	defer r.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Run(context.Background(), p, Shared{}, values); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInProcess(b *testing.B) {
	list := raw.Value("[" + strings.Repeat(string(benchRecord)+", ", 19) + string(benchRecord) + "]")
	b.Run("compare", func(b *testing.B) { benchmarkRun(b, "$record.likes > 10", true, raw.Value("12")) })
	b.Run("uids", func(b *testing.B) {
		benchmarkRun(b, "$this.uid !== $that.uid", true, raw.Text("01hqv5zt3k8m2c9xw7ne"), raw.Text("01hqv5zt3k8m2c9xw7nf"))
	})
	b.Run("object", func(b *testing.B) {
		benchmarkRun(b, "({id: $record.uid, title: $record.nick.toUpperCase(), slug: `${$record.uid}-x`})", true, raw.Text("u1"), raw.Text("Ada"))
	})
	b.Run("map20", func(b *testing.B) { benchmarkRun(b, "$records.map(r => r.parent)", true, list) })
	b.Run("compile", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, problems := Compile("$record.likes > 10 ? 'hot' : $record.nick.trim()", Names{Roots: []string{"$record"}}); problems != nil {
				b.Fatal(problems)
			}
		}
	})
}

func BenchmarkWorker(b *testing.B) {
	list := raw.Value("[" + strings.Repeat(string(benchRecord)+", ", 19) + string(benchRecord) + "]")
	b.Run("compare", func(b *testing.B) { benchmarkRun(b, "$record.likes ** 1 > 10", false, raw.Value("12")) })
	b.Run("whole", func(b *testing.B) { benchmarkRun(b, "Object.keys($record)", false, benchRecord) })
	b.Run("sort20", func(b *testing.B) {
		benchmarkRun(b, "$records.sort((a, b) => a.likes - b.likes).map(r => r.uid)", false, list)
	})
	b.Run("batch20", func(b *testing.B) { benchmarkBatch(b, "({...$record, x: 1})", benchRecord) })
	b.Run("markdown20", func(b *testing.B) {
		benchmarkBatch(b, "$markdown($record.content)", raw.Value(strings.Replace(string(benchRecord.Get("content")), "Some", strings.Repeat("Some text ", 100), 1)))
	})
	b.Run("markdown20short", func(b *testing.B) { benchmarkBatch(b, "$markdown($record.content)", benchRecord.Get("content")) })
	b.Run("markdown20known", func(b *testing.B) { benchmarkBatch(b, "$markdown($record.content)", raw.Value(`"a *word* or two"`)) })
}

// benchmarkBatch evaluates 20 calls in a batch. Where value says "Some", its text is new each time.
func benchmarkBatch(b *testing.B, source string, value raw.Value) {
	p, problems := Compile(source, Names{Roots: []string{"$record"}})
	if problems != nil {
		b.Fatal(problems)
	}
	r := NewRunner(Config{})
	defer r.Close()
	var calls []Call
	for range 20 {
		calls = append(calls, Call{Program: p, Inputs: []raw.Value{nil}})
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		for i := range calls {
			calls[i].Inputs[0] = raw.Value(strings.Replace(string(value), "Some", fmt.Sprint(n, i), 1))
		}
		if _, err := r.RunAll(context.Background(), Shared{}, calls); err != nil {
			b.Fatal(err)
		}
	}
}
