//go:build unix

package pg

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
)

const (
	maxLogBytes = 4 << 20
	keptLines   = 20
)

// logFile is the server's log: bounded, the part before the present one kept under name.1. It remembers the last
// lines for error messages. It is safe for concurrent use.
type logFile struct {
	name string
	acc  account

	mu    sync.Mutex
	f     *os.File
	size  int64
	lines []string
	part  string
}

func openLog(name string, acc account) (*logFile, error) {
	l := &logFile{name: name, acc: acc}
	return l, l.open()
}

func (l *logFile) open() error {
	f, err := os.OpenFile(l.name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	if err := l.acc.own(l.name); err != nil && !errors.Is(err, fs.ErrPermission) {
		return errors.Join(err, f.Close())
	}
	l.f, l.size = f, info.Size()
	return nil
}

// Write never fails: a server must not stop because its log cannot be written.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remember(string(p))
	if l.size+int64(len(p)) > maxLogBytes && l.f != nil {
		_ = l.f.Close()
		_ = os.Rename(l.name, l.name+".1")
		l.f = nil
	}
	if l.f == nil && l.open() != nil {
		return len(p), nil
	}
	n, _ := l.f.Write(p)
	l.size += int64(n)
	return len(p), nil
}

func (l *logFile) remember(text string) {
	lines := strings.Split(l.part+text, "\n")
	l.part = lines[len(lines)-1]
	if len(l.part) > 4096 {
		l.part = ""
	}
	l.lines = append(l.lines, lines[:len(lines)-1]...)
	if n := len(l.lines); n > keptLines {
		l.lines = append([]string(nil), l.lines[n-keptLines:]...)
	}
}

// forget drops the remembered lines.
func (l *logFile) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = nil
}

// reason returns the last line in which the server said why it ended, with its hint.
func (l *logFile) reason() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.lines) - 1; i >= 0; i-- {
		for _, word := range []string{"PANIC:  ", "FATAL:  ", "postgres: "} {
			_, text, found := strings.Cut(l.lines[i], word)
			if !found || strings.HasPrefix(text, "the database system is ") { // said to who asked too early
				continue
			}
			for _, next := range l.lines[i+1:] {
				if _, hint, found := strings.Cut(next, "HINT:  "); found {
					return text + " (" + strings.TrimSpace(hint) + ")"
				}
			}
			return text
		}
	}
	return strings.Join(l.lines[max(0, len(l.lines)-2):], "; ")
}

// Close ends writing for good.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}
