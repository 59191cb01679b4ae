package job

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/storage/pg"
)

// operations are the names that definitions have for what a trigger saw.
var operations = map[string]string{"INSERT": "create", "UPDATE": "update", "DELETE": "delete"}

// CheckTable tells what is wrong with the templates of a table's on_write, whose settings have passed the checks of their middlewares.
// Problems carry paths below on_write.
func CheckTable(p *engine.Project, t *engine.Table) engine.Problems {
	_, problems := compileTable(p, t)
	return problems
}

// A written is the compiled on_write of a table.
type written struct {
	project *engine.Project
	table   *engine.Table
	notices []*Notice
	reader  *plan.Reader
	keys    raw.Keys
	zone    *time.Location
}

func compileTable(p *engine.Project, t *engine.Table) (*written, engine.Problems) {
	zone, err := time.LoadLocation(p.Timezone)
	if err != nil {
		return nil, engine.Problems{engine.Problemf(nil, "use an IANA name such as Asia/Shanghai", "the project's timezone %q is not known", p.Timezone)}
	}
	w := &written{project: p, table: t, zone: zone}
	reader, problems := plan.CompileReader(p, t, func(record template.Record) (problems engine.Problems) {
		scope := &template.Scope{Record: record, Before: t, Event: true}
		for i, step := range t.OnWrite {
			n, found := Compile(step, Source{FromTable, t.Name, i}, scope)
			problems = append(problems, found.At(strconv.Itoa(i), step.Name)...)
			w.notices = append(w.notices, n)
		}
		return problems
	})
	if len(problems) > 0 {
		return nil, problems
	}
	w.reader, w.keys = reader, reader.Shape.Keys()
	return w, nil
}

// compiledTables keeps what was compiled for the present definitions. The relay alone uses it.
type compiledTables map[int]*written // by the table's id

// of gives the compiled on_write of a table, nil where it has none or is gone.
func (c compiledTables) of(p *engine.Project, id int) (*written, error) {
	if known := c[id]; known != nil && known.project == p {
		return known, nil
	}
	delete(c, id)
	for _, t := range p.Tables.All() {
		if t.ID != id || len(t.OnWrite) == 0 {
			continue
		}
		w, problems := compileTable(p, t)
		if len(problems) > 0 {
			return nil, fmt.Errorf("on_write of %s/%s: %w", p.Name, t.Name, problems)
		}
		c[id] = w
		return w, nil
	}
	return nil, nil
}

// writtenRows are the records of a batch as templates see them.
type writtenRows struct {
	queue  *Queue
	ctx    context.Context
	tables map[int]*written
	rows   map[int64]*template.Row // by the row of the outbox
}

// readWritten reads the records that rows are about, table by table.
func (q *Queue) readWritten(ctx context.Context, tx *pg.Tx, projects map[int]*engine.Project, rows []*outboxRow) (*writtenRows, error) {
	if q.tables == nil {
		q.tables = compiledTables{}
	}
	out := &writtenRows{queue: q, ctx: ctx, tables: map[int]*written{}, rows: map[int64]*template.Row{}}
	byTable := map[int][]*outboxRow{}
	for _, r := range rows {
		p := projects[r.project]
		if r.table == 0 || p == nil {
			continue
		}
		w, err := q.tables.of(p, r.table)
		if err != nil { // saved by another version: what it asks for cannot be known
			q.cfg.Log.Error("a write is not announced", "error", err)
			continue
		}
		if w == nil {
			continue
		}
		out.tables[r.table] = w
		byTable[r.table] = append(byTable[r.table], r)
	}
	for id, list := range byTable {
		texts := make([][]byte, len(list))
		for i, r := range list {
			if texts[i] = r.after; r.after == nil {
				texts[i] = r.before
			}
		}
		found, err := q.cfg.Records.ReadRows(tx, out.tables[id].reader, texts, new(record.Result))
		if err != nil {
			return nil, err
		}
		for i, r := range list {
			out.rows[r.id] = &found[i]
		}
	}
	return out, nil
}

// render makes the messages of one written record.
func (w *writtenRows) render(r *outboxRow) ([]*Message, error) {
	t, row := w.tables[r.table], w.rows[r.id]
	if t == nil || row == nil {
		return nil, nil
	}
	op := operations[r.op]
	env := &template.Env{Context: w.ctx, Scripts: w.queue.cfg.Scripts, Now: time.Now(), Timezone: t.zone, Record: row, Total: -1}
	env.Event = t.event(op, r.at)
	env.Before = t.before(r.before)
	var concerned []*Notice
	for _, n := range t.notices {
		if n.concerns(op) {
			concerned = append(concerned, n)
		}
	}
	messages, err := RenderAll(concerned, env)
	for _, m := range messages {
		m.Lane = strconv.Itoa(r.table) + "/" + strconv.Itoa(m.Step) + "/" + m.Record
	}
	return messages, err
}

func (w *written) event(op string, at time.Time) raw.Value {
	b := raw.AppendString([]byte(`{"type":`), w.table.Name+"."+op)
	b = raw.AppendString(append(b, `,"op":`...), op)
	b = raw.AppendString(append(b, `,"time":`...), at.UTC().Format(timeForm))
	b = raw.AppendString(append(b, `,"project":`...), w.project.Name)
	b = raw.AppendString(append(b, `,"table":`...), w.table.Name)
	return append(b, '}')
}

// before gives the stored values of a row as it was, under their names; nil where there was none.
func (w *written) before(row []byte) raw.Value {
	if row == nil {
		return nil
	}
	old := raw.Value(row)
	uid, _ := old.Get("uid").Text()
	s := &plan.Stored{Table: w.table, Keys: w.keys, UID: uid, Slots: make([]raw.Value, w.keys.Len())}
	w.keys.Scan(old.Get("data"), s.Slots)
	b := s.Get(nil)
	b = append(b[:len(b)-1], `,"version":`...)
	b = append(b, old.Get("version")...)
	for _, name := range []string{"created_at", "updated_at"} {
		text, _ := old.Get(name).Text()
		b = append(raw.AppendString(append(b, ','), name), ':')
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			b = raw.AppendString(b, at.UTC().Format(timeForm))
		} else {
			b = append(b, raw.NullValue...)
		}
	}
	return append(b, '}')
}

func sortRows(rows []*outboxRow) {
	slices.SortFunc(rows, func(a, b *outboxRow) int { return cmp.Compare(a.id, b.id) })
}
