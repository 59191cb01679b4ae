package job

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/storage/pg"
)

// relayLock is the advisory lock of the one server that empties the outbox at a time: so deliveries have the order of the writes.
const relayLock = 0x736c6f62 // "slob"

// relayBatch is how many rows of the outbox one transaction takes.
const relayBatch = 200

// takeRows needs no low-water mark: it deletes what is committed, whatever its number.
const takeRows = `
DELETE FROM public.sl_outbox
WHERE id = ANY (ARRAY(SELECT id FROM public.sl_outbox ORDER BY id LIMIT $1))
RETURNING id, at, project_id, coalesce(table_id, 0), coalesce(op, ''), before::text, after::text, messages::text`

// An outboxRow is a written record, or messages that are ready.
type outboxRow struct {
	id                      int64
	at                      time.Time
	project, table          int
	op                      string
	before, after, messages []byte
}

// errStale says that this process does not know the newest definition yet.
var errStale = errors.New("definitions are on their way")

// relay empties the outbox until ctx ends.
func (q *Queue) relay(ctx context.Context) error {
	for ctx.Err() == nil {
		wait := q.cfg.Poll
		full, err := q.relayOnce(ctx)
		switch {
		case errors.Is(err, errStale):
			wait = 20 * time.Millisecond
		case err != nil && ctx.Err() == nil:
			q.cfg.Log.Error("make deliveries", "error", err)
		case full:
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-q.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// relayOnce makes the deliveries of one batch; full says that there may be more.
func (q *Queue) relayOnce(ctx context.Context) (full bool, err error) {
	err = q.cfg.DB.Tx(ctx, func(tx *pg.Tx) error {
		full = false
		var mine bool
		if err := tx.Pgx().QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, relayLock).Scan(&mine); err != nil || !mine {
			return err
		}
		rows, err := takeOutbox(ctx, tx.Pgx())
		if err != nil || len(rows) == 0 {
			return err
		}
		projects, err := q.projects(ctx, tx.Pgx(), rows)
		if err != nil {
			return err
		}
		made, err := q.messages(ctx, tx, projects, rows)
		if err != nil {
			return err
		}
		full = len(rows) == relayBatch
		return q.deliver(ctx, tx.Pgx(), made)
	})
	if err != nil && !errors.Is(err, errStale) {
		return false, fmt.Errorf("empty outbox: %w", err)
	}
	return full, err
}

func takeOutbox(ctx context.Context, tx pgx.Tx) ([]*outboxRow, error) {
	found, err := tx.Query(ctx, takeRows, relayBatch)
	if err != nil {
		return nil, err
	}
	rows, err := pgx.CollectRows(found, func(row pgx.CollectableRow) (*outboxRow, error) {
		r := &outboxRow{}
		return r, row.Scan(&r.id, &r.at, &r.project, &r.table, &r.op, &r.before, &r.after, &r.messages)
	})
	sortRows(rows)
	return rows, err
}

const selectRevisions = `
SELECT id, name, revision
FROM public.sl_projects
WHERE id = ANY ($1)
FOR KEY SHARE`

// projects gives the projects of rows by id, in their newest definition; those that are gone are missing. errStale asks to come again.
func (q *Queue) projects(ctx context.Context, tx pgx.Tx, rows []*outboxRow) (map[int]*engine.Project, error) {
	var ids []int
	for _, r := range rows {
		ids = append(ids, r.project)
	}
	found, err := tx.Query(ctx, selectRevisions, ids)
	if err != nil {
		return nil, err
	}
	projects := map[int]*engine.Project{}
	schema := q.cfg.Schema()
	var id int
	var name string
	var revision int64
	stale := false
	_, err = pgx.ForEachRow(found, []any{&id, &name, &revision}, func() error {
		p := schema.Project(name)
		stale = stale || p == nil || p.ID != id || p.Revision < revision
		projects[id] = p
		return nil
	})
	if err == nil && stale {
		err = errStale
	}
	return projects, err
}

// A made is a message on its way to be a delivery.
type made struct {
	project int
	at      time.Time
	*Message
}

// messages gives what rows ask to be sent, in their order.
func (q *Queue) messages(ctx context.Context, tx *pg.Tx, projects map[int]*engine.Project, rows []*outboxRow) ([]made, error) {
	written, err := q.readWritten(ctx, tx, projects, rows)
	if err != nil {
		return nil, err
	}
	var list []made
	for _, r := range rows {
		if projects[r.project] == nil {
			continue
		}
		var messages []*Message
		if r.messages != nil {
			err = json.Unmarshal(r.messages, &messages)
		} else {
			messages, err = written.render(r)
		}
		if err != nil {
			return nil, err
		}
		for _, m := range messages {
			list = append(list, made{r.project, r.at, m})
		}
	}
	return list, nil
}

var deliveryColumns = []string{"id", "project_id", "source", "name", "step", "kind", "event", "record", "lane", "target", "message", "state", "max_attempts",
	"created_at", "expires_at", "finished_at", "error", "job_id"}

// deliver stores deliveries and their jobs.
func (q *Queue) deliver(ctx context.Context, tx pgx.Tx, list []made) error {
	if len(list) == 0 {
		return nil
	}
	var ids engine.UIDs
	jobs := map[string]*int64{}
	var params []river.InsertManyParams
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = "msg_" + ids.New()
		if m.Error == "" {
			jobs[names[i]] = nil
			params = append(params, river.InsertManyParams{Args: sendArgs{names[i]}, InsertOpts: &river.InsertOpts{MaxAttempts: manyAttempts}})
		}
	}
	if len(params) > 0 {
		inserted, err := q.client.InsertManyTx(ctx, tx, params)
		if err != nil {
			return err
		}
		for _, one := range inserted {
			var args sendArgs
			if err := json.Unmarshal(one.Job.EncodedArgs, &args); err != nil {
				return err
			}
			jobs[args.Delivery] = &one.Job.ID
		}
	}
	now := time.Now()
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"public", "sl_deliveries"}, deliveryColumns, pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
		m := list[i]
		text, err := json.Marshal(m.Message)
		state, finished := Waiting, (*time.Time)(nil)
		if m.Error != "" {
			state, finished = Dead, &now
			q.metrics.finished(m.Kind, Dead)
		}
		return []any{names[i], m.project, m.Source.Kind, m.Name, m.Step, m.Kind, m.Event, orNull(m.Record), orNull(m.Lane), m.target(), text,
			string(state), m.Attempts, m.at, now.Add(maxAge), finished, m.Error, jobs[names[i]]}, err
	}))
	return err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// target says in a few words where a message goes, without what is secret.
func (m *Message) target() string {
	switch {
	case m.Webhook != nil:
		text, plain := m.Webhook.URL.Text()
		u, err := url.Parse(text)
		if !plain || err != nil {
			return secretName(m.Webhook.URL)
		}
		return u.Host
	case m.Email != nil && m.Email.To.Kind() == raw.Array:
		var to []string
		m.Email.To.Items(func(_ int, item raw.Value) bool {
			text, _ := item.Text()
			to = append(to, text)
			return true
		})
		return cmp.Or(clip(strings.Join(to, ", "), 200), "")
	case m.Email != nil:
		return secretName(m.Email.To)
	}
	return ""
}

// secretName gives "env:HOOK" for {"env": "HOOK"}.
func secretName(reference raw.Value) string {
	name := ""
	reference.Members(func(key, v raw.Value) bool {
		kind, _ := key.Text()
		text, _ := v.Text()
		name = kind + ":" + text
		return true
	})
	return name
}

func clip(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return s
}
