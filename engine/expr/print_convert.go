package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// Regular expressions of PostgreSQL (manual, 9.7.3) for the texts that are cast. Each has one capturing group around what is read; so
// substring(x, pattern) is that, or NULL. They keep to texts of less than castText characters.
const (
	castText = 300

	numberPattern = `^\s{0,20}([+-]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?(?:[0-9]|[0-5][0-9]|60))?)\s{0,20}$`

	// A day that exists in the Gregorian calendar, from 0001-01-01 to 9999-12-31.
	dayPattern = `(?!0000)(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))` +
		`|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)`
	hourPattern   = `[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?`
	offsetPattern = `(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?`

	datePattern = `^\s{0,20}(` + dayPattern + `)\s{0,20}$`
	timePattern = `^\s{0,20}(` + dayPattern + `(?:` + hourPattern + offsetPattern + `)?)\s{0,20}$`

	// What timePattern lets through without an offset: a day, perhaps with a time.
	localPattern = `^(.{10}(?:[T ][0-9:.]+)?)$`
)

// convert prints a conversion that gives NULL where PostgreSQL's cast would raise.
func (p *printer) convert(n *node) string {
	from := n.args[0]
	switch n.typ {
	case Text:
		return p.toText(n, from)
	case Numeric:
		return p.toNumeric(n, from)
	case Boolean:
		return p.toBoolean(from)
	case Date:
		if from.typ == Text {
			return substring(p.cut(from, castText), datePattern) + "::date"
		}
		return "(" + p.within(from) + " AT TIME ZONE " + quote(p.timezone) + ")::date"
	}
	if from.typ == Text {
		valid := substring(p.cut(from, castText), timePattern)
		return "regexp_replace(" + valid + ", " + quote(localPattern) + ", " + quote(`\1 `+p.timezone) + ")::timestamptz"
	}
	return "(" + p.within(from) + "::timestamp AT TIME ZONE " + quote(p.timezone) + ")"
}

func substring(text, pattern string) string {
	return "substring(" + text + ", " + quote(pattern) + ")"
}

// toText writes dates and times in the form that they have in JSON.
func (p *printer) toText(n, from *node) string {
	var text string
	switch from.typ {
	case Text:
		text = p.sql(from)
	case Date:
		text = "to_char(" + p.within(from) + "::timestamp, 'YYYY-MM-DD')"
	case TimestampTZ:
		text = "to_char((" + p.within(from) + ` AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
	default:
		text = p.sql(from) + "::text"
	}
	if length := varcharLength(n.text); length < unbounded {
		return cutText(text, length)
	}
	return text
}

// varcharLength gives n of varchar(n).
func varcharLength(target string) int {
	digits, ok := strings.CutPrefix(target, "varchar(")
	if !ok {
		return unbounded
	}
	n, err := strconv.Atoi(strings.TrimSuffix(digits, ")"))
	if err != nil {
		return unbounded
	}
	return n
}

func (p *printer) toNumeric(n, from *node) string {
	text := p.sql(from)
	switch from.typ {
	case Text:
		text = substring(p.cut(from, castText), numberPattern) + "::numeric"
	case Boolean:
		text = "CASE " + text + " WHEN true THEN 1::numeric WHEN false THEN 0::numeric END"
	}
	switch n.text {
	case "smallint":
		return "round(" + between(text, halfBeyond(1<<15-1), halfBeyond(-1<<15)) + ")"
	case "integer":
		return "round(" + between(text, halfBeyond(1<<31-1), halfBeyond(-1<<31)) + ")"
	case "bigint":
		return "round(" + between(text, halfBeyond(1<<63-1), halfBeyond(-1<<63)) + ")"
	case string(Numeric):
		return "(" + text + ")"
	}
	var precision, scale int
	if _, err := fmt.Sscanf(n.text, "numeric(%d, %d)", &precision, &scale); err != nil {
		panic(fmt.Sprintf("print conversion to %q: %v", n.text, err)) // the checker writes the form itself
	}
	bound := nines(precision-scale) + "." + strings.Repeat("9", scale) + "5::numeric"
	return fmt.Sprintf("round(%s, %d)", between(text, bound, "-"+bound), scale)
}

func nines(n int) string {
	if n == 0 {
		return "0"
	}
	return strings.Repeat("9", n)
}

// toBoolean reads the words that PostgreSQL reads (manual, 8.6), without their abbreviations.
func (p *printer) toBoolean(from *node) string {
	if from.typ != Text {
		return p.sql(from)
	}
	text := "lower(left(btrim(" + p.sql(from) + `, E' \t\r\n'), 6))`
	for _, w := range []string{"t", "true", "y", "yes", "on", "1"} {
		text += " WHEN " + quote(w) + " THEN true"
	}
	for _, w := range []string{"f", "false", "n", "no", "off", "0"} {
		text += " WHEN " + quote(w) + " THEN false"
	}
	return "(CASE " + text + " END)"
}
