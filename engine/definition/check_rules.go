package definition

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// rules checks what fields and parameters share, for an effective type.
func (c *checker) rules(at site, t engine.FieldType, r *engine.Rules) {
	for i, value := range r.Values {
		switch at := at.in("values", strconv.Itoa(i)); {
		case value == "":
			at.refuse("leave the field empty instead", "an empty text is no value")
		case utf8.RuneCountInString(value) > 200:
			at.refuse("", "a value may have 200 characters")
		case slices.Contains(r.Values[:i], value):
			at.refuse("", "%q stands twice", value)
		}
	}
	if r.Pattern != "" {
		if _, err := regexp.Compile(r.Pattern); err != nil {
			at.in("pattern").refuse("RE2 syntax, without lookahead and backreferences", "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		} else if utf8.RuneCountInString(r.Pattern) > maxPattern {
			at.in("pattern").refuse("", "a pattern may have %d characters", maxPattern)
		}
	}
	low, lowFits := c.bound(at.in("min"), t, r.Min, r.Integer)
	high, highFits := c.bound(at.in("max"), t, r.Max, r.Integer)
	if lowFits && highFits && low.Cmp(high) > 0 {
		at.in("min").refuse("", "min %s is greater than max %s", plainText(r.Min), plainText(r.Max))
	}
	c.defaultFits(at.in("default"), t, r)
}

func plainText(v raw.Value) string { text, _ := v.Text(); return text }

var boundedNumber = regexp.MustCompile(`^-?[0-9]{1,100}(\.[0-9]{1,100})?([eE][-+]?[0-9]{1,3})?$`)

// bound gives a min or max as a number: of the value, of characters, or of the time. It answers false where there is none.
func (c *checker) bound(at site, t engine.FieldType, v raw.Value, integer bool) (*big.Rat, bool) {
	if v == nil || !attributeFits("min", t) {
		return nil, false
	}
	if t == tDate || t == tDatetime {
		instant, ok := parseTime(t, v)
		if !ok {
			at.refuse(timeExample(t), "%s is no %s", v, t)
			return nil, false
		}
		return new(big.Rat).SetInt64(instant.UnixNano() / 1e6), true
	}
	if v.Kind() != raw.Number || !boundedNumber.Match(v) {
		at.refuse("a number", "expected a number, found %s", found(v))
		return nil, false
	}
	n, ok := new(big.Rat).SetString(string(v))
	if !ok {
		return nil, false
	}
	isLength := t == tText || t == tEmail || t == tURL || t == tFile // how many files
	switch {
	case isLength && (!n.IsInt() || n.Sign() < 0):
		at.refuse("a whole number of characters", "%s is no length of a text", v)
		return nil, false
	case (integer || t == tInteger) && !n.IsInt():
		at.refuse("a whole number", "%s is no integer", v)
		return nil, false
	}
	return n, true
}

func timeExample(t engine.FieldType) string {
	if t == tDate {
		return `"2026-11-23"`
	}
	return `"2026-11-23T05:28:00Z"`
}

// parseTime reads what a constant of the type may be. A time without offset is the project's; here its order is all that counts.
func parseTime(t engine.FieldType, v raw.Value) (time.Time, bool) {
	if t == tDatetime && v.Kind() == raw.Number {
		ms, err := strconv.ParseInt(string(v), 10, 64)
		return time.UnixMilli(ms), err == nil
	}
	text, _ := v.Text()
	layouts := []string{time.DateOnly}
	if t == tDatetime {
		layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", time.DateOnly}
	}
	for _, layout := range layouts {
		if instant, err := time.Parse(layout, text); err == nil && v.Kind() == raw.String {
			return instant, true
		}
	}
	return time.Time{}, false
}

// isSlot reports whether a text means something else than itself; see LANGUAGE, Expressions.
func isSlot(text string) bool {
	return strings.HasPrefix(text, "$") && !strings.HasPrefix(text, "$$") || strings.HasPrefix(text, "=") && !strings.HasPrefix(text, "==") || strings.Contains(text, "${")
}

// defaultFits refuses a constant default that no record could have.
func (c *checker) defaultFits(at site, t engine.FieldType, r *engine.Rules) {
	v := r.Default
	text, isText := v.Text()
	isText = isText && v.Kind() == raw.String
	if v.IsNull() || isText && isSlot(text) || !attributeFits("default", t) {
		return
	}
	if isText && (strings.HasPrefix(text, "$$") || strings.HasPrefix(text, "==")) {
		text = text[1:]
	}
	wrong := func(hint string) { at.refuse(hint, "the default %s does not fit the type %s", v, t) }
	switch t {
	case tText, tEmail, tURL:
		if !isText {
			wrong("quote it")
		} else if len(r.Values) > 0 && !slices.Contains(r.Values, text) {
			at.refuse("one of "+strings.Join(r.Values, ", "), "the default %s is not among the values", v)
		}
	case tEnum:
		if !isText || len(r.Values) > 0 && !slices.Contains(r.Values, text) {
			wrong("one of " + strings.Join(r.Values, ", "))
		}
	case tNumber, tInteger:
		c.defaultNumber(at, t, r, wrong)
	case tBoolean:
		if v.Kind() != raw.Bool {
			wrong("true or false")
		}
	case tDate, tDatetime:
		if _, ok := parseTime(t, v); !ok {
			wrong(timeExample(t))
		}
	case tReference:
		if !isText || !engine.ValidUID(text) {
			wrong("a uid")
		}
	case tReferences:
		if v.Kind() != raw.Array {
			wrong("a list of uids")
		}
	}
}

func (c *checker) defaultNumber(at site, t engine.FieldType, r *engine.Rules, wrong func(hint string)) {
	if r.Default.Kind() != raw.Number || !boundedNumber.Match(r.Default) {
		wrong("a number")
		return
	}
	n, _ := new(big.Rat).SetString(string(r.Default))
	if (t == tInteger || r.Integer) && !n.IsInt() {
		wrong("a whole number")
		return
	}
	for _, bound := range []struct {
		v    raw.Value
		side int
		word string
	}{{r.Min, -1, "less than min"}, {r.Max, 1, "greater than max"}} {
		if bound.v.Kind() != raw.Number || !boundedNumber.Match(bound.v) {
			continue
		}
		if limit, _ := new(big.Rat).SetString(string(bound.v)); n.Cmp(limit) == bound.side {
			at.refuse("", "the default %s is %s %s", r.Default, bound.word, bound.v)
		}
	}
}
