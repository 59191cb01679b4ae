package definition

import (
	"strings"
	"unicode/utf8"
)

// style is how a scalar is written in the text.
type style byte

const (
	plain  style = iota // also a list, an object
	double              // "…", and every JSON string
	single              // '…'
	block               // | and >
)

// A place is where a value stands in the text, and where the values inside it do.
type place struct {
	line, col       int // of the value, from 1; columns count characters
	keyLine, keyCol int // of the name in front of it; 0 for an item of a list
	style           style
	kids            map[string]*place
}

// find gives the place at path, or the nearest around it and how many parts of path were found.
func (p *place) find(path []string) (*place, int) {
	at := p
	for i, part := range path {
		next := at.kids[part]
		if next == nil {
			return at, i
		}
		at = next
	}
	return at, len(path)
}

// put adds the place of a member or item.
func (p *place) put(name string, kid *place) {
	if p.kids == nil {
		p.kids = make(map[string]*place)
	}
	p.kids[name] = kid
}

// inside gives line and column of byte offset of the decoded text that stands at p. Where the text is folded over lines the
// beginning has to do.
func (p *place) inside(lines []string, text string, offset int) (line, col int) {
	if offset <= 0 || offset > len(text) || p.line < 1 || p.line > len(lines) {
		return p.line, p.col
	}
	if p.style == block {
		return p.insideBlock(lines, text, offset)
	}
	written := skipRunes(lines[p.line-1], p.col-1)
	if p.style != plain {
		written = written[min(1, len(written)):]
	}
	consumed, decoded := 0, 0
	for decoded < offset {
		size, means := unit(written[consumed:], p.style)
		if size == 0 {
			return p.line, p.col
		}
		consumed += size
		decoded += means
	}
	col = p.col + utf8.RuneCountInString(written[:consumed])
	if p.style != plain {
		col++
	}
	return p.line, col
}

// unit tells how many bytes the next character takes as written and how many it means.
func unit(s string, quote style) (size, means int) {
	if s == "" {
		return 0, 0
	}
	switch {
	case quote == single && strings.HasPrefix(s, "''"):
		return 2, 1
	case quote == double && s[0] == '\\' && len(s) > 1:
		for mark, digits := range map[byte]int{'x': 2, 'u': 4, 'U': 8} {
			if s[1] == mark && len(s) >= 2+digits {
				return 2 + digits, utf8.RuneLen(hexRune(s[2 : 2+digits]))
			}
		}
		return 2, 1
	case quote == double && s[0] == '"', quote == single && s[0] == '\'':
		return 0, 0
	}
	_, size = utf8.DecodeRuneInString(s)
	return size, size
}

func hexRune(s string) rune {
	var r rune
	for _, c := range strings.ToLower(s) {
		r = r<<4 | rune(strings.IndexRune("0123456789abcdef", c)&15)
	}
	if !utf8.ValidRune(r) {
		return utf8.RuneError
	}
	return r
}

// insideBlock serves |, whose lines are the text's; the text of > begins a line later and stays there.
func (p *place) insideBlock(lines []string, text string, offset int) (line, col int) {
	first := p.line // index of the line below the header
	if first >= len(lines) {
		return p.line, p.col
	}
	n := strings.Count(text[:offset], "\n")
	if !strings.HasPrefix(strings.TrimLeft(skipRunes(lines[p.line-1], p.col-1), " "), "|") || first+n >= len(lines) {
		return first + 1, 1 + indent(lines[first])
	}
	begin := strings.LastIndexByte(text[:offset], '\n') + 1
	return first + n + 1, 1 + indent(lines[first]) + utf8.RuneCountInString(text[begin:offset])
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func skipRunes(s string, n int) string {
	for ; n > 0 && s != ""; n-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}
