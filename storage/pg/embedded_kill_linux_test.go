package pg_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sayrud/sayrud/storage/pg"
)

// eventually runs sql until PostgreSQL is there again; any error that does not mean its absence fails the test.
func eventually(t *testing.T, dir string, db *pg.DB, sql string) string {
	t.Helper()
	for {
		var got string
		_, err := db.Query(context.Background(), pg.NewStatement(sql), nil, func(v [][]byte) error {
			got = string(v[0])
			return nil
		})
		if err == nil {
			return got
		}
		if !pg.IsUnavailable(err) {
			t.Fatalf("%s: %v (not unavailable)", sql, err)
		}
		e, err := pg.OpenEmbedded(context.Background(), pg.EmbeddedConfig{DataDir: dir, Linger: shortLinger}) // waits for the server
		if err != nil {
			t.Fatal(err)
		}
		e.Close()
	}
}

// ended waits until a process is no more.
func ended(t *testing.T, pid int) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.ESRCH {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for {
		_, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		if err == nil {
			return
		}
		if err != unix.EINTR {
			t.Fatal(err)
		}
	}
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func kill(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestEmbedded_stopsAfterAKilledClient(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	c := startClient(t, dir, nil)
	pid := postmaster(t, dir)
	kill(t, c.cmd.Process.Pid)
	stopped(t, dir)
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("the server is still there: %v", err)
	}
}

func TestEmbedded_survivesAKilledServer(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	e := start(t, dir)
	db := open(t, e.URL())
	fill(t, db)
	kill(t, postmaster(t, dir))
	if got := eventually(t, dir, db, "SELECT count(*) FROM acknowledged"); got != "100" {
		t.Errorf("rows after the crash: %s, want 100", got)
	}
}

func TestEmbedded_survivesAKilledSupervisor(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	e := start(t, dir)
	db := open(t, e.URL())
	fill(t, db)
	before := supervisor(t, dir)
	old := postmaster(t, dir)
	kill(t, before)
	ended(t, old) // with its supervisor
	if got := eventually(t, dir, db, "SELECT count(*) FROM acknowledged"); got != "100" {
		t.Errorf("rows afterwards: %s, want 100", got)
	}
	if after := supervisor(t, dir); after == before {
		t.Errorf("the killed supervisor %d still answers", before)
	}
}

func TestEmbedded_survivesEverythingKilledAtOnce(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	c := startClient(t, dir, nil)
	db := open(t, c.said)
	fill(t, db)
	db.Close()
	pids := append(pg.PostgresOf(filepath.Join(dir, "postgres")), supervisor(t, dir), c.cmd.Process.Pid)
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	e := start(t, dir)
	if got := scalar(t, open(t, e.URL()), "SELECT count(*) FROM acknowledged"); got != "100" {
		t.Errorf("rows afterwards: %s, want 100", got)
	}
}

func fill(t *testing.T, db *pg.DB) {
	t.Helper()
	err := db.Tx(context.Background(), func(q *pg.Tx) error {
		return q.Exec("CREATE TABLE acknowledged AS SELECT generate_series(1, 100) AS n")
	})
	if err != nil {
		t.Fatal(err)
	}
}

func supervisor(t *testing.T, dir string) int {
	t.Helper()
	pid, err := pg.Supervisor(dir)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestEmbedded_survivesAStoppedSupervisor(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	e := start(t, dir)
	db := open(t, e.URL())
	fill(t, db)
	before := supervisor(t, dir)
	if err := syscall.Kill(before, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	ended(t, before)
	if got := eventually(t, dir, db, "SELECT count(*) FROM acknowledged"); got != "100" {
		t.Errorf("rows afterwards: %s, want 100", got)
	}
}

// begun waits until initdb works below dir.
func begun(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_CREATE); err != nil {
		t.Fatal(err)
	}
	for buffer := make([]byte, 4096); ; {
		if made, _ := filepath.Glob(filepath.Join(dir, "postgres.new-*")); len(made) > 0 {
			return
		}
		if _, err := unix.Read(fd, buffer); err != nil && err != unix.EINTR {
			t.Fatal(err)
		}
	}
}

func TestStartEmbedded_killedWhileMakingTheCluster(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	opened := make(chan error, 1)
	go func() {
		e, err := pg.OpenEmbedded(context.Background(), pg.EmbeddedConfig{DataDir: dir, Linger: shortLinger})
		if err == nil {
			err = e.Close()
		}
		opened <- err
	}()
	begun(t, dir)
	kill(t, supervisor(t, dir))
	if err := <-opened; err != nil {
		t.Errorf("the waiting client: %v", err)
	}
	stopped(t, dir)
	e := start(t, dir)
	scalar(t, open(t, e.URL()), "SELECT 1")
}

func TestStartEmbedded_theSupervisorKeepsNothingOpen(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	c := startClient(t, dir, func(cmd *exec.Cmd) { cmd.ExtraFiles = []*os.File{w} })
	w.Close()
	kill(t, c.cmd.Process.Pid)
	e := start(t, dir) // keeps the supervisor alive
	if _, err := r.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("reading from the pipe of the killed client: %v", err)
	}
	scalar(t, open(t, e.URL()), "SELECT 1")
}

func TestQuery_aFrozenServerIsUnavailable(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	e := start(t, dir)
	db := open(t, e.URL())
	backend, err := strconv.Atoi(scalar(t, db, "SELECT pg_backend_pid()"))
	if err != nil {
		t.Fatal(err)
	}
	pg.SetPatience(db, 100*time.Millisecond)
	if err := syscall.Kill(backend, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	_, err = db.Query(context.Background(), pg.NewStatement("SELECT 1"), nil, nil)
	if !pg.IsUnavailable(err) {
		t.Errorf("error %v", err)
	}
	if err := syscall.Kill(backend, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	pg.SetPatience(db, 0)
	scalar(t, db, "SELECT 1")
}
