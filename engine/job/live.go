package job

import (
	"context"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/storage/pg"
)

const (
	memberLock   = 0x736c6a62 // "sljb": the first key of the advisory locks that servers hold while they live; the second is their number
	memberPrefix = "sayrud-"
	lookAround   = 5 * time.Second
)

// aliveMembers are the locks of servers that are alive; "AND l.objid = …" belongs behind it.
var aliveMembers = `pg_locks l
  WHERE l.locktype = 'advisory' AND l.granted AND l.classid = ` + strconv.Itoa(memberLock) + `
    AND l.database = (SELECT b.oid FROM pg_database b WHERE b.datname = current_database())`

// adopt gives the jobs of servers that are no longer alive to whoever is. River itself would wait until an attempt is overdue.
var adopt = `
UPDATE ` + schemaName + `.river_job j
SET state = 'available', scheduled_at = now()
WHERE j.state = 'running' AND NOT EXISTS (
  SELECT FROM ` + aliveMembers + ` AND $1 || l.objid::text = j.attempted_by[array_upper(j.attempted_by, 1)])`

// live holds the lock of this server until ctx ends, and takes over what others left behind. A connection that is lost is opened again.
func (q *Queue) live(ctx context.Context) error {
	for ctx.Err() == nil {
		err := q.hold(ctx)
		if err == nil {
			break
		}
		q.cfg.Log.Warn("the queue lost its connection; connecting again", "error", err)
		_ = pg.Pause(ctx, startPause) // the loop looks at ctx itself
	}
	return nil
}

func (q *Queue) hold(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, q.cfg.DB.Pool().Config().ConnConfig)
	if err != nil {
		return err
	}
	// Attempts that are cut off by a stop are still this server's while Run lets them finish.
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, memberLock, q.member); err != nil {
		return err
	}
	q.alive.Do(func() { close(q.held) })
	for {
		tag, err := conn.Exec(ctx, adopt, memberPrefix)
		if err != nil {
			return err
		}
		if n := tag.RowsAffected(); n > 0 {
			q.cfg.Log.Info("took over the attempts of a server that is gone", "attempts", n)
		}
		if pg.Pause(ctx, lookAround) != nil {
			return nil
		}
	}
}
