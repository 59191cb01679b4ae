package value

import (
	"bytes"
	"math/big"
	"strconv"

	"github.com/sayrud/sayrud/engine/raw"
)

// maxDigits bounds a number on either side of its point; PostgreSQL's numeric holds 131,072 before and 16,383 behind it
// (PostgreSQL manual, 8.1.2).
const maxDigits = 1000

func numberJSON(c *Checker, v raw.Value) (raw.Value, string) {
	if v.Kind() == raw.Number {
		return c.number(string(v))
	}
	return ofText(c, v, numberText, c.numberSentence())
}

func numberText(c *Checker, s string) (raw.Value, string) {
	if s == "" {
		return raw.NullValue, ""
	}
	return c.number(s)
}

func (c *Checker) numberSentence() string {
	if c.integer {
		return "integer"
	}
	return "number"
}

// number makes the canonical form: no exponent, no leading zeros, no "-0"; a whole number where the rules want one.
func (c *Checker) number(s string) (raw.Value, string) {
	d, ok := parseDecimal(s)
	if !ok {
		return nil, c.numberSentence()
	}
	if !d.fits() {
		return nil, "number.size"
	}
	if c.integer && !d.truncate() {
		return nil, "integer"
	}
	return d.append(nil), ""
}

// numbersFit reports whether every number within v has at most maxDigits on either side of its point: jsonb holds numbers as numeric.
func numbersFit(v raw.Value) bool {
	for i := 0; i < len(v); i++ {
		switch ch := v[i]; {
		case ch == '"':
			for i++; i < len(v) && v[i] != '"'; i++ {
				if v[i] == '\\' {
					i++
				}
			}
		case ch == '-' || ch >= '0' && ch <= '9':
			start := i
			for i+1 < len(v) && bytes.IndexByte([]byte("+-.eE0123456789"), v[i+1]) >= 0 {
				i++
			}
			number := v[start : i+1]
			if len(number) <= maxDigits && !bytes.ContainsAny(number, "eE") {
				continue
			}
			if d, ok := parseDecimal(string(number)); !ok || !d.fits() {
				return false
			}
		}
	}
	return true
}

// A decimal is ±digits × 10^-scale; scale may be negative until it is printed.
type decimal struct {
	negative bool
	digits   []byte // without leading zeros
	scale    int
}

func (d *decimal) fits() bool { return len(d.digits)-d.scale <= maxDigits && d.scale <= maxDigits }

// parseDecimal reads [+-]digits[.digits][e[+-]digits].
func parseDecimal(s string) (decimal, bool) {
	var d decimal
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d.negative = s[0] == '-'
		s = s[1:]
	}
	i, seen := 0, 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		d.digits = append(d.digits, s[i])
		seen++
	}
	if i < len(s) && s[i] == '.' && seen > 0 {
		start := i + 1
		for i++; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			d.digits = append(d.digits, s[i])
			d.scale++
		}
		if i == start {
			return d, false
		}
	}
	if seen == 0 {
		return d, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		exponent, err := strconv.Atoi(s[i+1:])
		if err != nil || exponent > 10*maxDigits || exponent < -10*maxDigits {
			return d, false
		}
		d.scale -= exponent
		i = len(s)
	}
	d.digits = bytes.TrimLeft(d.digits, "0")
	if len(d.digits) == 0 {
		d.negative = false
		if d.scale < 0 {
			d.scale = 0
		}
	}
	return d, i == len(s)
}

// truncate drops a fraction of zeros and reports whether d is whole then.
func (d *decimal) truncate() bool {
	for d.scale > 0 && len(d.digits) > 0 && d.digits[len(d.digits)-1] == '0' {
		d.digits = d.digits[:len(d.digits)-1]
		d.scale--
	}
	if len(d.digits) == 0 {
		d.scale = 0
	}
	return d.scale <= 0
}

func (d *decimal) append(dst []byte) []byte {
	if d.negative {
		dst = append(dst, '-')
	}
	whole := len(d.digits) - d.scale
	if whole <= 0 {
		dst = append(dst, '0')
	} else {
		dst = append(dst, d.digits[:min(whole, len(d.digits))]...)
		for i := len(d.digits); i < whole; i++ {
			dst = append(dst, '0')
		}
	}
	if d.scale <= 0 {
		return dst
	}
	dst = append(dst, '.')
	for i := whole; i < 0; i++ {
		dst = append(dst, '0')
	}
	return append(dst, d.digits[max(whole, 0):]...)
}

// compareNumber compares the canonical number v with n: in machine words where both fit, else exactly.
func compareNumber(v raw.Value, n *big.Rat) int {
	if len(v) <= 18 && n.IsInt() && n.Num().IsInt64() {
		if i, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			switch bound := n.Num().Int64(); {
			case i < bound:
				return -1
			case i > bound:
				return 1
			}
			return 0
		}
	}
	exact, ok := new(big.Rat).SetString(string(v))
	if !ok {
		return -1
	}
	return exact.Cmp(n)
}
