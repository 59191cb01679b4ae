package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// programs are those of Debian's PostgreSQL 15, the oldest that Sayrud works with.
const programs = "/usr/lib/postgresql/15/bin/"

// A cluster is a PostgreSQL 15 of the user's own, on TCP with passwords. Sayrud may use one database of it, as a role that owns this
// database and may make roles, and is no superuser.
type cluster struct {
	t    *testing.T
	dir  string
	addr string
	log  *lockedBuffer

	server *os.Process
	ended  chan struct{} // closed when it has ended
}

// newCluster makes a cluster and starts it.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, dir: filepath.Join(ordinaryHome(t), "cluster"), addr: freeAddress(t), log: &lockedBuffer{}}
	password := filepath.Join(filepath.Dir(c.dir), "password")
	if err := os.WriteFile(password, []byte("super"), 0o644); err != nil {
		t.Fatal(err)
	}
	c.do("initdb", "--auth=scram-sha-256", "--username=super", "--pwfile="+password, "--no-sync", "--no-locale", "--encoding=UTF8", c.dir)
	c.start()
	t.Cleanup(func() { c.stop(syscall.SIGQUIT) })
	c.super(`CREATE ROLE app LOGIN CREATEROLE PASSWORD 'secret'`)
	c.super(`CREATE DATABASE app OWNER app`)
	return c
}

// do runs a program of PostgreSQL to its end.
func (c *cluster) do(program string, args ...string) {
	c.t.Helper()
	command := exec.CommandContext(c.t.Context(), programs+program, args...)
	command.SysProcAttr = ordinaryUser()
	if out, err := command.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// start starts the server and waits until it takes connections.
func (c *cluster) start() {
	c.t.Helper()
	port := c.addr[strings.LastIndexByte(c.addr, ':')+1:]
	command := exec.Command(programs+"postgres", "-D", c.dir, "-p", port, "-h", "127.0.0.1", "-k", "", "-c", "fsync=off")
	command.SysProcAttr = ordinaryUser()
	command.Stdout, command.Stderr = c.log, c.log
	if err := command.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := make(chan struct{})
	c.server, c.ended = command.Process, ended
	go func() {
		_ = command.Wait() // it ends by a signal
		close(ended)
	}()
	for exec.Command(programs+"pg_isready", "-q", "-h", "127.0.0.1", "-p", port).Run() != nil {
		select {
		case <-ended:
			c.t.Fatalf("PostgreSQL ended:\n%s", c.log)
		default:
		}
	}
}

// stop ends the server: SIGINT as its operator would, SIGQUIT at once (PostgreSQL manual, 19.5).
func (c *cluster) stop(sig syscall.Signal) {
	_ = c.server.Signal(sig) // it may have ended already
	<-c.ended
}

// super runs SQL as the superuser.
func (c *cluster) super(sql string) {
	c.t.Helper()
	command := exec.CommandContext(c.t.Context(), programs+"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, "postgres://super:super@"+c.addr+"/postgres")
	if out, err := command.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", sql, err, bytes.TrimSpace(out))
	}
}

// url is what --database-url takes.
func (c *cluster) url() string { return "postgres://app:secret@" + c.addr + "/app" }

// installOn makes an installation on a database of the user's own.
func installOn(t *testing.T, c *cluster) *installation {
	t.Helper()
	in := install(t)
	in.env = append(os.Environ(), "SAYRUD_DATABASE_URL="+c.url())
	return in
}
