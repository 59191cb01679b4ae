package expr

import (
	"strconv"
	"strings"
)

// numberBound is 10^maxDigits.
const numberBound = "1e100::numeric"

// between prints x where it lies between the bounds, both excluded, and else NULL; x is evaluated once. LEAST and GREATEST leave NULLs
// out, so NULL becomes a bound, and each bound becomes NULL again. NaN and the infinities do too.
func between(x, hi, lo string) string {
	if rest, negative := strings.CutPrefix(lo, "-"); negative {
		digits, typ, _ := strings.Cut(rest, "::")
		lo = "(-" + digits + ")::" + typ
	}
	return "NULLIF(GREATEST(NULLIF(LEAST(" + x + ", " + hi + "), " + hi + "), " + lo + "), " + lo + ")"
}

// within prints n inside the bound of its type.
func (p *printer) within(n *node) string {
	switch n.typ {
	case Text:
		return p.cut(n, maxText)
	case Numeric:
		return p.number(n, maxFactor)
	case Date, TimestampTZ:
		if n.size == 0 {
			return p.sql(n)
		}
		word, hour := "DATE ", ""
		if n.typ == TimestampTZ {
			word, hour = "TIMESTAMPTZ ", " 00:00:00+00"
		}
		return between(p.sql(n), word+quote("10000-01-02"+hour), word+quote("0001-01-01"+hour+" BC"))
	}
	return p.sql(n)
}

// number prints a numeric with at most limit digits before the point.
func (p *printer) number(n *node, limit int) string {
	if n.size <= limit {
		return p.sql(n)
	}
	return between(p.sql(n), numberBound, "-"+numberBound)
}

// cut prints a text with at most limit characters.
func (p *printer) cut(n *node, limit int) string {
	if n.size <= limit {
		return p.sql(n)
	}
	return cutText(p.sql(n), limit)
}

func cutText(text string, limit int) string {
	return "left(" + text + ", " + strconv.Itoa(limit) + ")"
}

// joinable prints a text that goes into a longer one.
func (p *printer) joinable(n *node) string {
	if n.size > maxJoined {
		return p.cut(n, maxText)
	}
	return p.sql(n)
}

// whole prints a numeric as an integer from lo to hi, rounded half away from zero, and else NULL.
func (p *printer) whole(n *node, lo, hi int) string {
	if value, err := strconv.Atoi(n.text); n.isLiteral() && err == nil && lo <= value && value <= hi {
		if strings.HasPrefix(n.text, "-") {
			return "(" + n.text + ")"
		}
		return n.text
	}
	typ := "integer"
	if hi > 1<<31-1 {
		typ = "bigint"
	}
	return between(p.sql(n), halfBeyond(hi), halfBeyond(lo)) + "::" + typ
}

// halfBeyond gives the bound that excludes all that would be rounded beyond n, away from zero; of 0 it is -0.5.
func halfBeyond(n int) string {
	text := strconv.Itoa(n) + ".5::numeric"
	if n == 0 {
		return "-" + text
	}
	return text
}

func printConcat(p *printer, n *node) string {
	var parts []string
	sum := 0
	for _, arg := range n.args {
		parts = append(parts, "COALESCE("+p.joinable(arg)+", '')")
		sum += cut(arg)
	}
	text := "(" + strings.Join(parts, " || ") + ")"
	if sum > maxJoined {
		return cutText(text, maxText)
	}
	return text
}

// printConcatWS cuts what is put together so that all of it stays below 64 million characters, and then the whole.
func printConcatWS(p *printer, n *node) string {
	share := 4 * maxMade / (2 * len(n.args))
	parts := make([]string, len(n.args))
	for i, arg := range n.args {
		parts[i] = p.cut(arg, min(maxText, share))
	}
	return cutText("concat_ws("+strings.Join(parts, ", ")+")", maxText)
}

const maxReplacement = 100 // characters

// printReplace cuts the text so that all of it replaced, character by character, has at most 16 million characters.
func printReplace(p *printer, n *node) string {
	long := max(1, min(n.args[2].size, maxReplacement))
	return cutText("replace("+p.cut(n.args[0], min(maxText, maxMade/long))+", "+p.sql(n.args[1])+", "+p.cut(n.args[2], maxReplacement)+")", maxText)
}

// printExtract prints the field as a word. The epoch is that of the instant, everything else is read from the clock of the project.
func printExtract(p *printer, n *node) string {
	name, value, zone := n.args[0].text, p.within(n.args[1]), p.timezone
	if name == "epoch" {
		zone = "UTC"
	}
	if n.args[1].typ == Date {
		value += "::timestamp"
	} else {
		value = "(" + value + " AT TIME ZONE " + quote(zone) + ")"
	}
	return "extract(" + name + " FROM " + value + ")"
}
