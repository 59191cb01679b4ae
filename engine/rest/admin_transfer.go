package rest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/direct"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/engine/value"
)

// An outflow is a download that is written as it is made.
type outflow struct {
	contentType string
	name        string // of the download
	write       func(w io.Writer) error
}

// flow sends an outflow. What goes wrong before anything was sent is answered as a refusal; later, the connection is cut, so that the
// client knows that the file is not whole.
func (s *Server) flow(c *call, out *outflow) {
	h := c.q.Header
	h.Set("Content-Type", out.contentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": out.name}))
	h["Content-Security-Policy"] = sandbox
	sent := &counter{ResponseWriter: c.w}
	err := out.write(sent)
	switch {
	case err == nil:
	case sent.bytes > 0:
		s.log.Warn("a download was cut off", "request_id", c.q.ID, "error", err)
		panic(http.ErrAbortHandler)
	default:
		h.Del("Content-Disposition")
		s.fail(c.q, nil, err)
		s.write(c.q, c.w)
	}
}

// body is the body of a request that an operation reads itself. It has no bound: what reads it keeps nothing of it.
func (c *call) body() io.Reader { return &body{call: c, deadline: newDeadline(c.w)} }

type body struct {
	call     *call
	deadline *deadline
}

// Read reads, and takes the deadline away at the end.
func (b *body) Read(p []byte) (int, error) {
	b.deadline.move()
	n, err := b.call.q.HTTP.Body.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		b.deadline.end()
	case err != nil:
		err = &engine.Error{Code: engine.Invalid, Message: value.Sentence(b.call.lang(), "file.broken"), Cause: err}
	}
	return n, err
}

// lang is the language that the client asks for.
func (c *call) lang() value.Lang {
	return value.PickLang("auto", c.q.HTTP.Header.Get("Accept-Language"))
}

type importIn struct {
	Table   string    `path:"table"`
	Format  string    `query:"format" doc:"csv or ndjson; ndjson"`
	DryRun  bool      `query:"dry_run" doc:"say what would become of the records, store none"`
	Skip    bool      `query:"skip" doc:"keep the good records where others are refused"`
	Columns raw.Value `query:"columns" doc:"an object: the field for each name of the file; \"\" leaves it out"`
}

// importReport says what became of a file. Of a dry run it says what would.
type importReport struct {
	Records int64           `json:"records"` // stored
	Refused int64           `json:"refused"`
	Errors  []importRefusal `json:"errors"` // the first thousand, by line
}

type importRefusal struct {
	Line    int    `json:"line"` // from 1
	Message string `json:"message"`
}

// maxImportErrors is how many refused records an import names.
const maxImportErrors = 1000

func (s *Server) importRecords(c *call, in *importIn) (importReport, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return importReport{}, err
	}
	format, err := formatOf(in.Format)
	if err != nil {
		return importReport{}, err
	}
	columns, err := columnsOf(in.Columns)
	if err != nil {
		return importReport{}, err
	}
	report, err := s.cfg.Records.Import(c.ctx(), c.project, t, c.body(), record.ImportOptions{
		Format: format, Continue: in.Skip || in.DryRun, DryRun: in.DryRun, Columns: columns, Most: maxImportErrors, Lang: c.lang(),
	})
	if err != nil {
		return importReport{}, err
	}
	out := importReport{Records: report.Records, Refused: report.Refused, Errors: make([]importRefusal, len(report.Errors))}
	for i, e := range report.Errors {
		out.Errors[i] = importRefusal(e)
	}
	if in.DryRun || report.Records == 0 {
		return out, nil
	}
	return out, c.audit("import records", t.Name, map[string]int64{"records": report.Records})
}

func formatOf(asked string) (record.Format, error) {
	switch format := record.Format(asked); format {
	case "", record.NDJSON:
		return record.NDJSON, nil
	case record.CSV:
		return format, nil
	}
	return "", engine.Errorf(engine.Invalid, "The format is csv or ndjson.")
}

// columnsOf reads what the names of a file mean.
func columnsOf(v raw.Value) (map[string]string, error) {
	if v.IsNull() {
		return nil, nil
	}
	columns := map[string]string{}
	ok := v.Kind() == raw.Object
	v.Members(func(key, v raw.Value) bool {
		name, _ := key.Text()
		columns[name], _ = v.Text()
		ok = ok && v.Kind() == raw.String
		return ok
	})
	if !ok {
		return nil, engine.Errorf(engine.Invalid, "columns is an object of names of fields.")
	}
	return columns, nil
}

type exportRecordsIn struct {
	Table       string    `path:"table"`
	Format      string    `query:"format" doc:"csv or ndjson; ndjson"`
	Filter      raw.Value `query:"filter" doc:"as of records"`
	Sort        []string  `query:"sort" doc:"as of records; newest first"`
	Spreadsheet bool      `query:"spreadsheet" doc:"mark CSV cells that a spreadsheet would take for formulas; such a file is for reading only"`
}

func (s *Server) exportRecords(c *call, in *exportRecordsIn) (outflow, error) {
	t, err := c.table(in.Table)
	if err != nil {
		return outflow{}, err
	}
	format, err := formatOf(in.Format)
	if err != nil {
		return outflow{}, err
	}
	options := record.DumpOptions{Format: format, Spreadsheet: in.Spreadsheet, NoHidden: !c.seesHidden()}
	if in.Filter != nil || len(in.Sort) > 0 {
		ep, err := c.listEndpoint(t, &listRecordsIn{Filter: in.Filter, Sort: in.Sort})
		if err != nil {
			return outflow{}, err
		}
		e, err := c.adhoc(c.project, ep)
		if err != nil {
			return outflow{}, err
		}
		e.prepare(c.q)
		options.Select, options.Env = e.plan, &c.q.Env
	}
	contentType := map[record.Format]string{record.CSV: "text/csv; charset=utf-8", record.NDJSON: "application/x-ndjson"}[format]
	name := t.Name + "-" + time.Now().UTC().Format("2006-01-02") + "." + string(format)
	return outflow{contentType, name, func(w io.Writer) error {
		_, err := s.cfg.Records.Dump(c.ctx(), c.project, t, w, options)
		return direct.ScriptRefusal(err)
	}}, c.audit("export records", t.Name, nil)
}
