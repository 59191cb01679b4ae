package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	logDelay = 100 * time.Millisecond // how long a line may wait
	logBytes = 32 << 10               // how many bytes may wait
)

// A logBuffer gathers the lines of a busy server's log and writes them together: at the latest 100 ms after the first, and with a
// warning or an error at once. A crash of the process loses what waits. Its owner closes it; what is logged later is written at once.
// It is safe for concurrent use.
type logBuffer struct {
	out io.Writer

	mu      sync.Mutex
	lines   []byte
	waiting bool // the timer runs
	closed  bool
	timer   *time.Timer
}

func newLogBuffer(out io.Writer) *logBuffer {
	b := &logBuffer{out: out, lines: make([]byte, 0, logBytes+logBytes/8)}
	b.timer = time.AfterFunc(time.Hour, b.Flush)
	b.timer.Stop()
	return b
}

// Write takes one or more whole lines. Errors of the writer behind it are lost, as slog loses them.
func (b *logBuffer) Write(lines []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, lines...)
	b.wait()
	return len(lines), nil
}

// line takes a record of plain attributes, see [appendLine].
func (b *logBuffer) line(r slog.Record) (plain bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lines, plain = appendLine(b.lines, r); plain {
		b.wait()
	}
	return plain
}

// wait lets what was added wait for more, if it may.
func (b *logBuffer) wait() {
	switch {
	case b.closed || len(b.lines) >= logBytes:
		b.flush()
	case !b.waiting:
		b.waiting = true
		b.timer.Reset(logDelay)
	}
}

// Flush writes what waits.
func (b *logBuffer) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flush()
}

func (b *logBuffer) flush() {
	b.timer.Stop()
	b.waiting = false
	if len(b.lines) > 0 {
		_, _ = b.out.Write(b.lines) // there is nobody to tell
		b.lines = b.lines[:0]
	}
}

// Close writes what waits and ends the waiting.
func (b *logBuffer) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.flush()
}

// handler gives h, which writes to b, such that it lets nothing urgent wait. Where h writes JSON, b writes the plain lines itself.
func (b *logBuffer) handler(h slog.Handler) slog.Handler {
	_, isJSON := h.(*slog.JSONHandler)
	return &bufferedHandler{Handler: h, buffer: b, own: isJSON}
}

type bufferedHandler struct {
	slog.Handler
	buffer *logBuffer
	own    bool // the handler writes JSON and adds nothing to the records
}

// Handle implements [slog.Handler].
func (h *bufferedHandler) Handle(ctx context.Context, r slog.Record) error {
	var err error
	if !h.own || !h.buffer.line(r) {
		err = h.Handler.Handle(ctx, r)
	}
	if r.Level >= slog.LevelWarn {
		h.buffer.Flush()
	}
	return err
}

// WithAttrs implements [slog.Handler].
func (h *bufferedHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &bufferedHandler{Handler: h.Handler.WithAttrs(attrs), buffer: h.buffer}
}

// WithGroup implements [slog.Handler].
func (h *bufferedHandler) WithGroup(name string) slog.Handler {
	return &bufferedHandler{Handler: h.Handler.WithGroup(name), buffer: h.buffer}
}
