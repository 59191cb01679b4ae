package catalog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/secret"
	"github.com/sayrud/sayrud/storage/pg"
)

const (
	idleInterval  = 30 * time.Second       // how often the background looks without being told
	retryInterval = 200 * time.Millisecond // how soon it tries again what somebody held
	retryAtMost   = time.Second            // how soon, when it is held for long: each try holds up others for a moment
	followFor     = 500 * time.Millisecond // how long a change itself waits for its views where no background runs
	settleFor     = 10 * time.Second       // how long Settle waits for readers who hold a view
	settleTries   = 5                      // how often it looks again after an error
)

// Run does what follows changes until ctx ends, and gives ctx's error: it listens for changes of other servers, brings views up to
// date, builds indexes, purges.
func (c *Catalog) Run(ctx context.Context) error {
	c.runs.Add(1)
	defer c.runs.Add(-1)
	g, ctx := errgroup.WithContext(ctx)
	build := make(chan struct{}, 1)
	g.Go(func() error { return c.listen(ctx) })
	g.Go(func() error { return c.loop(ctx, build) })
	g.Go(func() error { return c.loopBuild(ctx, build) })
	return g.Wait()
}

// listen keeps the Schema as the database has it.
func (c *Catalog) listen(ctx context.Context) error {
	return c.db.Listen(ctx, channel, func(payload string) {
		name, text, _ := strings.Cut(payload, " ")
		revision, _ := strconv.ParseInt(text, 10, 64)
		if known := c.Schema().Project(name); known == nil || revision == 0 || known.Revision < revision {
			c.reload(ctx, name)
		}
		c.heard(ctx, c.Schema().Project(name))
		c.stir()
	}, func() {
		c.reloadAll(ctx)
		c.heardAll(ctx)
		c.stir()
	})
}

// reload brings one project up to date.
func (c *Catalog) reload(ctx context.Context, name string) {
	c.loading.Lock()
	defer c.loading.Unlock()
	known := c.Schema().Project(name)
	var fresh *engine.Project
	var secrets []secret.Sealed
	err := c.snapshot(ctx, func(q querier) (err error) {
		fresh, err = loadProject(ctx, q, name, known)
		if err != nil && known != nil && ctx.Err() == nil { // what is known does not fit: read all of it
			fresh, err = loadProject(ctx, q, name, nil)
		}
		if err == nil && fresh != nil && fresh != known && c.secrets != nil {
			secrets, err = loadSecrets(ctx, q, fresh.ID)
		}
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			c.log.Error("load changed definitions", "project", name, "error", err)
		}
		return
	}
	if fresh != known {
		if fresh != nil && c.secrets != nil {
			c.secrets.Replace(fresh.ID, fresh.Revision, secrets)
		}
		c.publish(name, fresh)
	}
}

// reloadAll brings every project up to date: after a lost connection anything may have changed unheard.
func (c *Catalog) reloadAll(ctx context.Context) {
	rows, err := c.db.Pool().Query(ctx, selectProjectNames)
	if err == nil {
		var names []string
		if names, err = pgx.CollectRows(rows, pgx.RowTo[string]); err == nil {
			for name := range c.Schema().Projects {
				names = append(names, name)
			}
			for _, name := range names {
				c.reload(ctx, name)
			}
		}
	}
	if err != nil && ctx.Err() == nil {
		c.log.Error("load definitions", "error", err)
	}
}

// announce wakes the background of every server; the definitions are those of the revision.
func (c *Catalog) announce(ctx context.Context, project string, revision int64) error {
	c.stir()
	_, err := c.db.Pool().Exec(ctx, `SELECT pg_notify($1, $2)`, channel, project+" "+strconv.FormatInt(revision, 10))
	return err
}

// loop does the quick work: views, dropped tables, purges. It also wakes the loop that builds indexes.
func (c *Catalog) loop(ctx context.Context, build chan<- struct{}) error {
	for tries := 0; ; {
		select {
		case build <- struct{}{}:
		default:
		}
		left, err := c.settleQuick(ctx, false)
		if err != nil && ctx.Err() == nil {
			c.log.Error("follow changed definitions", "error", err)
			left = true
		}
		if tries++; !left {
			tries = 0
		}
		if err := c.rest(ctx, tries, c.wake); err != nil {
			return err
		}
	}
}

func (c *Catalog) loopBuild(ctx context.Context, build <-chan struct{}) error {
	for {
		left, err := c.buildIndexes(ctx, nil)
		if err != nil && ctx.Err() == nil {
			c.log.Error("build indexes", "error", err)
		}
		if left { // another server has it, or PostgreSQL went away: no hurry
			err = pg.Pause(ctx, 5*retryInterval)
		} else {
			err = c.rest(ctx, 0, build)
		}
		if err != nil {
			return err
		}
	}
}

// rest waits for the signal, or for the time to try again after so many tries.
func (c *Catalog) rest(ctx context.Context, tries int, signal <-chan struct{}) error {
	wait := idleInterval
	if tries > 0 {
		wait = min(time.Duration(tries)*retryInterval, retryAtMost)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-signal:
	case <-timer.C:
	}
	return nil
}

// settleQuick does once what takes moments, and purges; it reports whether something is left to try again.
func (c *Catalog) settleQuick(ctx context.Context, toTheEnd bool) (left bool, err error) {
	left, err = c.followViews(ctx, "")
	if err != nil {
		return left, fmt.Errorf("change views: %w", err)
	}
	again, err := c.dropTables(ctx)
	if err != nil {
		return true, fmt.Errorf("drop tables: %w", err)
	}
	waiting, err := c.followWatches(ctx)
	if err != nil {
		return true, fmt.Errorf("watch tables: %w", err)
	}
	purging, err := c.purge(ctx, toTheEnd)
	if err != nil {
		return true, fmt.Errorf("purge fields: %w", err)
	}
	held, err := c.followTriggers(ctx, "")
	if err != nil {
		return true, fmt.Errorf("make triggers: %w", err)
	}
	return left || again || waiting || purging || len(held) > 0, nil
}

// Settle does, now and to the end, what Run does in the background: for the command line. progress, which may be nil, is told of each
// index that is built, a few times a second. What a reader holds for longer than ten seconds is left to the next server that runs.
func (c *Catalog) Settle(ctx context.Context, progress func(IndexState)) error {
	failures := 0
	for start := time.Now(); ; {
		quick, slow, err := c.settleOnce(ctx, progress)
		if err != nil {
			failures++
		}
		if err != nil && failures < settleTries && !pg.IsUnavailable(err) && pg.Pause(ctx, retryInterval) == nil {
			continue // a server does the same work at the same time: what it did is found done
		}
		if err != nil {
			return err
		}
		if !quick && !slow {
			return nil
		}
		if slow {
			start = time.Now()
		} else if time.Since(start) > settleFor {
			c.log.Warn("views are in use and follow later")
			return nil
		}
		if err := pg.Pause(ctx, retryInterval); err != nil {
			return err
		}
	}
}

func (c *Catalog) settleOnce(ctx context.Context, progress func(IndexState)) (quick, slow bool, err error) {
	if quick, err = c.settleQuick(ctx, true); err == nil {
		slow, err = c.buildIndexes(ctx, progress)
	}
	return quick, slow, err
}

// follow brings the views of a project up to date: at once in the background where Run runs, so that nobody waits for them, else here,
// for a moment.
func (c *Catalog) follow(ctx context.Context, p *engine.Project) {
	if c.runs.Load() == 0 {
		ctx, cancel := context.WithTimeout(ctx, followFor)
		defer cancel()
		if _, err := c.followViews(ctx, p.Name); err != nil && !errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			c.log.Error("change views", "project", p.Name, "error", err)
		}
	}
	c.stir()
}
