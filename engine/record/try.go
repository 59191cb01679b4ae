package record

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/value"
)

// A Preview is what an expression gives for one record.
type Preview struct {
	UID   string    `json:"uid"`
	Value raw.Value `json:"value"`
}

// previews is how many records a preview shows.
const previews = 5

// TryExpression computes a generated field's fragment for the newest records of a table, without changing anything, and tells its type. Problems say what
// is wrong with the fragment.
func (e *Engine) TryExpression(ctx context.Context, p *engine.Project, t *engine.Table, source string) ([]Preview, string, engine.Problems, error) {
	sql, typ, problems := plan.Fragment(p, t, source)
	if len(problems) > 0 {
		return nil, "", problems, nil
	}
	rows, err := e.db.Pool().Query(ctx, "SELECT r.uid, ("+sql+")::text FROM "+relation.Leaf(p, t)+" r ORDER BY r.created_at DESC, r.id DESC LIMIT "+strconv.Itoa(previews))
	if err != nil {
		return nil, "", nil, fmt.Errorf("try an expression on %s: %w", t.Name, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Preview, error) {
		var found Preview
		err := row.Scan(&found.UID, (*[]byte)(&found.Value))
		return found, err
	})
	if err != nil {
		return nil, "", nil, fmt.Errorf("try an expression on %s: %w", t.Name, err)
	}
	return list, typ, nil, nil
}

// A Trial is what a constraint says of one record.
type Trial struct {
	UID      string    `json:"uid"`
	Value    raw.Value `json:"value"`
	Accepted bool      `json:"accepted"`
	Skipped  bool      `json:"skipped,omitempty"` // the value is null: the constraint is not asked
	Error    string    `json:"error,omitempty"`   // what JavaScript said when it failed
	Line     int       `json:"line,omitempty"`    // of the constraint where it failed, from 1; 0 where that is not known
	Column   int       `json:"column,omitempty"`
	Micros   int64     `json:"us"` // that the constraint took
}

// MaxTrials bounds the records of one trial.
const MaxTrials = 100

// CheckConstraint asks the constraint of field name for each given record, an object of names as the API takes it, or for n records
// of the table picked at random where none are given. t holds the definition to be tried; it need not be the stored one.
func (e *Engine) CheckConstraint(ctx context.Context, p *engine.Project, t *engine.Table, name string, given []raw.Value, n int) ([]Trial, engine.Problems, error) {
	table, problems := plan.CompileTable(p, t)
	if len(problems) > 0 {
		return nil, problems, nil
	}
	f := table.Field(name)
	if f == nil || f.Constraint == nil {
		return nil, engine.Problems{engine.Problemf([]string{"fields", name}, "", "%s has no constraint", name)}, nil
	}
	var records []*plan.Stored
	var err error
	if given == nil {
		records, err = e.sample(ctx, table, min(max(n, 1), MaxTrials))
	} else {
		records, problems = readGiven(table, given[:min(len(given), MaxTrials)])
	}
	if err != nil || len(problems) > 0 {
		return nil, problems, err
	}
	trials := make([]Trial, len(records))
	for i, this := range records {
		if trials[i], err = e.try(ctx, table, f, this); err != nil {
			return nil, nil, fmt.Errorf("try the constraint of %s.%s: %w", t.Name, name, err)
		}
	}
	return trials, nil, nil
}

// try asks one constraint of one record.
func (e *Engine) try(ctx context.Context, table *plan.Table, f *plan.Field, this *plan.Stored) (Trial, error) {
	trial := Trial{UID: this.UID, Value: this.Get([]string{f.Def.Name})}
	c := &constraints{engine: e, table: table, that: e.that(ctx)}
	if err := c.add([]*plan.Field{f}, this); err != nil {
		return trial, err
	}
	if len(c.calls) == 0 {
		trial.Accepted, trial.Skipped = true, true
		return trial, nil
	}
	c.clock()
	start := time.Now()
	answer, err := e.scripts.Run(ctx, c.calls[0].Program, c.shared, c.calls[0].Inputs)
	trial.Micros = time.Since(start).Microseconds()
	var raised *script.Error
	switch {
	case errors.As(err, &raised):
		trial.Error, trial.Line, trial.Column = raised.Message, raised.Line, raised.Column
	case err != nil:
		trial.Error = err.Error()
	}
	trial.Accepted = err == nil && string(answer) == "true"
	return trial, nil
}

// that reads referred records outside any transaction.
func (e *Engine) that(ctx context.Context) func(f *plan.Field, uid string) (*plan.Stored, error) {
	r := &run{engine: e, ctx: ctx}
	return r.that
}

// readGiven makes stored forms of records written under names. A value that its field refuses is a problem.
func readGiven(table *plan.Table, given []raw.Value) ([]*plan.Stored, engine.Problems) {
	var problems engine.Problems
	records := make([]*plan.Stored, len(given))
	for i, object := range given {
		s := &plan.Stored{Table: table.Def, Keys: table.Keys, Slots: make([]raw.Value, table.Keys.Len())}
		s.UID, _ = object.Get("uid").Text()
		for _, f := range table.Fields {
			canonical, refused := f.Checker.JSON(object.Get(f.Def.Name), value.English)
			if refused != nil {
				problems = append(problems, engine.Problemf([]string{"records", strconv.Itoa(i), f.Def.Name}, "", "%s", refused.Message))
			} else if !canonical.IsNull() {
				s.Slots[f.Slot] = canonical
			}
		}
		records[i] = s
	}
	return records, problems
}

// sample picks about n records at random: from a few random pages of a large table, from all of a small one.
func (e *Engine) sample(ctx context.Context, table *plan.Table, n int) ([]*plan.Stored, error) {
	rows, err := e.db.Pool().Query(ctx, `SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = $1::regclass`, table.Leaf)
	if err != nil {
		return nil, fmt.Errorf("sample %s: %w", table.Def.Name, err)
	}
	size, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("sample %s: %w", table.Def.Name, err)
	}
	share := 100.0
	if size > 10_000 {
		share = 100 * float64(n*50) / float64(size)
	}
	sql := `SELECT r.uid, r.data::text FROM ` + table.Leaf + ` r TABLESAMPLE SYSTEM (` + strconv.FormatFloat(min(share, 100), 'f', 6, 64) + `) ORDER BY random() LIMIT ` + strconv.Itoa(n)
	if rows, err = e.db.Pool().Query(ctx, sql); err != nil {
		return nil, fmt.Errorf("sample %s: %w", table.Def.Name, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (*plan.Stored, error) {
		s := &plan.Stored{Table: table.Def, Keys: table.Keys, Slots: make([]raw.Value, table.Keys.Len())}
		var data []byte
		err := row.Scan(&s.UID, &data)
		table.Keys.Scan(data, s.Slots)
		return s, err
	})
}
