package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"

	"github.com/sayrud/sayrud/engine/relation"
)

type sqlCommand struct {
	Project string   `arg:"" help:"Name of the project."`
	URL     bool     `name:"url" help:"Only print the connection address."`
	Command []string `arg:"" optional:"" passthrough:"" help:"Arguments for psql, such as -c 'SELECT 1'."`
}

// forPsql puts "--" in front of the first short flag behind `sql PROJECT`: it and what follows are psql's, and psql's "-Atc" would be cut
// into pieces.
func forPsql(args []string) []string {
	at := slices.Index(args, "sql")
	if at < 0 || slices.Contains(args, "--") {
		return args
	}
	short := slices.IndexFunc(args[at:], func(arg string) bool { return len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && arg != "-h" })
	if short < 0 {
		return args
	}
	return slices.Insert(slices.Clone(args), at+short, "--")
}

// Run opens psql with the project's schema on its search path. The embedded server stays up while psql runs.
func (c *sqlCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return g.with(ctx, t, func(in *instance) error { return c.connect(ctx, t, in) })
}

func (c *sqlCommand) connect(ctx context.Context, t terminal, in *instance) error {
	project, err := projectOf(in.catalog, c.Project)
	if err != nil {
		return err
	}
	if c.URL {
		fmt.Fprintln(t.Out, in.url)
		return nil
	}
	psql, err := exec.LookPath("psql")
	if err != nil {
		return fmt.Errorf("psql is not installed; any PostgreSQL client can connect to %s (schema %s)", in.url, project.SchemaName())
	}
	arguments := c.Command
	if len(arguments) > 0 && arguments[0] == "--" {
		arguments = arguments[1:]
	}
	command := exec.CommandContext(ctx, psql, append([]string{in.url}, arguments...)...)
	command.Env = append(os.Environ(), "PGOPTIONS=-c search_path="+relation.Quote(project.SchemaName())+",public")
	command.Stdin, command.Stdout, command.Stderr = t.In, t.Out, t.Err
	var exit *exec.ExitError
	if err := command.Run(); !errors.As(err, &exit) {
		return err
	}
	return errSilent // psql has said why
}
