package record

import (
	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
)

// references locks the records referred to and refuses those that refer to none. Refusing one may leave others without theirs, so it
// goes on until nothing more goes.
func (im *importer) references() error {
	for _, f := range im.table.Fields {
		if f.Target == nil {
			continue
		}
		if err := im.exec(`SELECT FROM ` + f.TargetLeaf + ` x WHERE x.uid IN (SELECT u.uid FROM pg_temp._import s, ` + referred(f) + ` u(uid)) ORDER BY x.id FOR KEY SHARE`); err != nil {
			return err
		}
	}
	for before := int64(-1); before != im.report.Refused; {
		before = im.report.Refused
		for _, f := range im.table.Fields {
			if f.Target == nil {
				continue
			}
			if err := im.dangling(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// referred gives the FROM item of the uids that field f of staged row s refers to.
func referred(f *plan.Field) string {
	stored := `s.data->` + relation.Literal(f.Def.Key)
	if f.Def.Type == engine.TypeReferences {
		return `jsonb_array_elements_text(coalesce(` + stored + `, '[]'::jsonb))`
	}
	return `LATERAL (SELECT s.data->>` + relation.Literal(f.Def.Key) + `)`
}

func (im *importer) dangling(f *plan.Field) error {
	staged := ""
	if f.Target == im.table.Def {
		staged = ` AND NOT EXISTS (SELECT FROM pg_temp._import o WHERE o.uid = u.uid)`
	}
	return im.lines(`DELETE FROM pg_temp._import d WHERE d.line IN (
  SELECT s.line FROM pg_temp._import s, `+referred(f)+` u(uid)
  WHERE u.uid IS NOT NULL AND NOT EXISTS (SELECT FROM `+f.TargetLeaf+` x WHERE x.uid = u.uid)`+staged+`) RETURNING d.line`, func(line int) {
		im.refuse(line, f.Checker.Refuse(im.opt.Lang, "reference", "missing").Message)
	})
}

// constraintBatch is how many staged records are checked in one frame.
const constraintBatch = 200

// constraints checks the staged records in the order of the file.
func (im *importer) constraints() error {
	fields := im.table.Constrained()
	if len(fields) == 0 {
		return nil
	}
	for after := 0; ; {
		batch, err := im.batch(after)
		if err != nil || len(batch) == 0 {
			return err
		}
		after = batch[len(batch)-1].line
		c := &constraints{engine: im.engine, table: im.table, that: im.that}
		for _, row := range batch {
			c.line = row.line
			if err := c.add(fields, row.stored); err != nil {
				return err
			}
		}
		if err := im.judge(c); err != nil {
			return err
		}
	}
}

// judge takes away the records that a constraint refuses.
func (im *importer) judge(c *constraints) error {
	accepted, err := c.run(im.ctx)
	if err != nil {
		return err
	}
	wrong := make(map[int][]engine.FieldError)
	for i := range c.fields {
		if !accepted[i] {
			wrong[c.lines[i]] = append(wrong[c.lines[i]], *c.refuse(i, im.opt.Lang, im.rows.env))
		}
	}
	for line, fields := range wrong {
		im.refuse(line, sentences(fields))
		if _, err := im.tx.Exec(im.ctx, `DELETE FROM pg_temp._import WHERE line = $1`, line); err != nil {
			return err
		}
	}
	return nil
}

// A candidate is a staged record whose constraints are to be checked.
type candidate struct {
	line   int
	stored *plan.Stored
}

func (im *importer) batch(after int) ([]candidate, error) {
	rows, err := im.tx.Query(im.ctx, `SELECT line, uid, data::text FROM pg_temp._import WHERE line > $1 ORDER BY line LIMIT $2`, after, constraintBatch)
	if err != nil {
		return nil, err
	}
	t := im.table
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (candidate, error) {
		c := candidate{stored: &plan.Stored{Table: t.Def, Keys: t.Keys, Slots: make([]raw.Value, t.Keys.Len())}}
		var data []byte
		err := row.Scan(&c.line, &c.stored.UID, &data)
		t.Keys.Scan(data, c.stored.Slots)
		return c, err
	})
}

// that reads the record a reference leads to, in the table or in the file.
func (im *importer) that(f *plan.Field, uid string) (*plan.Stored, error) {
	sql := `SELECT data::text FROM ` + f.TargetLeaf + ` WHERE uid = $1`
	if f.Target == im.table.Def {
		sql += ` UNION ALL SELECT data::text FROM pg_temp._import WHERE uid = $1 LIMIT 1`
	}
	rows, err := im.tx.Query(im.ctx, sql, uid)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil || len(found) == 0 {
		return nil, err
	}
	that := &plan.Stored{Table: f.Target, Keys: f.TargetKeys, UID: uid, Slots: make([]raw.Value, f.TargetKeys.Len())}
	f.TargetKeys.Scan(found[0], that.Slots)
	return that, nil
}
