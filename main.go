// Command sayrud turns PostgreSQL into a schemaless backend: tables, fields and HTTP endpoints described in a project file or an
// admin panel become a REST API and SQL views. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // timezones of projects, on machines that have none

	"github.com/alecthomas/kong"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/storage/pg"
)

// The exit codes of every command.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "__postgres":
			os.Exit(pg.RunSupervisor(os.Args[2:]))
		case "__script":
			os.Exit(script.RunWorker(os.Args[2:]))
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}

// A terminal is where a command reads and writes.
type terminal struct {
	In       *os.File
	Out, Err io.Writer
}

// commands is the command line: each field a command, each command a struct with its flags and a Run method.
type commands struct {
	Globals

	Serve   serveCommand   `cmd:"" help:"Serve the endpoints, the panel and the admin API over HTTP."`
	Apply   applyCommand   `cmd:"" help:"Make what a project file names exactly as it is written there."`
	Export  exportCommand  `cmd:"" help:"Print the project file of a project."`
	Import  importCommand  `cmd:"" help:"Add records from an NDJSON or CSV file to a table."`
	Dump    dumpCommand    `cmd:"" help:"Write the records of a table as NDJSON or CSV."`
	Mount   mountCommand   `cmd:"" help:"Show tables as directories (Linux)."`
	Umount  umountCommand  `cmd:"" help:"End a mount."`
	Admin   adminCommand   `cmd:"" help:"Create an administrator, or set a new password."`
	Token   tokenCommand   `cmd:"" help:"Create, list and revoke API tokens."`
	GC      gcCommand      `cmd:"" name:"gc" help:"Delete files that no record has held for a while (a server does so by itself)."`
	Fsck    fsckCommand    `cmd:"" help:"Check that every file is there and as it was, and every reference to one."`
	SQL     sqlCommand     `cmd:"" name:"sql" help:"Open psql on the views of a project (--url prints the address alone)."`
	Schema  schemaCommand  `cmd:"" help:"Print the JSON Schema of the project file, for editors."`
	Health  healthCommand  `cmd:"" help:"Exit with 0 when a server answers that it is ready."`
	Version versionCommand `cmd:"" help:"Print the version, the commit and the version of PostgreSQL."`
}

// errSilent fails a command whose reason is on screen already.
var errSilent = errors.New("failed")

// errUsage marks an error of the command line itself: exit code 2.
var errUsage = errors.New("wrong usage")

// run parses args, runs the command and gives its exit code. Errors go to term.Err in one line each.
func run(ctx context.Context, args []string, term terminal) int {
	var cli commands
	helped := false
	parser, err := kong.New(&cli, kong.Name("sayrud"), kong.Description("PostgreSQL as a schemaless backend in one binary."),
		kong.Writers(term.Out, term.Err), kong.Exit(func(int) { helped = true }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(term.Err, "sayrud:", err)
		return exitFailed
	}
	if err := readSecretFiles(); err != nil {
		fmt.Fprintln(term.Err, "sayrud:", err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if args, err = forFstab(os.Args[0], args); err != nil {
		fmt.Fprintln(term.Err, "sayrud:", strings.TrimSuffix(err.Error(), ": "+errUsage.Error()))
		return exitUsage
	}
	command, err := parser.Parse(forPsql(args))
	if helped {
		return exitDone
	}
	if err != nil {
		fmt.Fprintf(term.Err, "sayrud: %s (sayrud --help lists the commands)\n", err)
		return exitUsage
	}
	command.BindTo(ctx, (*context.Context)(nil))
	command.Bind(term, &cli.Globals)
	switch err := command.Run(); {
	case err == nil:
		return exitDone
	case errors.Is(err, errSilent):
		return exitFailed
	case errors.Is(err, errUsage):
		fmt.Fprintln(term.Err, "sayrud:", strings.TrimSuffix(err.Error(), ": "+errUsage.Error()))
		return exitUsage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(term.Err, "sayrud: interrupted")
		return exitFailed
	default:
		for line := range strings.Lines(errorText(err)) {
			fmt.Fprintln(term.Err, "sayrud:", strings.TrimRight(line, "\n"))
		}
		return exitFailed
	}
}

// errorText gives the text of an error without the code that only clients over HTTP need.
func errorText(err error) string {
	var known *engine.Error
	if errors.As(err, &known) {
		return strings.TrimPrefix(err.Error(), string(known.Code)+": ")
	}
	return err.Error()
}

// usagef makes an error that ends the program with exit code 2.
func usagef(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, errUsage)...)
}
