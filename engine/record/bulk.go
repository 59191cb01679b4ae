package record

import (
	"errors"
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

// bulk stores the items of a bulk CREATE, all or none, and gives the records in their order. One statement makes them where nothing has to
// be asked between two of them; what it refuses is made again one by one, which tells the item.
func (r *run) bulk() error {
	if len(r.env.Items) == 0 {
		r.env.Records = []template.Row{}
		return nil
	}
	if !r.plan.Alone() || len(r.w.Drawn) > 0 {
		return r.atomically(r.bulkInTurn)
	}
	err := r.bulkAtOnce()
	if !r.asksForItem(err) {
		return err
	}
	return r.atomically(r.bulkInTurn)
}

// asksForItem reports whether err leaves open which item it is about. Inside a transaction the savepoint is taken up again.
func (r *run) asksForItem(err error) bool {
	if !errors.Is(err, errSomeReference) && pg.Code(err) != pg.UniqueViolation {
		return false
	}
	return r.tx == nil || r.tx.Exec(`ROLLBACK TO SAVEPOINT bulk`) == nil
}

// errSomeReference is the end of a statement that found a reference to nothing.
var errSomeReference = errors.New("some item refers to nothing")

// bulkAtOnce makes all items by one statement.
func (r *run) bulkAtOnce() error {
	b := &batch{uids: []byte{'{'}, rows: []byte{'{'}, targets: make(map[int]*targets)}
	r.env.Record = nil
	index := make(map[string]int, len(r.env.Items))
	var values [][]raw.Value
	c := &constraints{engine: r.engine, that: r.that, shared: shared(r.env), table: r.plan.Table, once: true}
	if err := r.each(func() error {
		if err := r.guards(); err != nil {
			return err
		}
		if _, err := r.assign(); err != nil {
			return err
		}
		uid := r.engine.uids.New()
		c.line = len(values)
		index[uid] = len(values)
		values = append(values, slices.Clone(r.result.fields))
		b.add(r, uid)
		if len(r.w.Constrained) > 0 {
			return c.add(r.plan.Table.Constrained(), r.stored(uid))
		}
		return nil
	}); err != nil {
		return err
	}
	if err := r.checkItems(c); err != nil {
		return err
	}
	if r.tx != nil {
		if err := r.tx.Exec(`SAVEPOINT bulk`); err != nil {
			return err
		}
	}
	s := r.w.Bulk.Statement(0)
	n, err := r.query(s, r.params(s, b.get), r.result.expect(r.plan, &r.w.Layout))
	if err != nil {
		return err
	}
	if n == 0 {
		return errSomeReference
	}
	return r.ordered(index, values)
}

// ordered puts the rows into the order of the items and gives them the values that were stored.
func (r *run) ordered(index map[string]int, values [][]raw.Value) error {
	rows := make([]template.Row, len(values))
	for _, row := range r.result.rows {
		i := index[string(row.UID)]
		r.result.fields = values[i]
		r.fill(&row)
		rows[i] = row
	}
	r.env.Records, r.env.Record = rows, &rows[0]
	return nil
}

// bulkInTurn makes the items one by one in the run's transaction. It checks all of them before it makes the first.
func (r *run) bulkInTurn() error {
	if err := r.each(func() error { _, err := r.assign(); return err }); err != nil {
		return err
	}
	rows := make([]template.Row, 0, len(r.env.Items))
	status := 200
	for i := range r.env.Items {
		if err := r.item(i, func() error {
			r.result.Status = 0
			if err := r.guards(); err != nil {
				return err
			}
			return r.create()
		}); err != nil {
			return err
		}
		if r.result.Status == 0 {
			status = 0
		}
		rows = append(rows, *r.env.Record)
	}
	r.result.Status = status
	r.env.Records, r.env.Record = rows, &rows[0]
	return nil
}

// maxItemRefusals bounds the refusals of one bulk.
const maxItemRefusals = 100

// each calls fn with the parameters of each item in turn and joins what is refused of their values; any other error ends it.
func (r *run) each(fn func() error) error {
	joined := &engine.Error{Code: engine.Invalid}
	for i := range r.env.Items {
		err := r.item(i, fn)
		var refused *engine.Error
		if !errors.As(err, &refused) || refused.Code != engine.Invalid || len(refused.Fields) == 0 {
			if err != nil {
				return err
			}
			continue
		}
		if joined.Fields = append(joined.Fields, refused.Fields...); len(joined.Fields) >= maxItemRefusals {
			break
		}
	}
	if len(joined.Fields) > 0 {
		return joined
	}
	return nil
}

// item calls fn with the parameters of item i. A refusal names the item.
func (r *run) item(i int, fn func() error) error {
	before := r.env.Params
	r.env.Params = r.env.Items[i]
	defer func() { r.env.Params = before }()
	err := fn()
	if err == nil {
		return nil
	}
	return OfItem(r.plan, i, r.language(), r.refuse(err))
}

// OfItem gives a refusal that names item i of a bulk; other errors come back as they are.
func OfItem(p *plan.Plan, i int, lang value.Lang, err error) error {
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.HTTPStatus() >= 500 {
		return err
	}
	of := *refused
	sentence := func(text string) string { return value.Sentence(lang, "item", i+1, text) }
	of.Fields = slices.Clone(refused.Fields)
	for j := range of.Fields {
		f := &of.Fields[j]
		f.Param, f.Message = p.Endpoint.Bulk.ItemName(i)+"."+f.Param, sentence(f.Message)
	}
	if of.Message != "" {
		of.Message = sentence(of.Message)
	}
	return &of
}

// stored gives the record about to be made, as constraints see it.
func (r *run) stored(uid string) *plan.Stored {
	t := r.plan.Table
	this := &plan.Stored{Table: t.Def, Keys: t.Keys, UID: uid, Slots: make([]raw.Value, t.Keys.Len())}
	for i, f := range t.Fields {
		if v := r.result.fields[i]; !v.IsNull() {
			this.Slots[f.Slot] = v
		}
	}
	return this
}

// checkItems asks the constraints of all items in one frame.
func (r *run) checkItems(c *constraints) error {
	accepted, err := c.run(r.ctx)
	if err != nil {
		return err
	}
	refused := &engine.Error{Code: engine.Invalid}
	for call, fine := range accepted {
		if fine || len(refused.Fields) >= maxItemRefusals {
			continue
		}
		i := c.lines[call]
		r.env.Params = r.env.Items[i]
		wrong := &engine.Error{Code: engine.Invalid, Fields: []engine.FieldError{*c.refuse(call, r.language(), r.env)}}
		if errors.As(OfItem(r.plan, i, r.language(), wrong), &wrong) {
			refused.Fields = append(refused.Fields, wrong.Fields...)
		}
	}
	if len(refused.Fields) > 0 {
		return refused
	}
	return nil
}

// A batch is the parameters of the statement that makes all items.
type batch struct {
	uids, rows []byte // array literals, not closed
	targets    map[int]*targets
}

// targets are the records that one field of all items refers to, each once.
type targets struct {
	list []byte // an array literal, not closed
	seen map[string]bool
}

// add takes over the record whose values are assigned.
func (b *batch) add(r *run, uid string) {
	fields := r.plan.Table.Fields
	b.uids = plan.AppendElement(b.uids, []byte(uid))
	b.rows = plan.AppendElement(b.rows, appendData(nil, fields, r.result.fields))
	for i, f := range fields {
		v := r.result.fields[i]
		if f.Target == nil || v.IsNull() {
			continue
		}
		if b.targets[i] == nil {
			b.targets[i] = &targets{list: []byte{'{'}, seen: make(map[string]bool)}
		}
		if v.Kind() != raw.Array {
			b.targets[i].add(v)
		}
		v.Items(func(_ int, item raw.Value) bool {
			b.targets[i].add(item)
			return true
		})
	}
}

func (t *targets) add(v raw.Value) {
	uid := string(raw.AppendText(nil, v))
	if !t.seen[uid] {
		t.seen[uid] = true
		t.list = plan.AppendElement(t.list, []byte(uid))
	}
}

func (b *batch) get(arg int) []byte {
	switch arg {
	case plan.ArgUIDs:
		return append(b.uids, '}')
	case plan.ArgRows:
		return append(b.rows, '}')
	}
	if t := b.targets[plan.FieldOfArg(arg)]; t != nil {
		return append(t.list, '}')
	}
	return []byte("{}")
}
