package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"time"
)

// healthCommand is the probe of a container: it needs no database of its own.
type healthCommand struct {
	HTTP string `name:"http" help:"Address of the server." default:"127.0.0.1:8090" env:"SAYRUD_HTTP" placeholder:"ADDR"`
}

// Run asks the server whether it is ready and fails when it is not.
func (c *healthCommand) Run(ctx context.Context, t terminal) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.HTTP+"/readyz", nil)
	if err != nil {
		return usagef("--http %s is not an address such as 127.0.0.1:8090", c.HTTP)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no server answers at %s: %w", c.HTTP, errors.Unwrap(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server at %s is not ready (%s)", c.HTTP, answer.Status)
	}
	fmt.Fprintln(t.Out, "ready")
	return nil
}

type versionCommand struct{}

// Run prints the versions of the program and of its PostgreSQL.
func (c *versionCommand) Run(ctx context.Context, t terminal, g *Globals) (err error) {
	b := thisBuild()
	fmt.Fprintf(t.Out, "sayrud %s (%s, %s %s/%s)\n", b.version, b.commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	in, err := g.openDatabase(ctx, g.logger(t.Err))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	var postgres string
	if err := in.db.Pool().QueryRow(ctx, `SELECT current_setting('server_version')`).Scan(&postgres); err != nil {
		return fmt.Errorf("ask PostgreSQL for its version: %w", err)
	}
	where := "embedded"
	if in.embedded == nil {
		where = "external"
	}
	fmt.Fprintf(t.Out, "PostgreSQL %s (%s)\n", postgres, where)
	return nil
}
