package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/change"
	"github.com/sayrud/sayrud/engine/mounted"
	"github.com/sayrud/sayrud/engine/tree"
	"github.com/sayrud/sayrud/fusemount"
)

type mountCommand struct {
	Directory  string `arg:"" name:"directory" help:"Where; an empty directory." type:"path"`
	Project    string `help:"Show the tables of this project; without it, one directory a project." placeholder:"NAME"`
	As         string `help:"Read and write as this administrator; without it, as the operator, who may do everything." placeholder:"EMAIL"`
	Hidden     bool   `help:"Show hidden fields, too."`
	ReadOnly   bool   `help:"Refuse every write."`
	AllowOther bool   `help:"Let other users in (an ordinary user needs user_allow_other in /etc/fuse.conf)."`
	UID        int64  `name:"uid" help:"Owner of everything; the user who mounts." default:"-1"`
	GID        int64  `name:"gid" help:"Group of everything; that of the user who mounts." default:"-1"`
	Umask      string `help:"Permissions that files (0666) and directories (0777) do not have, octal." default:"077"`
	Background bool   `short:"d" help:"Go to the background once it is mounted."`
	LogFile    string `help:"File of the log, in the background." type:"path" placeholder:"FILE"`
}

// Run mounts, serves until somebody unmounts or ctx ends, and unmounts.
func (c *mountCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	if c.Background && !isBackground() {
		return c.detach(ctx)
	}
	ready := readyPipe()
	err := c.serve(ctx, t, g, ready)
	ready.tell(err)
	return err
}

func (c *mountCommand) serve(ctx context.Context, t terminal, g *Globals, ready *readiness) (err error) {
	umask, err := strconv.ParseUint(c.Umask, 8, 32)
	if err != nil || umask > 0o777 {
		return usagef("--umask %s is no octal number of three digits, such as 022", c.Umask)
	}
	log := g.logger(t.Err)
	in, err := g.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := g.openFiles(ctx, in, log); err != nil {
		return err
	}
	if c.Project != "" {
		if _, err := projectOf(in.catalog, c.Project); err != nil {
			return err
		}
	}
	who := &mounter{auth: auth.New(in.db), email: c.As}
	if err := who.refresh(ctx); err != nil {
		return err
	}
	feed := change.New(in.db, log)
	in.records.OnChange(feed.Changed)
	config := fusemount.Config{
		Project: c.Project, Log: log, UID: idOr(c.UID, os.Geteuid()), GID: idOr(c.GID, os.Getegid()), Umask: uint32(umask), ReadOnly: c.ReadOnly, AllowOther: c.AllowOther,
		Tree: tree.New(tree.Config{
			DB: in.db, Schema: in.catalog.Schema, Views: in.catalog.SavedViews, Records: in.records, Scripts: in.scripts, Files: in.files, Changes: feed, Auth: who.auth, Log: log,
			Principal: who.principal, Hidden: c.Hidden,
		}),
	}
	p := who.principal()
	live, err := mounted.Open(ctx, in.db, log, mounted.Mount{
		Project: c.Project, Directory: c.Directory, Kind: string(p.Kind), Actor: p.Actor(), ReadOnly: c.ReadOnly, Version: version,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, live.Close()) }()
	mount, err := fusemount.Open(context.WithoutCancel(ctx), c.Directory, config)
	if err != nil {
		return err
	}
	ready.tell(nil)
	log.Info("mounted", "directory", c.Directory, "project", c.Project)
	group, working := errgroup.WithContext(ctx)
	for _, follow := range []func(context.Context) error{in.catalog.Run, feed.Run, who.follow, live.Run} {
		group.Go(func() error { return ignoreCanceled(follow(working)) })
	}
	group.Go(func() error { return c.watch(working, mount, log) })
	if err := group.Wait(); !errors.Is(err, errUnmounted) {
		return err
	}
	return nil
}

// errUnmounted ends the work behind a mount that is gone.
var errUnmounted = errors.New("unmounted")

// endTime is how long open files may hold up the end.
const endTime = 5 * time.Second

// watch waits for the end of the mount, and unmounts when ctx ends.
func (c *mountCommand) watch(ctx context.Context, mount *fusemount.Mount, log *slog.Logger) error {
	select {
	case <-mount.Served():
		log.Info("somebody unmounted the directory", "directory", c.Directory)
		return errUnmounted
	case <-ctx.Done():
	}
	if err := mount.Close(); err != nil {
		return err
	}
	select {
	case <-mount.Served():
		log.Info("unmounted", "directory", c.Directory)
	case <-time.After(endTime):
		log.Warn("files were still open when the mount ended", "directory", c.Directory)
	}
	return nil
}

func idOr(asked int64, own int) uint32 {
	if asked < 0 {
		return uint32(own)
	}
	return uint32(asked)
}

// A mounter is whoever the mount acts as. Roles that are taken away count within seconds.
type mounter struct {
	auth    *auth.Auth
	email   string // "" is the operator
	current atomic.Pointer[auth.Principal]
}

func (m *mounter) principal() *auth.Principal { return m.current.Load() }

func (m *mounter) refresh(ctx context.Context) error {
	if m.email == "" {
		m.current.Store(auth.Operator())
		return nil
	}
	admin, err := m.auth.AdministratorByEmail(ctx, m.email)
	if err != nil {
		return fmt.Errorf("--as %s: %w", m.email, err)
	}
	p := admin.Principal()
	if p == nil {
		m.current.Store(nil)
		return fmt.Errorf("--as %s: this administrator is disabled", m.email)
	}
	m.current.Store(p)
	return nil
}

// refreshEvery is how soon a changed role counts.
const refreshEvery = 2 * time.Second

// follow reads the roles again and again until ctx ends, and gives ctx's error. While they cannot be read the last ones count.
func (m *mounter) follow(ctx context.Context) error {
	ticker := time.NewTicker(refreshEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			_ = m.refresh(ctx) // a principal that is gone is stored as such
		}
	}
}

type umountCommand struct {
	Directory string `arg:"" name:"directory" help:"Where the mount is." type:"path"`
	Lazy      bool   `help:"Detach it also while files are open there."`
}

// Run unmounts.
func (c *umountCommand) Run() error {
	return fusemount.Unmount(filepath.Clean(c.Directory), c.Lazy)
}
