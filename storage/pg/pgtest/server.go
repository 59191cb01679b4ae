package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func serverURL() (string, error) {
	if u := os.Getenv("SAYRUD_TEST_DATABASE_URL"); u != "" {
		return u, nil
	}
	const bin, dir = "/usr/lib/postgresql/15/bin/", "/tmp/sayrud-pgtest-15"
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	run := func(name string, args ...string) error {
		cmd := exec.Command(bin+name, args...)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}, Setsid: true}
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	if _, err := os.Stat(dir + "/PG_VERSION"); err != nil {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", err
		}
		if err := os.Chown(dir, 65534, 65534); err != nil {
			return "", err
		}
		if err := run("initdb", "-D", dir, "-U", "sayrud", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
			return "", err
		}
	}
	if run("pg_ctl", "-D", dir, "status") != nil {
		opts := "-c listen_addresses='' -c unix_socket_directories=" + dir + " -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=500 -c max_locks_per_transaction=256 -c jit=off"
		if err := run("pg_ctl", "-D", dir, "-w", "-l", dir+"/log", "-o", opts, "start"); err != nil {
			return "", err
		}
	}
	return "postgres://sayrud@/postgres?host=" + dir, nil
}
