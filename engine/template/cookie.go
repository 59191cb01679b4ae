package template

import (
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// A cookie is a path that stands alone in a Set-Cookie header: its value, or each item of a list, is escaped as an inserted one is.
type cookie struct{ path node }

func (c cookie) gather(*writer) bool { return true }

func (c cookie) scripted() bool { return false }

func (c cookie) write(w *writer, dst []byte) ([]byte, bool) {
	v := w.value(c.path)
	switch v.Kind() {
	case raw.Absent, raw.Null:
		return append(dst, raw.NullValue...), true
	case raw.Array:
	default:
		return raw.AppendString(dst, escapeCookie(string(raw.AppendText(nil, v)))), true
	}
	dst = append(dst, '[')
	v.Items(func(i int, item raw.Value) bool {
		if i > 0 {
			dst = append(dst, ',')
		}
		if item.IsNull() {
			dst = append(dst, raw.NullValue...)
		} else {
			dst = raw.AppendString(dst, escapeCookie(string(raw.AppendText(nil, item))))
		}
		return !w.full(dst)
	})
	return append(dst, ']'), true
}

// escapeCookie percent-encodes what is no cookie-octet (RFC 6265 section 4.1.1), so that an inserted value ends neither the value nor
// the cookie; and the percent sign, so that decoding gives the value back. Parameters of cookies are decoded when they are read.
func escapeCookie(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; isCookieOctet(c) && c != '%' {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

func isCookieOctet(c byte) bool {
	return c > ' ' && c < 0x7f && strings.IndexByte(`",;\`, c) < 0
}
