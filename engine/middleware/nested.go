package middleware

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// maxNesting bounds the brackets of one name.
const maxNesting = 8

// A branch is a value under construction: a text, or what stands below it.
type branch struct {
	text string
	keys []string // in the order they came
	kids map[string]*branch
}

// Nested gives what pairs say of name in brackets, as PHP, Rails, jQuery and qs write it: "order[0][dir]=asc" and "tags[]=a" are
// members of order and items of tags. Values are texts; an object whose keys are 0, 1, 2, … is an array. It is nil where no name
// begins with name and a bracket, and false where one is broken, is nested deeper than maxNesting, or is a text and an object at once.
func Nested(pairs []Pair, name string) (v raw.Value, ok bool) {
	var root *branch
	for i := range pairs {
		rest, found := strings.CutPrefix(pairs[i].Name, name)
		if !found || !strings.HasPrefix(rest, "[") {
			continue
		}
		if root == nil {
			root = &branch{}
		}
		if !root.put(rest, pairs[i].Value, 0) {
			return nil, false
		}
	}
	if root == nil {
		return nil, true
	}
	return root.append(nil), true
}

// put places text at path, which is a sequence of names in brackets.
func (b *branch) put(path, text string, depth int) bool {
	if path == "" {
		if b.kids != nil {
			return false
		}
		b.text = text
		return true
	}
	key, rest, closed := strings.Cut(path[1:], "]")
	if path[0] != '[' || !closed || depth == maxNesting {
		return false
	}
	if key == "" {
		key = strconv.Itoa(len(b.keys))
	}
	kid := b.kids[key]
	switch {
	case kid == nil && b.text != "":
		return false
	case kid == nil:
		if b.kids == nil {
			b.kids = make(map[string]*branch)
		}
		kid = &branch{}
		b.keys, b.kids[key] = append(b.keys, key), kid
	}
	return kid.put(rest, text, depth+1)
}

// append writes the branch as JSON behind dst.
func (b *branch) append(dst raw.Value) raw.Value {
	if b.kids == nil {
		return raw.AppendString(dst, b.text)
	}
	if n := len(b.keys); b.kids[strconv.Itoa(n-1)] != nil && !slices.ContainsFunc(b.keys, func(key string) bool { return !isPlace(key, n) }) {
		dst = append(dst, '[')
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = b.kids[strconv.Itoa(i)].append(dst)
		}
		return append(dst, ']')
	}
	dst = append(dst, '{')
	for i, key := range b.keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(raw.AppendString(dst, key), ':')
		dst = b.kids[key].append(dst)
	}
	return append(dst, '}')
}

// isPlace reports whether key is a number below n, in its plain form.
func isPlace(key string, n int) bool {
	i, err := strconv.Atoi(key)
	return err == nil && i >= 0 && i < n && strconv.Itoa(i) == key
}
