//go:build unix

package pg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// Embedded is a hold on the PostgreSQL server of a data directory: the server runs at least until Close, or until
// this process ends. When the server's supervisor dies, another is started in the background; meanwhile statements
// fail with errors for which [IsUnavailable] is true.
type Embedded struct {
	cfg    EmbeddedConfig
	url    string
	cancel context.CancelFunc
	done   chan struct{}

	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

// StartEmbedded starts PostgreSQL for dataDir, or joins the one that runs: it makes the directory and a cluster in it
// if there is none, and returns when connections are taken. The caller closes it, after the pools that use it.
// Errors are sentences that say what to do. The executable must hand its arguments after [SupervisorCommand] to
// [RunSupervisor].
func StartEmbedded(ctx context.Context, dataDir string, log *slog.Logger) (*Embedded, error) {
	return OpenEmbedded(ctx, EmbeddedConfig{DataDir: dataDir, Log: log})
}

// OpenEmbedded is StartEmbedded with all there is to say.
func OpenEmbedded(ctx context.Context, cfg EmbeddedConfig) (*Embedded, error) {
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Linger == 0 {
		cfg.Linger = defaultLinger
	}
	var err error
	if cfg.DataDir, err = openDataDir(cfg.DataDir); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	conn, r, state, err := join(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	e := &Embedded{cfg: cfg, url: state.URL, conn: conn, cancel: cancel, done: make(chan struct{})}
	go e.hold(life, r)
	return e, nil
}

// openDataDir makes the directory and returns its real path, so that all who name it mean the same.
func openDataDir(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711 // PostgreSQL, another user then, passes through
	}
	if err := os.MkdirAll(name, mode); err != nil {
		return "", fmt.Errorf("make the data directory: %w; choose another with --data", err)
	}
	if name, err = filepath.EvalSymlinks(name); err != nil {
		return "", err
	}
	if _, err := accountFor(name); err != nil {
		return "", err
	}
	if err := syscall.Access(name, 2|1); err != nil {
		return "", fmt.Errorf("write in the data directory %s: %w; choose another with --data", name, err)
	}
	return name, nil
}

// URL returns the address for [Open]. It stays the same while this hold lives.
func (e *Embedded) URL() string { return e.url }

// Close lets go of the server, which stops some time after its last client is gone.
func (e *Embedded) Close() error {
	e.cancel()
	e.mu.Lock()
	e.closed = true
	err := e.conn.Close()
	e.mu.Unlock()
	<-e.done
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// hold waits for the end of the supervisor and then joins or starts another, until Close.
func (e *Embedded) hold(ctx context.Context, r *bufio.Reader) {
	defer close(e.done)
	for {
		_, _ = io.Copy(io.Discard, r)
		if ctx.Err() != nil {
			return
		}
		e.cfg.Log.Warn("PostgreSQL's supervisor is gone; starting another", "data", e.cfg.DataDir)
		conn, next, err := e.rejoin(ctx)
		if err != nil {
			return
		}
		e.mu.Lock()
		if e.closed {
			e.mu.Unlock()
			conn.Close()
			return
		}
		e.conn.Close()
		e.conn, r = conn, next
		e.mu.Unlock()
		e.cfg.Log.Info("PostgreSQL is back", "data", e.cfg.DataDir)
	}
}

// rejoin tries until it succeeds or ctx ends.
func (e *Embedded) rejoin(ctx context.Context) (net.Conn, *bufio.Reader, error) {
	for failures := 1; ; failures++ {
		conn, r, state, err := join(ctx, e.cfg)
		if err == nil && state.URL != e.url {
			conn.Close()
			err = fmt.Errorf("it serves at another address now (%s); restart this program", state.URL)
		}
		if err == nil {
			return conn, r, nil
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		e.cfg.Log.Error("cannot start PostgreSQL; trying again", "data", e.cfg.DataDir, "error", err)
		if err := pause(ctx, failures, firstRestartPause, maxRestartPause); err != nil {
			return nil, nil, err
		}
	}
}
