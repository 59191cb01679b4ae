package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/secret"
)

type applyCommand struct {
	File       string `arg:"" help:"Project file (YAML or JSON); - is standard input."`
	DryRun     bool   `help:"Print the differences and change nothing."`
	Prune      bool   `help:"Also drop what the file does not name."`
	Yes        bool   `help:"Drop even what holds records."`
	IfRevision int64  `help:"Refuse when the project's revision is another one: somebody changed it since. 0: when there is one." default:"-1" placeholder:"N"`
	Forget     bool   `name:"forget-secrets" help:"Drop secrets, of all projects, that a lost key file has sealed."`
	JSON       bool   `name:"json" help:"Print the differences as JSON."`
}

// Run reads the whole file before it opens the database: a file with mistakes costs nothing.
func (c *applyCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	source, name, err := readInput(t, c.File)
	if err != nil {
		return err
	}
	file, err := definition.Parse(name, source)
	if err != nil {
		return err
	}
	return g.with(ctx, t, func(in *instance) error { return c.apply(ctx, t, in, file) })
}

func (c *applyCommand) apply(ctx context.Context, t terminal, in *instance, file *definition.File) error {
	report, err := in.catalog.Apply(ctx, file.Project, catalog.ApplyOptions{
		DryRun: c.DryRun, Prune: c.Prune, Yes: c.Yes, IfRevision: &c.IfRevision, Secrets: secret.Operator{}, ForgetSecrets: c.Forget,
		Author: catalog.Author{Actor: auth.Operator().Actor(), Kind: string(auth.KindOperator)},
	})
	var problems engine.Problems
	if errors.As(err, &problems) {
		return file.Err(problems)
	}
	if err != nil {
		return err
	}
	if err := in.catalog.CountMisfits(ctx, report); err != nil {
		return err
	}
	if c.JSON {
		encoder := json.NewEncoder(t.Out)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(report); err != nil {
			return fmt.Errorf("print report: %w", err)
		}
	} else {
		fmt.Fprint(t.Out, report)
	}
	if c.DryRun {
		return nil
	}
	if err := settle(ctx, t, in.catalog); err != nil {
		return err
	}
	live, err := in.catalog.AwaitServers(ctx, report.Project, report.Revision)
	if err == nil && !live {
		fmt.Fprintln(t.Err, "sayrud: saved, but a running server has not taken it up yet; its log says why")
	}
	return err
}

// settle waits for the views and indexes that the change wants, with a bar on a terminal.
func settle(ctx context.Context, t terminal, c *catalog.Catalog) error {
	var bar *progressbar.ProgressBar
	current := ""
	err := c.Settle(ctx, func(state catalog.IndexState) {
		if !isTerminal(t.Err) {
			return
		}
		if state.Name != current {
			current = state.Name
			bar = newBar(t.Err, 100, "index "+state.Name)
		}
		_ = bar.Set(int(state.Done * 100)) // a bar that cannot be drawn harms nobody
	})
	if bar != nil {
		_ = bar.Finish()
	}
	return err
}

func newBar(w io.Writer, limit int64, text string) *progressbar.ProgressBar {
	return progressbar.NewOptions64(limit, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(text),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetWidth(30))
}

// readInput reads a file, or standard input for "-", and gives the name to use in errors.
func readInput(t terminal, path string) (content []byte, name string, err error) {
	if path == "-" {
		content, err = io.ReadAll(t.In)
		return content, "standard input", err
	}
	content, err = os.ReadFile(path)
	return content, path, err
}
