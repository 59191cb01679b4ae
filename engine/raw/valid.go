package raw

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// Limits bounds a JSON text from outside. A zero limit is none.
type Limits struct {
	Depth int // arrays and objects inside one another
	Keys  int // members of all objects together
}

// ErrNUL is the cause of an error for a string that holds U+0000, which PostgreSQL's text types cannot store.
var ErrNUL = errors.New("U+0000 cannot be stored in a text")

// A SyntaxError says where a JSON text is broken and how.
type SyntaxError struct {
	Offset int // in bytes from the beginning
	Reason string
	Cause  error // ErrNUL, or nil
}

// Error says what is broken and where.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.Reason, e.Offset) }

// Unwrap gives Cause.
func (e *SyntaxError) Unwrap() error { return e.Cause }

// Valid checks that b is one JSON value within lim, in UTF-8, with no name twice in an object and no U+0000 in a string, and gives
// it without surrounding space. Its error is a *[SyntaxError].
func Valid(b []byte, lim Limits) (Value, error) {
	v := Trim(b)
	c := checker{b: v, lim: lim, shift: cap(b) - cap(v)}
	end, err := c.value(0, 0)
	if err == nil && end != len(v) {
		err = c.fail(end, "unexpected text behind the JSON value")
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

type checker struct {
	b     []byte
	lim   Limits
	keys  int
	shift int
}

func (c *checker) fail(i int, reason string) error {
	return &SyntaxError{Offset: i + c.shift, Reason: reason}
}

func (c *checker) value(i, depth int) (int, error) {
	if i >= len(c.b) {
		return i, c.fail(i, "unexpected end of JSON")
	}
	switch ch := c.b[i]; {
	case ch == '"':
		return c.string(i)
	case ch == '{':
		return c.object(i, depth+1)
	case ch == '[':
		return c.array(i, depth+1)
	case ch == '-' || ch >= '0' && ch <= '9':
		return c.number(i)
	}
	for _, word := range []string{"null", "true", "false"} {
		if len(c.b)-i >= len(word) && string(c.b[i:i+len(word)]) == word {
			return i + len(word), nil
		}
	}
	return i, c.fail(i, unexpected(c.b[i:]))
}

func (c *checker) array(i, depth int) (int, error) {
	if c.lim.Depth > 0 && depth > c.lim.Depth {
		return i, c.fail(i, fmt.Sprintf("nested deeper than %d levels", c.lim.Depth))
	}
	if i = space(c.b, i+1); i < len(c.b) && c.b[i] == ']' {
		return i + 1, nil
	}
	for {
		end, err := c.value(i, depth)
		if err != nil {
			return end, err
		}
		if i = space(c.b, end); i >= len(c.b) {
			return i, c.fail(i, "unexpected end of JSON in an array")
		}
		if c.b[i] == ']' {
			return i + 1, nil
		}
		if c.b[i] != ',' {
			return i, c.fail(i, "expected ',' or ']' in an array")
		}
		i = space(c.b, i+1)
	}
}

func (c *checker) object(i, depth int) (int, error) {
	if c.lim.Depth > 0 && depth > c.lim.Depth {
		return i, c.fail(i, fmt.Sprintf("nested deeper than %d levels", c.lim.Depth))
	}
	if i = space(c.b, i+1); i < len(c.b) && c.b[i] == '}' {
		return i + 1, nil
	}
	var first [8]string
	seen := first[:0]
	var many map[string]bool
	for {
		if i >= len(c.b) || c.b[i] != '"' {
			return i, c.fail(i, "expected a quoted name in an object")
		}
		end, err := c.string(i)
		if err != nil {
			return end, err
		}
		if c.keys++; c.lim.Keys > 0 && c.keys > c.lim.Keys {
			return i, c.fail(i, fmt.Sprintf("more than %d names", c.lim.Keys))
		}
		name, _ := Value(c.b[i:end]).Text()
		if many == nil && len(seen) == cap(first[:]) {
			many = make(map[string]bool, 4*len(seen))
			for _, s := range seen {
				many[s] = true
			}
		}
		twice := many[name]
		for _, s := range seen {
			twice = twice || s == name
		}
		if twice {
			return i, c.fail(i, fmt.Sprintf("the name %q stands twice", name))
		}
		if many != nil {
			many[name] = true
			seen = seen[:0]
		} else {
			seen = append(seen, name)
		}
		if i = space(c.b, end); i >= len(c.b) || c.b[i] != ':' {
			return i, c.fail(i, "expected ':' behind a name")
		}
		if end, err = c.value(space(c.b, i+1), depth); err != nil {
			return end, err
		}
		if i = space(c.b, end); i >= len(c.b) {
			return i, c.fail(i, "unexpected end of JSON in an object")
		}
		if c.b[i] == '}' {
			return i + 1, nil
		}
		if c.b[i] != ',' {
			return i, c.fail(i, "expected ',' or '}' in an object")
		}
		i = space(c.b, i+1)
	}
}

func (c *checker) string(i int) (int, error) {
	for i++; i < len(c.b); {
		switch ch := c.b[i]; {
		case ch == '"':
			return i + 1, nil
		case ch < 0x20:
			return i, c.fail(i, "control character in a string")
		case ch == '\\':
			n, err := c.escape(i)
			if err != nil {
				return i, err
			}
			i += n
		case ch < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(c.b[i:])
			if r == utf8.RuneError && size == 1 {
				return i, c.fail(i, "a byte that is not UTF-8")
			}
			i += size
		}
	}
	return i, c.fail(i, "unexpected end of JSON in a string")
}

func (c *checker) escape(i int) (int, error) {
	if i+1 >= len(c.b) {
		return 0, c.fail(i, "unexpected end of JSON in a string")
	}
	switch c.b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, nil
	case 'u':
		if i+6 > len(c.b) {
			return 0, c.fail(i, "unexpected end of JSON in a string")
		}
		zero := true
		for _, h := range c.b[i+2 : i+6] {
			if !(h >= '0' && h <= '9' || h >= 'a' && h <= 'f' || h >= 'A' && h <= 'F') {
				return 0, c.fail(i, `\u wants four hexadecimal digits`)
			}
			zero = zero && h == '0'
		}
		if zero {
			return 0, &SyntaxError{Offset: i + c.shift, Reason: ErrNUL.Error(), Cause: ErrNUL}
		}
		return c.surrogate(i)
	}
	return 0, c.fail(i, fmt.Sprintf(`unknown escape \%c`, c.b[i+1]))
}

// surrogate refuses half a pair: PostgreSQL's jsonb does too (SQLSTATE 22P02).
func (c *checker) surrogate(i int) (int, error) {
	switch r := hex4(c.b, i+2); {
	case r >= 0xD800 && r < 0xDC00:
		if i+12 <= len(c.b) && c.b[i+6] == '\\' && c.b[i+7] == 'u' {
			if low := hex4(c.b, i+8); low >= 0xDC00 && low < 0xE000 {
				return 12, nil
			}
		}
		return 0, c.fail(i, "half a surrogate pair")
	case r >= 0xDC00 && r < 0xE000:
		return 0, c.fail(i, "half a surrogate pair")
	}
	return 6, nil
}

func (c *checker) number(i int) (int, error) {
	start := i
	if c.b[i] == '-' {
		i++
	}
	digits := func() int {
		n := 0
		for i < len(c.b) && c.b[i] >= '0' && c.b[i] <= '9' {
			i++
			n++
		}
		return n
	}
	zero := i < len(c.b) && c.b[i] == '0'
	if n := digits(); n == 0 || zero && n > 1 {
		return start, c.fail(start, "malformed number")
	}
	if i < len(c.b) && c.b[i] == '.' {
		i++
		if digits() == 0 {
			return start, c.fail(start, "malformed number")
		}
	}
	if i < len(c.b) && (c.b[i] == 'e' || c.b[i] == 'E') {
		i++
		if i < len(c.b) && (c.b[i] == '+' || c.b[i] == '-') {
			i++
		}
		if digits() == 0 {
			return start, c.fail(start, "malformed number")
		}
	}
	return i, nil
}

// unexpected names the character that b begins with.
func unexpected(b []byte) string {
	if r, n := utf8.DecodeRune(b); r != utf8.RuneError || n > 1 {
		return fmt.Sprintf("unexpected %q", r)
	}
	return fmt.Sprintf("unexpected byte 0x%02X, which is no UTF-8", b[0])
}
