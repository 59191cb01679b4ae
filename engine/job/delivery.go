package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A State is where a delivery stands.
type State string

// The states.
const (
	Waiting   State = "waiting"   // for its first attempt, or in it
	Retrying  State = "retrying"  // for its next attempt, or in it
	Done      State = "done"      // the receiver has it
	Dead      State = "dead"      // given up; it can be replayed
	Cancelled State = "cancelled" // by somebody
)

// A Delivery is one message with its state.
type Delivery struct {
	ID         string     `json:"id"`     // webhook-id; Message-ID begins with it
	Source     string     `json:"source"` // endpoint, table
	Name       string     `json:"name"`   // of the source when it was made
	Step       int        `json:"step"`   // its place in the onion, or in on_write, from 0
	Kind       string     `json:"kind"`   // webhook, email
	Event      string     `json:"event"`
	Record     string     `json:"record,omitempty"` // uid
	Target     string     `json:"target"`           // a host, recipients, or the name of a secret
	State      State      `json:"state"`
	Attempts   int        `json:"attempts"` // since it was made or replayed
	Most       int        `json:"max_attempts"`
	Replays    int        `json:"replays"`
	CreatedAt  time.Time  `json:"created_at"`
	NextAt     *time.Time `json:"next_at"` // of the next attempt
	FinishedAt *time.Time `json:"finished_at"`
	Status     *int       `json:"status"` // of the last answer
	Error      string     `json:"error"`  // of the last attempt; "" where it succeeded
	Sequence   int64      `json:"seq"`    // counts up; see Filter
}

// An Attempt is one try to send a delivery.
type Attempt struct {
	At       time.Time `json:"at"`
	MS       int       `json:"ms"`
	Status   *int      `json:"status"`
	Error    string    `json:"error"`
	Response string    `json:"response"` // the beginning of the answer, at most 1 KiB
}

// A Detail is a delivery with what it sends and the log of its attempts. Secrets are references in it.
type Detail struct {
	Delivery
	Message raw.Value `json:"message"`
	Log     []Attempt `json:"log"`
}

// A Filter chooses deliveries of a project. Zero members choose all.
type Filter struct {
	State  State
	Source string
	Name   string
	Kind   string
	Since  time.Time // made at or after
	Until  time.Time // made before
	Before int64     // with a smaller Sequence: the next page of a list, newest first
	Limit  int       // of a list; 0 is 50, at most 200
}

const deliveryFields = `
SELECT d.id, d.source, d.name, d.step, d.kind, d.event, coalesce(d.record, ''), d.target, d.state, d.attempts, d.max_attempts, d.replays, d.created_at, d.next_at, d.finished_at,
  d.status, d.error, d.seq
FROM public.sl_deliveries d`

const chosen = `
WHERE d.project_id = $1 AND ($2 = '' OR d.state = $2) AND ($3 = '' OR d.source = $3) AND ($4 = '' OR d.name = $4) AND ($5 = '' OR d.kind = $5)
  AND ($6::timestamptz IS NULL OR d.created_at >= $6) AND ($7::timestamptz IS NULL OR d.created_at < $7)`

func (f *Filter) args(project int) []any {
	return []any{project, string(f.State), f.Source, f.Name, f.Kind, orNoTime(f.Since), orNoTime(f.Until)}
}

func orNoTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// List gives deliveries of a project, newest first.
func (q *Queue) List(ctx context.Context, project int, f Filter) ([]Delivery, error) {
	limit := min(f.Limit, 200)
	if limit <= 0 {
		limit = 50
	}
	rows, err := q.cfg.DB.Pool().Query(ctx, deliveryFields+chosen+`
  AND ($8 = 0 OR d.seq < $8)
ORDER BY d.seq DESC
LIMIT $9`, append(f.args(project), f.Before, limit)...)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Delivery])
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return list, nil
}

// Get gives a delivery of a project. Its error is NotFound where there is none.
func (q *Queue) Get(ctx context.Context, project int, id string) (*Detail, error) {
	rows, err := q.cfg.DB.Pool().Query(ctx, deliveryFields+`
WHERE d.project_id = $1 AND d.id = $2`, project, id)
	if err != nil {
		return nil, fmt.Errorf("get delivery: %w", err)
	}
	d := &Detail{}
	if d.Delivery, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Delivery]); err != nil {
		return nil, missing(err)
	}
	if err := q.cfg.DB.Pool().QueryRow(ctx, `SELECT message::text FROM public.sl_deliveries WHERE seq = $1`, d.Sequence).Scan((*[]byte)(&d.Message)); err != nil {
		return nil, missing(err)
	}
	if rows, err = q.cfg.DB.Pool().Query(ctx, `
SELECT at, ms, status, error, response
FROM public.sl_delivery_attempts
WHERE delivery = $1
ORDER BY at`, d.Sequence); err != nil {
		return nil, fmt.Errorf("get delivery: %w", err)
	}
	d.Log, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Attempt])
	if d.Log == nil {
		d.Log = []Attempt{}
	}
	return d, err
}

func missing(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return engine.Errorf(engine.NotFound, "There is no such delivery.")
	}
	return fmt.Errorf("get delivery: %w", err)
}

const (
	lockDelivery = `
SELECT seq, state, coalesce(job_id, 0), message->>'error' IS NOT NULL
FROM public.sl_deliveries
WHERE project_id = $1 AND id = $2
FOR UPDATE`
	replayDelivery = `
UPDATE public.sl_deliveries
SET state = 'waiting', attempts = 0, replays = replays + 1, next_at = NULL, finished_at = NULL, expires_at = $2, job_id = $3, lane = NULL
WHERE seq = $1`
	cancelDelivery = `
UPDATE public.sl_deliveries
SET state = 'cancelled', next_at = NULL, finished_at = now()
WHERE seq = $1`
	hastenDelivery = `
UPDATE public.sl_deliveries
SET next_at = now()
WHERE seq = $1`
)

// Replay sends a finished delivery again, under its id, with all its attempts; one that waits for its next attempt goes at once. Its
// error is NotFound, or Conflict where the delivery is on its way already or could not be rendered.
func (q *Queue) Replay(ctx context.Context, project int, id string) error {
	return q.change(ctx, project, id, func(tx pgx.Tx, seq int64, state State, job int64, broken bool) error {
		switch {
		case broken:
			return engine.Errorf(engine.Conflict, "This delivery could not be rendered, so there is nothing to send.")
		case state == Waiting:
			return engine.Errorf(engine.Conflict, "This delivery is on its way already.")
		case state == Retrying:
			if _, err := tx.Exec(ctx, hastenDelivery, seq); err != nil {
				return err
			}
			_, err := q.client.JobRetryTx(ctx, tx, job)
			return err
		}
		inserted, err := q.client.InsertTx(ctx, tx, sendArgs{id}, &river.InsertOpts{MaxAttempts: manyAttempts})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, replayDelivery, seq, time.Now().Add(maxAge), inserted.Job.ID)
		return err
	})
}

// Cancel ends a delivery that has attempts left. Its error is NotFound, or Conflict where it is over.
func (q *Queue) Cancel(ctx context.Context, project int, id string) error {
	return q.change(ctx, project, id, func(tx pgx.Tx, seq int64, state State, job int64, _ bool) error {
		if state != Waiting && state != Retrying {
			return engine.Errorf(engine.Conflict, "This delivery is over: %s.", state)
		}
		if _, err := tx.Exec(ctx, cancelDelivery, seq); err != nil {
			return err
		}
		_, err := q.client.JobCancelTx(ctx, tx, job)
		return err
	})
}

func (q *Queue) change(ctx context.Context, project int, id string, fn func(tx pgx.Tx, seq int64, state State, job int64, broken bool) error) error {
	err := q.cfg.DB.InTx(ctx, func(tx pgx.Tx) error {
		var seq, job int64
		var state State
		var broken bool
		if err := tx.QueryRow(ctx, lockDelivery, project, id).Scan(&seq, &state, &job, &broken); err != nil {
			return missing(err)
		}
		return fn(tx, seq, state, job, broken)
	})
	if refused := (*engine.Error)(nil); err != nil && !errors.As(err, &refused) {
		return fmt.Errorf("change delivery %s: %w", id, err)
	}
	return err
}

// maxReplays bounds one call of ReplayAll.
const maxReplays = 10_000

// ReplayAll replays the dead deliveries that f chooses, oldest first, at most 10,000, and gives their number.
func (q *Queue) ReplayAll(ctx context.Context, project int, f Filter) (int, error) {
	f.State = Dead
	rows, err := q.cfg.DB.Pool().Query(ctx, `SELECT d.id FROM public.sl_deliveries d`+chosen+`
  AND d.message->>'error' IS NULL
ORDER BY d.seq
LIMIT $8`, append(f.args(project), maxReplays)...)
	if err != nil {
		return 0, fmt.Errorf("replay deliveries: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, fmt.Errorf("replay deliveries: %w", err)
	}
	n := 0
	for _, id := range ids {
		var refused *engine.Error
		switch err := q.Replay(ctx, project, id); {
		case err == nil:
			n++
		case !errors.As(err, &refused): // else somebody was faster
			return n, err
		}
	}
	return n, nil
}
