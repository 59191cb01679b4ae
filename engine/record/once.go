package record

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

const (
	maxKeptBody  = 256 << 10 // bytes
	forgetEvery  = 10 * time.Minute
	forgetAtOnce = 10_000 // rows
)

// A Key names a request that is answered once.
type Key struct {
	Name    [32]byte // a hash of endpoint, principal and the client's key
	Request [32]byte // a hash of what is asked
}

// The statements of the kept answers. A row that another request is about to write is waited for; one that is too old counts as none.
var (
	claimAnswer = pg.NewStatement(`
INSERT INTO public.sl_idempotency AS k (key, request)
VALUES ($1::bytea, $2::bytea)
ON CONFLICT (key) DO UPDATE SET request = excluded.request, status = NULL, type = NULL, headers = NULL, body = NULL, kept_at = now()
WHERE k.kept_at < now() - interval '24 hours'
RETURNING true`)
	keepAnswer = pg.NewStatement(`
UPDATE public.sl_idempotency
SET status = $2::int, type = $3::text, headers = $4::text, body = $5::bytea
WHERE key = $1::bytea`)
	readAnswer = pg.NewStatement(`
SELECT request = $2::bytea, status, type, headers, body IS NOT NULL, encode(body, 'base64')
FROM public.sl_idempotency
WHERE key = $1::bytea`)
	forgetAnswers = pg.NewStatement(`
DELETE FROM public.sl_idempotency
WHERE key IN (SELECT key FROM public.sl_idempotency WHERE kept_at < now() - interval '24 hours' LIMIT 10000)`)
)

// Once answers a request of p once: the first time it runs do in a transaction and keeps its answer there, later it gives that answer again
// for 24 hours. A request with the key of another that is under way waits for it; one that asks for something else under a known key is
// refused with status 422. Where do fails nothing is kept. do may run again after a lost race. again tells that the answer is an old one.
func (e *Engine) Once(ctx context.Context, p *plan.Plan, key Key, lang value.Lang, do func(tx *pg.Tx) (template.Answer, error)) (a template.Answer, again bool, err error) {
	name, request := byteaText(key.Name[:]), byteaText(key.Request[:])
	err = e.db.Tx(ctx, func(tx *pg.Tx) error {
		claimed, err := tx.Query(claimAnswer, [][]byte{name, request}, nil)
		if err != nil {
			return fmt.Errorf("claim an idempotency key: %w", err)
		}
		if again = claimed == 0; again {
			a, err = e.kept(tx, name, request, lang)
			return err
		}
		if a, err = do(tx); err != nil {
			return err
		}
		return keep(tx, name, &a)
	})
	if p.Touched != nil && !again { // an error may come behind the commit
		e.changed(p.Touched...)
	}
	if err == nil {
		return a, again, nil
	}
	var known *engine.Error
	if pg.Code(err) == pg.QueryCanceled && !errors.As(err, &known) {
		err = &engine.Error{Code: engine.Conflict, Message: value.Sentence(lang, "once.busy"), Cause: err}
	}
	return template.Answer{}, false, err
}

// kept reads the answer given before.
func (e *Engine) kept(tx *pg.Tx, name, request []byte, lang value.Lang) (template.Answer, error) {
	var a template.Answer
	same, whole := false, false
	if _, err := tx.Query(readAnswer, [][]byte{name, request}, func(row [][]byte) (err error) {
		same, whole = string(row[0]) == "t", string(row[4]) == "t"
		if a.Status, err = strconv.Atoi(string(row[1])); err != nil {
			return err
		}
		a.ContentType = string(row[2])
		if a.Body, err = base64.StdEncoding.AppendDecode([]byte{}, row[5]); err != nil {
			return err
		}
		return json.Unmarshal(row[3], &a.Header)
	}); err != nil {
		return a, fmt.Errorf("read a kept answer: %w", err)
	}
	switch {
	case !same:
		return a, &engine.Error{Code: engine.Invalid, Status: 422, Message: value.Sentence(lang, "once.other")}
	case !whole:
		return a, &engine.Error{Code: engine.Conflict, Message: value.Sentence(lang, "once.large")}
	}
	return a, nil
}

func keep(tx *pg.Tx, name []byte, a *template.Answer) error {
	headers, err := json.Marshal(a.Header)
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	var body []byte
	if len(a.Body) <= maxKeptBody {
		body = byteaText(a.Body)
	}
	if _, err = tx.Query(keepAnswer, [][]byte{name, strconv.AppendInt(nil, int64(a.Status), 10), []byte(a.ContentType), headers, body}, nil); err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}

// byteaText writes bytes in the hex format (PostgreSQL manual, 8.4.1).
func byteaText(b []byte) []byte { return hex.AppendEncode([]byte(`\x`), b) }

// Forget drops the kept answers that are too old to be given.
func (e *Engine) Forget(ctx context.Context) error {
	for {
		n, err := e.db.Query(ctx, forgetAnswers, nil, nil)
		if err != nil || n < forgetAtOnce {
			return err
		}
	}
}

// Tend calls Forget every ten minutes until ctx ends, and gives ctx's error.
func (e *Engine) Tend(ctx context.Context) error {
	ticker := time.NewTicker(forgetEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			if err := e.Forget(ctx); err != nil && ctx.Err() == nil {
				e.log.Warn("drop old answers", "error", err)
			}
		}
	}
}
