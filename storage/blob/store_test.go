package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/storage/blob"
	"github.com/sayrud/sayrud/storage/blob/s3test"
)

func TestMain(m *testing.M) { s3test.Main(m) }

// stores are the implementations that the suite runs against. leftovers counts what is there beside the objects. With
// SAYRUD_TEST_STORAGE (an s3:// address) the suite runs against that service too.
func stores(t *testing.T) map[string]func(t *testing.T) (s blob.Store, leftovers func() int) {
	all := map[string]func(t *testing.T) (blob.Store, func() int){
		"memory": func(*testing.T) (blob.Store, func() int) { return new(blob.Memory), func() int { return 0 } },
		"directory": func(t *testing.T) (blob.Store, func() int) {
			dir := t.TempDir()
			return open(t, dir), func() int { return count(t, filepath.Join(dir, ".tmp"), "") }
		},
		"s3": func(t *testing.T) (blob.Store, func() int) {
			location, dir := s3test.Location(t)
			return open(t, location), func() int { return count(t, filepath.Join(dir, ".sgwtmp", "multipart"), "") }
		},
	}
	if location := os.Getenv("SAYRUD_TEST_STORAGE"); location != "" {
		all["given"] = func(t *testing.T) (blob.Store, func() int) {
			place, settings, _ := strings.Cut(location, "?")
			return open(t, fmt.Sprintf("%s/%d?%s", place, time.Now().UnixNano(), settings)), nil
		}
	}
	return all
}

func open(t *testing.T, location string) blob.Store {
	t.Helper()
	s, err := blob.Open(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// count counts files below dir.
func count(t *testing.T, dir, suffix string) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, suffix) {
			n++
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return n
}

// eachStore runs a test of the suite against every implementation.
func eachStore(t *testing.T, test func(t *testing.T, s blob.Store, leftovers func() int)) {
	t.Parallel()
	for name, make := range stores(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, leftovers := make(t)
			test(t, s, leftovers)
		})
	}
}

// content gives size bytes that differ with seed.
func content(seed uint64, size int) []byte {
	b := make([]byte, 0, size+32)
	for n := uint64(0); len(b) < size; n++ {
		sum := sha256.Sum256(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, seed), n))
		b = append(b, sum[:]...)
	}
	return b[:size]
}

// onlyReader hides everything but Read: nobody can ask for its size.
type onlyReader struct{ io.Reader }

func put(t *testing.T, s blob.Store, key string, b []byte) {
	t.Helper()
	n, err := s.Put(t.Context(), key, onlyReader{bytes.NewReader(b)}, -1)
	if err != nil || n != int64(len(b)) {
		t.Fatalf("Put(%s) of %d bytes: %d, %v", key, len(b), n, err)
	}
}

func get(t *testing.T, s blob.Store, key string, offset, length int64) []byte {
	t.Helper()
	r, err := s.Get(t.Context(), key, offset, length)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsPutComesBack(t *testing.T) {
	eachStore(t, func(t *testing.T, s blob.Store, leftovers func() int) {
		for _, size := range []int{0, 1, 4 << 20, 5 << 20, 5<<20 + 1, 16 << 20, 33 << 20} {
			for _, hint := range []int64{-1, int64(size)} {
				key, want := fmt.Sprintf("p1/size/%d", size), content(uint64(size), size)
				if n, err := s.Put(t.Context(), key, onlyReader{bytes.NewReader(want)}, hint); err != nil || n != int64(size) {
					t.Fatalf("Put of %d bytes, announced as %d: %d, %v", size, hint, n, err)
				}
				if !bytes.Equal(get(t, s, key, 0, -1), want) {
					t.Errorf("%d bytes do not come back as they were", size)
				}
				if info, err := s.Stat(t.Context(), key); err != nil || info.Size != int64(size) || info.Key != key || info.ModifiedAt.IsZero() {
					t.Errorf("Stat of %d bytes: %+v, %v", size, info, err)
				}
			}
		}
		if leftovers != nil && leftovers() != 0 {
			t.Errorf("%d files are left over", leftovers())
		}
	})
}

func TestRanges(t *testing.T) {
	eachStore(t, func(t *testing.T, s blob.Store, _ func() int) {
		b := content(7, 1000)
		put(t, s, "p1/range", b)
		for _, r := range [][2]int64{{0, -1}, {0, 1}, {0, 2}, {0, 0}, {1, 1}, {1, -1}, {999, 1}, {999, -1}, {990, 100}, {1000, -1}, {1000, 5}, {5000, -1}, {0, 1000}, {0, 2000}} {
			from := min(r[0], 1000)
			to := int64(1000)
			if r[1] >= 0 {
				to = min(from+r[1], 1000)
			}
			if got := get(t, s, "p1/range", r[0], r[1]); !bytes.Equal(got, b[from:to]) {
				t.Errorf("Get(%d, %d) gives %d bytes, want %d", r[0], r[1], len(got), to-from)
			}
		}
	})
}

func TestWhatIsNotThere(t *testing.T) {
	eachStore(t, func(t *testing.T, s blob.Store, _ func() int) {
		put(t, s, "p1/dir/file", []byte("x"))
		for _, key := range []string{"p1/none", "p1/dir", "none/none/none"} {
			for _, length := range []int64{-1, 0, 1} {
				if _, err := s.Get(t.Context(), key, 0, length); !errors.Is(err, blob.ErrNotFound) {
					t.Errorf("Get(%s, length %d): %v", key, length, err)
				}
			}
			if _, err := s.Stat(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("Stat(%s): %v", key, err)
			}
		}
		if err := s.Delete(t.Context(), "p1/none"); err != nil {
			t.Errorf("Delete of nothing: %v", err)
		}
		put(t, s, "p1/gone", []byte("x"))
		if err := s.Delete(t.Context(), "p1/gone"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stat(t.Context(), "p1/gone"); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("Stat of a deleted object: %v", err)
		}
	})
}

func TestKeysThatAreNoKeys(t *testing.T) {
	eachStore(t, func(t *testing.T, s blob.Store, _ func() int) {
		for _, key := range []string{"", "/a", "a/", "a//b", "../a", "a/../b", ".tmp/a", "a/.b", "a\x00b", "a b", "ä", "a\\b", strings.Repeat("a", 513)} {
			if _, err := s.Put(t.Context(), key, strings.NewReader("x"), 1); err == nil {
				t.Errorf("Put(%q) was accepted", key)
			}
		}
	})
}

func TestListByPrefix(t *testing.T) {
	eachStore(t, func(t *testing.T, s blob.Store, _ func() int) {
		for _, key := range []string{"p1/a/1", "p1/a/2", "p1/ab", "p12/a/1", "p2/x"} {
			put(t, s, key, []byte(key))
		}
		for prefix, want := range map[string][]string{
			"": {"p1/a/1", "p1/a/2", "p1/ab", "p12/a/1", "p2/x"}, "p1/": {"p1/a/1", "p1/a/2", "p1/ab"}, "p1/a": {"p1/a/1", "p1/a/2", "p1/ab"},
			"p1": {"p1/a/1", "p1/a/2", "p1/ab", "p12/a/1"}, "p3/": nil, "p1/a/": {"p1/a/1", "p1/a/2"},
		} {
			var got []string
			if err := s.List(t.Context(), prefix, func(i blob.Info) error {
				got = append(got, i.Key)
				if i.Size != int64(len(i.Key)) {
					t.Errorf("the size of %s is %d", i.Key, i.Size)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("List(%q): %s", prefix, diff)
			}
		}
		stop := errors.New("stop")
		if err := s.List(t.Context(), "", func(blob.Info) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("List after an error: %v", err)
		}
	})
}

// brokenReader gives n bytes, then an error.
func brokenReader(n int, err error) io.Reader {
	return io.MultiReader(bytes.NewReader(content(1, n)), errReader{err})
}

type errReader struct{ err error }

func (r errReader) Read([]byte) (int, error) { return 0, r.err }

func TestABrokenPutLeavesNothing(t *testing.T) {
	eachStore(t, func(t *testing.T, s blob.Store, leftovers func() int) {
		broken := errors.New("the connection broke")
		put(t, s, "p1/kept", []byte("before"))
		for _, size := range []int{0, 100, 4 << 20, 40 << 20} {
			for _, key := range []string{"p1/broken", "p1/kept"} {
				if _, err := s.Put(t.Context(), key, brokenReader(size, broken), -1); !errors.Is(err, broken) {
					t.Errorf("Put broken after %d bytes: %v", size, err)
				}
				if _, err := s.Put(t.Context(), key, bytes.NewReader(content(1, size)), int64(size)+1); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("Put of one byte less than %d: %v", size+1, err)
				}
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancelling := io.MultiReader(bytes.NewReader(content(1, 20<<20)), readerFunc(func([]byte) (int, error) { cancel(); return 0, ctx.Err() }))
		if _, err := s.Put(ctx, "p1/broken", cancelling, -1); !errors.Is(err, context.Canceled) {
			t.Errorf("Put whose request ended: %v", err)
		}
		if _, err := s.Stat(t.Context(), "p1/broken"); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("something of the broken put is there: %v", err)
		}
		if got := get(t, s, "p1/kept", 0, -1); string(got) != "before" {
			t.Errorf("a broken put replaced what was there by %d bytes", len(got))
		}
		if leftovers != nil && leftovers() != 0 {
			t.Errorf("%d files are left over", leftovers())
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestManyAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s blob.Store, _ func() int) {
		const block = 64 << 10
		var wait sync.WaitGroup
		for i := range 16 {
			wait.Go(func() {
				for j := range 4 {
					b := content(uint64(100*i+j), block)
					key := fmt.Sprintf("p1/blocks/%02d/%d", i, j)
					if _, err := s.Put(t.Context(), key, bytes.NewReader(b), block); err != nil {
						t.Error(err)
						return
					}
					if _, err := s.Put(t.Context(), "p1/same", bytes.NewReader(content(5, block)), block); err != nil {
						t.Error(err)
						return
					}
					r, err := s.Get(t.Context(), key, 10, 100)
					if err != nil {
						t.Error(err)
						return
					}
					got, err := io.ReadAll(r)
					r.Close()
					if err != nil || !bytes.Equal(got, b[10:110]) {
						t.Errorf("%s: other bytes came back, %v", key, err)
					}
				}
			})
		}
		wait.Wait()
		if !bytes.Equal(get(t, s, "p1/same", 0, -1), content(5, block)) {
			t.Error("racing puts of one key left something else")
		}
	})
}

// TestSweep stops a put in its middle and sweeps what it holds.
func TestSweep(t *testing.T) {
	eachStore(t, func(t *testing.T, s blob.Store, leftovers func() int) {
		reached, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan error)
		in := io.MultiReader(bytes.NewReader(content(1, 20<<20)), readerFunc(func([]byte) (int, error) {
			close(reached)
			<-goOn
			return 0, io.EOF
		}))
		go func() {
			_, err := s.Put(context.WithoutCancel(t.Context()), "p1/slow", in, -1)
			ended <- err
		}()
		<-reached
		if n, err := s.Sweep(t.Context(), time.Now().Add(-time.Hour)); err != nil || n != 0 {
			t.Errorf("Sweep of what is an hour old: %d, %v", n, err)
		}
		n, err := s.Sweep(t.Context(), time.Now().Add(time.Minute))
		// MinIO lists uploads of one key only, and expires stale ones by itself.
		if _, isMemory := s.(*blob.Memory); err != nil || !isMemory && leftovers != nil && n != 1 {
			t.Errorf("Sweep: %d, %v", n, err)
		}
		if leftovers != nil && leftovers() != 0 {
			t.Errorf("%d files are left over", leftovers())
		}
		close(goOn)
		<-ended
	})
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	good, _ := s3test.Location(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, endpoint, _ := strings.Cut(good, "?")
	for location, want := range map[string]string{
		"ftp://host/x":                              "give a directory or s3://bucket/prefix",
		"s3:///x":                                   "names no bucket",
		"s3://key:secret@bucket/x":                  "set AWS_ACCESS_KEY_ID",
		"s3://bucket/x?acces=1":                     `no setting "acces"`,
		"s3://bucket/x?endpoint=here":               "the endpoint must be an address",
		"s3://no-such-bucket/x?" + endpoint:         "does not exist",
		"s3://bucket/x?endpoint=http://127.0.0.1:1": "connection refused",
		file: "not a directory",
	} {
		if _, err := blob.Open(t.Context(), location); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%s): %v, want %q", location, err, want)
		} else if strings.Contains(err.Error(), "key:secret") {
			t.Errorf("Open(%s) prints a secret: %v", location, err)
		}
	}
}
