package job

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// maxRecipients bounds to and cc of one mail together.
const maxRecipients = 50

// An emailNotice is the compiled settings of an email. Texts are slots; in html what they insert is escaped.
type emailNotice struct {
	to                           part
	cc                           *template.Slot
	replyTo, from, subject, text *template.Slot
	html                         *template.Slot
}

func (c *noticeCompiler) email() *emailNotice {
	e := &emailNotice{to: c.part(c.settings.Get("to"), "to"), cc: c.slot("cc"), replyTo: c.slot("reply_to"), from: c.slot("from"),
		subject: c.slot("subject"), text: c.slot("text"), html: c.compile(c.settings.Get("html"), template.CompileHTML, "html")}
	for _, s := range []struct {
		name string
		slot *template.Slot
	}{{"to", e.to.slot}, {"cc", e.cc}, {"reply_to", e.replyTo}, {"from", e.from}} {
		c.constantAddresses(s.name, s.slot)
	}
	if e.text == nil && e.html == nil && len(c.problems) == 0 {
		c.problems = append(c.problems, engine.Problemf(nil, "text: \"${$record.title}\"", "a mail needs text or html"))
	}
	return e
}

// constantAddresses refuses an address that can be seen to be none.
func (c *noticeCompiler) constantAddresses(name string, s *template.Slot) {
	if s == nil {
		return
	}
	if v, known := s.Const(); known {
		if _, err := addresses(v); err != nil {
			c.problems = append(c.problems, engine.Problemf([]string{name}, "write ada@example.org, or Ada <ada@example.org>", "%v", err))
		}
	}
}

// addresses reads a text, or a list of them, each one address (RFC 5322 section 3.4); null and empty texts are none.
func addresses(v raw.Value) ([]string, error) {
	var list []string
	var err error
	add := func(v raw.Value) {
		text := strings.TrimSpace(string(raw.AppendText(nil, v)))
		if v.IsNull() || text == "" {
			return
		}
		a, parseErr := mail.ParseAddress(text)
		if parseErr != nil {
			err = fmt.Errorf("%q is no mail address", text)
			return
		}
		list = append(list, a.String())
	}
	if v.Kind() == raw.Array {
		v.Items(func(_ int, item raw.Value) bool {
			add(item)
			return true
		})
	} else {
		add(v)
	}
	return list, err
}

func evalAddresses(s *template.Slot, env *template.Env) ([]string, error) {
	if s == nil {
		return nil, nil
	}
	v, err := s.Eval(env)
	if err != nil {
		return nil, err
	}
	return addresses(v)
}

// render gives nil where there is nobody to send it to.
func (e *emailNotice) render(env *template.Env) (*Email, error) {
	out := &Email{To: e.to.reference}
	if out.To == nil {
		to, err := evalAddresses(e.to.slot, env)
		if err != nil {
			return nil, fmt.Errorf("to: %w", err)
		}
		if len(to) == 0 {
			return nil, nil
		}
		out.To, _ = raw.Of(to)
	}
	var err error
	if out.CC, err = evalAddresses(e.cc, env); err != nil {
		return nil, fmt.Errorf("cc: %w", err)
	}
	if out.To.Len()+len(out.CC) > maxRecipients {
		return nil, fmt.Errorf("to: a mail has at most %d recipients", maxRecipients)
	}
	if out.ReplyTo, err = e.one(e.replyTo, env); err != nil {
		return nil, fmt.Errorf("reply_to: %w", err)
	}
	if out.From, err = e.one(e.from, env); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	for _, t := range []struct {
		name string
		slot *template.Slot
		into *string
	}{{"subject", e.subject, &out.Subject}, {"text", e.text, &out.Text}, {"html", e.html, &out.HTML}} {
		if *t.into, err = evalText(t.slot, env); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		if len(*t.into) > maxBody {
			return nil, fmt.Errorf("%s: %d bytes are more than %d", t.name, len(*t.into), maxBody)
		}
	}
	out.Subject = oneLine(out.Subject)
	return out, nil
}

func (e *emailNotice) one(s *template.Slot, env *template.Env) (string, error) {
	list, err := evalAddresses(s, env)
	if err != nil || len(list) == 0 {
		return "", err
	}
	if len(list) > 1 {
		return "", errors.New("one address is wanted")
	}
	return list[0], nil
}

// oneLine replaces control characters, so that a subject cannot end its header, and bounds the length (RFC 5322 section 2.1.1).
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u0085' || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 500 {
		s = string(runes[:500])
	}
	return s
}
