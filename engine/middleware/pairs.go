package middleware

import (
	"net/url"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// A Pair is a name and a value of a query or form, decoded.
type Pair struct{ Name, Value string }

// maxPairs bounds the pairs of a query or form.
const maxPairs = 1000

// parsePairs appends the pairs of a query or of an application/x-www-form-urlencoded body; false where an escape is broken or there
// are too many. A part without "=" is a name with an empty value.
func parsePairs(dst []Pair, text string) ([]Pair, bool) {
	for text != "" {
		var part string
		part, text, _ = strings.Cut(text, "&")
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, ok := unescape(name)
		if !ok {
			return dst, false
		}
		if value, ok = unescape(value); !ok || len(dst) == maxPairs {
			return dst, false
		}
		dst = append(dst, Pair{name, value})
	}
	return dst, true
}

func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, true
	}
	s, err := url.QueryUnescape(s)
	return s, err == nil
}

// values appends the values of name to dst, in order.
func values(dst []string, pairs []Pair, name string) []string {
	for i := range pairs {
		if pairs[i].Name == name {
			dst = append(dst, pairs[i].Value)
		}
	}
	return dst
}

// pairsValue gives the value of name: a text, a list of texts where it stands several times, nil where it does not.
func pairsValue(pairs []Pair, name string) raw.Value {
	var all [8]string
	switch found := values(all[:0], pairs, name); len(found) {
	case 0:
		return nil
	case 1:
		return raw.Text(found[0])
	default:
		return textList(found)
	}
}

func textList(list []string) raw.Value {
	b := raw.Value{'['}
	for i, text := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = raw.AppendString(b, text)
	}
	return append(b, ']')
}

// pairsObject gives all pairs as an object of what pairsValue gives.
func pairsObject(pairs []Pair) raw.Value {
	b := raw.Value{'{'}
	seen := make(map[string]bool, len(pairs))
	for _, p := range pairs {
		if seen[p.Name] {
			continue
		}
		if len(seen) > 0 {
			b = append(b, ',')
		}
		seen[p.Name] = true
		b = append(raw.AppendString(b, p.Name), ':')
		b = append(b, pairsValue(pairs, p.Name)...)
	}
	return append(b, '}')
}
