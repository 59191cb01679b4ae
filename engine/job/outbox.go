package job

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/storage/pg"
)

var insertMessages = pg.NewStatement(`
INSERT INTO public.sl_outbox (project_id, messages)
VALUES ($1::int, $2::json)`)

// Put renders the notices of an endpoint and puts what is to be sent into the outbox: with tx as part of the write, else by itself. It
// reports whether there was anything; once it is committed, Wake makes it go out at once.
func (q *Queue) Put(ctx context.Context, tx *pg.Tx, project int, notices []*Notice, env *template.Env) (put bool, err error) {
	messages, err := RenderAll(notices, env)
	if err != nil || len(messages) == 0 {
		return false, err
	}
	text, err := json.Marshal(messages)
	if err != nil {
		return false, fmt.Errorf("write outbox: %w", err)
	}
	args := [][]byte{strconv.AppendInt(nil, int64(project), 10), text}
	if tx != nil {
		_, err = tx.Query(insertMessages, args, nil)
	} else {
		_, err = q.cfg.DB.Query(ctx, insertMessages, args, nil)
	}
	return err == nil, err
}

// RenderAll renders notices; those that have nothing to say give no message.
func RenderAll(notices []*Notice, env *template.Env) ([]*Message, error) {
	var messages []*Message
	for _, n := range notices {
		m, err := n.Render(env)
		if err != nil {
			return nil, err
		}
		if m != nil {
			messages = append(messages, m)
		}
	}
	return messages, nil
}
