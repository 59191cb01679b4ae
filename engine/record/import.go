package record

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/value"
	"github.com/sayrud/sayrud/storage/pg"
)

// ImportOptions say how Import reads. The zero value reads NDJSON, all or nothing.
type ImportOptions struct {
	Format   Format
	Continue bool // keep the good records and report the others
	DryRun   bool // tell what would become of the file, and store nothing
	// Columns gives the field that a name of the file means; "" leaves what stands under it out. Names that it lacks mean themselves.
	Columns  map[string]string
	Most     int // errors that the report names; 0 is 100
	Lang     value.Lang
	Progress func(bytes, records int64) // read so far; called every thousand records; nil is none
}

// An ImportReport says what became of a file.
type ImportReport struct {
	Records int64         // stored
	Refused int64         // records that were not
	Errors  []ImportError // the first of them, by line
}

// An ImportError says why a record was refused.
type ImportError struct {
	Line    int    // from 1
	Message string // sentences, each of which names the field's label
}

// maxImportErrors bounds the report where nothing else is asked; further ones are counted.
const maxImportErrors = 100

// MaxImportLine bounds one record of a file, in bytes.
const MaxImportLine = 16 << 20

// What ends an import that stores nothing: it is all or nothing, or was tried only.
var (
	errRefused = errors.New("records were refused")
	errTried   = errors.New("the import was only tried")
)

// Import stores the records of a file under the rules of the API: types, rules, defaults, references, uniqueness, constraints. A
// record may bring uid, created_at and updated_at; version, id and generated fields are ignored, other unknown names refused. null
// stays null, what is absent takes its default. References may point at any record of the same file. It is one transaction. Unless
// Continue is set, one refused record refuses all; the report names them, and the error is nil. A dry run does everything and undoes it:
// its report is that of an import, and while it runs it holds the locks of one.
func (e *Engine) Import(ctx context.Context, p *engine.Project, t *engine.Table, r io.Reader, opt ImportOptions) (ImportReport, error) {
	table, problems := plan.CompileTable(p, t)
	if len(problems) > 0 {
		return ImportReport{}, problems
	}
	im := &importer{engine: e, ctx: ctx, table: table, opt: opt}
	err := pgx.BeginFunc(ctx, e.db.Pool(), func(tx pgx.Tx) error {
		im.tx = tx
		return im.run(r)
	})
	if !opt.DryRun {
		e.changed(t.ID)
	}
	im.report.Errors = im.sortedErrors()
	switch {
	case errors.Is(err, errTried):
		return im.report, nil
	case errors.Is(err, errRefused):
		im.report.Records = 0
		return im.report, nil
	case err != nil:
		return ImportReport{}, fmt.Errorf("import into %s: %w", t.Name, err)
	}
	return im.report, nil
}

// An importer is one import under way.
type importer struct {
	engine *Engine
	ctx    context.Context
	table  *plan.Table
	opt    ImportOptions
	tx     pgx.Tx
	report ImportReport
	rows   *importRows
}

// run stages the records in a temporary table, takes away what is refused, and stores the rest.
func (im *importer) run(r io.Reader) error {
	if err := im.exec(`SET LOCAL statement_timeout = 0`); err != nil {
		return err
	}
	if err := im.exec(`CREATE TEMPORARY TABLE _import (line int NOT NULL, uid text COLLATE "C" NOT NULL, created_at timestamptz(3), updated_at timestamptz(3), data jsonb NOT NULL) ON COMMIT DROP`); err != nil {
		return err
	}
	rows, err := newImportRows(im, r)
	if err != nil {
		return err
	}
	im.rows = rows
	if _, err := im.tx.Conn().PgConn().CopyFrom(im.ctx, rows, `COPY pg_temp._import (line, uid, created_at, updated_at, data) FROM STDIN`); err != nil {
		if rows.failed != nil && !errors.Is(rows.failed, io.EOF) {
			return rows.failed // PostgreSQL only says that the file ended early
		}
		return err
	}
	if err := im.exec(`CREATE INDEX ON pg_temp._import (uid)`); err != nil {
		return err
	}
	if err := im.exec(`ANALYZE pg_temp._import`); err != nil {
		return err
	}
	for _, step := range []func() error{im.repeated, im.numbers, im.files, im.references, im.constraints, im.store, im.raise} {
		if err := step(); err != nil {
			return err
		}
		if im.report.Refused > 0 && !im.opt.Continue {
			return errRefused
		}
	}
	if im.opt.DryRun {
		return errTried
	}
	return nil
}

func (im *importer) exec(sql string) error {
	_, err := im.tx.Exec(im.ctx, sql)
	return err
}

// refuse counts a refused record.
func (im *importer) refuse(line int, message string) {
	im.report.Refused++
	if len(im.report.Errors) < cmp.Or(im.opt.Most, maxImportErrors) {
		im.report.Errors = append(im.report.Errors, ImportError{Line: line, Message: message})
	}
}

// lines runs a statement whose rows begin with a line.
func (im *importer) lines(sql string, row func(line int)) error {
	rows, err := im.tx.Query(im.ctx, sql)
	if err != nil {
		return err
	}
	var line int
	_, err = pgx.ForEachRow(rows, []any{&line}, func() error {
		row(line)
		return nil
	})
	return err
}

// repeated refuses a uid that stands in the file twice.
func (im *importer) repeated() error {
	return im.lines(`DELETE FROM pg_temp._import s USING (SELECT uid, min(line) AS first FROM pg_temp._import GROUP BY uid HAVING count(*) > 1) d
WHERE s.uid = d.uid AND s.line > d.first RETURNING s.line`, func(line int) {
		im.refuse(line, value.Sentence(im.opt.Lang, "unique", "uid"))
	})
}

// numbers gives autonumbers to the records that bring none.
func (im *importer) numbers() error {
	for _, f := range im.table.Fields {
		if f.Sequence == "" {
			continue
		}
		if im.opt.DryRun {
			if err := im.pretendNumbers(f); err != nil {
				return err
			}
			continue
		}
		key, sequence := relation.Literal(f.Def.Key), relation.Literal(f.Sequence)
		if im.rows.numbered[f.Slot] {
			// The numbers that come must not be given again within this import.
			if err := im.exec(`SELECT setval(` + sequence + `, m) FROM (SELECT max((data->>` + key + `)::numeric)::bigint AS m FROM pg_temp._import WHERE (data->>` + key + `)::numeric BETWEEN 1 AND 9000000000000000000) x
WHERE m >= (SELECT last_value FROM ` + f.Sequence + `)`); err != nil {
				return err
			}
		}
		if err := im.exec(`UPDATE pg_temp._import s SET data = s.data || jsonb_build_object(` + key + `, o.n)
FROM (SELECT line, nextval(` + sequence + `) AS n FROM (SELECT line FROM pg_temp._import WHERE data->` + key + ` IS NULL ORDER BY line) x) o WHERE o.line = s.line`); err != nil {
			return err
		}
	}
	return nil
}

// pretendNumbers gives the numbers of a dry run: what is drawn from a sequence does not come back.
func (im *importer) pretendNumbers(f *plan.Field) error {
	key := relation.Literal(f.Def.Key)
	return im.exec(`UPDATE pg_temp._import s SET data = s.data || jsonb_build_object(` + key + `, o.n)
FROM (SELECT x.line, b.last + row_number() OVER (ORDER BY x.line) AS n
  FROM (SELECT line FROM pg_temp._import WHERE data->` + key + ` IS NULL) x,
    (SELECT greatest((SELECT last_value FROM ` + f.Sequence + `), max((data->>` + key + `)::numeric)) AS last FROM pg_temp._import) b) o
WHERE o.line = s.line`)
}

// raise moves sequences beyond the numbers that came.
func (im *importer) raise() error {
	if im.opt.DryRun {
		return nil
	}
	for _, f := range im.table.Fields {
		if f.Sequence != "" && im.rows.numbered[f.Slot] {
			if err := im.exec(relation.RaiseSequence(im.table.Project, im.table.Def, f.Def)); err != nil {
				return err
			}
		}
	}
	return nil
}

// store moves what is left into the leaf and refuses what a unique index does not take.
func (im *importer) store() error {
	rows, err := im.tx.Query(im.ctx, `WITH stored AS (
  INSERT INTO `+im.table.Leaf+` (uid, created_at, updated_at, data)
  SELECT uid, coalesce(created_at, now()), coalesce(updated_at, created_at, now()), data FROM pg_temp._import ORDER BY line
  ON CONFLICT DO NOTHING RETURNING uid)
SELECT s.line FROM pg_temp._import s WHERE NOT EXISTS (SELECT FROM stored WHERE stored.uid = s.uid) ORDER BY s.line`)
	if err != nil {
		return im.stored(err)
	}
	taken, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return im.stored(err)
	}
	for i, line := range taken {
		message := value.Sentence(im.opt.Lang, "conflict")
		if i < cmp.Or(im.opt.Most, maxImportErrors) {
			if message, err = im.whyTaken(line); err != nil {
				return err
			}
		}
		im.refuse(line, message)
	}
	var left int64
	if err := im.tx.QueryRow(im.ctx, `SELECT count(*) FROM pg_temp._import`).Scan(&left); err != nil {
		return err
	}
	im.report.Records = left - int64(len(taken))
	return nil
}

func (im *importer) stored(err error) error {
	if refused := refusal(im.table, err, im.opt.Lang); refused != nil {
		return refused
	}
	return err
}

// whyTaken tries one record again, to learn which index refuses it.
func (im *importer) whyTaken(line int) (string, error) {
	inner, err := im.tx.Begin(im.ctx)
	if err != nil {
		return "", err
	}
	_, failed := inner.Exec(im.ctx, `INSERT INTO `+im.table.Leaf+` (uid, data) SELECT uid, data FROM pg_temp._import WHERE line = $1`, line)
	if err := inner.Rollback(im.ctx); err != nil {
		return "", err
	}
	if pg.Code(failed) != pg.UniqueViolation {
		return value.Sentence(im.opt.Lang, "conflict"), nil
	}
	return taken(im.table, failed, im.opt.Lang).Text(), nil
}

// sentences joins the refusals of one record.
func sentences(fields []engine.FieldError) string {
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = f.Message
	}
	return strings.Join(texts, " ")
}
