package script

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sayrud/sayrud/engine/raw"
)

// Shared is what all calls of a request see.
type Shared struct {
	Now      time.Time         // $now()
	Timezone *time.Location    // of $date and of Date's local methods; nil is UTC
	Env      map[string]string // what $env may read; nil is what Config.Env gives

	ownEnv bool // Env was made by the Runner
	plain  bool // $markdown renders short texts alone, see inWorker
}

// Call is one evaluation: a program and the values of its Inputs, in their order; nil where one is absent. The values must not be
// changed while the call runs.
type Call struct {
	Program *Program
	Inputs  []raw.Value
}

// Config sets a [Runner]. Its zero value is the default.
type Config struct {
	Workers int      // worker processes at most; 0 means 2
	Command []string // how a worker is started; nil means this executable with [Subcommand]

	// Env gives the value of a variable that the operator lets definitions read with $env, and whether there is one. Any other
	// is null in a script. Nil lists none.
	Env func(name string) (string, bool)
}

// A Runner evaluates programs. It is safe for concurrent use.
type Runner struct {
	pool     *pool
	markdown markdownCache
	environ  func(name string) (string, bool)
}

// NewRunner makes a Runner. Its workers start when they are first needed.
func NewRunner(cfg Config) *Runner { return &Runner{pool: newPool(cfg), environ: cfg.Env} }

// Close ends the workers and waits for them. Evaluations that run or wait get [ErrClosed].
func (r *Runner) Close() { r.pool.close() }

// Run evaluates p. The result is JSON, or nil for undefined. Its error is an *[Error], a *[BoundError], [ErrBusy], [ErrClosed] or
// that of ctx, which is heeded while waiting for a worker; once the script runs, its own bounds end it.
func (r *Runner) Run(ctx context.Context, p *Program, sh Shared, inputs []raw.Value) (raw.Value, error) {
	r.addEnv(&sh, p)
	if p.small != nil {
		v, err := p.small.evaluate(&run{inputs: inputs, fuel: serverFuel, shared: &sh, markdown: &r.markdown})
		if !errors.Is(err, errUnusual) {
			return v, err
		}
	}
	calls := [1]Call{{Program: p, Inputs: inputs}}
	results := make([]raw.Value, 1)
	if err := r.inWorker(ctx, sh, calls[:], []int{0}, results); err != nil {
		return nil, err
	}
	return results[0], nil
}

// RunAll evaluates all calls and gives their results in order. What needs a worker travels to it in one frame, each distinct input
// once. The first error ends it. The in-process calls of one RunAll share a budget of about 20 ms; what is beyond goes to the worker.
func (r *Runner) RunAll(ctx context.Context, sh Shared, calls []Call) ([]raw.Value, error) {
	results := make([]raw.Value, len(calls))
	fuel := 10 * serverFuel
	var rest []int
	for i, c := range calls {
		r.addEnv(&sh, c.Program)
		if c.Program.small != nil && fuel > 0 {
			given := min(fuel, serverFuel)
			run := run{inputs: c.Inputs, fuel: given, shared: &sh, markdown: &r.markdown}
			v, err := c.Program.small.evaluate(&run)
			fuel -= given - run.fuel
			if err == nil {
				results[i] = v
				continue
			}
			if !errors.Is(err, errUnusual) {
				return nil, at(i, err)
			}
		}
		rest = append(rest, i)
	}
	if len(rest) == 0 {
		return results, nil
	}
	if err := r.inWorker(ctx, sh, calls, rest, results); err != nil {
		return nil, err
	}
	return results, nil
}

// addEnv gives a program the variables it names, unless the caller of the script said what there are.
func (r *Runner) addEnv(sh *Shared, p *Program) {
	if r.environ == nil || len(p.env) == 0 || sh.Env != nil && !sh.ownEnv {
		return
	}
	for _, name := range p.env {
		v, listed := r.environ(name)
		if !listed {
			continue
		}
		if sh.Env == nil {
			sh.Env, sh.ownEnv = make(map[string]string), true
		}
		sh.Env[name] = v
	}
}

// inWorker evaluates those of calls whose places are in which, and puts their results there.
func (r *Runner) inWorker(ctx context.Context, sh Shared, calls []Call, which []int, results []raw.Value) error {
	q, err := newRequest(sh, calls, which)
	if err != nil {
		return err
	}
	for _, p := range q.programs {
		if err := p.guard.check(time.Now()); err != nil {
			return err
		}
	}
	slot, err := r.pool.acquire(ctx, q.programs[0])
	if err != nil {
		return err
	}
	answer, err := slot.ask(q)
	if isSpent(err) && slices.ContainsFunc(q.programs, (*Program).usesMarkdown) {
		q.shared.plain = true // what took long may be the text that was rendered; without that the program is to blame
		answer, err = slot.ask(q)
	}
	r.pool.release(slot, q.programs[0])
	if err != nil {
		q.blame(answer, err)
		if answer != nil && answer.call < len(which) {
			err = at(which[answer.call], err)
		}
		return err
	}
	if len(answer.results) != len(which) {
		return errFrame
	}
	for i, place := range which {
		results[place] = answer.results[i]
		r.keepMarkdown(calls[place], results[place], q.shared.plain)
	}
	return nil
}

// keepMarkdown keeps what a worker rendered; of what it left plain, only the texts that may have been the reason.
func (r *Runner) keepMarkdown(c Call, result raw.Value, plain bool) {
	if c.Program.small == nil || !c.Program.small.only || len(c.Inputs) != 1 || c.Inputs[0].Kind() != raw.String {
		return
	}
	html, ok := result.Text()
	source := rawValue(c.Inputs[0]).data
	if ok && (!plain || costlyMarkdown(source, maxMarkdownCost/30)) {
		r.markdown.set(source, []byte(html))
	}
}

// error gives what a worker said went wrong.
func (a *reply) error() error {
	switch a.failure {
	case failNone:
		return nil
	case failTime, failStuck:
		return ErrTime
	case failResult:
		return ErrResult
	}
	e := a.err
	return &e
}

// isSpent reports whether a worker's time or memory was used up.
func isSpent(err error) bool { return errors.Is(err, ErrTime) || errors.Is(err, ErrMemory) }

// blame counts a bound against the program that ran into it; where the worker could not say which, against all of the frame.
func (q *request) blame(answer *reply, err error) {
	if !isSpent(err) {
		return
	}
	now := time.Now()
	if answer != nil && answer.call < len(q.calls) {
		q.programs[q.calls[answer.call].program].guard.count(now)
		return
	}
	for _, p := range q.programs {
		p.guard.count(now)
	}
}
