package job_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/sayrud/sayrud/engine/job"
)

// A post is a mail as the server got it.
type post struct {
	from string
	to   []string
	msg  *mail.Message
	body string
}

// A postOffice is an SMTP server over TCP that wants a password and refuses the first messages.
type postOffice struct {
	address string
	refuse  int
	came    chan post
}

func newPostOffice(t *testing.T, refuse int) *postOffice {
	t.Helper()
	o := &postOffice{came: make(chan post, 100), refuse: refuse}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{office: o}, nil }))
	server.AllowInsecureAuth, server.Domain = true, "localhost"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.address = listener.Addr().String()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	return o
}

type session struct {
	office *postOffice
	signed bool
	post   post
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "ada" || password != "s3cret" {
			return smtp.ErrAuthFailed
		}
		s.signed = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.signed {
		return smtp.ErrAuthRequired
	}
	s.post = post{from: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "nobody@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	s.post.to = append(s.post.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	msg, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(msg.Body)
	s.post.msg, s.post.body = msg, string(body)
	if err == nil && s.office.refuse > 0 {
		s.office.refuse--
		err = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	}
	s.office.came <- s.post
	return err
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func TestMailIsReceivedByAnSMTPServer(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := newPostOffice(t, 1)
	var err error
	if l.mail, err = job.NewMailer("smtp://ada:s3cret@"+o.address, "Blog <blog@example.org>"); err != nil {
		t.Fatal(err)
	}
	l.env["OWNER"] = "Olga <owner@example.org>, second@example.org"
	l.apply(file(`
    on_write:
      - email:
          to: {env: OWNER}
          cc: [$record.email, "third@example.org"]
          reply_to: $record.email
          subject: "New by ${$record.nick}"
          text: "${$record.nick} wrote"
          html: "<b>${$record.nick}</b>"
          when: "=$event.op === 'create'"
      - email: {to: $record.email, subject: hidden, text: x, when: "=$record.nick === 'nobody'"}
      - email: {to: nobody@example.org, subject: refused, text: x}
`))
	l.exec(`INSERT INTO p_blog.comments (uid, nick, email) VALUES ('c1', E'é<i>\r\nBcc: evil@example.org', 'ada@example.org')`)
	q, stop := l.open()
	first, second := <-o.came, <-o.came
	stop()
	for _, p := range []post{first, second} {
		if got := strings.Join(p.to, " "); p.from != "blog@example.org" || got != "owner@example.org second@example.org ada@example.org third@example.org" {
			t.Errorf("envelope: from %s to %s", p.from, got)
		}
	}
	d := l.list(q, job.Filter{State: job.Done})[0]
	h := second.msg.Header
	if first.msg.Header.Get("Message-Id") != "<"+d.ID+"@example.org>" || h.Get("Message-Id") != first.msg.Header.Get("Message-Id") || h.Get("Date") != first.msg.Header.Get("Date") {
		t.Errorf("the attempts differ: %q, %q", first.msg.Header, h)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || subject != "New by é<i>  Bcc: evil@example.org" || h.Get("Bcc") != "" {
		t.Errorf("subject %q, Bcc %q (%v)", subject, h.Get("Bcc"), err)
	}
	if got := h.Get("From") + h.Get("Reply-To") + h.Get("To"); got != `"Blog" <blog@example.org><ada@example.org>"Olga" <owner@example.org>, <second@example.org>` {
		t.Errorf("header: %s", got)
	}
	if texts := parts(t, second); texts["text/plain"] != "é<i>\r\nBcc: evil@example.org wrote" || texts["text/html"] != "<b>é&lt;i&gt;\r\nBcc: evil@example.org</b>" {
		t.Errorf("bodies: %q", texts)
	}
	dead := l.list(q, job.Filter{State: job.Dead})
	if len(dead) != 1 || dead[0].Status == nil || *dead[0].Status != 550 || dead[0].Attempts != 1 {
		t.Errorf("dead: %+v", dead)
	}
	if all := l.list(q, job.Filter{}); len(all) != 2 {
		t.Errorf("%d deliveries, want 2", len(all))
	}
}

// parts reads the bodies of a multipart mail by content type.
func parts(t *testing.T, p post) map[string]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(p.msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for r := multipart.NewReader(strings.NewReader(p.body), params["boundary"]); ; {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		texts[kind] = string(text)
	}
}

func TestMailerSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{"http://x": "it must be smtp://", "smtp://": "it must be smtp://", "smtp://u:p\x7f@x": "it must be smtp://"} {
		if _, err := job.NewMailer(address, "a@example.org"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := job.NewMailer("smtp://x", "nonsense"); err == nil || !strings.Contains(err.Error(), "no mail address") {
		t.Errorf("from: %v", err)
	}
}
