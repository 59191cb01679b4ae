package record

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/value"
)

// Violations tell how many records of a table break the present rules of a field. Such records stay readable.
type Violations struct {
	Checked int64       `json:"checked"`
	Records int64       `json:"records"`
	First   []Violation `json:"first"` // the newest of them, up to 20
}

// A Violation is one record that breaks a rule.
type Violation struct {
	UID     string `json:"uid"`
	Message string `json:"message"`
}

const maxViolations = 20

// CountViolations reads every record of a table and checks the rules of field name: type, required, min, max, pattern, values, the
// existence of what it refers to, and its constraint. Uniqueness is told by the state of its index. Memory stays flat.
func (e *Engine) CountViolations(ctx context.Context, p *engine.Project, t *engine.Table, name string, lang value.Lang) (Violations, engine.Problems, error) {
	table, problems := plan.CompileTable(p, t)
	if len(problems) > 0 {
		return Violations{}, problems, nil
	}
	f := table.Field(name)
	if f == nil {
		return Violations{}, engine.Problems{engine.Problemf([]string{"fields", name}, near(name, t), "there is no stored field %q", name)}, nil
	}
	v := &violations{engine: e, ctx: ctx, table: table, field: f, lang: lang}
	err := pgx.BeginTxFunc(ctx, e.db.Pool(), pgx.TxOptions{AccessMode: pgx.ReadOnly, IsoLevel: pgx.RepeatableRead}, v.count)
	if err != nil {
		return Violations{}, nil, fmt.Errorf("count violations of %s.%s: %w", t.Name, name, err)
	}
	return v.found, nil, nil
}

func near(name string, t *engine.Table) string {
	if best := engine.Near(name, t.Fields.Names()); best != "" {
		return "did you mean " + best + "?"
	}
	return ""
}

// violations is one count under way.
type violations struct {
	engine *Engine
	ctx    context.Context
	table  *plan.Table
	field  *plan.Field
	lang   value.Lang
	found  Violations
	calls  *constraints
	uids   []string // of the records whose constraint waits in calls
}

func (v *violations) count(tx pgx.Tx) error {
	if _, err := tx.Exec(v.ctx, `SET LOCAL statement_timeout = 0`); err != nil {
		return err
	}
	missing := `false`
	if v.field.Target != nil {
		missing = `EXISTS (SELECT FROM ` + uidsOf(v.field) + ` u(uid) WHERE u.uid IS NOT NULL AND NOT EXISTS (SELECT FROM ` + v.field.TargetLeaf + ` x WHERE x.uid = u.uid))`
	}
	rows := tx.Conn().PgConn().ExecParams(v.ctx, `SELECT s.uid, s.data, `+missing+` FROM `+v.table.Leaf+` s ORDER BY s.created_at DESC, s.id DESC`, nil, nil, nil, nil)
	slots := make([]raw.Value, v.table.Keys.Len())
	for rows.NextRow() {
		values := rows.Values()
		v.table.Keys.Scan(values[1], slots)
		if err := v.record(string(values[0]), slots, values[2][0] == 't'); err != nil {
			_, _ = rows.Close() // the first error counts
			return err
		}
	}
	if _, err := rows.Close(); err != nil {
		return err
	}
	return v.flush()
}

// uidsOf gives the FROM item of the uids that field f of row s refers to.
func uidsOf(f *plan.Field) string {
	stored := `s.data->` + relation.Literal(f.Def.Key)
	if f.Def.Type == engine.TypeReferences {
		return `jsonb_array_elements_text(CASE WHEN jsonb_typeof(` + stored + `) = 'array' THEN ` + stored + ` END)`
	}
	return `(SELECT s.data->>` + relation.Literal(f.Def.Key) + `)`
}

func (v *violations) record(uid string, slots []raw.Value, dangling bool) error {
	v.found.Checked++
	f, stored := v.field, slots[v.field.Slot]
	canonical, wrong := f.Checker.JSON(stored, v.lang)
	switch {
	case wrong != nil:
		v.add(uid, wrong.Message)
	case f.Def.IsRequired() && f.Checker.Missing(canonical):
		v.add(uid, f.Checker.Required(v.lang).Message)
	case dangling:
		v.add(uid, f.Checker.Refuse(v.lang, "reference", "missing").Message)
	case f.Constraint != nil && !canonical.IsNull():
		return v.constraint(uid, slots)
	}
	return nil
}

func (v *violations) add(uid, message string) {
	v.found.Records++
	if len(v.found.First) < maxViolations {
		v.found.First = append(v.found.First, Violation{UID: uid, Message: message})
	}
}

// constraint puts the record into the next frame of scripts.
func (v *violations) constraint(uid string, slots []raw.Value) error {
	if v.calls == nil {
		v.calls = &constraints{engine: v.engine, table: v.table, that: v.engine.that(v.ctx)}
	}
	this := &plan.Stored{Table: v.table.Def, Keys: v.table.Keys, UID: uid, Slots: make([]raw.Value, len(slots))}
	for i, s := range slots {
		if s != nil {
			this.Slots[i] = append(raw.Value(nil), s...)
		}
	}
	before := len(v.calls.calls)
	if err := v.calls.add([]*plan.Field{v.field}, this); err != nil {
		return err
	}
	if len(v.calls.calls) > before {
		v.uids = append(v.uids, uid)
	}
	if len(v.uids) == constraintBatch {
		return v.flush()
	}
	return nil
}

func (v *violations) flush() error {
	if v.calls == nil {
		return nil
	}
	accepted, err := v.calls.run(v.ctx)
	if err != nil {
		return err
	}
	for i, fine := range accepted {
		if !fine {
			v.add(v.uids[i], v.field.Checker.Refuse(v.lang, "constraint", "constraint").Message)
		}
	}
	v.calls, v.uids = nil, nil
	return nil
}
