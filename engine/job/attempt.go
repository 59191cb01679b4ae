package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// sendArgs are the arguments of the job that sends a delivery.
type sendArgs struct {
	Delivery string `json:"delivery"`
}

// Kind names the job.
func (sendArgs) Kind() string { return "send" }

// manyAttempts is beyond every delivery's own bound, which counts.
const manyAttempts = 30_000

// lanePause is how soon a delivery looks again whether those before it have gone out.
const lanePause = 100 * time.Millisecond

// A sender works jobs: each run is one attempt. It never fails as far as River knows: a further attempt is a snooze, and number, age and
// reasons stand in our own tables.
type sender struct {
	river.WorkerDefaults[sendArgs]
	queue *Queue
}

// A delivery is what an attempt has to know.
type delivery struct {
	seq         int64
	id          string
	project     int
	attempt     int // from 1
	maxAttempts int
	createdAt   time.Time
	expiresAt   time.Time
	lane        string // "" is none
	message     *Message
}

// drainTime bounds how long one job goes on with those that wait behind its delivery.
const drainTime = 20 * time.Second

var beginAttempt = `
UPDATE public.sl_deliveries d
SET attempts = attempts + 1, next_at = NULL, held_by = $2
WHERE d.id = $1 AND d.state IN ('waiting', 'retrying') AND coalesce(d.next_at <= now(), true)
  AND (coalesce(d.held_by = $2, true) OR NOT EXISTS (SELECT FROM ` + aliveMembers + ` AND l.objid = d.held_by::int8::oid))
  AND NOT EXISTS (SELECT FROM public.sl_deliveries e WHERE e.lane = d.lane AND e.seq < d.seq AND e.state = 'waiting')
RETURNING seq, id, project_id, attempts, max_attempts, created_at, expires_at, coalesce(lane, ''), message::text`

const (
	selectBehind = `
SELECT id
FROM public.sl_deliveries
WHERE lane = $1 AND state = 'waiting'
ORDER BY seq
LIMIT 1`
	selectPause = `
SELECT coalesce(extract(epoch FROM next_at - now()), 0)::float8
FROM public.sl_deliveries
WHERE id = $1 AND state IN ('waiting', 'retrying')`
	endAttempt = `
WITH ended AS (
  UPDATE public.sl_deliveries
  SET state = $2, next_at = $3, finished_at = CASE WHEN $2 = 'retrying' THEN NULL ELSE now() END, status = $4, error = $5, held_by = NULL
  WHERE seq = $1 AND state IN ('waiting', 'retrying')
  RETURNING seq)
INSERT INTO public.sl_delivery_attempts (delivery, at, ms, status, error, response)
SELECT $1, $6, $7, $4, $5, $8
FROM public.sl_deliveries
WHERE seq = $1`
	forgetAttempt = `
UPDATE public.sl_deliveries
SET attempts = attempts - 1, held_by = NULL
WHERE seq = $1 AND state IN ('waiting', 'retrying')`
)

// Work makes an attempt, if it is the delivery's turn, and goes on with those of its lane that waited for it: their own jobs find
// nothing to do.
func (s *sender) Work(ctx context.Context, job *river.Job[sendArgs]) error {
	q, start := s.queue, time.Now()
	d, err := q.attempt(ctx, job.Args.Delivery)
	for behind := d; err == nil && behind != nil && behind.lane != "" && time.Since(start) < drainTime && ctx.Err() == nil; {
		var id string
		if q.pool.QueryRow(ctx, selectBehind, behind.lane).Scan(&id) != nil {
			break
		}
		if behind, _ = q.attempt(ctx, id); behind == nil {
			break
		}
	}
	return err
}

// attempt makes one attempt. It gives the delivery where its turn had come; the error is for River: nil, or when to come again.
func (q *Queue) attempt(ctx context.Context, id string) (*delivery, error) {
	if _, busy := q.running.LoadOrStore(id, true); busy {
		return nil, river.JobSnooze(lanePause)
	}
	defer q.running.Delete(id)
	d, err := q.begin(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, q.later(ctx, id)
	}
	if err != nil {
		return nil, river.JobSnooze(startPause) // PostgreSQL is away: nothing has been sent
	}
	start := time.Now()
	r := q.send(ctx, d)
	if r.err != nil && ctx.Err() != nil { // this server stops; it is no fault of the receiver's
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startPause)
		defer cancel()
		_, _ = q.pool.Exec(ctx, forgetAttempt, d.seq) // else it counts
		return d, river.JobSnooze(0)
	}
	return d, q.end(ctx, d, r, start)
}

func (q *Queue) begin(ctx context.Context, id string) (*delivery, error) {
	d := &delivery{message: &Message{}}
	var text []byte
	err := q.pool.QueryRow(ctx, beginAttempt, id, q.member).Scan(&d.seq, &d.id, &d.project, &d.attempt, &d.maxAttempts, &d.createdAt, &d.expiresAt, &d.lane, &text)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, d.message); err != nil {
		return nil, fmt.Errorf("read delivery %s: %w", id, err)
	}
	return d, nil
}

// later ends a job whose delivery is over, and puts off one whose turn has not come.
func (q *Queue) later(ctx context.Context, id string) error {
	var seconds float64
	err := q.pool.QueryRow(ctx, selectPause, id).Scan(&seconds)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return river.JobSnooze(startPause)
	}
	return river.JobSnooze(max(time.Duration(seconds*float64(time.Second)), lanePause))
}

// end notes what came of an attempt and says when the next one is.
func (q *Queue) end(ctx context.Context, d *delivery, r result, start time.Time) error {
	state, message := Done, ""
	var next *time.Time
	var wait time.Duration
	if r.err != nil {
		state, message = Retrying, clip(printable([]byte(r.err.Error())), 500)
		wait = max(pauseAfter(d.attempt, q.cfg.FirstPause), r.after)
		at := time.Now().Add(wait)
		next = &at
		if r.final || d.attempt >= d.maxAttempts || at.After(d.expiresAt) {
			state, next = Dead, nil
		}
	}
	var status *int
	if r.status != 0 {
		status = &r.status
	}
	took := time.Since(start)
	_, err := q.pool.Exec(ctx, endAttempt, d.seq, string(state), next, status, message, start, took.Milliseconds(), r.response)
	q.metrics.attempted(d.message.Kind, r.err == nil, took)
	if err != nil { // it will be tried again, at worst twice for the receiver
		q.cfg.Log.Error("note an attempt", "delivery", d.id, "error", err)
		return river.JobSnooze(max(wait, startPause))
	}
	if state == Retrying {
		return river.JobSnooze(wait)
	}
	q.metrics.finished(d.message.Kind, state)
	if state == Dead {
		q.cfg.Log.Warn("a delivery is dead", "delivery", d.id, "source", d.message.Source.Kind, "name", d.message.Name, "kind", d.message.Kind, "error", message)
	}
	return nil
}
