package pg

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// peerTimeoutMillis is how long sent data may stay unacknowledged before a connection is given up (TCP_USER_TIMEOUT,
// tcp(7)).
const peerTimeoutMillis = 30_000

// controlSocket sets what net.Dialer has no field for.
func controlSocket(network, _ string, c syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	return c.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, peerTimeoutMillis)
	})
}

// runAs makes cmd start as the account, in a session of its own, and signalled when the thread that started it ends
// (PR_SET_PDEATHSIG(2const)), which with a locked thread means our process. Where the account could not pass through
// a directory of root's on the way to one of dirs, it gets the capability to (CAP_DAC_READ_SEARCH, capabilities(7)).
// The program itself must be where the account may go: PostgreSQL asks access(2), which counts no capability.
func (a account) runAs(cmd *exec.Cmd, death syscall.Signal, dirs ...string) error {
	attr := &syscall.SysProcAttr{Setsid: true, Pdeathsig: death}
	cmd.SysProcAttr = attr
	if !a.switched {
		return nil
	}
	attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	if bin := filepath.Dir(cmd.Path); !a.canEnter(bin) {
		return a.barred(bin)
	}
	dirs = slices.DeleteFunc(dirs, a.canEnter)
	if len(dirs) == 0 {
		return nil
	}
	if !permitted(unix.CAP_DAC_READ_SEARCH) {
		return a.barred(dirs[0])
	}
	attr.AmbientCaps = []uintptr{unix.CAP_DAC_READ_SEARCH}
	return nil
}

func (a account) barred(dir string) error {
	return fmt.Errorf("PostgreSQL runs as user %s, who may not enter %s; choose a directory that others may enter, or run this command as an ordinary user", userName(a.uid), dir)
}

func permitted(capability uint) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return false
	}
	return data[capability/32].Permitted&(1<<(capability%32)) != 0
}

// peerUID returns the user at the other end of a Unix socket (SO_PEERCRED, unix(7)).
func peerUID(c syscall.RawConn) (uid int, err error) {
	var cred *unix.Ucred
	if cerr := c.Control(func(fd uintptr) { cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); cerr != nil {
		return 0, cerr
	}
	if err != nil {
		return 0, err
	}
	return int(cred.Uid), nil
}

// postgresOf returns the processes of a server on pgdata. Each works in that directory; where /proc does not tell us,
// the server's first process names it in its arguments.
func postgresOf(pgdata string) []int {
	home, err := os.Stat(pgdata)
	if err != nil {
		return nil
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		proc := filepath.Join("/proc", e.Name())
		comm, err := os.ReadFile(proc + "/comm")
		if err != nil || string(bytes.TrimSpace(comm)) != "postgres" || ended(proc) {
			continue
		}
		if cwd, err := os.Stat(proc + "/cwd"); err == nil {
			if os.SameFile(cwd, home) {
				pids = append(pids, pid)
			}
			continue
		}
		args, _ := os.ReadFile(proc + "/cmdline")
		if slices.ContainsFunc(bytes.Split(args, []byte{0}), func(arg []byte) bool { return string(arg) == pgdata }) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// ended reports a zombie: dead, but not yet waited for (proc_pid_stat(5)).
func ended(proc string) bool {
	stat, err := os.ReadFile(proc + "/stat")
	if err != nil {
		return true
	}
	i := bytes.LastIndexByte(stat, ')')
	return i < 0 || i+2 >= len(stat) || stat[i+2] == 'Z' || stat[i+2] == 'X'
}

// sameExecutable returns a path that starts the program we are, even when its file was replaced or removed.
func sameExecutable() (string, error) {
	const self = "/proc/self/exe"
	if name, err := os.Executable(); err == nil && sameFile(self, name) {
		return name, nil
	}
	return self, nil
}

func sameFile(one, other string) bool {
	a, err1 := os.Stat(one)
	b, err2 := os.Stat(other)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// closeInherited closes descriptors that whoever started us left open by mistake, such as a lock of a shell: we
// outlive them. Our own are all marked to be closed on exec.
func closeInherited() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd < 3 {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			_ = unix.Close(fd)
		}
	}
}

// runsPrograms reports whether the file system of dir is mounted without noexec (statfs(2)).
func runsPrograms(dir string) bool {
	var st unix.Statfs_t
	return unix.Statfs(dir, &st) != nil || st.Flags&unix.ST_NOEXEC == 0
}
