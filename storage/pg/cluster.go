//go:build unix

package pg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	// superuser is the role that owns the cluster, database the one that everything is in.
	superuser = "sayrud"
	database  = "sayrud"

	newClusterPrefix = "postgres.new-"
	// newClusterBytes is what a fresh cluster needs, with room to work.
	newClusterBytes = 128 << 20
)

// cluster is PostgreSQL's part of a data directory: its data below postgres/, its log, its lock. The user that owns
// the data runs the server.
type cluster struct {
	dataDir  string
	account  account
	programs programs
}

func (c *cluster) pgdata() string { return filepath.Join(c.dataDir, "postgres") }

// major returns the version that made the data, 0 when there is none.
func (c *cluster) major() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.pgdata(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(c.pgdata()); err == nil {
			return 0, fmt.Errorf("%s is no PostgreSQL data directory: PG_VERSION is missing; move it away, or choose another directory with --data", c.pgdata())
		}
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", filepath.Join(c.pgdata(), "PG_VERSION"), err)
	}
	return major, nil
}

// prepare finds the programs and makes the data if there is none. The caller holds the data directory's lock.
func (c *cluster) prepare(ctx context.Context) error {
	major, err := c.major()
	if err != nil {
		return err
	}
	if c.programs, err = findPrograms(ctx, c.cacheDir(), major); err != nil {
		return err
	}
	if major != 0 {
		return c.account.check(c.pgdata())
	}
	clearRemains(c.dataDir, newClusterPrefix)
	return c.create(ctx)
}

// cacheDir is where programs are unpacked: the user's cache. Where that is closed to the user who runs the server, as
// root's is, or runs no programs, or there is none, it is the machine's cache, else a place in the data directory.
func (c *cluster) cacheDir() string {
	last := filepath.Join(c.dataDir, "cache")
	dirs := []string{"/var/cache/sayrud", last}
	if dir, err := os.UserCacheDir(); err == nil {
		dirs = append([]string{filepath.Join(dir, "sayrud")}, dirs...)
	}
	for _, dir := range dirs {
		if mkdirReadable(dir) == nil && syscall.Access(dir, 2|1) == nil && runsPrograms(dir) && (!c.account.switched || c.account.canEnter(dir)) {
			return dir
		}
	}
	return last
}

// create runs initdb aside and moves the finished cluster into place, so that an interruption leaves none.
func (c *cluster) create(ctx context.Context) error {
	if err := c.enoughSpace(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(c.dataDir, newClusterPrefix)
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := c.account.own(dir); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	if err := c.initdb(ctx, dir); err != nil {
		return err
	}
	if err := appendFile(filepath.Join(dir, "postgresql.conf"), initialSettings); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	if err := os.Rename(dir, c.pgdata()); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return syncDir(c.dataDir)
}

func (c *cluster) enoughSpace() error {
	var st syscall.Statfs_t
	known := syscall.Statfs(c.dataDir, &st) == nil // else initdb will tell
	//nolint:unconvert // Bavail is signed on some systems
	if free := uint64(st.Bavail) * uint64(st.Bsize); known && free < newClusterBytes {
		return fmt.Errorf("make the database: only %d MB are free at %s, but %d are needed; free some space, or choose another directory with --data", free>>20, c.dataDir, newClusterBytes>>20)
	}
	return nil
}

// initdb makes a cluster in dir whose texts compare by code point.
func (c *cluster) initdb(ctx context.Context, dir string) error {
	var out []byte
	var failure error
	for _, locale := range c.locales() {
		args := []string{"-D", dir, "--username=" + superuser, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--data-checksums", "--no-instructions"}
		cmd := exec.CommandContext(ctx, filepath.Join(c.programs.bin, "initdb"), append(args, locale...)...)
		cmd.Dir, cmd.Env = "/", serverEnvironment(dir)
		if err := c.account.runAs(cmd, syscall.SIGKILL, dir); err != nil {
			return err
		}
		if out, failure = cmd.CombinedOutput(); failure == nil || ctx.Err() != nil {
			return failure
		}
	}
	if text := lastLines(string(out), 3); text != "" {
		return fmt.Errorf("make the database: initdb: %w: %s", failure, text)
	}
	return fmt.Errorf("make the database: initdb: %w", c.account.explain(failure))
}

// locales returns initdb's options, best first. Before version 17 the C library compares; its C is by code point, but
// only C.UTF-8 knows letters beyond ASCII.
func (c *cluster) locales() [][]string {
	if c.programs.major >= 17 {
		return [][]string{{"--locale-provider=builtin", "--builtin-locale=C.UTF-8"}}
	}
	return [][]string{
		{"--locale=C", "--lc-ctype=C.UTF-8"},
		{"--locale=C", "--lc-ctype=C.utf8"},
		{"--locale=C", "--lc-ctype=UTF-8"},
		{"--locale=C"},
	}
}

func appendFile(name, text string) error {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// lastLines returns the last n lines of a program's output in one line.
func lastLines(out string, n int) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "; ")
}
