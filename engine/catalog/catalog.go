package catalog

import (
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/storage/pg"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations gives the files that make every table of ours, for pg.Migrate.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}

// Config is what a Catalog can be told. The zero value is ready.
type Config struct {
	Log *slog.Logger // nil: slog.Default()

	// Check refuses what this package knows nothing of, such as the settings of middlewares. It gets the part of a project that a
	// change touches. nil refuses nothing.
	Check func(*engine.Project) engine.Problems

	// Secrets gets the secrets of every project, and its key seals new ones. MapSecrets finds secrets in a step, as
	// middleware.MapSecrets does. Both or none: without them there are no secrets.
	Secrets    *secret.Set
	MapSecrets func(step engine.Step, change func(use string, path []string, v raw.Value) raw.Value) engine.Step
}

// A Catalog is the definitions of one database. It is safe for concurrent use.
type Catalog struct {
	db         *pg.DB
	log        *slog.Logger
	server     string // a random name of this process
	check      func(*engine.Project) engine.Problems
	secrets    *secret.Set
	mapSecrets func(engine.Step, func(use string, path []string, v raw.Value) raw.Value) engine.Step // nil: there are no secrets
	schema     atomic.Pointer[engine.Schema]
	wake       chan struct{} // background work may be waiting
	runs       atomic.Int32  // calls of Run under way

	publishing sync.Mutex // guards the swap of schema and the order of its listeners
	listeners  []func(*engine.Schema)
	loading    sync.Mutex // one reload at a time
}

// Open migrates the database and loads its definitions.
func Open(ctx context.Context, db *pg.DB, cfg Config) (*Catalog, error) {
	c := &Catalog{db: db, log: cfg.Log, server: rand.Text(), check: cfg.Check, secrets: cfg.Secrets, wake: make(chan struct{}, 1)}
	if c.log == nil {
		c.log = slog.Default()
	}
	if c.check == nil {
		c.check = func(*engine.Project) engine.Problems { return nil }
	}
	if c.secrets != nil {
		c.mapSecrets = cfg.MapSecrets
	}
	if err := pg.Migrate(ctx, db, Migrations()); err != nil {
		return nil, err
	}
	err := c.snapshot(ctx, func(q querier) error {
		projects, err := loadAll(ctx, q)
		c.schema.Store(&engine.Schema{Projects: projects})
		if err != nil {
			return err
		}
		return c.loadAllSecrets(ctx, q)
	})
	if err != nil {
		return nil, fmt.Errorf("load definitions: %w", err)
	}
	return c, nil
}

// Schema gives the present definitions.
func (c *Catalog) Schema() *engine.Schema { return c.schema.Load() }

// OnChange calls fn with the present Schema and then with each new one, in order, before Schema gives it: whoever finds a
// revision there finds it in force everywhere in this process. fn holds up the change; it must not change definitions itself.
func (c *Catalog) OnChange(fn func(*engine.Schema)) {
	c.publishing.Lock()
	defer c.publishing.Unlock()
	c.listeners = append(c.listeners, fn)
	fn(c.schema.Load())
}

// publish makes p the present definition of its project, unless a newer one is known. A nil p removes the project.
func (c *Catalog) publish(name string, p *engine.Project) {
	c.publishing.Lock()
	defer c.publishing.Unlock()
	present := c.schema.Load()
	known := present.Project(name)
	if p == nil && known != nil && c.secrets != nil {
		c.secrets.Remove(known.ID)
	}
	if p == nil && known == nil || p != nil && known != nil && known.ID >= p.ID && (known.ID > p.ID || known.Revision >= p.Revision) {
		return
	}
	next := &engine.Schema{Projects: maps.Clone(present.Projects)}
	if p == nil {
		delete(next.Projects, name)
	} else {
		next.Projects[name] = p
	}
	for _, fn := range c.listeners {
		fn(next)
	}
	c.schema.Store(next)
}

// stir tells the background that there may be work.
func (c *Catalog) stir() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}
