package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// measureStart prints how long the program takes from its start to the first 200: the very first time (unpacking PostgreSQL and
// making its data directory), with a data directory but no PostgreSQL running, and with PostgreSQL still running.
func measureStart(ctx context.Context, l *lab, _ config) error {
	dir, err := os.MkdirTemp(l.dir, "start-")
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	addr, err := freeAddr(ctx)
	if err != nil {
		return err
	}
	start := func() (*exec.Cmd, time.Duration, error) {
		server := exec.Command(filepath.Join(l.dir, "sayrud"), "serve", "--data", data, "--http", addr)
		server.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "SAYRUD_LOG_LEVEL=error")
		began := time.Now()
		if err := server.Start(); err != nil {
			return nil, 0, err
		}
		if err := waitFor(ctx, "http://"+addr+"/readyz"); err != nil {
			return nil, 0, errors.Join(err, server.Process.Kill(), server.Wait())
		}
		return server, time.Since(began), nil
	}
	fmt.Println("start to the first 200")
	for _, kind := range []string{"first start ever", "existing data, PostgreSQL stopped", "existing data, PostgreSQL running"} {
		if kind == "existing data, PostgreSQL stopped" {
			if err := waitGone(ctx, filepath.Join(data, "postgres", "postmaster.pid")); err != nil {
				return err
			}
		}
		server, took, err := start()
		if err != nil {
			return err
		}
		fmt.Printf("  %-36s %6.2f s   resident memory %.0f MB\n", kind, took.Seconds(), residentMB(server.Process.Pid))
		if err := server.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		_ = server.Wait()
	}
	fmt.Println()
	return nil
}

// waitGone waits until a file is gone: PostgreSQL's lock file, after its last user left.
func waitGone(ctx context.Context, file string) error {
	for ctx.Err() == nil {
		if _, err := os.Stat(file); os.IsNotExist(err) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ctx.Err()
}
