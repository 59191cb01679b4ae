package main

import (
	"bytes"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A pieces notes each Write.
type pieces []string

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, string(b))
	return len(b), nil
}

func TestLogBuffer_gathersLines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out pieces
		b := newLogBuffer(&out)
		log := slog.New(b.handler(slog.NewTextHandler(b, &slog.HandlerOptions{ReplaceAttr: withoutTime}))).With("side", "a")
		log.Info("one")
		log.Info("two")
		if len(out) != 0 {
			t.Fatalf("written at once: %q", out)
		}
		time.Sleep(2 * logDelay) // the bubble's clock, not ours
		synctest.Wait()
		log.Info("three")
		log.Warn("four")
		log.Info("five")
		b.Close()
		log.Info("six")
		want := pieces{
			"level=INFO msg=one side=a\nlevel=INFO msg=two side=a\n",
			"level=INFO msg=three side=a\nlevel=WARN msg=four side=a\n",
			"level=INFO msg=five side=a\n",
			"level=INFO msg=six side=a\n",
		}
		if diff := cmp.Diff(want, out); diff != "" {
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
	if len(out) != 2 || len(out[0])+len(out[1]) != 3*len(line) {
		t.Errorf("%d writes", len(out))
	}
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
