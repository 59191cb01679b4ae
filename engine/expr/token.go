package expr

import (
	"strings"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine"
)

type tokenKind int

const (
	word   tokenKind = iota // a name or a word of SQL, in lower case
	quoted                  // a name in double quotes
	str                     // a text in single quotes
	number                  // digits, point, exponent
	symbol                  // an operator or punctuation
)

// A token is a piece of the source. The parser has its own scanner; this one knows where each piece stands and refuses what no
// fragment may hold.
type token struct {
	kind       tokenKind
	text       string // the value: unquoted, words in lower case
	start, end int    // bytes
	used       bool   // the walk has met it in the parser's tree
}

// A scanner cuts a source into tokens.
type scanner struct {
	source string
	pos    int
	tokens []token
}

// scan gives the tokens of a source, or the first thing in it that can be told wrong without a grammar.
func scan(source string) ([]token, *engine.Problem) {
	if len(source) > maxSource {
		return nil, problemAt(maxSource, "make it shorter", "an expression may have %d bytes, this one has %d", maxSource, len(source))
	}
	if !utf8.ValidString(source) {
		return nil, problemAt(0, "", "the expression is not UTF-8")
	}
	if i := strings.IndexByte(source, 0); i >= 0 {
		return nil, problemAt(i, "", "a NUL byte is not allowed")
	}
	s := &scanner{source: source}
	for s.skipSpace(); s.pos < len(source); s.skipSpace() {
		if problem := s.next(); problem != nil {
			return nil, problem
		}
	}
	if len(s.tokens) == 0 {
		return nil, problemAt(0, "write a field's name, or something like lower(name)", "the expression is empty")
	}
	return s.tokens, checkPairs(s.tokens)
}

func (s *scanner) skipSpace() {
	for s.pos < len(s.source) && strings.IndexByte(" \t\r\n\f", s.source[s.pos]) >= 0 {
		s.pos++
	}
}

func (s *scanner) rest() string { return s.source[s.pos:] }

func (s *scanner) add(kind tokenKind, text string, length int) {
	s.tokens = append(s.tokens, token{kind: kind, text: text, start: s.pos, end: s.pos + length})
	s.pos += length
}

// next takes one token.
func (s *scanner) next() *engine.Problem {
	c := s.rest()[0]
	if what := refusedStart(s.rest()); what != "" {
		return problemAt(s.pos, allowedHint, "%s is not allowed", what)
	}
	switch {
	case c == '\'':
		return s.text()
	case c == '"':
		return s.quotedName()
	case isDigit(c) || c == '.' && len(s.rest()) > 1 && isDigit(s.rest()[1]):
		return s.number()
	case isLetter(c):
		n := 1
		for n < len(s.rest()) && (isLetter(s.rest()[n]) || isDigit(s.rest()[n])) {
			n++
		}
		s.add(word, strings.ToLower(s.rest()[:n]), n)
		return nil
	}
	for _, sym := range symbols {
		if strings.HasPrefix(s.rest(), sym) {
			s.add(symbol, sym, len(sym))
			return nil
		}
	}
	r, _ := utf8.DecodeRuneInString(s.rest())
	return problemAt(s.pos, allowedHint, "the character %q is not allowed here", r)
}

// text takes 'it”s'. Two texts in a row, which SQL joins where a line ends between them, are refused.
func (s *scanner) text() *engine.Problem {
	value, n := unquote(s.rest(), '\'')
	if n == 0 {
		return problemAt(s.pos, "texts end with '; a quote within is written ''", "this text does not end")
	}
	if len(s.tokens) > 0 && s.tokens[len(s.tokens)-1].kind == str {
		return problemAt(s.pos, "join them by ||", "a text cannot follow a text")
	}
	s.add(str, value, n)
	return nil
}

func (s *scanner) quotedName() *engine.Problem {
	value, n := unquote(s.rest(), '"')
	if n == 0 {
		return problemAt(s.pos, "names in quotes end with \"; texts stand in single quotes", "this name does not end")
	}
	after := strings.TrimLeft(s.rest()[n:], " \t\r\n\f")
	if strings.HasPrefix(after, "(") {
		return problemAt(s.pos, "write functions without quotes", "a function's name in quotes is not allowed")
	}
	s.add(quoted, value, n)
	return nil
}

// unquote gives the value of a quoted piece at the beginning of text and its length in the source, or 0 where it does not end.
func unquote(text string, quote byte) (string, int) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		if text[i] != quote {
			b.WriteByte(text[i])
			continue
		}
		if i+1 == len(text) || text[i+1] != quote {
			return b.String(), i + 1
		}
		b.WriteByte(quote)
		i++
	}
	return "", 0
}

// number takes 12, 1.5, .5, 1e9; numericText bounds what they are written out.
func (s *scanner) number() *engine.Problem {
	text := s.rest()
	n := 0
	digits := func() int {
		from := n
		for n < len(text) && isDigit(text[n]) {
			n++
		}
		return n - from
	}
	count := digits()
	if n < len(text) && text[n] == '.' {
		n++
		count += digits()
	}
	exponent := 0
	if n < len(text) && (text[n] == 'e' || text[n] == 'E') {
		n++
		if n < len(text) && (text[n] == '+' || text[n] == '-') {
			n++
		}
		from := n
		if digits() == 0 {
			return problemAt(s.pos, "", "this number's exponent is missing")
		}
		for _, d := range text[from:n] {
			exponent = min(exponent*10+int(d-'0'), 1000)
		}
	}
	if n < len(text) && (isLetter(text[n]) || text[n] == '.') {
		return problemAt(s.pos, "numbers look like 12, 1.5 or 1e9", "this is not a number")
	}
	if count > maxNumber || exponent > maxNumber {
		return problemAt(s.pos, "", "a number may have %d digits", maxNumber)
	}
	s.add(number, text[:n], n)
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }

// checkPairs refuses a parenthesis without its partner, so that no source can leave the parentheses it is wrapped in.
func checkPairs(tokens []token) *engine.Problem {
	var open []int
	for _, t := range tokens {
		switch {
		case t.kind == symbol && t.text == "(":
			open = append(open, t.start)
		case t.kind == symbol && t.text == ")" && len(open) == 0:
			return problemAt(t.start, "", "this parenthesis has no partner")
		case t.kind == symbol && t.text == ")":
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return problemAt(open[len(open)-1], "", "this parenthesis has no partner")
	}
	return nil
}

func problemAt(offset int, hint, format string, args ...any) *engine.Problem {
	p := engine.Problemf(nil, hint, format, args...)
	p.Offset = offset
	return &p
}
