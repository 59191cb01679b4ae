package rest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

// A batch is what was pasted, filled down or queued: records to make, to change, to delete, up to 1000, all or none.
type batchIn struct {
	Table  string        `path:"table" json:"-"`
	Create []batchCreate `json:"create"`
	Update []batchUpdate `json:"update"`
	Delete []batchDelete `json:"delete"`
}

type batchCreate struct {
	Data raw.Value `json:"data"` // values by the names of fields
}

type batchUpdate struct {
	UID     string    `json:"uid"`
	Version int64     `json:"version"` // that the record must have; 0: any
	Data    raw.Value `json:"data"`
}

type batchDelete struct {
	UID     string `json:"uid"`
	Version int64  `json:"version"`
}

type batched struct {
	Created []raw.Value `json:"created"` // the records, in the order asked for
	Updated []raw.Value `json:"updated"`
	Deleted []raw.Value `json:"deleted"`
}

// A batchItem is one record of a batch, ready to run.
type batchItem struct {
	at      string // "update.3": where it stands, for refusals
	e       *endpoint
	given   map[string]raw.Value
	version int64
	done    *[]raw.Value
}

// batchRecords makes, changes and deletes records in one transaction. A refusal names each record refused: its errors' params are
// "update.3.likes" for a field and "update.3" for the record.
func (s *Server) batchRecords(c *call, in *batchIn) (*batched, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return nil, err
	}
	if n := len(in.Create) + len(in.Update) + len(in.Delete); n == 0 || n > maxBulk {
		return nil, engine.Errorf(engine.Invalid, "A batch holds 1 to %d records.", maxBulk)
	}
	b := &batch{call: c, table: t, compiled: map[string]*endpoint{}}
	b.collect(in)
	if b.refused.Fields != nil {
		return nil, &b.refused
	}
	if b.failed != nil {
		return nil, b.failed
	}
	if err := s.cfg.Records.Together(c.ctx(), b.plans, b.run); err != nil {
		return nil, err
	}
	if len(t.OnWrite) > 0 && s.cfg.Jobs != nil {
		s.cfg.Jobs.Wake()
	}
	return &b.out, c.audit("change records", t.Name, map[string]any{"created": len(in.Create), "updated": len(in.Update), "deleted": len(in.Delete),
		"uids": strings.Join(b.uids(), " ")})
}

// A batch gathers the items and runs them.
type batch struct {
	call     *call
	table    *engine.Table
	compiled map[string]*endpoint // by kind and fields
	plans    []*plan.Plan
	items    []batchItem
	out      batched
	refused  engine.Error // what is wrong with the input
	failed   error
}

// collect makes items of the input; deletions come first and creations last, so that a unique value can change hands.
func (b *batch) collect(in *batchIn) {
	for i, d := range in.Delete {
		b.add(engine.Delete, fmt.Sprintf("delete.%d", i), nil, d.UID, d.Version, &b.out.Deleted)
	}
	for i, u := range in.Update {
		b.add(engine.Update, fmt.Sprintf("update.%d", i), orEmpty(u.Data), u.UID, u.Version, &b.out.Updated)
	}
	for i, n := range in.Create {
		b.add(engine.Create, fmt.Sprintf("create.%d", i), orEmpty(n.Data), "", 0, &b.out.Created)
	}
}

func (b *batch) add(kind engine.EndpointKind, at string, data raw.Value, uid string, version int64, done *[]raw.Value) {
	if b.failed != nil {
		return
	}
	to := b.call.direct(b.table)
	ep := to.Create()
	if kind != engine.Create {
		ep = to.ByUID(kind)
	}
	given := map[string]raw.Value{}
	if data != nil {
		var err error
		if given, err = to.Writable(ep, data); err != nil {
			b.failed = b.refuse(at, err)
			return
		}
	}
	if kind == engine.Create {
		to.Demand(ep)
	}
	key := string(kind) + " " + strings.Join(sortedNames(given), " ")
	e, known := b.compiled[key]
	if !known {
		var err error
		if e, err = b.call.adhoc(b.call.project, ep); err != nil {
			b.failed = err
			return
		}
		b.compiled[key], b.plans = e, append(b.plans, e.plan)
	}
	if kind != engine.Create {
		given["uid"] = raw.Text(uid)
	}
	b.items = append(b.items, batchItem{at, e, given, version, done})
}

// refuse notes a refusal of the record at a place. It gives what is no refusal.
func (b *batch) refuse(at string, err error) error {
	var known *engine.Error
	if !errors.As(err, &known) {
		return err
	}
	if b.refused.Code == "" || known.Code == engine.Precondition { // a lost race is what the whole answer is about
		b.refused.Code, b.refused.Status = known.Code, known.Status
	}
	if len(known.Fields) == 0 {
		message := known.Text()
		if message == "" {
			message = sentenceOf(known, value.PickLang("auto", b.call.q.HTTP.Header.Get("Accept-Language")))
		}
		b.refused.Fields = append(b.refused.Fields, engine.FieldError{Param: at, Label: at, Code: string(known.Code), Message: message})
	}
	for _, f := range known.Fields {
		f.Param = at + "." + f.Param
		b.refused.Fields = append(b.refused.Fields, f)
	}
	return nil
}

// run runs the items. It goes on behind a refusal, to tell them all, until PostgreSQL has given the transaction up.
func (b *batch) run(tx *pg.Tx) error {
	b.refused = engine.Error{}
	b.out = batched{[]raw.Value{}, []raw.Value{}, []raw.Value{}}
	for i := range b.items {
		item := &b.items[i]
		body, err := b.call.runItem(item, tx)
		if err == nil {
			*item.done = append(*item.done, body)
			continue
		}
		if pg.Code(err) == pg.InFailedTransaction && b.refused.Fields != nil {
			break
		}
		if err = b.refuse(item.at, err); err != nil {
			return err
		}
	}
	if b.refused.Fields != nil {
		return &b.refused
	}
	return nil
}

// runItem runs one item in the transaction and gives the record.
func (c *call) runItem(item *batchItem, tx *pg.Tx) (raw.Value, error) {
	if err := c.bindParams(item.e, item.given); err != nil {
		return nil, err
	}
	env := &c.q.Env
	defer func(before template.Request) { env.Request = before }(env.Request)
	env.Request = &conditional{env.Request, item.version}
	if err := c.server.cfg.Records.RunIn(c.ctx(), tx, item.e.plan, env, new(record.Result)); err != nil {
		return nil, direct.ScriptRefusal(err)
	}
	answer, err := item.e.plan.Response.Render(nil, env)
	return answer.Body, err
}

// conditional is a request whose preconditions are those of one item.
type conditional struct {
	template.Request
	version int64 // 0 is none
}

// Value implements template.Request.
func (r *conditional) Value(path []string) raw.Value {
	if len(path) == 2 && path[0] == "headers" {
		switch path[1] {
		case "if-match":
			if r.version > 0 {
				return raw.Text(`"` + strconv.FormatInt(r.version, 10) + `"`)
			}
			return nil
		case "if-none-match":
			return nil
		}
	}
	return r.Request.Value(path)
}

// uids names the records that the batch changed.
func (b *batch) uids() []string {
	var uids []string
	for _, records := range [][]raw.Value{b.out.Created, b.out.Updated, b.out.Deleted} {
		for _, r := range records {
			uid, _ := r.Get("uid").Text()
			uids = append(uids, uid)
		}
	}
	return uids
}
