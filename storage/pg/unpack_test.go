//go:build unix

package pg_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sayrud/sayrud/storage/pg"
)

// unpack unpacks the embedded archive, or tells that there is none to test.
func unpack(t *testing.T, cache string) (dir string, ok bool) {
	t.Helper()
	dir, err := pg.Unpack(cache)
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("this build has no archive")
		return "", false
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir, true
}

func works(t *testing.T, dir string) {
	t.Helper()
	out, err := exec.Command(filepath.Join(dir, "bin", "postgres"), "--version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "postgres (PostgreSQL) ") {
		t.Errorf("%s: %v", out, err)
	}
}

func TestUnpack_atTheSameTime(t *testing.T) {
	t.Parallel()
	cache := filepath.Join(t.TempDir(), "cache")
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if dir, ok := unpack(t, cache); ok {
				works(t, dir)
			}
		})
	}
	wg.Wait()
	if left, _ := filepath.Glob(filepath.Join(cache, ".unpack-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestUnpack_healsWhatIsBroken(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(dir string) error{
		"file cut short": func(dir string) error { return os.Truncate(filepath.Join(dir, "bin", "postgres"), 100) },
		"file missing":   func(dir string) error { return os.Remove(filepath.Join(dir, "bin", "initdb")) },
		"no manifest":    func(dir string) error { return os.Remove(filepath.Join(dir, ".manifest.json")) },
		"link missing":   func(dir string) error { return os.Remove(filepath.Join(dir, "lib", "libpq.so.5")) },
		"remains of an interrupted one": func(dir string) error {
			return errors.Join(os.Rename(dir, filepath.Join(filepath.Dir(dir), ".unpack-1")), os.Mkdir(dir, 0o700))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cache := t.TempDir()
			dir, ok := unpack(t, cache)
			if !ok {
				return
			}
			if err := harm(dir); err != nil {
				t.Fatal(err)
			}
			if dir, ok = unpack(t, cache); ok {
				works(t, dir)
			}
			if left, _ := filepath.Glob(filepath.Join(cache, ".unpack-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
