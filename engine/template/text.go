package template

import (
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// A text is a string with inserted paths.
type text struct {
	pieces []piece
	escape func(string) string // of what is inserted; nil: it stands as it is
}

// A piece is what stands between two insertions, as the inside of a JSON string, and the insertion behind it.
type piece struct {
	literal []byte
	path    node // nil at the end
}

func (t *text) gather(*writer) bool { return true }

func (t *text) scripted() bool { return false }

func (t *text) write(w *writer, dst []byte) ([]byte, bool) {
	dst = append(dst, '"')
	for i := range t.pieces {
		p := &t.pieces[i]
		dst = append(dst, p.literal...)
		if p.path == nil {
			continue
		}
		v := w.value(p.path)
		switch v.Kind() {
		case raw.Absent, raw.Null:
			continue
		}
		if t.escape != nil {
			dst = appendInside(dst, t.escape(string(raw.AppendText(nil, v))))
			continue
		}
		switch v.Kind() {
		case raw.String:
			dst = append(dst, v[1:len(v)-1]...)
		case raw.Bool, raw.Number:
			dst = append(dst, v...)
		default:
			dst = appendInside(dst, v)
		}
		if w.full(dst) {
			break
		}
	}
	return append(dst, '"'), true
}

// appendInside appends s as it stands between the quotes of a JSON string.
func appendInside[T string | []byte | raw.Value](dst []byte, s T) []byte {
	start := len(dst)
	dst = raw.AppendString(dst, string(s))
	return append(dst[:start], dst[start+1:len(dst)-1]...)
}

// text compiles a string.
func (c *compiler) text(s string) node {
	switch {
	case s == "$omit":
		return omit{}
	case strings.HasPrefix(s, "$$"), strings.HasPrefix(s, "=="):
		return c.insertions(s[:1], s[2:], 2)
	case strings.HasPrefix(s, "="):
		return c.script(s[1:], 1)
	case strings.HasPrefix(s, "$") && !strings.HasPrefix(s, "${"):
		names, n := scanPath(s)
		if n != len(s) {
			c.refuse(n, meant(s, c.knows), strconv.Quote(s)+" is no path")
			return omit{}
		}
		if c.escape != nil && !c.cookie {
			return c.insertions("", "${"+s+"}", -2)
		}
		if c.cookie {
			return cookie{c.path(names, 0)}
		}
		return c.path(names, 0)
	}
	return c.insertions("", s, 0)
}

// insertions compiles text with ${path} in it; s begins at offset in the definition's text and literal stands before it.
func (c *compiler) insertions(literal, s string, offset int) node {
	n := &text{escape: c.escape}
	for {
		open := strings.Index(s, "${")
		if open < 0 {
			break
		}
		end := strings.IndexByte(s[open:], '}')
		if end < 0 {
			c.refuse(offset+open, "write ${$name.part}", "${ is not closed")
			return omit{}
		}
		inside := s[open+2 : open+end]
		names, length := scanPath(inside)
		if length == 0 || length != len(inside) {
			c.refuse(offset+open, c.meantInside(inside), "${"+inside+"} inserts no path")
			return omit{}
		}
		n.pieces = append(n.pieces, piece{literal: appendInside(nil, literal+s[:open]), path: c.path(names, offset+open+2)})
		literal = ""
		s, offset = s[open+end+1:], offset+open+end+1
	}
	if len(n.pieces) == 0 {
		return constant(raw.Text(literal + s))
	}
	n.pieces = append(n.pieces, piece{literal: appendInside(nil, literal+s)})
	return n
}

func (c *compiler) meantInside(inside string) string {
	if names, n := scanPath("$" + strings.TrimPrefix(strings.TrimSpace(inside), "$")); n > 0 && c.knows(names[0]) {
		if trimmed := "$" + strings.TrimPrefix(strings.TrimSpace(inside), "$"); n == len(trimmed) {
			return "write ${" + trimmed + "}"
		}
	}
	return "only a path stands there; write =`…${…}` for JavaScript"
}
