package middleware

import (
	"strconv"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Chain is the compiled onion of an endpoint. It is immutable and safe for concurrent use.
type Chain struct {
	before, behind []step // around main
	cors           *CORS
	notices        []*job.Notice // sent after main succeeded
	captcha        bool
	puzzle         *puzzle // of the captcha step; nil where there is none, or another provider's
	maxBody        int64   // bytes; 0 leaves what the server allows
}

type step struct {
	name string
	wrap Wrap
}

// A Trace is told of each step when it is done, the inner ones first, how long it took with those inside it, and what came of it.
type Trace func(name string, took time.Duration, err error)

// Compile checks the steps and makes their chain. No steps at all are main alone. Problems carry the step's place as their path
// ("0", "rate_limit", "limit").
func Compile(steps []engine.Step, b Bench) (*Chain, engine.Problems) {
	c := &Chain{}
	b.steps = steps
	var problems engine.Problems
	mains := 0
	for i, s := range steps {
		place := []string{strconv.Itoa(i), s.Name}
		d, unknown := lookup(s.Name)
		if unknown != nil {
			problems = append(problems, unknown.At(place...)...)
			continue
		}
		if wrong := checkSettings(s.Settings, d.Properties); wrong != nil {
			problems = append(problems, wrong.At(place...)...)
			continue
		}
		if d.Name == Main {
			mains++
			continue
		}
		if d.Before && mains > 0 {
			problems = append(problems, engine.Problemf(place, "drag it before main", "%s can only stand before main", d.Name))
			continue
		}
		b.Step, b.middleware = i, d.Name
		if d.Notice {
			problems = append(problems, c.notice(s, b).At(place...)...)
			continue
		}
		problems = append(problems, c.add(d, s.Settings, b, mains > 0).At(place...)...)
	}
	if len(steps) > 0 && mains != 1 {
		problems = append(problems, engine.Problemf(nil, "name it exactly once", "main stands in the list %d times", mains))
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

func (c *Chain) add(d *Definition, settings raw.Value, b Bench, behind bool) engine.Problems {
	if d.Name == corsName {
		if c.cors != nil {
			return engine.Problems{engine.Problemf(nil, "", "cors stands in the list twice")}
		}
		c.cors = newCORS(settings)
	}
	if d.Name == bodyLimitName {
		if c.maxBody != 0 {
			return engine.Problems{engine.Problemf(nil, "", "body_limit stands in the list twice")}
		}
		c.maxBody = bodyLimit(settings)
	}
	if d.Name == captchaName {
		if c.captcha {
			return engine.Problems{engine.Problemf(nil, "", "captcha stands in the list twice")}
		}
		if c.captcha = true; !isService(settings) {
			c.puzzle = newPuzzle(settings, b)
		}
	}
	wrap, problems := d.Compile(settings, b)
	if problems != nil {
		return problems
	}
	if behind {
		c.behind = append(c.behind, step{d.Name, wrap})
	} else {
		c.before = append(c.before, step{d.Name, wrap})
	}
	return nil
}

// CORS gives the settings of the chain's cors step, or nil.
func (c *Chain) CORS() *CORS { return c.cors }

// Handler wraps the steps around main. A trace, where it is not nil, makes each step report.
func (c *Chain) Handler(main Handler, trace Trace) Handler {
	after := Handler(func(*Request) error { return nil })
	for i := len(c.behind) - 1; i >= 0; i-- {
		after = traced(c.behind[i].name, c.behind[i].wrap(after), trace)
	}
	inner := traced(Main, main, trace)
	h := inner
	if len(c.behind) > 0 {
		h = func(r *Request) error {
			if err := inner(r); err != nil {
				return err
			}
			return after(r)
		}
	}
	for i := len(c.before) - 1; i >= 0; i-- {
		h = traced(c.before[i].name, c.before[i].wrap(h), trace)
	}
	if c.maxBody == 0 {
		return h
	}
	return func(r *Request) error {
		r.MaxBody = c.maxBody
		return h(r)
	}
}

func traced(name string, h Handler, trace Trace) Handler {
	if trace == nil {
		return h
	}
	return func(r *Request) error {
		start := time.Now()
		err := h(r)
		trace(name, time.Since(start), err)
		return err
	}
}
