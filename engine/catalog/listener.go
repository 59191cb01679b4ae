package catalog

import (
	"context"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/storage/pg"
)

const (
	listenerName = "sayrud " + channel // application_name of the connections that listen for definitions, see pg.DB.Listen

	heardRevision = `
INSERT INTO public.sl_listeners AS l (server, project, revision)
VALUES ($1, $2, $3)
ON CONFLICT (server, project) DO UPDATE SET revision = greatest(l.revision, excluded.revision), heard_at = now()`
	forgetListeners = `DELETE FROM public.sl_listeners WHERE heard_at < now() - interval '1 hour' AND server <> $1`
	countDeaf       = `
SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name = $3 AND datname = current_database())
  - (SELECT count(*) FROM public.sl_listeners WHERE project = $1 AND revision >= $2)`
)

const (
	liveFor   = 2 * time.Second // how long AwaitServers waits: a server that is stopped with SIGSTOP must not hold up everybody
	liveLooks = 5 * time.Millisecond
)

// heard notes that this server answers by the present revision of a project.
func (c *Catalog) heard(ctx context.Context, p *engine.Project) {
	if p == nil {
		return
	}
	if _, err := c.db.Pool().Exec(ctx, heardRevision, c.server, p.Name, p.Revision); err != nil && ctx.Err() == nil {
		c.log.Warn("note a revision", "project", p.Name, "error", err)
	}
}

// heardAll notes it for all projects, and forgets servers that have not been heard of for long.
func (c *Catalog) heardAll(ctx context.Context) {
	for _, p := range c.Schema().Projects {
		c.heard(ctx, p)
	}
	if _, err := c.db.Pool().Exec(ctx, forgetListeners, c.server); err != nil && ctx.Err() == nil {
		c.log.Warn("forget servers that ended", "error", err)
	}
}

// AwaitServers waits until every server that runs answers by a revision of a project, or by a later one: what follows a change finds it
// in force. It reports false where one of them did not take it up within two seconds.
func (c *Catalog) AwaitServers(ctx context.Context, project string, revision int64) (bool, error) {
	for start := time.Now(); ; {
		deaf := 0
		if err := c.db.Pool().QueryRow(ctx, countDeaf, project, revision, listenerName).Scan(&deaf); err != nil {
			return false, err
		}
		if deaf <= 0 {
			return true, nil
		}
		if time.Since(start) > liveFor {
			return false, nil
		}
		if err := pg.Pause(ctx, liveLooks); err != nil {
			return false, err
		}
	}
}
