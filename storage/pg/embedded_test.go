//go:build unix

package pg_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sayrud/sayrud/storage/pg"
)

// shortLinger lets tests see the server stop.
const shortLinger = 50 * time.Millisecond

// start runs the embedded server on dir for the length of the test.
func start(t *testing.T, dir string) *pg.Embedded {
	t.Helper()
	began := time.Now()
	e, err := pg.OpenEmbedded(context.Background(), pg.EmbeddedConfig{DataDir: dir, Linger: shortLinger})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started in %v", time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() {
		e.Close()
		stopped(t, dir)
	})
	return e
}

func open(t *testing.T, url string) *pg.DB {
	t.Helper()
	db, err := pg.Open(context.Background(), pg.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// stopped waits until the supervisor of dir has let go of it, and checks that it left no server.
func stopped(t *testing.T, dir string) {
	t.Helper()
	lock, err := pg.LockFile(filepath.Join(dir, "postgres.lock"), true)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if pids := pg.PostgresOf(filepath.Join(dir, "postgres")); len(pids) > 0 {
		t.Errorf("the supervisor is gone, but PostgreSQL still runs: %v", pids)
	}
}

func scalar(t *testing.T, db *pg.DB, sql string) string {
	t.Helper()
	var got string
	_, err := db.Query(context.Background(), pg.NewStatement(sql), nil, func(v [][]byte) error {
		got = string(v[0])
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

// client is another process that holds a server.
type client struct {
	cmd   *exec.Cmd
	stdin io.Closer
	said  string // the URL, or the error
}

func startClient(t *testing.T, dir string, prepare func(*exec.Cmd)) *client {
	t.Helper()
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, holdCommand, dir, shortLinger.String())
	if prepare != nil {
		prepare(cmd)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	said, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("client said %q: %v", said, err)
	}
	return &client{cmd: cmd, stdin: in, said: strings.TrimSpace(said)}
}

// privateDir is a data directory below one that only we may enter, as root's home is.
func privateDir(t *testing.T) string {
	t.Helper()
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(parent, "data")
}

func TestStartEmbedded_firstAndSecondStart(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	first := start(t, dir)
	db := open(t, first.URL())
	if err := db.Tx(context.Background(), func(q *pg.Tx) error { return q.Exec("CREATE TABLE kept AS SELECT 7 AS n") }); err != nil {
		t.Fatal(err)
	}
	if got := scalar(t, db, "SHOW fsync"); got != "on" {
		t.Errorf("fsync = %s", got)
	}
	if got := scalar(t, db, "SHOW listen_addresses"); got != "" {
		t.Errorf("listens on %q besides the socket", got)
	}
	if got := scalar(t, db, `SELECT string_agg(c, ' ' ORDER BY c) || ' ' || upper('é') FROM unnest(ARRAY['b','ä','B','a']) c`); got != "B a b ä É" {
		t.Errorf("order and case of letters: %q", got)
	}
	db.Close()
	first.Close()
	stopped(t, dir)

	second := start(t, dir)
	if got := scalar(t, open(t, second.URL()), "SELECT n FROM kept"); got != "7" {
		t.Errorf("after the second start: %s", got)
	}
}

func TestStartEmbedded_commandsShareOneServer(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	mine := start(t, dir)
	other := startClient(t, dir, nil)
	if other.said != mine.URL() {
		t.Errorf("another command got %s, want %s", other.said, mine.URL())
	}
	mine.Close()
	db := open(t, other.said)
	if got := scalar(t, db, "SELECT 1"); got != "1" {
		t.Errorf("after the first command left: %s", got)
	}
}

func TestStartEmbedded_manyStartAtOnce(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	urls := make(chan string)
	for range 6 {
		go func() {
			e, err := pg.OpenEmbedded(context.Background(), pg.EmbeddedConfig{DataDir: dir, Linger: shortLinger})
			if err != nil {
				urls <- err.Error()
				return
			}
			defer e.Close()
			urls <- e.URL()
		}()
	}
	first := <-urls
	for range 5 {
		if got := <-urls; got != first {
			t.Errorf("got %s and %s", first, got)
		}
	}
	stopped(t, dir)
}

func TestStartEmbedded_staleFilesDoNotBlock(t *testing.T) {
	t.Parallel()
	dir := privateDir(t)
	e := start(t, dir)
	e.Close()
	stopped(t, dir)
	data := filepath.Join(dir, "postgres")
	run, err := pg.SocketDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	// The process it names lives, but is no PostgreSQL: its number was given anew.
	for name, text := range map[string]string{
		filepath.Join(data, "postmaster.pid"):           fmt.Sprintf("%d\n%s\n1700000000\n5432\n%s\n\n", os.Getppid(), data, run),
		filepath.Join(run, ".s.PGSQL.5432.lock"):        fmt.Sprintf("%d\n%s\n1700000000\n5432\n%s\n", os.Getppid(), data, run),
		filepath.Join(run, ".s.PGSQL.5432"):             "",
		filepath.Join(run, "control"):                   "",
		filepath.Join(dir, "postgres.new-1/PG_VERSION"): "18",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := start(t, dir)
	if got := scalar(t, open(t, again.URL()), "SELECT 1"); got != "1" {
		t.Errorf("got %s", got)
	}
}

func TestStartEmbedded_longPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(privateDir(t), strings.Repeat("a long name ", 12))
	e := start(t, dir)
	run, err := pg.SocketDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(run) })
	if strings.HasPrefix(run, dir) {
		t.Errorf("sockets are in %s, too long a path", run)
	}
	if got := scalar(t, open(t, e.URL()), "SELECT 1"); got != "1" {
		t.Errorf("got %s", got)
	}
}
