package job

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// A webhookNotice is the compiled settings of a webhook. A value that is a secret stays a reference.
type webhookNotice struct {
	url     part
	method  string
	headers []headerPart
	body    *template.Slot // nil: the event
	data    *template.Slot // of the default body
	secret  raw.Value
	timeout time.Duration
}

// A part is a slot or a reference to a secret.
type part struct {
	slot      *template.Slot
	reference raw.Value
}

type headerPart struct {
	name string
	part
}

func (p part) value(env *template.Env) (raw.Value, error) {
	if p.slot == nil {
		return p.reference, nil
	}
	text, err := evalText(p.slot, env)
	return raw.Text(text), err
}

func (c *noticeCompiler) part(v raw.Value, path ...string) part {
	if v.Kind() == raw.Object {
		return part{reference: v}
	}
	return part{slot: c.compile(v, template.CompileSlot, path...)}
}

func (c *noticeCompiler) webhook() *webhookNotice {
	w := &webhookNotice{url: c.part(c.settings.Get("url"), "url"), method: "POST", timeout: defaultTimeout, secret: c.settings.Get("secret")}
	if w.secret.IsNull() {
		w.secret = nil
	}
	c.constantURL(w.url.slot)
	if method, ok := c.settings.Get("method").Text(); ok {
		w.method = method
	}
	if text, ok := c.settings.Get("timeout").Text(); ok {
		w.timeout, _ = time.ParseDuration(text)
	}
	c.settings.Get("headers").Members(func(key, v raw.Value) bool {
		name, _ := key.Text()
		if reason := headerRefused(name); reason != "" {
			c.problems = append(c.problems, engine.Problemf([]string{"headers", name}, "", "%s", reason))
		}
		w.headers = append(w.headers, headerPart{name, c.part(v, "headers", name)})
		return true
	})
	if body := c.settings.Get("body"); !body.IsNull() {
		w.body = c.compile(body, template.CompileSlot, "body")
	} else {
		w.data = c.compile(c.defaultData(), template.CompileSlot, "body")
	}
	return w
}

// constantURL refuses an address that can be seen to be none.
func (c *noticeCompiler) constantURL(s *template.Slot) {
	if s == nil {
		return
	}
	v, known := s.Const()
	if !known {
		return
	}
	text, _ := v.Text()
	if err := checkURL(text); err != nil {
		c.problems = append(c.problems, engine.Problemf([]string{"url"}, "write https://host/path", "%v", err))
	}
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%s is no http or https address", strconv.Quote(text))
	}
	return nil
}

// headerRefused tells why a header cannot be set; "" is fine.
func headerRefused(name string) string {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c) {
			return "no header can have this name"
		}
	}
	switch lower := strings.ToLower(name); {
	case name == "":
		return "no header can have this name"
	case lower == "host", lower == "content-length", lower == "transfer-encoding", lower == "connection", lower == "upgrade", lower == "trailer",
		lower == "te", lower == "keep-alive", strings.HasPrefix(lower, "webhook-"), strings.HasPrefix(lower, "proxy-"):
		return "the server writes this header itself"
	}
	return ""
}

// defaultData is the `data` of the default body: the records where there may be several, else the record.
func (c *noticeCompiler) defaultData() raw.Value {
	switch {
	case c.scope.Records != nil:
		return raw.Value(`{"records":"$records"}`)
	case c.scope.Record != nil:
		return raw.Value(`{"record":"$record"}`)
	}
	return raw.Value(`{}`)
}

func (w *webhookNotice) render(env *template.Env, event string) (*Webhook, error) {
	out := &Webhook{Method: w.method, Secret: w.secret, TimeoutMS: w.timeout.Milliseconds()}
	var err error
	if out.URL, err = w.url.value(env); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	if text, plain := out.URL.Text(); plain {
		if err := checkURL(text); err != nil {
			return nil, fmt.Errorf("url: %w", err)
		}
	}
	for _, h := range w.headers {
		v, err := h.value(env)
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", h.name, err)
		}
		if text, plain := v.Text(); plain && strings.ContainsAny(text, "\r\n\x00") {
			return nil, fmt.Errorf("header %s: a header's value has no control characters", h.name)
		}
		out.Headers = append(out.Headers, Header{h.name, v})
	}
	if w.method == "GET" || w.method == "HEAD" {
		return out, nil
	}
	return out, w.renderBody(out, env, event)
}

func (w *webhookNotice) renderBody(out *Webhook, env *template.Env, event string) error {
	out.ContentType = "application/json"
	if w.body == nil {
		v, err := w.data.Eval(env)
		if err != nil {
			return fmt.Errorf("body: %w", err)
		}
		b := raw.AppendString([]byte(`{"type":`), event)
		b = raw.AppendString(append(b, `,"timestamp":`...), eventTime(env).UTC().Format(timeForm))
		out.Body = string(append(append(append(b, `,"data":`...), v...), '}'))
		return bounded(out.Body)
	}
	v, err := w.body.Eval(env)
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	if text, isText := v.Text(); isText {
		out.Body, out.ContentType = text, "text/plain; charset=utf-8"
	} else {
		out.Body = string(v)
	}
	return bounded(out.Body)
}

func bounded(body string) error {
	if len(body) > maxBody {
		return fmt.Errorf("body: %d bytes are more than %d", len(body), maxBody)
	}
	return nil
}

// timeForm is how times are written: UTC with milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"

// eventTime gives when it happened: the time of the event, or of the request.
func eventTime(env *template.Env) time.Time {
	if text, ok := env.Event.Get("time").Text(); ok {
		if t, err := time.Parse(timeForm, text); err == nil {
			return t
		}
	}
	return env.Now
}
