package template

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A header is a response header whose value is a slot.
type header struct {
	name  string
	value node
}

// The server itself writes these (RFC 9110 section 7.6.1, RFC 9112).
var ownHeaders = []string{"connection", "content-length", "date", "keep-alive", "trailer", "transfer-encoding", "upgrade"}

func (c *compiler) headers(p *Program, r *engine.Response) {
	fixed := true
	for name, v := range r.Headers.All() {
		c.place = []string{"headers", name}
		switch {
		case !isToken(name):
			c.refuse(0, "a name has letters, digits and hyphens", "no header can have this name")
			continue
		case slices.Contains(ownHeaders, strings.ToLower(name)):
			c.refuse(0, "", "the server writes this header itself")
			continue
		}
		n := c.headerValue(name, v)
		known, isConstant := n.(constant)
		if isConstant {
			for _, value := range headerValues(raw.Value(known)) {
				if !isFieldValue(value) {
					c.refuse(0, "", "a header's value has no control characters")
				}
			}
		}
		fixed = fixed && isConstant
		p.headers = append(p.headers, header{name, n})
	}
	c.place = nil
	if fixed && len(c.problems) == 0 {
		var a Answer
		p.writeHeaders(&writer{}, &a)
		p.constants, p.headers = a.Header, nil
		if a.ContentType != "" {
			p.contentType = a.ContentType
		}
	}
}

func (c *compiler) headerValue(name string, v raw.Value) node {
	if !strings.EqualFold(name, "Set-Cookie") {
		return c.value(v)
	}
	c.cookie, c.escape = true, escapeCookie
	defer func() { c.cookie, c.escape = false, nil }()
	return c.value(v)
}

// writeHeaders gives the answer its headers. A value that is null or absent, or that no header can have, leaves its header out; a list
// makes several. Content-Type is that of the answer.
func (p *Program) writeHeaders(w *writer, a *Answer) {
	for _, h := range p.headers {
		for _, value := range headerValues(w.value(h.value)) {
			switch {
			case !isFieldValue(value):
			case strings.EqualFold(h.name, "Content-Type"):
				a.ContentType = value
			default:
				a.Header = append(a.Header, [2]string{h.name, value})
			}
		}
	}
}

func headerValues(v raw.Value) []string {
	var values []string
	switch v.Kind() {
	case raw.Absent, raw.Null:
	case raw.Array:
		v.Items(func(_ int, item raw.Value) bool {
			if !item.IsNull() {
				values = append(values, string(raw.AppendText(nil, item)))
			}
			return true
		})
	default:
		values = append(values, string(raw.AppendText(nil, v)))
	}
	return values
}

// isToken reports whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if !(c >= 'a' && c <= 'z' || isDigit(s[i]) || strings.IndexByte("!#$%&'*+-.^_`|~", s[i]) >= 0) {
			return false
		}
	}
	return s != ""
}

// isFieldValue reports whether s can be the value of a header (RFC 9110 section 5.5).
func isFieldValue(s string) bool { return !strings.ContainsFunc(s, isControl) }

func isControl(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f }
