package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine/raw"
)

// A result is what came of an attempt.
type result struct {
	status   int // of HTTP or SMTP; 0 is none
	err      error
	response string        // the beginning of the answer
	after    time.Duration // the receiver asked for this pause; 0 is none
	final    bool          // of a failure: another attempt makes no sense
}

// keepResponse bounds what the log keeps of an answer, in bytes.
const keepResponse = 1 << 10

// maxRetryAfter bounds the pause a receiver may ask for.
const maxRetryAfter = 24 * time.Hour

// send makes one attempt.
func (q *Queue) send(ctx context.Context, d *delivery) result {
	switch m := d.message; {
	case m.Webhook != nil:
		return q.post(ctx, d, m.Webhook)
	case m.Email == nil:
		return result{err: errors.New("the message is empty"), final: true}
	case q.cfg.Mail == nil:
		return result{err: errors.New("no mail server is set; start the server with --smtp-url and --smtp-from"), final: true}
	default:
		to, err := q.recipients(d, m.Email)
		if err != nil {
			return result{err: err}
		}
		return q.cfg.Mail.send(ctx, d.id, d.createdAt, m.Email, to)
	}
}

// recipients gives the addresses of a mail; those of a secret are a list with commas.
func (q *Queue) recipients(d *delivery, e *Email) ([]string, error) {
	if e.To.Kind() == raw.Array {
		return addresses(e.To)
	}
	text, err := q.reveal(d, e.To, "to")
	if err != nil {
		return nil, err
	}
	list, err := mail.ParseAddressList(text)
	if err != nil || len(list) > maxRecipients {
		return nil, errors.New("the secret of `to` is no list of mail addresses")
	}
	to := make([]string, len(list))
	for i, a := range list {
		to[i] = a.String()
	}
	return to, nil
}

// reveal gives a text, or the secret that a reference names.
func (q *Queue) reveal(d *delivery, v raw.Value, setting string) (string, error) {
	if v.Kind() != raw.Object {
		text, _ := v.Text()
		return text, nil
	}
	value, err := q.cfg.Secrets.Setting(d.project, d.message.Kind+"."+setting, v).Value()
	if err != nil {
		return "", fmt.Errorf("%s: %w", setting, errors.Unwrap(err))
	}
	return strings.TrimSpace(value.Reveal()), nil
}

// post sends a webhook. Success is 2xx; 410 ends the delivery.
func (q *Queue) post(ctx context.Context, d *delivery, w *Webhook) result {
	address, err := q.reveal(d, w.URL, "url")
	if err != nil {
		return result{err: err}
	}
	_, public := w.URL.Text()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(w.TimeoutMS)*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, w.Method, address, strings.NewReader(w.Body))
	if err != nil {
		return result{err: errors.New("the address cannot be asked"), final: true}
	}
	if err := q.headers(d, w, r); err != nil {
		return result{err: err}
	}
	answer, err := q.cfg.HTTP.Do(r)
	if err != nil {
		return result{err: withoutAddress(err, address, public)}
	}
	defer answer.Body.Close()
	beginning, _ := io.ReadAll(io.LimitReader(answer.Body, keepResponse)) // what is cut off is cut off in the log too
	out := result{status: answer.StatusCode, response: printable(beginning)}
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
	case answer.StatusCode == http.StatusGone:
		out.err, out.final = errors.New("the receiver is gone (410)"), true
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		out.err = fmt.Errorf("answered %d; redirects are not followed", answer.StatusCode)
	default:
		out.err = fmt.Errorf("answered %d", answer.StatusCode)
		out.after = retryAfter(answer.Header.Get("Retry-After"), time.Now())
	}
	return out
}

func (q *Queue) headers(d *delivery, w *Webhook, r *http.Request) error {
	now := time.Now()
	r.Header.Set("User-Agent", "Sayrud")
	if w.ContentType != "" {
		r.Header.Set("Content-Type", w.ContentType)
	}
	for _, h := range w.Headers {
		v, err := q.reveal(d, h.Value, "headers.*")
		if err != nil {
			return err
		}
		r.Header.Set(h.Name, v)
	}
	r.Header.Set("Webhook-Id", d.id)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	if w.Secret != nil {
		key, err := q.reveal(d, w.Secret, "secret")
		if err != nil {
			return err
		}
		r.Header.Set("Webhook-Signature", Sign(key, d.id, now, w.Body))
	}
	return nil
}

// withoutAddress takes an address that is a secret out of an error.
func withoutAddress(err error, address string, public bool) error {
	if public {
		return err
	}
	for inner := errors.Unwrap(err); inner != nil && strings.Contains(err.Error(), address); inner = errors.Unwrap(err) {
		err = inner
	}
	if strings.Contains(err.Error(), address) {
		return errors.New("the receiver could not be asked")
	}
	return err
}

// retryAfter reads seconds or a date (RFC 9110 section 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	var wait time.Duration
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		wait = time.Duration(n) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// printable gives b as a text that PostgreSQL takes.
func printable(b []byte) string {
	text := string(b)
	for len(text) > 0 && !utf8.ValidString(text) && len(b)-len(text) < utf8.UTFMax { // cut inside a character
		text = text[:len(text)-1]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}
