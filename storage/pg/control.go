//go:build unix

package pg

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// The control protocol: lines of JSON, unknown keys ignored. On connecting the supervisor sends a greeting; once
// PostgreSQL serves, or cannot, an answer. The connection then stays open and silent: while it lives, the client
// holds the server. Later versions may add keys but not change these, so programs of different versions share a
// supervisor.

// protocolVersion counts the additions.
const protocolVersion = 1

type greeting struct {
	Sayrud   string `json:"sayrud"` // always "supervisor"
	Protocol int    `json:"protocol"`
	PID      int    `json:"pid"`
}

type answer struct {
	URL   string `json:"url,omitempty"`
	Error string `json:"error,omitempty"`
	// Postgres is the server's major version.
	Postgres int `json:"postgres,omitempty"`
}

// controlTimeout bounds the steps that need no PostgreSQL.
const controlTimeout = 5 * time.Second

// errNobody says that no supervisor answers.
var errNobody = errors.New("no supervisor answers")

func send(conn net.Conn, message any) error {
	line, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_ = conn.SetWriteDeadline(time.Now().Add(controlTimeout))
	_, err = conn.Write(append(line, '\n'))
	return err
}

// dialControl connects to the supervisor of a data directory and reads its greeting: errNobody when there is none.
func dialControl(ctx context.Context, dataDir string) (net.Conn, *bufio.Reader, *greeting, error) {
	dir, err := socketDir(dataDir)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", errNobody, err)
	}
	conn, err := (&net.Dialer{Timeout: controlTimeout}).DialContext(ctx, "unix", dir+"/"+controlName)
	if err != nil {
		if errors.Is(err, syscall.EACCES) {
			return nil, nil, nil, err
		}
		return nil, nil, nil, fmt.Errorf("%w: %w", errNobody, err)
	}
	if err := checkPeer(conn, dataDir); err != nil {
		conn.Close()
		return nil, nil, nil, err
	}
	r := bufio.NewReader(conn)
	var g greeting
	_ = conn.SetReadDeadline(time.Now().Add(controlTimeout))
	if err := receive(r, &g); err != nil || g.Sayrud != "supervisor" {
		conn.Close()
		return nil, nil, nil, fmt.Errorf("%w: %w", errNobody, errors.Join(err, errors.New("no greeting")))
	}
	_ = conn.SetReadDeadline(time.Time{})
	return conn, r, &g, nil
}

func receive(r *bufio.Reader, message any) error {
	line, err := r.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, message)
}

// checkPeer refuses a supervisor of a stranger: only root, the owner of the data directory and we may run it.
func checkPeer(conn net.Conn, dataDir string) error {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return err
	}
	uid, err := peerUID(raw)
	if err != nil {
		return err
	}
	if uid == 0 || uid == os.Geteuid() {
		return nil
	}
	if owner, err := accountFor(dataDir); err == nil && owner.uid == uid {
		return nil
	}
	return fmt.Errorf("the supervisor of %s runs as user %s, who has no business there; end it", dataDir, userName(uid))
}
