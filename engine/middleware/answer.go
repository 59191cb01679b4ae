package middleware

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/sayrud/sayrud/engine/template"
)

// Answer takes over a rendered response as the answer. Headers that belong to the server are left out: a template can't touch the
// framing, the safety headers or the panel's cookies. A status that is no final one (200 to 599, RFC 9110 section 15) is an error.
func (q *Request) Answer(a template.Answer) error {
	if a.Status < 200 || a.Status > 599 {
		return fmt.Errorf("answer: the status %d is not one of 200 to 599", a.Status)
	}
	q.Status, q.ContentType, q.Body = a.Status, a.ContentType, a.Body
	if q.ContentType == "" {
		q.ContentType = "application/json"
	}
	q.setHeaders(a.Header)
	return nil
}

// setHeaders sets headers of the answer, but those that belong to the server. An empty one goes away.
func (q *Request) setHeaders(headers [][2]string) {
	for _, h := range headers {
		name := http.CanonicalHeaderKey(h[0])
		switch name {
		case "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade", "Keep-Alive", "Date", "X-Request-Id",
			"X-Content-Type-Options", "Content-Security-Policy", "Clear-Site-Data", "Service-Worker-Allowed":
		case "Content-Type":
			if h[1] != "" {
				q.ContentType = h[1]
			}
		case "Set-Cookie":
			if allowedCookie(h[1]) {
				q.Header.Add(name, h[1])
			}
		case "Vary":
			q.Header.Add(name, h[1])
		default:
			if h[1] == "" {
				q.Header.Del(name)
				continue
			}
			q.Header.Set(name, h[1])
		}
	}
}

// allowedCookie refuses cookies of the panel's names, and nameless ones: browsers send "=sayrud_session=x" back as "sayrud_session=x".
func allowedCookie(text string) bool {
	pair, _, _ := strings.Cut(text, ";")
	name, _, named := strings.Cut(pair, "=")
	name = strings.TrimSpace(name)
	return named && name != "" && !strings.EqualFold(name, SecureCookie) && !strings.EqualFold(name, SessionCookie)
}

// FormTexts appends the values of name in a form to dst.
func FormTexts(dst []string, form []Pair, name string) []string { return values(dst, form, name) }

// NotModified answers 304 to whoever has the answer already by its ETag (RFC 9110 section 13.1.2).
func (q *Request) NotModified() {
	if etag := q.Header["Etag"]; q.Status == http.StatusOK && len(etag) > 0 && matchesETag(q.HTTP.Header["If-None-Match"], etag[0]) {
		q.Status, q.ContentType, q.Body = http.StatusNotModified, "", q.Body[:0]
	}
}
