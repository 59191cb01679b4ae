package mounted

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/storage/pg"
)

const (
	heartbeat = 5 * time.Second
	patience  = 30 * time.Second // selectMounts and deleteDead say the same
)

// A Mount is one that is live.
type Mount struct {
	Project   string    `json:"project"` // "" is all projects
	Directory string    `json:"directory"`
	Host      string    `json:"host"`
	PID       int       `json:"pid"`
	Kind      string    `json:"kind"`  // of the principal it acts as
	Actor     string    `json:"actor"` // that principal
	ReadOnly  bool      `json:"read_only"`
	Version   string    `json:"version"`
	BeganAt   time.Time `json:"began_at"`
	SeenAt    time.Time `json:"seen_at"`
}

const (
	upsertMount = `
INSERT INTO public.sl_mounts (id, project, directory, host, pid, kind, actor, read_only, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET seen_at = now()`
	deleteMount = `
DELETE FROM public.sl_mounts
WHERE id = $1`
	deleteDead = `
DELETE FROM public.sl_mounts
WHERE seen_at < now() - interval '30 seconds'`
	selectMounts = `
SELECT project, directory, host, pid, kind, actor, read_only, version, began_at, seen_at
FROM public.sl_mounts
WHERE seen_at > now() - interval '30 seconds'
ORDER BY host, directory, began_at`
	selectProjects = `
SELECT DISTINCT project
FROM public.sl_mounts
WHERE seen_at > now() - interval '30 seconds'`
)

// A Live is the row of a mount of this process.
type Live struct {
	db    *pg.DB
	log   *slog.Logger
	id    string
	mount Mount
}

// Open makes the row; it fills Host and PID. Run keeps it alive, Close takes it away.
func Open(ctx context.Context, db *pg.DB, log *slog.Logger, m Mount) (*Live, error) {
	m.PID = os.Getpid()
	var err error
	if m.Host, err = os.Hostname(); err != nil {
		return nil, fmt.Errorf("read the name of this machine: %w", err)
	}
	l := &Live{db: db, log: log, id: rand.Text(), mount: m}
	return l, l.beat(ctx)
}

// beat says that the mount is live, and makes its row anew where somebody took it for dead.
func (l *Live) beat(ctx context.Context) error {
	m := &l.mount
	_, err := l.db.Pool().Exec(ctx, upsertMount, l.id, m.Project, m.Directory, m.Host, m.PID, m.Kind, m.Actor, m.ReadOnly, m.Version)
	if err != nil {
		return fmt.Errorf("note a live mount: %w", err)
	}
	return nil
}

// Run beats until ctx ends, and gives ctx's error.
func (l *Live) Run(ctx context.Context) error {
	for failed := false; ; {
		if err := pg.Pause(ctx, heartbeat); err != nil {
			return err
		}
		err := l.beat(ctx)
		if err == nil {
			_, err = l.db.Pool().Exec(ctx, deleteDead)
		}
		if err != nil && !failed && ctx.Err() == nil {
			l.log.Warn("the heartbeat of the mount cannot be written", "error", err)
		}
		failed = err != nil
	}
}

// Close takes the row away.
func (l *Live) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), heartbeat)
	defer cancel()
	if _, err := l.db.Pool().Exec(ctx, deleteMount, l.id); err != nil && !pg.IsUnavailable(err) && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("forget a mount: %w", err)
	}
	return nil
}

// List gives the live mounts of all machines.
func List(ctx context.Context, db *pg.DB) ([]Mount, error) {
	rows, err := db.Pool().Query(ctx, selectMounts)
	if err != nil {
		return nil, fmt.Errorf("list mounts: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Mount])
	if err != nil {
		return nil, fmt.Errorf("list mounts: %w", err)
	}
	for i := range list {
		list[i].BeganAt, list[i].SeenAt = list[i].BeganAt.UTC(), list[i].SeenAt.UTC()
	}
	return list, nil
}

// Projects gives the names of the projects that are mounted somewhere; "" among them is all.
func Projects(ctx context.Context, db *pg.DB) (map[string]bool, error) {
	rows, err := db.Pool().Query(ctx, selectProjects)
	if err != nil {
		return nil, fmt.Errorf("list mounted projects: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list mounted projects: %w", err)
	}
	projects := make(map[string]bool, len(names))
	for _, name := range names {
		projects[name] = true
	}
	return projects, nil
}
