//go:build unix

package pg

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// longDir is a data directory whose sockets need a shorter place, which is removed with the test.
func longDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestListenControl_sitsWhereTheClientLooks(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"short": t.TempDir(), "long": longDir(t)} {
		acc := account{uid: os.Geteuid(), gid: os.Getegid()}
		var first string
		for range 2 { // a second supervisor finds the same place
			ln, at, err := listenControl(dir, acc)
			if err != nil {
				t.Fatal(err)
			}
			ln.Close()
			if first == "" {
				first = at
			}
			if len(filepath.Join(at, socketName)) > maxSocketPath {
				t.Errorf("%s: %s is too long", name, at)
			}
			if got, err := socketDirFor(dir, acc); got != at || at != first || err != nil {
				t.Errorf("%s: the client looks in %s, the supervisor listens in %s, at first in %s: %v", name, got, at, first, err)
			}
		}
		if first != filepath.Join(dir, runName) {
			t.Cleanup(func() { os.RemoveAll(first) })
		}
	}
}

func TestListenControl_avoidsWhatOthersPrepared(t *testing.T) {
	t.Parallel()
	dir := longDir(t)
	acc := account{uid: os.Geteuid(), gid: os.Getegid()}
	ln, at, err := listenControl(dir, acc)
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := os.RemoveAll(at); err != nil {
		t.Fatal(err)
	}
	// Somebody links the name to a place of theirs.
	theirs := t.TempDir()
	if err := os.Symlink(theirs, at); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(at) })
	ln, other, err := listenControl(dir, acc)
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	t.Cleanup(func() { os.RemoveAll(other) })
	if other == at {
		t.Errorf("listens in %s, a link of another's", at)
	}
	if left, _ := os.ReadDir(theirs); len(left) > 0 {
		t.Errorf("wrote to %s: %v", theirs, left)
	}
}
