package script

import (
	"context"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

type Shared struct {
	Now      time.Time
	Timezone *time.Location
	Env      map[string]string
}
type Call struct {
	Program *Program
	Inputs  []raw.Value
}
type Runner struct{}
type Config struct {
	Workers int
	Command []string
}

func NewRunner(cfg Config) *Runner { return &Runner{} }
func (r *Runner) Close()           {}
func RunWorker(args []string) int  { return 0 }
func RunWorkerIfAsked()            {}
func (r *Runner) Run(ctx context.Context, p *Program, sh Shared, inputs []raw.Value) (raw.Value, error) {
	return nil, ErrBusy
}
func (r *Runner) RunAll(ctx context.Context, sh Shared, calls []Call) ([]raw.Value, error) {
	return nil, ErrBusy
}
func Rename(source, root, old, now string) (string, bool) { return source, false }
