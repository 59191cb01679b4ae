package raw

import (
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Value is the text of one JSON value (RFC 8259) without surrounding space. A nil Value is absent: JavaScript's undefined,
// which is not the JSON null.
type Value []byte

// Kind is the type of a [Value].
type Kind byte

// The kinds. Absent is the zero value and the kind of a nil Value.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

var (
	// NullValue is the JSON null.
	NullValue = Value("null")
	// True is the JSON true.
	True = Value("true")
	// False is the JSON false.
	False = Value("false")
)

// Kind tells the type of v from its first byte.
func (v Value) Kind() Kind {
	if len(v) == 0 {
		return Absent
	}
	switch v[0] {
	case 'n':
		return Null
	case 't', 'f':
		return Bool
	case '"':
		return String
	case '[':
		return Array
	case '{':
		return Object
	}
	return Number
}

// IsNull reports whether v is absent or null.
func (v Value) IsNull() bool { return len(v) == 0 || v[0] == 'n' }

// MarshalJSON gives v itself, or null where it is absent.
func (v Value) MarshalJSON() ([]byte, error) {
	if v == nil {
		return NullValue, nil
	}
	return v, nil
}

// UnmarshalJSON keeps a copy of data.
func (v *Value) UnmarshalJSON(data []byte) error {
	*v = append((*v)[:0:0], data...)
	return nil
}

// Get gives the member of the object v named name, or nil where v is no object or has no such member. Where a name stands
// twice the last counts, as in JavaScript.
func (v Value) Get(name string) Value {
	var found Value
	v.Members(func(key, value Value) bool {
		if EqualString(key, name) {
			found = value
		}
		return true
	})
	return found
}

// Index gives item i (from 0) of the array v, or nil.
func (v Value) Index(i int) Value {
	var found Value
	v.Items(func(n int, item Value) bool {
		if n == i {
			found = item
		}
		return n < i
	})
	return found
}

// Len gives the number of items of an array or of members of an object, else 0.
func (v Value) Len() int {
	n := 0
	switch v.Kind() {
	case Array:
		v.Items(func(int, Value) bool { n++; return true })
	case Object:
		v.Members(func(Value, Value) bool { n++; return true })
	}
	return n
}

// Items calls yield with each item of the array v until it answers false.
func (v Value) Items(yield func(i int, item Value) bool) {
	if v.Kind() != Array {
		return
	}
	for i, n := space(v, 1), 0; i < len(v) && v[i] != ']'; n++ {
		end := Skip(v, i)
		if !yield(n, v[i:end]) {
			return
		}
		if i = space(v, end); i < len(v) && v[i] == ',' {
			i = space(v, i+1)
		}
	}
}

// Members calls yield with each member of the object v, its key still quoted, until it answers false.
func (v Value) Members(yield func(key, value Value) bool) {
	if v.Kind() != Object {
		return
	}
	for i := space(v, 1); i < len(v) && v[i] != '}'; {
		keyEnd := Skip(v, i)
		start := space(v, space(v, keyEnd)+1)
		end := Skip(v, start)
		if !yield(v[i:keyEnd], v[start:end]) {
			return
		}
		if i = space(v, end); i < len(v) && v[i] == ',' {
			i = space(v, i+1)
		}
	}
}

// Skip gives the index just behind the value that begins at b[i].
func Skip(b []byte, i int) int {
	if i >= len(b) {
		return len(b)
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		depth := 0
		for ; i < len(b); i++ {
			switch b[i] {
			case '"':
				i = skipString(b, i) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(b)
	}
	for i < len(b) {
		switch b[i] {
		case ',', ']', '}', ':', ' ', '\n', '\t', '\r':
			return i
		}
		i++
	}
	return i
}

func skipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// Trim gives v without surrounding white space.
func Trim(b []byte) Value {
	i, end := space(b, 0), len(b)
	for end > i && (b[end-1] == ' ' || b[end-1] == '\n' || b[end-1] == '\t' || b[end-1] == '\r') {
		end--
	}
	return b[i:end]
}

// EqualString reports whether the quoted JSON string v means s.
func EqualString(v Value, s string) bool {
	if len(v) < 2 || v[0] != '"' {
		return false
	}
	body := v[1 : len(v)-1]
	if string(body) == s {
		return true
	}
	for _, c := range body {
		if c == '\\' {
			text, _ := v.Text()
			return text == s
		}
	}
	return false
}

// Text gives the text of a scalar: a string without quotes and escapes, a number or a boolean as it is written. It answers
// false for null, absent, arrays and objects.
func (v Value) Text() (string, bool) {
	switch v.Kind() {
	case String:
		return string(AppendText(nil, v)), true
	case Number, Bool:
		return string(v), true
	}
	return "", false
}

// AppendText appends the text of the scalar v, as [Value.Text] gives it, or the JSON text of anything else.
func AppendText(dst []byte, v Value) []byte {
	if v.Kind() != String {
		return append(dst, v...)
	}
	body := v[1 : len(v)-1]
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c != '\\' || i+1 >= len(body) {
			dst = append(dst, c)
			continue
		}
		i++
		switch body[i] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(body, i+1)
			i += 4
			if utf16.IsSurrogate(r) && i+2 < len(body) && body[i+1] == '\\' && body[i+2] == 'u' {
				if pair := utf16.DecodeRune(r, hex4(body, i+3)); pair != utf8.RuneError {
					r, i = pair, i+6
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, body[i])
		}
	}
	return dst
}

func hex4(b []byte, i int) rune {
	if i+4 > len(b) {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(string(b[i:i+4]), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a quoted JSON string. Bytes that are not UTF-8 become U+FFFD; '<', '>' and '&' are left as they are.
func AppendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(string(s[i:min(i+4, len(s))]))
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), `�`...)
				i++
				start = i
				continue
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// Text makes the JSON string of s.
func Text(s string) Value { return AppendString(nil, s) }

// Int makes the JSON number of n.
func Int[T ~int | ~int32 | ~int64](n T) Value { return strconv.AppendInt(nil, int64(n), 10) }

// Of makes the JSON of any Go value that encoding/json accepts; it is for definitions and errors, not for the request path.
func Of(v any) (Value, error) { return json.Marshal(v) }
