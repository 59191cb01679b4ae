//go:build unix

package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// How long a stopping server may take at each step: fast (SIGINT), immediate (SIGQUIT), and no mercy (SIGKILL).
// https://www.postgresql.org/docs/current/server-shutdown.html.
const (
	fastStop      = 60 * time.Second
	immediateStop = 10 * time.Second
	killedStop    = 5 * time.Second

	firstPoll = time.Millisecond
	maxPoll   = 20 * time.Millisecond

	maxRecoveryPoll = time.Second
)

// postmaster is a running PostgreSQL server.
type postmaster struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when the process is gone
	err    error         // how it ended, once exited
}

// startPostmaster starts the server of a cluster. It must be called on a locked thread that lives as long as the
// server may: when that thread ends, the server is told to stop.
func startPostmaster(c *cluster, socketDir string, settings map[string]string, log *logFile) (*postmaster, error) {
	args := append([]string{"-D", c.pgdata()}, fixedSettings(socketDir, settings)...)
	cmd := exec.Command(filepath.Join(c.programs.bin, "postgres"), args...)
	cmd.Dir, cmd.Env = "/", serverEnvironment(c.pgdata())
	cmd.Stdout, cmd.Stderr = log, log
	// Children of a killed server may hold the pipe a little longer than the server lives.
	cmd.WaitDelay = time.Second
	if err := c.account.runAs(cmd, syscall.SIGINT, c.pgdata(), socketDir); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, c.account.explain(runHint(c.programs.bin, "", err))
	}
	p := &postmaster{cmd: cmd, exited: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// ready waits until the server takes connections to our database, which it makes if need be.
func (p *postmaster) ready(ctx context.Context, socketDir string) error {
	began := time.Now()
	// A long recovery is asked less and less often: each question is a line in the log.
	for wait := firstPoll; ; wait = min(2*wait, max(maxPoll, min(time.Since(began)/10, maxRecoveryPoll))) {
		err := ensureDatabase(ctx, socketDir)
		if err == nil {
			return nil
		}
		if !starting(err) {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-p.exited:
			timer.Stop()
			return errors.New("it ended while starting")
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// starting reports an error that a server gives, or its absence causes, until it is up.
func starting(err error) bool {
	switch Code(err) {
	case CannotConnectNow, TooManyConnections:
		return true
	}
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func ensureDatabase(ctx context.Context, socketDir string) error {
	conn, err := pgconn.Connect(ctx, embeddedURL(socketDir, database))
	if err == nil {
		return conn.Close(ctx)
	}
	if Code(err) != InvalidCatalogName {
		return err
	}
	admin, err := pgx.Connect(ctx, embeddedURL(socketDir, "postgres"))
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	_, err = admin.Exec(ctx, "CREATE DATABASE "+database)
	return err
}

func embeddedURL(socketDir, db string) string {
	q := url.Values{"host": {socketDir}, "port": {socketPort}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + db, RawQuery: q.Encode()}
	return u.String()
}

// stop ends the server and waits for it, with growing force.
func (p *postmaster) stop() {
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{syscall.SIGINT, fastStop}, {syscall.SIGQUIT, immediateStop}, {syscall.SIGKILL, killedStop}} {
		_ = p.cmd.Process.Signal(step.signal)
		timer := time.NewTimer(step.wait)
		select {
		case <-p.exited:
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// endStrays ends servers of this data directory that no supervisor owns, and clears away what would make the next
// server believe that one still runs. The caller holds the data directory's lock.
func (c *cluster) endStrays(socketDir string) error {
	pidFile := filepath.Join(c.pgdata(), "postmaster.pid")
	for _, step := range []struct {
		signal syscall.Signal
		wait   time.Duration
		first  bool // signal the server's first process alone, if there is one
	}{
		{syscall.SIGINT, fastStop / 2, true},
		{syscall.SIGQUIT, immediateStop, false},
		{syscall.SIGKILL, killedStop, false},
	} {
		pids := postgresOf(c.pgdata())
		if len(pids) == 0 {
			break
		}
		first := firstOf(pidFile, pids)
		wait := step.wait
		if step.first && first == 0 {
			wait = time.Second // its children notice by themselves that it is gone
		}
		for _, pid := range pids {
			if !step.first || pid == first {
				_ = syscall.Kill(pid, step.signal)
			}
		}
		awaitNone(c.pgdata(), wait)
	}
	if pids := postgresOf(c.pgdata()); len(pids) > 0 {
		return fmt.Errorf("another PostgreSQL (process %d) holds %s and does not end; end it, then try again", pids[0], c.pgdata())
	}
	if err := os.Remove(pidFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return removeSockets(socketDir)
}

// firstOf returns the process that postmaster.pid names if it is one of pids, else 0.
func firstOf(pidFile string, pids []int) int {
	text, _ := os.ReadFile(pidFile)
	line, _, _ := strings.Cut(string(text), "\n")
	named, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return 0
	}
	for _, pid := range pids {
		if pid == named {
			return pid
		}
	}
	return 0
}

func awaitNone(pgdata string, most time.Duration) {
	for end := time.Now().Add(most); time.Now().Before(end) && len(postgresOf(pgdata)) > 0; {
		time.Sleep(maxPoll)
	}
}
