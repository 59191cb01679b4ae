package job

import (
	"errors"
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
	"github.com/sayrud/sayrud/engine/template"
)

// A Notice is a compiled webhook or email step. It is immutable and safe for concurrent use.
type Notice struct {
	source   Source
	kind     string
	event    string   // of an endpoint: its name; "" takes it from $event
	on       []string // of on_write: create, update, delete; nil is all
	when     *template.Slot
	attempts int
	webhook  *webhookNotice
	email    *emailNotice
}

// Compile makes a notice of a step whose settings have passed the checks of its middleware. Problems carry paths below the settings.
func Compile(step engine.Step, source Source, sc *template.Scope) (*Notice, engine.Problems) {
	n := &Notice{source: source, kind: step.Name, attempts: defaultRetries + 1}
	c := &noticeCompiler{settings: step.Settings, scope: sc}
	if source.Kind == FromEndpoint {
		n.event = source.Name
	}
	n.when = c.slot("when")
	if v := c.settings.Get("retries"); !v.IsNull() {
		retries, _ := strconv.Atoi(string(v))
		n.attempts = retries + 1
	}
	c.settings.Get("on").Items(func(_ int, item raw.Value) bool {
		op, _ := item.Text()
		n.on = append(n.on, op)
		return true
	})
	switch step.Name {
	case KindWebhook:
		n.webhook = c.webhook()
	case KindEmail:
		n.email = c.email()
	}
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	return n, nil
}

type noticeCompiler struct {
	settings raw.Value
	scope    *template.Scope
	problems engine.Problems
}

// slot compiles a setting; nil where it is absent.
func (c *noticeCompiler) slot(name string) *template.Slot {
	return c.compile(c.settings.Get(name), template.CompileSlot, name)
}

func (c *noticeCompiler) compile(v raw.Value, with func(raw.Value, *template.Scope) (*template.Slot, engine.Problems), path ...string) *template.Slot {
	if v.IsNull() {
		return nil
	}
	slot, problems := with(v, c.scope)
	c.problems = append(c.problems, problems.At(path...)...)
	return slot
}

// concerns reports whether an on_write step is about the operation.
func (n *Notice) concerns(op string) bool { return n.on == nil || slices.Contains(n.on, op) }

// Render makes the message of what env holds: nil where `when` says no, or a mail has nobody to go to. What fails in a template becomes
// a message with an Error, which is dead from its beginning: the write does not fail with it. Only a busy script runner is an error.
func (n *Notice) Render(env *template.Env) (*Message, error) {
	m := &Message{Source: n.source, Kind: n.kind, Event: n.event, Attempts: n.attempts}
	if env.Record != nil {
		m.Record = string(env.Record.UID)
	}
	if n.event == "" {
		m.Event, _ = env.Event.Get("type").Text()
	}
	wanted, err := n.wanted(env)
	if err == nil && wanted {
		if n.webhook != nil {
			m.Webhook, err = n.webhook.render(env, m.Event)
		} else {
			m.Email, err = n.email.render(env)
		}
	}
	switch {
	case errors.Is(err, script.ErrBusy):
		return nil, err
	case err != nil:
		m.Error = "render: " + err.Error()
	case m.Webhook == nil && m.Email == nil:
		return nil, nil
	}
	return m, nil
}

func (n *Notice) wanted(env *template.Env) (bool, error) {
	if n.when == nil {
		return true, nil
	}
	v, err := n.when.Eval(env)
	return v.Truthy(), err
}

// evalText evaluates a slot to a text; null and absent are "".
func evalText(s *template.Slot, env *template.Env) (string, error) {
	if s == nil {
		return "", nil
	}
	v, err := s.Eval(env)
	if err != nil || v.IsNull() {
		return "", err
	}
	return string(raw.AppendText(nil, v)), nil
}
