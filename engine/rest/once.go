package rest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

// once makes main answer a request with an Idempotency-Key once (draft-ietf-httpapi-idempotency-key-header). Without the header it costs
// nothing but the look.
func (e *endpoint) once(main middleware.Handler) middleware.Handler {
	return func(q *middleware.Request) error {
		header := q.HTTP.Header["Idempotency-Key"]
		if len(header) == 0 {
			return main(q)
		}
		lang := e.lang(q)
		if len(header) > 1 || header[0] == "" || len(header[0]) > 255 {
			return engine.Errorf(engine.Invalid, "%s", value.Sentence(lang, "once.key"))
		}
		if err := q.Params(); err != nil {
			return err
		}
		records := e.server.cfg.Records
		before := parametersOf(&q.Env)
		answer, again, err := records.Once(q.Env.Context, e.plan, e.key(q, header[0]), lang, func(tx *pg.Tx) (template.Answer, error) {
			before.restore(&q.Env)
			return e.answer(q, func(ctx context.Context, p *plan.Plan, env *template.Env, into *record.Result, then func(*pg.Tx) error) error {
				if err := records.RunIn(ctx, tx, p, env, into); err != nil || then == nil {
					return err
				}
				return then(tx)
			})
		})
		if err != nil {
			return err
		}
		e.wake()
		if again {
			q.Header.Set("Idempotency-Replayed", "true")
		}
		return q.Answer(answer)
	}
}

// key names the request: who asks this endpoint under which key, and for what.
func (e *endpoint) key(q *middleware.Request, header string) record.Key {
	auth := q.Env.Auth
	name := digestOf([]byte(e.plan.Project.Name), []byte(e.plan.Endpoint.Name), auth.Get("kind"), auth.Get("id"), []byte(header))
	return record.Key{Name: name, Request: digestOf([]byte(q.HTTP.URL.Path), []byte(q.HTTP.URL.RawQuery), q.Value([]string{"body"}), wholeForm(q))}
}

// wholeForm gives the order of a form's pairs, which $request.body does not tell.
func wholeForm(q *middleware.Request) raw.Value {
	_, _, form, _ := q.Input()
	var b raw.Value
	for _, pair := range form {
		b = raw.AppendString(raw.AppendString(b, pair.Name), pair.Value)
	}
	return b
}

// digestOf hashes parts, each with its length.
func digestOf(parts ...[]byte) [32]byte {
	var b []byte
	for _, part := range parts {
		b = append(binary.AppendUvarint(b, uint64(len(part))), part...)
	}
	return sha256.Sum256(b)
}

// parameters are those of an Env before a run replaces what names records by something else than their uids.
type parameters struct {
	params []raw.Value
	items  [][]raw.Value
}

func parametersOf(env *template.Env) parameters {
	p := parameters{params: slices.Clone(env.Params)}
	for _, item := range env.Items {
		p.items = append(p.items, slices.Clone(item))
	}
	return p
}

// restore puts them back for another run.
func (p parameters) restore(env *template.Env) {
	copy(env.Params, p.params)
	for i, item := range p.items {
		copy(env.Items[i], item)
	}
}
