package template

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanPath reads `$name(.part | [n])*` at the beginning of s and gives its names, the first with its dollar sign, and how many bytes
// they take; 0 where s begins with no path. Below $request a part may hold hyphens, as header names do.
func scanPath(s string) (names []string, n int) {
	if !strings.HasPrefix(s, "$") {
		return nil, 0
	}
	end := 1 + identifier(s[1:], false)
	if end == 1 || isDigit(s[1]) {
		return nil, 0
	}
	names = append(names, s[:end])
	hyphens := names[0] == "$request"
	for end < len(s) {
		part, length := scanPart(s[end:], hyphens)
		if length == 0 {
			break
		}
		names = append(names, part)
		end += length
	}
	return names, end
}

func scanPart(s string, hyphens bool) (part string, length int) {
	switch s[0] {
	case '.':
		n := identifier(s[1:], hyphens)
		if n == 0 {
			return "", 0
		}
		return s[1 : 1+n], 1 + n
	case '[':
		i := 1
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		if i == 1 || i > 10 || i >= len(s) || s[i] != ']' {
			return "", 0
		}
		return s[1:i], i + 1
	}
	return "", 0
}

// identifier gives the length of the letters, digits and underscores s begins with.
func identifier(s string, hyphens bool) int {
	for i, r := range s {
		if r == '_' || hyphens && r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			continue
		}
		return i
	}
	return len(s)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// meant guesses what the author of s wanted, a text that begins with a dollar sign and is no path.
func meant(s string, known func(root string) bool) string {
	names, n := scanPath(s)
	if n == 0 || !known(names[0]) && !helper(names[0]) {
		return "write $$" + s[1:] + " for a literal dollar sign"
	}
	rest := s[n:]
	if space := strings.TrimLeft(rest, " "); len(space) < len(rest) {
		if r, _ := utf8.DecodeRuneInString(space); unicode.IsLetter(r) && !helper(names[0]) {
			return "write ${" + s[:n] + "}" + rest + " to insert a path into text"
		}
	}
	return "write =" + s + " for JavaScript"
}

// helpers are the functions that exist in JavaScript only.
var helpers = []string{
	"$now", "$ago", "$uuid", "$md5", "$sha256", "$markdown", "$epoch", "$epoch_ms", "$int", "$date", "$json", "$env",
}

func helper(name string) bool { return slices.Contains(helpers, name) }
