package expr

import (
	"math/big"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"
)

func (c *checker) number(e *tree.NumVal) *node {
	for i := range c.tokens {
		t := &c.tokens[i]
		if t.used || t.kind != number || trimZeros(t.text) != trimZeros(e.OrigString()) {
			continue
		}
		t.used = true
		value, ok := numericText(t.text)
		if !ok {
			return c.refuse(t.start, "", "a number may have %d digits", maxNumber)
		}
		n := &node{op: opLiteral, typ: Numeric, text: value, pos: t.start}
		if strings.HasPrefix(tree.AsString(e), "-") && strings.Trim(value, "0.") != "" {
			n.text = "-" + value
		}
		return c.add(n)
	}
	return c.refuse(c.place(), "", "this number is not allowed here")
}

func trimZeros(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "0"
}

func (c *checker) text(e *tree.StrVal) *node {
	at := c.take(str, e.RawString())
	if at < 0 { // IS NAN is made of a text that nobody wrote
		return c.refuse(c.place("nan", "is"), allowedHint, "IS NAN is not allowed")
	}
	return c.add(&node{op: opLiteral, typ: Text, text: e.RawString(), pos: c.tokens[at].start})
}

func (c *checker) boolean(e *tree.DBool) *node {
	value := "false"
	if *e {
		value = "true"
	}
	n := &node{op: opLiteral, typ: Boolean, text: value, pos: c.place(value)}
	c.take(word, value)
	return c.add(n)
}

func (c *checker) null() *node {
	n := &node{op: opNull, pos: c.place("null")}
	c.take(word, "null")
	return c.add(n)
}

var numericForm = regexp.MustCompile(`^[ \t\r\n]*([+-]?)([0-9]{1,200}(?:\.[0-9]{0,200})?|\.[0-9]{1,200})(?:[eE]([+-]?[0-9]{1,3}))?[ \t\r\n]*$`)

// maxNumber bounds the digits of a literal, written out without exponent.
const maxNumber = 200

// numericText gives a number in plain decimals: "1.50", "-0.001", "1000000000".
func numericText(text string) (string, bool) {
	m := numericForm.FindStringSubmatch(text)
	if m == nil {
		return "", false
	}
	mantissa, exponent := m[2], m[3]
	scale := 0
	if _, decimals, ok := strings.Cut(mantissa, "."); ok {
		scale = len(decimals)
	}
	if exponent != "" {
		shift, _ := new(big.Int).SetString(exponent, 10)
		scale = max(0, scale-int(shift.Int64()))
		mantissa += "e" + exponent
	}
	value, ok := new(big.Rat).SetString(mantissa)
	if !ok {
		return "", false
	}
	plain := value.FloatString(scale)
	if len(plain) > maxNumber {
		return "", false
	}
	if m[1] == "-" && value.Sign() != 0 {
		plain = "-" + plain
	}
	return plain, true
}

var booleanTexts = map[string]string{
	"t": "true", "true": "true", "y": "true", "yes": "true", "on": "true", "1": "true",
	"f": "false", "false": "false", "n": "false", "no": "false", "off": "false", "0": "false",
}

// Layouts that a text literal may have as a date and as a time; those without an offset lie in the project's timezone.
var (
	offsetLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04Z07:00", "2006-01-02 15:04Z07"}
	localLayouts  = []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}
)

// timestampForm is how a time stands in our tree: UTC, with as many decimals of a second as there are, at most six.
const timestampForm = "2006-01-02T15:04:05.999999Z"

// literalAs gives the text of a literal as one of another type, or false where it is not of that form.
func literalAs(text string, typ Type, zone *time.Location) (string, bool) {
	trimmed := strings.TrimSpace(text)
	switch typ {
	case Text:
		return text, true
	case Numeric:
		return numericText(text)
	case Boolean:
		value, ok := booleanTexts[strings.ToLower(trimmed)]
		return value, ok
	case Date:
		t, err := time.Parse(time.DateOnly, trimmed)
		return trimmed, err == nil && t.Year() > 0
	case TimestampTZ:
		for _, layout := range offsetLayouts {
			if t, err := time.Parse(layout, trimmed); err == nil {
				return timeText(t)
			}
		}
		for _, layout := range localLayouts {
			if t, err := time.ParseInLocation(layout, trimmed, zone); err == nil {
				return timeText(t)
			}
		}
	}
	return "", false
}

func timeText(t time.Time) (string, bool) {
	t = t.UTC()
	return t.Format(timestampForm), t.Year() > 0 && t.Year() < 10000
}

// literalHint shows how a literal of the type looks.
func literalHint(typ Type) string {
	switch typ {
	case Date:
		return "a date looks like '2026-11-23'"
	case TimestampTZ:
		return "a time looks like '2026-11-23T05:28:00Z'"
	case Boolean:
		return "write true or false"
	}
	return "a number looks like 12.5"
}

func runes(s string) int { return utf8.RuneCountInString(s) }
