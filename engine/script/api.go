package script

import (
	"context"
	"errors"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// Config sets a Runner. Its zero value is the default.
type Config struct {
	Workers int      // child processes at most; 0 means 2
	Command []string // the program and arguments that start a worker; nil means this executable with "__script"
}

// Runner runs Programs.
type Runner struct{ cfg Config }

// NewRunner makes a Runner; child processes start when they are first needed.
func NewRunner(cfg Config) *Runner { return &Runner{cfg} }

// Close ends the child processes.
func (r *Runner) Close() {}

// RunWorker is the hidden subcommand `__script`.
func RunWorker(args []string) int { return 0 }

// RunWorkerIfAsked becomes a worker when this process was started as one; TestMain calls it first.
func RunWorkerIfAsked() {}

// Names tells what an expression may name beside the helpers and JavaScript's own.
type Names struct {
	Roots []string
	Known func(path []string) bool
}

// Program is a compiled expression.
type Program struct{ inputs [][]string }

// Compile checks one JavaScript expression.
func Compile(source string, names Names) (*Program, engine.Problems) { return &Program{}, nil }

// Inputs gives the static paths that the program reads.
func (p *Program) Inputs() [][]string { return p.inputs }

// InProcess reports whether the program is in the small set.
func (p *Program) InProcess() bool { return false }

// Shared is what all calls of a request see.
type Shared struct {
	Now      time.Time
	Timezone *time.Location
	Env      map[string]string
}

// Call is one evaluation.
type Call struct {
	Program *Program
	Inputs  []raw.Value
}

// Run evaluates p.
func (r *Runner) Run(ctx context.Context, p *Program, sh Shared, inputs []raw.Value) (raw.Value, error) {
	return nil, ErrBusy
}

// RunAll evaluates calls.
func (r *Runner) RunAll(ctx context.Context, sh Shared, calls []Call) ([]raw.Value, error) {
	return nil, ErrBusy
}

// Rename rewrites root.old.
func Rename(source, root, old, now string) (string, bool) { return source, false }

// ErrBusy says that no worker was free in time.
var ErrBusy = errors.New("scripts are too busy")
