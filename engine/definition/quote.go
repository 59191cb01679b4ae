package definition

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine/raw"
)

// looksTyped matches texts that YAML 1.1 readers take for booleans, dates or sexagesimal numbers.
var looksTyped = regexp.MustCompile(`^(?i:yes|no|on|off|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[-+]?0b[01_]+|[-+]?[0-9][0-9_]*|0x[0-9a-f_]+|<<|=)$`)

// quote gives text as a YAML scalar in one line, plain where that means the same. inside tells that it stands in [ ] or { }.
func quote(text string, inside bool) string {
	switch {
	case isPlain(text, inside):
		return text
	case !printable(text, false):
		return doubleQuoted(text)
	case !strings.ContainsAny(text, `"\`):
		return `"` + text + `"`
	case !strings.Contains(text, "'"):
		return "'" + text + "'"
	}
	return doubleQuoted(text)
}

func quoteKey(name string) string {
	if strings.HasPrefix(name, "=") && isPlain(name, true) {
		return `'` + strings.ReplaceAll(name, "'", "''") + `'`
	}
	return quote(name, true)
}

func isPlain(text string, inside bool) bool {
	if text == "" || strings.TrimSpace(text) != text || !printable(text, false) || looksTyped.MatchString(text) {
		return false
	}
	if v, ok := resolve(text); !ok || v.Kind() != raw.String {
		return false
	}
	switch text[0] {
	case '-':
		if len(text) == 1 || text[1] == ' ' || strings.HasPrefix(text, "---") || inside && strings.IndexByte(",[]{}", text[1]) >= 0 {
			return false
		}
	case '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return false
	}
	if strings.HasPrefix(text, "...") || strings.Contains(text, ": ") || strings.Contains(text, " #") || strings.HasSuffix(text, ":") || strings.Contains(text, "\t") {
		return false
	}
	if inside && (strings.ContainsAny(text, ",[]{}?") || strings.Contains(text, ":")) {
		return inside && safeColon(text)
	}
	return !expression(text) || balanced(text)
}

// safeColon lets "https://x" and the like stand in brackets without quotes.
func safeColon(text string) bool {
	return !strings.ContainsAny(text, ",[]{}?") && !strings.HasPrefix(text, "=") && strings.Count(text, ":") == strings.Count(text, "://")
}

// printable reports whether every character may stand in a YAML text as it is: https://yaml.org/spec/1.2.2/#51-character-set
// without what some readers take for the end of a line.
func printable(text string, lines bool) bool {
	for _, r := range text {
		switch {
		case r == '\n' && lines, r == '\t' && lines:
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff:
			return false
		case r == utf8.RuneError:
			return false
		}
	}
	return true
}

func doubleQuoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"', r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case !printable(string(r), false) && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// fitsBlock reports whether text is written over several lines, below |.
func fitsBlock(text string) bool {
	if !strings.Contains(strings.TrimRight(text, "\n"), "\n") || !printable(text, true) || strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\n") || strings.HasPrefix(text, "\t") {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && strings.TrimSpace(line) == "" {
			return false
		}
	}
	return true
}

// block writes text below |, with what keeps or drops the line ends behind it.
func (w *printer) block(text string, indent int) {
	body := strings.TrimRight(text, "\n")
	switch ends := len(text) - len(body); ends {
	case 0:
		w.out.WriteString(" |-\n")
	case 1:
		w.out.WriteString(" |\n")
	default:
		w.out.WriteString(" |+\n")
		body += strings.Repeat("\n", ends-1)
	}
	for line := range strings.SplitSeq(body, "\n") {
		if line != "" {
			w.pad(indent)
		}
		w.out.WriteString(line + "\n")
	}
}
