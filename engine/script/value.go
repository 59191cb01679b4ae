package script

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine/raw"
)

// kind is the type of a value while the small set runs.
type kind uint8

const (
	undefined kind = iota
	null
	boolean
	number
	text
	data   // an array or object of the inputs, still JSON
	list   // an array made by the expression
	object // an object made by the expression
)

// A value is what an expression of the small set works on.
type value struct {
	kind kind
	num  float64    // of a number; 1 or 0 of a boolean
	data []byte     // UTF-8 of a text, JSON of data; shared, never written to
	made *composite // of a list or object
}

// composite is what a list or object consists of.
type composite struct {
	items []value
	names []string // of an object, in order
}

var (
	undefinedValue = value{}
	nullValue      = value{kind: null}
)

func numberValue(f float64) value { return value{kind: number, num: f} }

func textValue(s []byte) value { return value{kind: text, data: s} }

func boolValue(b bool) value {
	if b {
		return value{kind: boolean, num: 1}
	}
	return value{kind: boolean}
}

// inputValue gives the value of an input: what is absent is null.
func inputValue(v raw.Value) value {
	if v == nil {
		return nullValue
	}
	return rawValue(v)
}

// rawValue gives the value of JSON: what is absent is undefined.
func rawValue(v raw.Value) value {
	switch v.Kind() {
	case raw.Null:
		return nullValue
	case raw.Bool:
		return boolValue(v[0] == 't')
	case raw.Number:
		return numberValue(parseNumber(v))
	case raw.String:
		if bytes.IndexByte(v, '\\') < 0 {
			return textValue(v[1 : len(v)-1])
		}
		return textValue(raw.AppendText(nil, v))
	case raw.Array, raw.Object:
		return value{kind: data, data: v}
	}
	return undefinedValue
}

// parseNumber gives the double nearest to a JSON number.
func parseNumber(b []byte) float64 {
	if len(b) <= 15 {
		n, digits := int64(0), b
		if b[0] == '-' {
			digits = b[1:]
		}
		for i, c := range digits {
			if c < '0' || c > '9' {
				break
			}
			if n = n*10 + int64(c-'0'); i == len(digits)-1 {
				if b[0] == '-' {
					return -float64(n)
				}
				return float64(n)
			}
		}
	}
	f, _ := strconv.ParseFloat(string(b), 64) // beyond the range it gives an infinity, as JavaScript does
	return f
}

// appendNumber appends f as JavaScript prints it (ECMA-262, Number::toString).
func appendNumber(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case f == 0:
		return append(dst, '0')
	}
	size := math.Abs(f)
	if size < 1e15 && f == math.Trunc(f) {
		return strconv.AppendInt(dst, int64(f), 10)
	}
	if size >= 1e-6 && size < 1e21 {
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); n >= 4 && dst[n-2] == '0' && (dst[n-3] == '-' || dst[n-3] == '+') { // 1e-07 is 1e-7
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// truthy is ECMA-262's ToBoolean.
func (v value) truthy() bool {
	switch v.kind {
	case undefined, null:
		return false
	case boolean, number:
		return v.num != 0 && !math.IsNaN(v.num)
	case text:
		return len(v.data) > 0
	}
	return true
}

func (v value) nullish() bool { return v.kind == undefined || v.kind == null }

func (v value) primitive() bool { return v.kind < data }

// toNumber is ECMA-262's ToNumber for primitives; texts that are not plain decimal numbers are for the worker.
func (v value) toNumber() (float64, error) {
	switch v.kind {
	case undefined:
		return math.NaN(), nil
	case null:
		return 0, nil
	case boolean, number:
		return v.num, nil
	case text:
		if len(v.data) == 0 {
			return 0, nil
		}
		if plainDecimal(v.data) {
			f, _ := strconv.ParseFloat(string(v.data), 64)
			return f, nil
		}
	}
	return 0, errUnusual
}

func plainDecimal(s []byte) bool {
	if s[0] == '-' {
		s = s[1:]
	}
	whole, fraction, point := bytes.Cut(s, []byte{'.'})
	return digits(whole) && (!point || digits(fraction)) && len(s) < 32
}

func digits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) > 0
}

// appendText is ECMA-262's ToString for primitives.
func (v value) appendText(dst []byte) ([]byte, error) {
	switch v.kind {
	case undefined:
		return append(dst, "undefined"...), nil
	case null:
		return append(dst, "null"...), nil
	case boolean:
		return strconv.AppendBool(dst, v.num != 0), nil
	case number:
		return appendNumber(dst, v.num), nil
	case text:
		return append(dst, v.data...), nil
	}
	return dst, errUnusual
}

func strictEqual(a, b value) (bool, error) {
	if !a.primitive() && !b.primitive() {
		return false, errUnusual // identity is for the worker
	}
	if a.kind != b.kind {
		return false, nil
	}
	switch a.kind {
	case boolean, number:
		return a.num == b.num, nil
	case text:
		return bytes.Equal(a.data, b.data), nil
	}
	return true, nil
}

func looseEqual(a, b value) (bool, error) {
	if a.nullish() || b.nullish() {
		return a.nullish() && b.nullish(), nil
	}
	if a.kind == b.kind || !a.primitive() || !b.primitive() {
		if a.primitive() != b.primitive() {
			return false, errUnusual
		}
		return strictEqual(a, b)
	}
	x, err := a.toNumber()
	if err != nil {
		return false, err
	}
	y, err := b.toNumber()
	return x == y, err
}

// compareTexts orders by UTF-16 code units, as JavaScript does. It differs from the order of UTF-8 only between U+E000…U+FFFF
// and what lies above.
func compareTexts(a, b []byte) int {
	n := min(len(a), len(b))
	for i := 0; i < n; i++ {
		if a[i] == b[i] {
			continue
		}
		if a[i] >= 0xF0 && b[i] >= 0xEE && b[i] < 0xF0 {
			return -1
		}
		if b[i] >= 0xF0 && a[i] >= 0xEE && a[i] < 0xF0 {
			return 1
		}
		return bytes.Compare(a[i:], b[i:])
	}
	return len(a) - len(b)
}

// textLength counts UTF-16 code units.
func textLength(s []byte) int {
	n := 0
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			n++
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		if r >= 0x10000 {
			n++
		}
		i += size
		n++
	}
	return n
}
