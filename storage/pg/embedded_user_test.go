//go:build unix

package pg_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sayrud/sayrud/storage/pg"
)

// ordinary is a user without rights or a home: the tests run as root where they can, and change to it.
const ordinary = 65534

// asOrdinaryUser lets a client run as an ordinary user with a home of its own; as ourselves if we are none but that.
func asOrdinaryUser(t *testing.T, home string) func(*exec.Cmd) {
	t.Helper()
	if os.Geteuid() != 0 {
		return func(cmd *exec.Cmd) { cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME=") }
	}
	program := filepath.Join(home, "program")
	copyProgram(t, program)
	if err := os.Chown(home, ordinary, ordinary); err != nil {
		t.Fatal(err)
	}
	return func(cmd *exec.Cmd) {
		cmd.Path = program
		cmd.Dir = home
		cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "SAYRUD_POSTGRES_BIN=" + os.Getenv("SAYRUD_POSTGRES_BIN")}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: ordinary, Gid: ordinary}}
	}
}

// copyProgram copies the test binary to where every user may run it. Another process copies: a descriptor that is open
// for writing here could slip into a child of another test and make the copy busy (execve(2), ETXTBSY).
func copyProgram(t *testing.T, name string) {
	t.Helper()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("install", "-m", "755", own, name).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// homeDir is a directory that every user may enter.
func homeDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sayrud-home-") //nolint:usetesting // other users may not enter what t.TempDir makes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestStartEmbedded_asAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	home := homeDir(t)
	dir := filepath.Join(home, "data")
	c := startClient(t, dir, asOrdinaryUser(t, home))
	if !strings.HasPrefix(c.said, "postgres://") {
		t.Fatal(c.said)
	}
	if got := scalar(t, open(t, c.said), "SELECT 1"); got != "1" {
		t.Errorf("got %s", got)
	}
	c.stdin.Close()
	stopped(t, dir)

	// Root may use the same directory in between: the server still runs as its owner.
	e := start(t, dir)
	scalar(t, open(t, e.URL()), "SELECT 1")
	e.Close()
	stopped(t, dir)
	again := startClient(t, dir, asOrdinaryUser(t, home))
	if again.said != c.said {
		t.Errorf("after root used it: %s", again.said)
	}
	again.stdin.Close()
	stopped(t, dir)
}

func TestStartEmbedded_errorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		prepare func(t *testing.T, dir string)
		user    bool // as an ordinary user
		want    []string
	}{
		{"data of another PostgreSQL", func(t *testing.T, dir string) { write(t, dir, "postgres/PG_VERSION", "9\n") }, false,
			[]string{"made by PostgreSQL 9", "use the version of sayrud that made it"}},
		{"no PostgreSQL data", func(t *testing.T, dir string) { write(t, dir, "postgres/letter.txt", "hello") }, false,
			[]string{"is no PostgreSQL data directory", "--data"}},
		{"a file in the way", func(t *testing.T, dir string) { write(t, filepath.Dir(dir), filepath.Base(dir), "hello") }, false,
			[]string{"not a directory", "--data"}},
		{"another user's directory", func(t *testing.T, dir string) { write(t, dir, "secret.key", "hello") }, true,
			[]string{"belongs to user root", "--data"}},
		{"a directory closed to us", func(t *testing.T, dir string) { mkdir(t, filepath.Dir(dir), 0, 0o755) }, true,
			[]string{"permission denied", "--data"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.user && os.Geteuid() != 0 {
				t.Log("needs root to prepare")
				return
			}
			home := homeDir(t)
			dir := filepath.Join(home, "below", "data")
			mkdir(t, filepath.Dir(dir), os.Geteuid(), 0o755)
			tt.prepare(t, dir)
			var said string
			if tt.user {
				said = startClient(t, dir, asOrdinaryUser(t, home)).said
			} else {
				_, err := pg.StartEmbedded(context.Background(), dir, nil)
				said = fmt.Sprint(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(said, want) {
					t.Errorf("error %q, want …%s…", said, want)
				}
			}
		})
	}
}

func TestStartEmbedded_theServersOwnReason(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	_, err := pg.OpenEmbedded(context.Background(), pg.EmbeddedConfig{
		DataDir: dir, Linger: shortLinger, Settings: map[string]string{"shared_buffers": "a few"},
	})
	if err == nil || !strings.Contains(err.Error(), `invalid value for parameter "shared_buffers"`) {
		t.Errorf("error %v", err)
	}
	stopped(t, dir)
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	// Root's own files would be refused for being root's before they are looked at.
	if os.Geteuid() == 0 && strings.HasPrefix(filepath.Base(filepath.Dir(name)), "postgres") {
		if err := os.Chown(filepath.Dir(name), ordinary, ordinary); err != nil {
			t.Fatal(err)
		}
	}
}

func mkdir(t *testing.T, dir string, uid int, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(dir, mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, uid, -1); err != nil {
		t.Fatal(err)
	}
}
