package pg

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	firstListenPause = 50 * time.Millisecond
	maxListenPause   = 5 * time.Second
	listenHeartbeat  = 30 * time.Second
)

// Listen receives notifications of a channel on a connection of its own and calls notify with the payload of each,
// in order. It blocks until ctx ends and returns ctx's error. A lost connection is opened again after a growing
// pause.
//
// reconnected is called each time listening begins, the first time too, before any notify: what was announced
// earlier, or while no connection was up, has gone unheard, so read the state anew. Both functions hold up the
// connection while they run; either may be nil. pg_stat_activity shows the connection as application "sayrud CHANNEL".
func (db *DB) Listen(ctx context.Context, channel string, notify func(payload string), reconnected func()) error {
	for failures := 0; ; {
		err := db.listenOnce(ctx, channel, notify, func() {
			failures = 0
			if reconnected != nil {
				reconnected()
			}
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failures++
		db.log.Warn("lost the connection that listens for changes; connecting again", "channel", channel, "error", err)
		if err := pause(ctx, failures, firstListenPause, maxListenPause); err != nil {
			return err
		}
	}
}

// listenOnce listens until its connection ends.
func (db *DB) listenOnce(ctx context.Context, channel string, notify func(payload string), listening func()) error {
	config := db.pool.Config().ConnConfig
	config.RuntimeParams["application_name"] = "sayrud " + channel
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	listening()
	for {
		n, err := waitNotification(ctx, conn)
		if err != nil {
			return err
		}
		if n != nil && notify != nil {
			notify(n.Payload)
		}
	}
}

// waitNotification waits for one notification, or returns nil after a while in which none came and the connection
// proved alive.
func waitNotification(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	wait, cancel := context.WithTimeout(ctx, listenHeartbeat)
	defer cancel()
	n, err := conn.WaitForNotification(wait)
	if err == nil || ctx.Err() != nil || wait.Err() == nil {
		return n, err
	}
	beat, cancelBeat := context.WithTimeout(ctx, defaultConnectTimeout)
	defer cancelBeat()
	return nil, conn.Ping(beat)
}
