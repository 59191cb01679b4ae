package e2e

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user without rights.
const nobody = 65534

// ordinaryUser makes a process that of an ordinary user: of nobody where the tests run as root, else of ourselves.
func ordinaryUser() *syscall.SysProcAttr {
	if os.Geteuid() != 0 {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// ordinaryHome makes a directory that belongs to the ordinary user.
func ordinaryHome(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sayrud-home-") //nolint:usetesting // other users may not enter what t.TempDir makes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if os.Geteuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestOrdinaryUser runs the program as a user without rights who has a home and nothing else. What the program keeps is closed to
// others.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	home := ordinaryHome(t)
	in := install(t)
	in.data = filepath.Join(home, "data")
	in.as = ordinaryUser()
	in.env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
	in.start()
	in.apply(readExample(t))
	in.post("post=a&nick=Ann&content=Hello", 201)
	file := filepath.Join(home, "comments.csv")
	in.run(0, "", "dump", "blog/comments", "-o", file)
	content, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(content), "Hello") {
		t.Errorf("the dumped file holds %q (%v)", content, err)
	}
	in.run(0, "long enough a password\n", "admin", "create", "ann@example.org")
	in.stop()
	in.start() // and once more on what is there

	expectClosed(t, in.data)
	expectOwn(t, home)
}

// expectClosed checks that nobody else can enter a directory below dir or read a file there.
func expectClosed(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist): // PostgreSQL is at work
			return nil
		case err != nil:
			return err
		case info.Mode().Type() == fs.ModeSocket: // its directory is closed
			return nil
		}
		files++
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Errorf("looking at %d files of %s: %v", files, dir, err)
	}
}

// expectOwn checks that everything below dir belongs to the ordinary user and that nobody else can change it.
func expectOwn(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().Type() != 0 && !info.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; os.Geteuid() == 0 && owner != nobody {
			t.Errorf("%s belongs to user %d", path, owner)
		}
		if info.Mode().Perm()&0o022 != 0 {
			t.Errorf("%s can be changed by others: %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
