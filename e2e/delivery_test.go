package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/emersion/go-smtp"
)

// notifying gives the example's project file with a webhook and a mail for each new comment.
func notifying(t *testing.T, receiver string) string {
	t.Helper()
	file := unlimitedExample(t)
	const fields = "  comments:\n"
	if strings.Count(file, fields) == 0 {
		t.Fatal("the example has no table comments")
	}
	return strings.Replace(file, fields, fields+fmt.Sprintf(`    on_write:
      - webhook: {url: %s, secret: {env: HOOK_KEY}, body: "${$event.op} ${$record.uid}", on: [create]}
      - email: {to: owner@example.org, subject: "New comment by ${$record.nick}", text: "${$record.content}", on: [create]}
`, receiver), 1)
}

// A mailbox is an SMTP server over TCP.
type mailbox struct {
	address string
	came    chan *mail.Message
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	box := &mailbox{came: make(chan *mail.Message, 100)}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return box, nil }))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box.address = listener.Addr().String()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { server.Close() })
	return box
}

func (b *mailbox) Mail(string, *smtp.MailOptions) error { return nil }
func (b *mailbox) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (b *mailbox) Reset()                               {}
func (b *mailbox) Logout() error                        { return nil }

func (b *mailbox) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err == nil {
		b.came <- m
	}
	return err
}

// TestKillBetweenWriteAndWebhook kills the server while the receiver of a webhook has not answered yet. Once it is back, the webhook
// comes again under the same id, and a mail for each comment comes to a real SMTP server.
func TestKillBetweenWriteAndWebhook(t *testing.T) {
	t.Parallel()
	in := install(t)
	box := newMailbox(t)
	came, hang := make(chan [2]string, 100), make(chan struct{})
	var back atomic.Bool
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("Webhook-Signature") == "" {
			t.Error("a webhook is not signed")
		}
		came <- [2]string{r.Header.Get("Webhook-Id"), string(body)}
		if !back.Load() {
			select { // until the server is killed
			case <-r.Context().Done():
			case <-hang:
			}
		}
	}))
	t.Cleanup(receiver.Close)
	t.Cleanup(func() { close(hang) })
	in.env = append(in.env, "SAYRUD_ALLOW_OUTBOUND=127.0.0.0/8", "SAYRUD_SMTP_URL=smtp://"+box.address, "SAYRUD_SMTP_FROM=blog@example.org", "HOOK_KEY=s3cret")
	in.start()
	in.apply(notifying(t, receiver.URL))
	id, ok := create(http.DefaultClient, "http://"+in.addr+"/api/blog/comments", `{"post":"hello","nick":"ada","content":"Hello"}`)
	if !ok {
		t.Fatal("the comment was not made")
	}
	first := <-came
	in.signal(syscall.SIGKILL)
	<-in.ended
	back.Store(true)
	in.start()
	second := <-came
	if first != second || first[1] != "create "+id {
		t.Errorf("came %q, then %q; the comment is %s", first, second, id)
	}
	if m := <-box.came; m.Header.Get("Subject") != "New comment by ada" || m.Header.Get("From") != "<blog@example.org>" {
		t.Errorf("mail: %v", m.Header)
	}
	// Again, killed as soon as the write is acknowledged.
	if id, ok = create(http.DefaultClient, "http://"+in.addr+"/api/blog/comments", `{"post":"hello","nick":"bob","content":"Hello too"}`); !ok {
		t.Fatal("the comment was not made")
	}
	in.signal(syscall.SIGKILL)
	<-in.ended
	in.start()
	for third := range came {
		if third[1] == "create "+id {
			break
		}
	}
	for m := range box.came {
		if m.Header.Get("Subject") == "New comment by bob" {
			break
		}
	}
}
