package plan

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
	"github.com/sayrud/sayrud/engine/value"
)

// form says how a value becomes the text of a parameter.
type form byte

const (
	formText    form = iota // a scalar's text
	formChecked             // canonical by the checker, then its text
	formWhole               // a whole number that fits bigint
	formJSON                // JSON text
	formLike                // a pattern; its own wildcards count
	formContain             // %text%, wildcards escaped
	formPrefix              // text%, wildcards escaped
	formWords               // a list of %word%, one for each word
)

// A Value is a parameter of a Query: a slot, and what it must be where it stands.
type Value struct {
	Name    string         // of the field it is compared with, for the refusal
	Slot    *template.Slot // nil where it is constant or a parameter
	Param   int            // the parameter it is, or -1
	list    bool           // an array of such values
	always  bool           // of a list: null is an empty one
	form    form
	checker *value.Checker
	values  []string // of the enum it is compared with: a constant must be one of them
	trusted bool     // the slot is a parameter that the same checker has seen
	text    []byte
	known   bool // text holds the constant
	given   int  // its place, from 1, among the texts that came with a Narrowing; 0 is none of them
}

// Constant gives the parameter's text where it does not depend on the request.
func (v *Value) Constant() ([]byte, bool) { return v.text, v.known }

// Given gives the value's place among the texts that Read.Narrowed gave, or -1.
func (v *Value) Given() int { return v.given - 1 }

// literal gives the constant as SQL.
func (v *Value) literal() string {
	if v.text == nil {
		return "NULL"
	}
	return literal(string(v.text))
}

// Append appends the parameter's text to buf and gives buf and the part appended; nil is NULL. A value that does not fit gives a
// refusal with code "filter".
func (v *Value) Append(buf []byte, in raw.Value, lang value.Lang) ([]byte, []byte, *engine.FieldError) {
	if in.IsNull() {
		if v.always {
			return buf, []byte("{}"), nil
		}
		return buf, nil, nil
	}
	start := len(buf)
	var null, ok bool
	if v.list {
		buf, ok = v.appendList(buf, in, lang)
	} else {
		buf, null, ok = v.append(buf, in, lang)
	}
	switch {
	case !ok:
		return buf[:start], nil, &engine.FieldError{Param: v.Name, Label: v.Name, Code: "filter", Message: value.Sentence(lang, "filter", v.Name)}
	case null:
		return buf, nil, nil
	case len(buf) == start:
		return buf, []byte{}, nil
	}
	return buf, buf[start:len(buf):len(buf)], nil
}

// append adds one value, unless it turns out to be NULL.
func (v *Value) append(buf []byte, in raw.Value, lang value.Lang) (out []byte, null, ok bool) {
	start := len(buf)
	switch v.form {
	case formJSON:
		return append(buf, in...), false, true
	case formChecked, formWhole:
		if v.trusted {
			buf = raw.AppendText(buf, in)
			return buf, false, v.form != formWhole || fitsBigint(buf[start:])
		}
		canonical, refused := v.checker.JSON(in, lang)
		if refused != nil || canonical.IsNull() {
			return buf, true, refused == nil
		}
		buf = raw.AppendText(buf, canonical)
		return buf, false, v.form != formWhole || fitsBigint(buf[start:])
	}
	if k := in.Kind(); k == raw.Array || k == raw.Object {
		return buf, false, false
	}
	buf = raw.AppendText(buf, in)
	if !v.trusted && (bytes.IndexByte(buf[start:], 0) >= 0 || !utf8.Valid(buf[start:])) {
		return buf, false, false
	}
	return v.pattern(buf, start), false, true
}

// pattern turns the text at buf[start:] into the pattern that the form wants.
func (v *Value) pattern(buf []byte, start int) []byte {
	switch v.form {
	case formLike:
		return closeEscape(buf, start)
	case formContain, formPrefix:
		text := string(buf[start:])
		buf = buf[:start]
		if v.form == formContain {
			buf = append(buf, '%')
		}
		return append(escapeLike(buf, text), '%')
	case formWords:
		words := strings.Fields(string(buf[start:]))
		buf = append(buf[:start], '{')
		for i, word := range words[:min(len(words), maxWords)] {
			if i > 0 {
				buf = append(buf, ',')
			}
			buf = appendElement(buf, string(append(escapeLike([]byte{'%'}, word), '%')))
		}
		return append(buf, '}')
	}
	return buf
}

// maxWords bounds a search; further words are not looked for.
const maxWords = 20

// escapeLike appends text with the wildcards of LIKE escaped (PostgreSQL manual, 9.7.1).
func escapeLike(buf []byte, text string) []byte {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c == '%' || c == '_' || c == '\\' {
			buf = append(buf, '\\')
		}
		buf = append(buf, text[i])
	}
	return buf
}

// closeEscape doubles a lone backslash at the end of a pattern, which PostgreSQL would refuse (SQLSTATE 22025).
func closeEscape(buf []byte, start int) []byte {
	n := 0
	for i := len(buf); i > start && buf[i-1] == '\\'; i-- {
		n++
	}
	if n%2 == 1 {
		buf = append(buf, '\\')
	}
	return buf
}

// appendList writes an array literal (PostgreSQL manual, 8.15.2) of a JSON array, or of one value. Items that are null are left out:
// nothing equals them.
func (v *Value) appendList(buf []byte, in raw.Value, lang value.Lang) ([]byte, bool) {
	ok, n := true, 0
	buf = append(buf, '{')
	add := func(item raw.Value) {
		if item.IsNull() {
			return
		}
		text, null, fine := v.append(nil, item, lang)
		if ok = ok && fine; !ok || null {
			return
		}
		if n > 0 {
			buf = append(buf, ',')
		}
		n++
		buf = appendElement(buf, string(text))
	}
	if in.Kind() != raw.Array {
		add(in)
		return append(buf, '}'), ok
	}
	in.Items(func(i int, item raw.Value) bool {
		ok = ok && i < engine.MaxFilterItems
		add(item)
		return ok
	})
	return append(buf, '}'), ok
}

func appendElement(buf []byte, text string) []byte {
	buf = append(buf, '"')
	for i := 0; i < len(text); i++ {
		if c := text[i]; c == '"' || c == '\\' {
			buf = append(buf, '\\')
		}
		buf = append(buf, text[i])
	}
	return append(buf, '"')
}

func fitsBigint(digits []byte) bool {
	negative := len(digits) > 0 && digits[0] == '-'
	if negative {
		digits = digits[1:]
	}
	const most = "9223372036854775807"
	return len(digits) > 0 && (len(digits) < len(most) || len(digits) == len(most) && string(digits) <= most)
}

// newChecker makes the checker that a comparison with a column of the given type needs.
func newChecker(t engine.FieldType, name string, loc *time.Location) *value.Checker {
	checker, _ := value.Compile(t, &engine.Rules{}, name, loc)
	return checker
}
