package script

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/unistring"

	"github.com/sayrud/sayrud/engine/raw"
)

// worker answers requests, one after the other.
type worker struct {
	programs map[string]*compiled // by source and paths
	zoneName string
	zone     *time.Location
}

// compiled is a Program with its goja program, which is made when it is first needed.
type compiled struct {
	*Program
	function *goja.Program
}

func (w *worker) serve(frame []byte) ([]byte, error) {
	r := &reader{b: frame}
	answer := &reply{id: r.uint()}
	shared := Shared{plain: r.uint() == 1, Now: time.Unix(0, r.int())}
	shared.Timezone = w.timezone(string(r.bytes()), int(r.int()))
	for n := r.count(); n > 0; n-- {
		if shared.Env == nil {
			shared.Env = map[string]string{}
		}
		name := string(r.bytes())
		shared.Env[name] = string(r.bytes())
	}
	programs := make([]*compiled, r.count())
	for i := range programs {
		var err error
		if programs[i], err = w.program(r); err != nil {
			return nil, err
		}
	}
	values := make([]raw.Value, r.count())
	for i := range values {
		values[i] = r.value()
	}
	time.Local = shared.Timezone // Date's local methods; nothing else runs here
	err := w.calls(r, answer, programs, values, &shared)
	if err != nil {
		return nil, err
	}
	return answer.frame(), nil
}

func (w *worker) calls(r *reader, answer *reply, programs []*compiled, values []raw.Value, shared *Shared) error {
	frame := allow()
	size := 0
	for i, n := 0, r.count(); i < n; i++ {
		index := r.uint()
		if index >= uint64(len(programs)) {
			return errFrame
		}
		p := programs[index]
		inputs := make([]raw.Value, len(p.inputs))
		for j := range inputs {
			at := r.uint()
			if at >= uint64(len(values)) {
				return errFrame
			}
			inputs[j] = values[at]
		}
		if r.bad {
			return errFrame
		}
		result, err := p.run(inputs, shared, frame, func() { answer.last(i) })
		if size += len(result); err == nil && size > maxResult {
			err = ErrResult
		}
		if err != nil {
			answer.fail(i, err)
			return nil
		}
		answer.results = append(answer.results, result)
	}
	return nil
}

func (a *reply) fail(call int, err error) {
	a.call, a.failure = call, failScript
	var e *Error
	switch {
	case errors.As(err, &e):
		a.err = *e
		a.err.Message = cutMessage(e.Message)
	case errors.Is(err, ErrTime):
		a.failure = failTime
	case errors.Is(err, ErrResult):
		a.failure = failResult
	default:
		a.err.Message = cutMessage(err.Error())
	}
}

// last answers that a call does not heed its interrupt, and ends the process. Nothing else writes meanwhile: the frame's own goroutine
// is in that call, or waits to stop its alarm.
func (a *reply) last(call int) {
	a.call, a.failure = call, failStuck
	_, _ = os.Stdout.Write(a.frame()) // without it the server finds the process gone
	os.Exit(0)
}

// cutMessage bounds a message that a script may have made.
func cutMessage(s string) string {
	const most = 2000
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

func (w *worker) timezone(name string, offset int) *time.Location {
	if w.zone == nil || w.zoneName != name {
		w.zone, w.zoneName = zone(name, offset), name
	}
	return w.zone
}

// program reads a program of a frame, or finds it among those seen before.
func (w *worker) program(r *reader) (*compiled, error) {
	before := r.b
	source, paths := r.program()
	if r.bad {
		return nil, errFrame
	}
	key := string(before[:len(before)-len(r.b)])
	if c := w.programs[key]; c != nil {
		return c, nil
	}
	p, problems := Compile(source, replica(paths))
	if problems != nil {
		return nil, fmt.Errorf("compile again: %w", problems)
	}
	if len(p.paths) != len(paths) {
		return nil, errFrame
	}
	if len(w.programs) >= cachedPrograms {
		clear(w.programs)
	}
	c := &compiled{Program: p}
	w.programs[key] = c
	return c, nil
}

// run evaluates one call: in the small set where it is in it, else by goja.
func (c *compiled) run(inputs []raw.Value, shared *Shared, frame allowance, giveUp func()) (raw.Value, error) {
	if frame.left() <= 0 {
		return nil, ErrTime
	}
	if c.small != nil {
		result, err := c.small.evaluate(&run{inputs: inputs, fuel: workerFuel, shared: shared, worker: true})
		if err == nil || !errors.Is(err, errUnusual) {
			return result, err
		}
	}
	if c.function == nil {
		if err := c.compile(); err != nil {
			return nil, err
		}
	}
	return c.interpret(inputs, shared, frame, giveUp)
}

// compile makes the goja program: a function whose parameters are the inputs and then the helpers that are mentioned.
func (c *compiled) compile() error {
	parsed, _, _, problems := resolveAll(c.source, replica(c.paths))
	if problems != nil {
		return problems
	}
	params := parsed.fn.ParameterList
	for i := range c.inputs {
		params.List = append(params.List, &ast.Binding{Target: &ast.Identifier{Name: parameter(i)}})
	}
	for _, name := range c.helpers {
		params.List = append(params.List, &ast.Binding{Target: &ast.Identifier{Name: unistring.NewFromString(name)}})
	}
	function, err := goja.CompileAST(parsed.program, true)
	if err != nil {
		return compileError(err)
	}
	c.function = function
	return nil
}

func compileError(err error) error {
	var syntax *goja.CompilerSyntaxError
	if !errors.As(err, &syntax) {
		return errorf("%v", err)
	}
	e := errorf("SyntaxError: %s", syntax.Message)
	if syntax.File != nil {
		e.place(syntax.File.Position(syntax.Offset))
	}
	return e
}
