package record

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// importRows reads records, checks each by itself, and gives them as COPY text (PostgreSQL manual, COPY, "Text Format"). It is the
// io.Reader of that COPY.
type importRows struct {
	im       *importer
	in       *counted
	lines    *bufio.Reader
	csv      *csvReader
	columns  []column // of CSV
	line     int
	records  int64
	out      []byte // not yet read
	spare    []byte
	values   []raw.Value
	env      *template.Env
	numbered map[int]bool // slots of autonumbers that some record brings
	times    *value.Checker
	failed   error
}

// A column is what a name of the file means.
type column struct {
	name    string
	index   int // of Table.Fields; -1 is none
	ignored bool
}

// counted counts the bytes read.
type counted struct {
	r io.Reader
	n int64
}

// Read reads and counts.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// noRequest is the $request of an import: there is none.
type noRequest struct{}

// Value gives nothing, whatever the path.
func (noRequest) Value([]string) raw.Value { return nil }

func newImportRows(im *importer, r io.Reader) (*importRows, error) {
	rows := &importRows{im: im, in: &counted{r: r}, numbered: make(map[int]bool), values: make([]raw.Value, len(im.table.Fields))}
	rows.env = &template.Env{Context: im.ctx, Scripts: im.engine.scripts, Timezone: im.table.Location, Request: noRequest{}}
	rows.times, _ = value.Compile(engine.TypeDatetime, &engine.Rules{}, "created_at", im.table.Location)
	if im.opt.Format != CSV {
		rows.lines = bufio.NewReaderSize(rows.in, 64<<10)
		return rows, nil
	}
	rows.csv = newCSVReader(rows.in, MaxImportLine)
	header, err := rows.csv.read()
	if errors.Is(err, errCSV) {
		return nil, &engine.Error{Code: engine.Invalid, Message: err.Error()}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return rows, rows.head(header)
}

// head reads the first line of CSV, which names fields. One that names none is a record, or the file is empty.
func (r *importRows) head(header []cell) error {
	var unknown error
	named := false
	for _, c := range header {
		col, err := r.column(string(c.text))
		if err != nil && unknown == nil {
			unknown = err
		}
		named = named || col.index >= 0
		r.columns = append(r.columns, col)
	}
	if !named {
		return &engine.Error{Code: engine.Invalid, Message: value.Sentence(r.im.opt.Lang, "header", joined(r.im.table.Def.Fields.Names()))}
	}
	return unknown
}

// column finds the meaning of a name.
func (r *importRows) column(name string) (column, error) {
	if field, mapped := r.im.opt.Columns[name]; mapped {
		if field == "" {
			return column{name: name, index: -1, ignored: true}, nil
		}
		name = field
	}
	c := column{name: name, index: slices.IndexFunc(r.im.table.Fields, func(f *plan.Field) bool { return f.Def.Name == name })}
	if c.index >= 0 {
		return c, nil
	}
	switch name {
	case "uid", "created_at", "updated_at":
		return c, nil
	case "id", "version":
		c.ignored = true
		return c, nil
	}
	if f, found := r.im.table.Def.Fields.Get(name); found && !f.Stored() {
		c.ignored = true
		return c, nil
	}
	message := value.Sentence(r.im.opt.Lang, "unknown", name)
	if near := engine.Near(name, r.im.table.Def.Fields.Names()); near != "" {
		message += " (" + near + "?)"
	}
	return c, &engine.Error{Code: engine.Invalid, Message: message}
}

// Read gives the next bytes of the COPY.
func (r *importRows) Read(p []byte) (int, error) {
	for len(r.out) == 0 {
		if r.failed != nil {
			return 0, r.failed
		}
		r.out, r.spare = r.spare[:0], nil
		for r.failed == nil && len(r.out) < 32<<10 {
			r.failed = r.next()
		}
		r.spare = r.out[:0]
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// next reads one record and appends it to out, or counts it as refused. An error ends the file: io.EOF, or what makes reading on
// impossible.
func (r *importRows) next() error {
	var record staged
	record.values = r.values
	clear(record.values)
	var err error
	if r.csv != nil {
		err = r.readCSV(&record)
	} else {
		err = r.readJSON(&record)
	}
	var refused *engine.Error
	if errors.As(err, &refused) {
		r.im.refuse(r.line, refused.Text())
	} else if err != nil {
		return err
	} else if wrong := r.check(&record); len(wrong) > 0 {
		r.im.refuse(r.line, sentences(wrong))
	} else {
		r.copy(&record)
	}
	if r.records++; r.records%1000 == 0 && r.im.opt.Progress != nil {
		r.im.opt.Progress(r.in.n, r.records)
	}
	return r.im.ctx.Err()
}

// copy appends the record as a line of COPY.
func (r *importRows) copy(s *staged) {
	r.out = fmt.Appendf(r.out, "%d\t%s\t", r.line, s.uid)
	for _, at := range []string{s.createdAt, s.updatedAt} {
		r.out = append(append(r.out, cmp.Or(at, `\N`)...), '\t')
	}
	start := len(r.out)
	r.out = appendData(r.out, r.im.table.Fields, s.values)
	r.out = escapeCopy(r.out, start)
	r.out = append(r.out, '\n')
}

// escapeCopy doubles the backslashes of b[start:], the only bytes of JSON text that COPY reads in its own way.
func escapeCopy(b []byte, start int) []byte {
	n := 0
	for _, c := range b[start:] {
		if c == '\\' {
			n++
		}
	}
	if n == 0 {
		return b
	}
	from := len(b) - 1
	b = append(b, make([]byte, n)...)
	for to := len(b) - 1; to > from; to-- {
		b[to] = b[from]
		if b[from] == '\\' {
			to--
			b[to] = '\\'
		}
		from--
	}
	return b
}

func (im *importer) sortedErrors() []ImportError {
	slices.SortStableFunc(im.report.Errors, func(a, b ImportError) int { return cmp.Compare(a.Line, b.Line) })
	return im.report.Errors
}
