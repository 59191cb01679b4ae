package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/record"
)

// tableArgument names a table as PROJECT/TABLE.
type tableArgument struct {
	Table string `arg:"" name:"project/table" help:"The table, as PROJECT/TABLE."`
}

func (a *tableArgument) find(c *catalog.Catalog) (*engine.Project, *engine.Table, error) {
	name, tableName, ok := strings.Cut(a.Table, "/")
	if !ok {
		return nil, nil, usagef("%q is not of the form PROJECT/TABLE", a.Table)
	}
	project, err := projectOf(c, name)
	if err != nil {
		return nil, nil, err
	}
	table, found := project.Tables.Get(tableName)
	if !found {
		if near := engine.Near(tableName, project.Tables.Names()); near != "" {
			return nil, nil, fmt.Errorf("project %s has no table %s; did you mean %s?", name, tableName, near)
		}
		return nil, nil, fmt.Errorf("project %s has no table %s; it has %s", name, tableName, strings.Join(project.Tables.Names(), ", "))
	}
	return project, table, nil
}

// formatOf gives the format of a file: as asked, else by its name, else NDJSON.
func formatOf(asked, file string) string {
	switch {
	case asked != "auto":
		return asked
	case strings.EqualFold(filepath.Ext(file), ".csv"):
		return "csv"
	}
	return "ndjson"
}

type importCommand struct {
	tableArgument
	File     string `arg:"" help:"NDJSON or CSV with a header line; - is standard input."`
	Format   string `help:"ndjson or csv; auto goes by the file's name." enum:"auto,ndjson,csv" default:"auto"`
	Continue bool   `help:"Keep the good records when others are refused."`
}

// Run adds the records of a file and tells each refused line. Without --continue one refused record keeps them all out.
func (c *importCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return g.with(ctx, t, func(in *instance) error {
		project, table, err := c.find(in.catalog)
		if err != nil {
			return err
		}
		source, size := t.In, int64(-1)
		if c.File != "-" {
			file, err := os.Open(c.File)
			if err != nil {
				return err
			}
			defer file.Close()
			if info, err := file.Stat(); err == nil {
				size = info.Size()
			}
			source = file
		}
		options := record.ImportOptions{Format: record.Format(formatOf(c.Format, c.File)), Continue: c.Continue}
		if isTerminal(t.Err) {
			bar := newBar(t.Err, size, "import")
			options.Progress = func(bytes, _ int64) { _ = bar.Set64(bytes) }
			defer func() { _ = bar.Finish() }()
		}
		report, err := in.records.Import(ctx, project, table, source, options)
		if err == nil && report.Records > 0 {
			err = audit(ctx, auth.New(in.db), project.Name, "import records", table.Name, map[string]int64{"records": report.Records})
		}
		return c.tell(t, report, err)
	})
}

// tell prints what an import did; err is what it failed with.
func (c *importCommand) tell(t terminal, report record.ImportReport, err error) error {
	for _, refused := range report.Errors {
		fmt.Fprintf(t.Err, "%s:%d: %s\n", c.File, refused.Line, refused.Message)
	}
	if err != nil {
		return err
	}
	if report.Refused > 0 && !c.Continue {
		return fmt.Errorf("%d records were refused, so nothing was imported; --continue keeps the good ones", report.Refused)
	}
	fmt.Fprintf(t.Out, "%d records imported", report.Records)
	if report.Refused > 0 {
		fmt.Fprintf(t.Out, ", %d refused", report.Refused)
	}
	fmt.Fprintln(t.Out)
	return nil
}

type dumpCommand struct {
	tableArgument
	Output string `short:"o" help:"File to write; without it, standard output." placeholder:"FILE"`
	Format string `help:"ndjson or csv; auto goes by the file's name." enum:"auto,ndjson,csv" default:"auto"`

	Spreadsheet bool `help:"Mark CSV cells that a spreadsheet would take for formulas; such a file is for reading only."`
}

// Run writes all records of the table.
func (c *dumpCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return g.with(ctx, t, func(in *instance) error { return c.dump(ctx, t, in) })
}

func (c *dumpCommand) dump(ctx context.Context, t terminal, in *instance) (err error) {
	project, table, err := c.find(in.catalog)
	if err != nil {
		return err
	}
	target := t.Out
	if c.Output != "" {
		file, err := os.Create(c.Output)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		target = file
	}
	options := record.DumpOptions{Format: record.Format(formatOf(c.Format, c.Output)), Spreadsheet: c.Spreadsheet}
	if c.Output != "" && isTerminal(t.Err) {
		bar := newBar(t.Err, -1, "dump")
		options.Progress = func(done int64) { _ = bar.Set64(done) }
		defer func() { _ = bar.Finish() }()
	}
	buffered := bufio.NewWriterSize(target, 1<<16)
	if _, err := in.records.Dump(ctx, project, table, buffered, options); err != nil {
		return err
	}
	return buffered.Flush()
}
