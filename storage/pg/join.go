//go:build unix

package pg

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// slowStart is when a waiting start says so in the log.
const slowStart = 3 * time.Second

// child is a supervisor that we started. It outlives us; we only learn when it ended early.
type child struct {
	exited  chan struct{}
	err     error
	stderr  bytes.Buffer
	attempt int
}

// maxChildren bounds the supervisors that one join starts in vain.
const maxChildren = 20

// join connects to the data directory's supervisor, starting one if none answers, and waits for its answer.
func join(ctx context.Context, cfg EmbeddedConfig) (net.Conn, *bufio.Reader, *answer, error) {
	slow := time.AfterFunc(slowStart, func() { cfg.Log.Info("waiting for PostgreSQL", "data", cfg.DataDir) })
	defer slow.Stop()
	var started *child
	for wait := firstPoll; ; wait = min(2*wait, maxPoll) {
		conn, r, _, err := dialControl(ctx, cfg.DataDir)
		switch {
		case err == nil:
			state, err := awaitAnswer(ctx, conn, r)
			if err == nil {
				return conn, r, state, nil
			}
			conn.Close()
			if ctx.Err() != nil || errors.Is(err, errRefused) {
				return nil, nil, nil, err
			}
		case ctx.Err() != nil:
			return nil, nil, nil, ctx.Err()
		case !errors.Is(err, errNobody):
			return nil, nil, nil, err
		}
		if started, err = started.ensure(cfg); err != nil {
			return nil, nil, nil, err
		}
		if err := pause(ctx, 1, wait, wait); err != nil {
			return nil, nil, nil, err
		}
	}
}

// errRefused is in the chain of what a supervisor answers when there is no server.
var errRefused = errors.New("refused")

// refusal is a supervisor's reason.
type refusal string

// Error is the reason itself.
func (r refusal) Error() string { return string(r) }

// Is makes errors.Is find errRefused.
func (r refusal) Is(target error) bool { return target == errRefused }

// awaitAnswer reads the supervisor's answer, which may take as long as PostgreSQL recovers.
func awaitAnswer(ctx context.Context, conn net.Conn, r *bufio.Reader) (*answer, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var state answer
	if err := receive(r, &state); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	if state.Error != "" {
		return nil, refusal(strings.TrimPrefix(state.Error, "start PostgreSQL: "))
	}
	return &state, nil
}

// ensure starts a supervisor unless the one started before still lives. One that ended with a message failed.
func (c *child) ensure(cfg EmbeddedConfig) (*child, error) {
	if c != nil {
		select {
		case <-c.exited:
		default:
			return c, nil
		}
		if text := strings.TrimSpace(c.stderr.String()); c.err != nil && text != "" {
			return nil, errors.New(text)
		}
		if c.attempt == maxChildren {
			return nil, fmt.Errorf("the supervisor ends as soon as it is started; see postgres.log in %s", cfg.DataDir)
		}
	}
	next, err := startSupervisor(cfg)
	if err == nil && c != nil {
		next.attempt = c.attempt + 1
	}
	return next, err
}

// startSupervisor starts this executable as a supervisor in a session of its own.
func startSupervisor(cfg EmbeddedConfig) (*child, error) {
	name, err := sameExecutable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	args := []string{SupervisorCommand, "-data", cfg.DataDir, "-linger", cfg.Linger.String()}
	for _, key := range slices.Sorted(maps.Keys(cfg.Settings)) {
		args = append(args, "-set", key+"="+cfg.Settings[key])
	}
	c := &child{exited: make(chan struct{})}
	cmd := exec.Command(name, args...)
	cmd.Args[0] = "sayrud"
	cmd.Dir = "/"
	cmd.Stderr = &c.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the supervisor: %w", err)
	}
	go func() {
		c.err = cmd.Wait()
		close(c.exited)
	}()
	return c, nil
}
