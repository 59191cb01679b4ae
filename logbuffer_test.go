package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A pieces notes each Write.
type pieces struct {
	mu     sync.Mutex
	writes []string
}

func (p *pieces) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writes = append(p.writes, string(b))
	return len(b), nil
}

func (p *pieces) all() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.writes
}

func TestLogBuffer_gathersLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out pieces
		b := newLogBuffer(&out)
		log := slog.New(b.handler(slog.NewTextHandler(b, &slog.HandlerOptions{ReplaceAttr: withoutTime}))).With("side", "a")
		log.Info("one")
		log.Info("two")
		if early := out.all(); len(early) != 0 {
			t.Fatalf("written at once: %q", early)
		}
		time.Sleep(2 * logDelay) // the bubble's clock, not ours
		synctest.Wait()
		log.Info("three")
		log.Warn("four")
		log.Info("five")
		b.Close()
		log.Info("six")
		want := []string{
			"level=INFO msg=one side=a\nlevel=INFO msg=two side=a\n",
			"level=INFO msg=three side=a\nlevel=WARN msg=four side=a\n",
			"level=INFO msg=five side=a\n",
			"level=INFO msg=six side=a\n",
		}
		if diff := cmp.Diff(want, out.all()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLogBuffer_isBounded(t *testing.T) {
	t.Parallel()
	var out pieces
	b := newLogBuffer(&out)
	line := bytes.Repeat([]byte("x"), logBytes/2)
	for range 3 {
		if _, err := b.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	b.Close()
	if writes := out.all(); len(writes) != 2 || len(writes[0])+len(writes[1]) != 3*len(line) {
		t.Errorf("%d writes", len(writes))
	}
}

// TestLogBuffer_linesAreThoseOfSlog compares what the two ways of writing a line give.
func TestLogBuffer_linesAreThoseOfSlog(t *testing.T) {
	t.Parallel()
	for name, attrs := range map[string][]slog.Attr{
		"none":     nil,
		"request":  {slog.String("path", "/a b\"\\é"), slog.Int("status", 200), slog.Float64("ms", 0.734), slog.Uint64("n", 1), slog.Bool("ok", true)},
		"numbers":  {slog.Float64("a", 0), slog.Float64("b", -12345678.25), slog.Float64("c", 1e21), slog.Float64("d", 1e-7), slog.Duration("e", time.Second)},
		"controls": {slog.String("k\n", "a\tb\r\x01\x7f\xff\u2028<&>")},
		"others":   {slog.Any("error", io.EOF), slog.Time("t", time.Unix(0, 0)), slog.Group("g", slog.Int("a", 1))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want, got bytes.Buffer
			b := newLogBuffer(&got)
			r := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0)
			r.AddAttrs(attrs...)
			for _, h := range []slog.Handler{slog.NewJSONHandler(&want, nil), b.handler(slog.NewJSONHandler(b, nil))} {
				if err := h.Handle(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			b.Close()
			if diff := cmp.Diff(decoded(t, want.Bytes()), decoded(t, got.Bytes())); diff != "" {
				t.Error(diff)
			}
			if strings.Count(got.String(), "\n") != 1 {
				t.Errorf("%q is not one line", got.String())
			}
		})
	}
}

// decoded gives the tokens of a JSON line, in order.
func decoded(t *testing.T, line []byte) (tokens []json.Token) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(line))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return tokens
		}
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		tokens = append(tokens, token)
	}
}

func BenchmarkLogLine(b *testing.B) {
	buffer := newLogBuffer(io.Discard)
	for name, log := range map[string]*slog.Logger{
		"slog": slog.New(slog.NewJSONHandler(io.Discard, nil)), "buffer": slog.New(buffer.handler(slog.NewJSONHandler(buffer, nil))),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				log.LogAttrs(b.Context(), slog.LevelInfo, "request", slog.String("method", "GET"), slog.String("path", "/api/blog/comments/0f3kqzmw"),
					slog.String("endpoint", "view"), slog.Int("status", 200), slog.Float64("ms", 0.734), slog.Int("bytes", 643),
					slog.String("ip", "127.0.0.1"), slog.String("request_id", "2v7uwo2gdxjwh"))
			}
		})
	}
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
