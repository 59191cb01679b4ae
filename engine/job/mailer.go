package job

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// A Mailer sends mail by an SMTP server of the operator's.
type Mailer struct {
	host    string
	options []gomail.Option
	from    string // "Ada <ada@example.org>"
	domain  string // of Message-ID
}

// NewMailer reads an address, smtp://user:password@host:port or smtps://…, and the sender. smtps speaks TLS from the beginning (port
// 465 unless told); smtp (port 587 unless told) uses STARTTLS where the server offers it, and insists on it before it sends a password
// to another machine. Its errors do not repeat the address.
func NewMailer(address, from string) (*Mailer, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return nil, errors.New("it must be smtp://user:password@host:port, or smtps://…")
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("the sender %q is no mail address", from)
	}
	m := &Mailer{host: u.Hostname(), from: sender.String(), domain: sender.Address[strings.LastIndexByte(sender.Address, '@')+1:]}
	port := map[string]int{"smtp": 587, "smtps": 465}[u.Scheme]
	if text := u.Port(); text != "" {
		port, _ = strconv.Atoi(text)
	}
	m.options = []gomail.Option{gomail.WithPort(port), gomail.WithTimeout(30 * time.Second), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12})}
	password, authenticated := u.User.Password()
	mechanism := gomail.SMTPAuthAutoDiscover
	switch {
	case u.Scheme == "smtps":
		m.options = append(m.options, gomail.WithSSL())
	case authenticated && !isLoopback(m.host):
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		mechanism = gomail.SMTPAuthPlainNoEnc // a password to this machine needs no TLS
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if authenticated {
		m.options = append(m.options, gomail.WithSMTPAuth(mechanism), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return m, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// send hands e over to the server. id and at are those of the delivery: each attempt sends the same Message-ID and Date.
func (m *Mailer) send(ctx context.Context, id string, at time.Time, e *Email, to []string) result {
	msg, err := m.message(id, at, e, to)
	if err != nil {
		return result{err: err, final: true}
	}
	client, err := gomail.NewClient(m.host, m.options...)
	if err != nil {
		return result{err: fmt.Errorf("open mail server: %w", err)}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil {
		return result{status: 250}
	}
	r := result{err: err}
	if refused := (*gomail.SendError)(nil); errors.As(err, &refused) {
		r.status = refused.ErrorCode()
		r.final = r.status >= 500 && !refused.IsTemp()
	}
	return r
}

// message makes the mail. Header fields are encoded by the library, and no text in them can begin another.
func (m *Mailer) message(id string, at time.Time, e *Email, to []string) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from := e.From
	if from == "" {
		from = m.from
	}
	for _, set := range []func() error{
		func() error { return msg.From(from) },
		func() error { return msg.EnvelopeFrom(m.from) },
		func() error { return msg.To(to...) },
		func() error { return msg.Cc(e.CC...) },
	} {
		if err := set(); err != nil {
			return nil, fmt.Errorf("write mail: %w", err)
		}
	}
	if e.ReplyTo != "" {
		if err := msg.ReplyTo(e.ReplyTo); err != nil {
			return nil, fmt.Errorf("write mail: %w", err)
		}
	}
	msg.Subject(e.Subject)
	msg.SetMessageIDWithValue(id + "@" + m.domain)
	msg.SetDateWithValue(at)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834 section 5
	switch {
	case e.Text != "" && e.HTML != "":
		msg.SetBodyString(gomail.TypeTextPlain, e.Text)
		msg.AddAlternativeString(gomail.TypeTextHTML, e.HTML)
	case e.HTML != "":
		msg.SetBodyString(gomail.TypeTextHTML, e.HTML)
	default:
		msg.SetBodyString(gomail.TypeTextPlain, e.Text)
	}
	return msg, nil
}
