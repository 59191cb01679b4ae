//go:build unix

package pg

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLogFile_isBounded(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "postgres.log")
	l, err := openLog(name, account{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	line := []byte(strings.Repeat("x", 64<<10) + "\n")
	for range 3 * maxLogBytes / len(line) {
		if n, err := l.Write(line); n != len(line) || err != nil {
			t.Fatalf("wrote %d: %v", n, err)
		}
	}
	for _, part := range []string{name, name + ".1"} {
		info, err := os.Stat(part)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > maxLogBytes {
			t.Errorf("%s has %d bytes", part, info.Size())
		}
	}
}

func TestLogFile_reason(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, log, want string }{
		{"fatal", "2026 [1] LOG:  starting\n2026 [1] FATAL:  no space\n2026 [1] LOG:  bye\n", "no space"},
		{"hint", "2026 [1] FATAL:  bad lock file\n2026 [1] HINT:  Remove it.\n", "bad lock file (Remove it.)"},
		{"the last", "2026 [1] FATAL:  one\n2026 [2] PANIC:  two\n", "two"},
		{"before the log begins", "postgres: could not find the data\n", "could not find the data"},
		{"not what askers were told", "2026 [1] PANIC:  bad WAL\n2026 [2] FATAL:  the database system is starting up\n", "bad WAL"},
		{"in pieces", "2026 [1] FAT\x00AL:  split\n", "split"},
		{"none", "one\ntwo\nthree\n", "two; three"},
		{"nothing", "", ""},
	} {
		l, err := openLog(filepath.Join(t.TempDir(), "log"), account{})
		if err != nil {
			t.Fatal(err)
		}
		for piece := range strings.SplitSeq(tt.log, "\x00") {
			_, _ = l.Write([]byte(piece))
		}
		if got := l.reason(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		l.Close()
	}
}
