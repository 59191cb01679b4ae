package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/sayrud/sayrud/engine/relation"
)

type sqlCommand struct {
	Project string   `arg:"" help:"Name of the project."`
	URL     bool     `name:"url" help:"Only print the connection address."`
	Command []string `arg:"" optional:"" passthrough:"" help:"Arguments for psql, such as -c 'SELECT 1'."`
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
	command := exec.CommandContext(ctx, psql, append([]string{in.url}, c.Command...)...)
	command.Env = append(os.Environ(), "PGOPTIONS=-c search_path="+relation.Quote(project.SchemaName())+",public")
	command.Stdin, command.Stdout, command.Stderr = t.In, t.Out, t.Err
	var exit *exec.ExitError
	if err := command.Run(); !errors.As(err, &exit) {
		return err
	}
	return errSilent // psql has said why
}
