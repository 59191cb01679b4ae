//go:build unix && !linux

package pg

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// controlSocket has nothing to set here.
func controlSocket(string, string, syscall.RawConn) error { return nil }

// runAs makes cmd start as the account, in a session of its own.
func (a account) runAs(cmd *exec.Cmd, _ syscall.Signal, _ ...string) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return nil
}

// peerUID cannot tell here; the directory of the socket is private.
func peerUID(syscall.RawConn) (int, error) { return os.Geteuid(), nil }

// postgresOf returns the server's first process, if postmaster.pid still names it.
func postgresOf(pgdata string) []int {
	text, err := os.ReadFile(filepath.Join(pgdata, "postmaster.pid"))
	if err != nil {
		return nil
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return nil
	}
	args, err := exec.Command("ps", "-p", strconv.Itoa(pid), "-o", "args=").Output()
	if err != nil || !strings.Contains(string(args), pgdata) {
		return nil
	}
	return []int{pid}
}

// sameExecutable returns the path of the program we are.
func sameExecutable() (string, error) { return os.Executable() }

// closeInherited has no list of descriptors to go by here.
func closeInherited() {}

// runsPrograms cannot tell here; the start will.
func runsPrograms(string) bool { return true }
