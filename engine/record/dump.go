package record

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// A Format is how a file writes records.
type Format string

// The formats. NDJSON is one JSON object a line. CSV has the names in its first line; an empty cell is null, a quoted empty one is an
// empty text, lists and objects are JSON.
const (
	NDJSON Format = "ndjson"
	CSV    Format = "csv"
)

// DumpOptions say how Dump writes. The zero value is NDJSON.
type DumpOptions struct {
	Format Format
	// Spreadsheet puts an apostrophe before a CSV cell that a spreadsheet would take for a formula: one that begins with = + - @, a
	// tab or a carriage return and is no number. Such a file is for reading; importing it keeps the apostrophes.
	Spreadsheet bool
	NoHidden    bool  // leave hidden fields out
	Limit       int64 // of records; 0 is none
	// Select chooses the records and their order: a compiled LIST of the table with neither page nor lists. Env is what its values
	// are computed from. nil is all, oldest first.
	Select   *plan.Plan
	Env      *template.Env
	Progress func(records int64) // called every thousand records and at the end; nil is none
}

// Dump writes the records of a table, all and oldest first where opt says nothing else, as they are at one moment: uid, the stored
// fields in order, created_at, updated_at, version. References are uids. Memory stays flat. What it writes, Import reads.
func (e *Engine) Dump(ctx context.Context, p *engine.Project, t *engine.Table, w io.Writer, opt DumpOptions) (records int64, err error) {
	table, problems := plan.CompileTable(p, t)
	if len(problems) > 0 {
		return 0, problems
	}
	sql, params, err := e.selection(ctx, table, &opt)
	if err != nil {
		return 0, err
	}
	if opt.Limit > 0 {
		sql += " LIMIT " + strconv.FormatInt(opt.Limit, 10)
	}
	d := &dumper{table: table, fields: dumped(table, opt.NoHidden), opt: opt, out: bufio.NewWriterSize(w, 64<<10), slots: make([]raw.Value, table.Keys.Len())}
	err = pgx.BeginTxFunc(ctx, e.db.Pool(), pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = 0`); err != nil {
			return err
		}
		if err := d.header(); err != nil {
			return err
		}
		rows := tx.Conn().PgConn().ExecParams(ctx, sql, params, nil, nil, nil)
		for rows.NextRow() {
			if err := d.row(rows.Values()); err != nil {
				_, _ = rows.Close() // the first error counts
				return err
			}
		}
		_, err := rows.Close()
		return err
	})
	if err == nil {
		err = d.out.Flush()
	}
	if err != nil {
		return d.records, fmt.Errorf("dump %s: %w", t.Name, err)
	}
	if opt.Progress != nil {
		opt.Progress(d.records)
	}
	return d.records, nil
}

// selection gives the statement that a dump runs, with its parameters.
func (e *Engine) selection(ctx context.Context, table *plan.Table, opt *DumpOptions) (string, [][]byte, error) {
	if opt.Select == nil {
		return "SELECT r.uid, r.created_at, r.updated_at, r.version, r.data FROM " + table.Leaf + " r ORDER BY r.id", nil, nil
	}
	r := &run{engine: e, ctx: ctx, plan: opt.Select, env: opt.Env, result: new(Result)}
	r.result.reset()
	read := opt.Select.Read
	if err := r.bind(read.Query); err != nil {
		return "", nil, err
	}
	read, order, err := r.order(read)
	if err != nil {
		return "", nil, err
	}
	s := read.All(read.Query.Mask(r.result.args), order)
	return s.SQL, r.params(s, nil), nil
}

// dumped gives the fields that a dump writes.
func dumped(table *plan.Table, noHidden bool) []*plan.Field {
	if !noHidden {
		return table.Fields
	}
	return slices.DeleteFunc(slices.Clone(table.Fields), func(f *plan.Field) bool { return f.Def.Hidden })
}

// A dumper writes records one after the other.
type dumper struct {
	table   *plan.Table
	fields  []*plan.Field
	opt     DumpOptions
	out     *bufio.Writer
	slots   []raw.Value
	line    []byte
	text    []byte
	records int64
}

func (d *dumper) header() error {
	if d.opt.Format != CSV {
		return nil
	}
	line := []byte("uid")
	for _, f := range d.fields {
		line = append(append(line, ','), f.Def.Name...)
	}
	_, err := d.out.Write(append(line, ",created_at,updated_at,version\r\n"...))
	return err
}

func (d *dumper) row(values [][]byte) error {
	d.table.Keys.Scan(raw.Value(values[4]), d.slots)
	if d.opt.Format == CSV {
		d.csv(values)
	} else {
		d.json(values)
	}
	_, err := d.out.Write(d.line)
	if d.records++; d.records%1000 == 0 && d.opt.Progress != nil {
		d.opt.Progress(d.records)
	}
	return err
}

func (d *dumper) json(values [][]byte) {
	line := raw.AppendString(append(d.line[:0], `{"uid":`...), values[0])
	for _, f := range d.fields {
		line = raw.AppendString(append(line, ','), f.Def.Name)
		v := d.slots[f.Slot]
		if v == nil {
			v = raw.NullValue
		}
		line = append(append(line, ':'), v...)
	}
	line = appendTime(append(line, `,"created_at":"`...), values[1])
	line = appendTime(append(line, `","updated_at":"`...), values[2])
	line = append(append(line, `","version":`...), values[3]...)
	line = append(line, "}\n"...)
	d.line = line
}

func (d *dumper) csv(values [][]byte) {
	line := appendCell(d.line[:0], values[0], false)
	for _, f := range d.fields {
		line = append(line, ',')
		v := d.slots[f.Slot]
		d.text = raw.AppendText(d.text[:0], v)
		if f.Def.Type == engine.TypeJSON {
			d.text = append(d.text[:0], v...)
		}
		if d.opt.Spreadsheet && looksLikeFormula(d.text, v) {
			d.text = append([]byte{'\''}, d.text...)
		}
		line = appendCell(line, d.text, v.IsNull())
	}
	line = appendTime(append(line, ','), values[1])
	line = appendTime(append(line, ','), values[2])
	line = append(append(line, ','), values[3]...)
	line = append(line, "\r\n"...)
	d.line = line
}

// looksLikeFormula reports whether a spreadsheet would compute the cell.
func looksLikeFormula(text []byte, v raw.Value) bool {
	return v.Kind() != raw.Number && len(text) > 0 && bytes.IndexByte([]byte("=+-@\t\r"), text[0]) >= 0
}
