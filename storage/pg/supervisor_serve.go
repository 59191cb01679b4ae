//go:build unix

package pg

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

const (
	firstRestartPause = 100 * time.Millisecond
	maxRestartPause   = 5 * time.Second
	// steadyRun is how long a server must have run for its end to count as the first.
	steadyRun = time.Minute
	// troubledAfter is the number of failures after which new clients are told instead of kept waiting.
	troubledAfter = 3
)

// serve keeps the server running until ctx ends. It returns an error when the server cannot be started at all.
func (s *supervisor) serve(ctx context.Context) error {
	// The server is told to stop when this thread ends, so the thread must live as long as the process. It is never
	// unlocked.
	runtime.LockOSThread()
	if err := s.cluster.prepare(ctx); err != nil {
		return s.unless(ctx, err)
	}
	everReady := false
	for failures := 0; !stopping(ctx); {
		began := time.Now()
		ready, err := s.serveOnce(ctx)
		if stopping(ctx) {
			return nil
		}
		everReady = everReady || ready
		if !everReady {
			return err
		}
		if failures++; ready && time.Since(began) > steadyRun {
			failures = 1
		}
		s.note(fmt.Sprintf("PostgreSQL ended, starting it again: %v", err))
		if failures >= troubledAfter && !ready {
			s.publish(&answer{Error: err.Error()})
		}
		_ = pause(ctx, failures, firstRestartPause, maxRestartPause)
	}
	return nil
}

// unless returns err, or nil when we are stopping anyway.
func (s *supervisor) unless(ctx context.Context, err error) error {
	if stopping(ctx) {
		return nil
	}
	return err
}

func stopping(ctx context.Context) bool { return ctx.Err() != nil }

// serveOnce runs one server until it ends or ctx does. ready tells whether it took connections.
func (s *supervisor) serveOnce(ctx context.Context) (ready bool, err error) {
	s.log.forget()
	if err := s.cluster.endStrays(s.socketDir); err != nil {
		return false, err
	}
	p, err := startPostmaster(s.cluster, s.socketDir, s.settings, s.log)
	if err != nil {
		return false, err
	}
	defer p.stop()
	if err := p.ready(ctx, s.socketDir); err != nil {
		return false, s.failure(p, err)
	}
	s.publish(&answer{URL: embeddedURL(s.socketDir, database), Postgres: s.cluster.programs.major})
	defer s.publish(nil)
	select {
	case <-ctx.Done():
		return true, nil
	case <-p.exited:
		return true, fmt.Errorf("PostgreSQL: %w", p.err)
	}
}

// failure explains why a server did not come up, in the server's own words where it has some.
func (s *supervisor) failure(p *postmaster, err error) error {
	p.stop()
	if reason := s.log.reason(); reason != "" {
		return fmt.Errorf("start PostgreSQL: %s; more in %s", reason, s.log.name)
	}
	return fmt.Errorf("start PostgreSQL: %w; more in %s", err, s.log.name)
}
