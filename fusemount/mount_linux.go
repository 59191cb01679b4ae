package fusemount

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// A Mount is a mounted directory. Close unmounts it.
type Mount struct {
	dir    string
	server *fuse.Server
	log    *slog.Logger
	served chan struct{}
}

// Open mounts the tables on dir, an empty or any other directory, and serves them until Close or until somebody unmounts it. What a
// killed process left there is unmounted first.
func Open(ctx context.Context, dir string, cfg Config) (*Mount, error) {
	if err := ready(dir); err != nil {
		return nil, err
	}
	options := &fuse.MountOptions{
		Name: "sayrud", FsName: "sayrud", MaxWrite: 1 << 20, AllowOther: cfg.AllowOther, DirectMount: os.Geteuid() == 0,
		Options: []string{"default_permissions"}, Logger: slog.NewLogLogger(cfg.Log.Handler(), slog.LevelWarn), DirectMountFlags: unix.MS_NOSUID | unix.MS_NODEV,
		IgnoreSecurityLabels: true,
		ExtraCapabilities:    fuse.CAP_ATOMIC_O_TRUNC | fuse.CAP_READDIRPLUS_AUTO | fuse.CAP_DIRECT_IO_ALLOW_MMAP,
	}
	if cfg.ReadOnly {
		options.DirectMountFlags |= unix.MS_RDONLY
		if !options.DirectMount {
			options.Options = append(options.Options, "ro")
		}
	}
	server, err := fuse.NewServer(newFileSystem(ctx, cfg), dir, options)
	if err != nil {
		return nil, fmt.Errorf("mount %s: %w", dir, err)
	}
	m := &Mount{dir: dir, server: server, log: cfg.Log, served: make(chan struct{})}
	go func() {
		defer close(m.served)
		server.Serve()
	}()
	if err := server.WaitMount(); err != nil {
		return nil, errors.Join(fmt.Errorf("mount %s: %w", dir, err), m.Close())
	}
	return m, nil
}

// Served is closed when the directory is no longer mounted, whoever unmounted it.
func (m *Mount) Served() <-chan struct{} { return m.served }

// Close unmounts. Where files are still open, the directory is detached at once and the mount ends with the last of them.
func (m *Mount) Close() error {
	select {
	case <-m.served:
		return nil
	default:
	}
	if err := Unmount(m.dir, false); err != nil {
		m.log.Warn("the mount is in use; it is detached and ends when its files are closed", "directory", m.dir)
		if err := Unmount(m.dir, true); err != nil {
			return err
		}
	}
	return nil
}
