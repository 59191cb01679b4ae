package plan

import (
	"slices"
	"strings"
)

// WholeBody is the name of a parameter that is the whole body.
const WholeBody = "$"

// NamePath splits a name such as "data.title", "search[value]" or "order[0][column]" into the names and indexes that lead into a JSON
// body; brackets without a name at the end ("ids[]") are left out. It is nil for a name that leads nowhere further.
func NamePath(name string) []string {
	if !strings.ContainsAny(name, ".[") {
		return nil
	}
	var path []string
	for part := range strings.SplitSeq(name, ".") {
		head, brackets, bracketed := strings.Cut(part, "[")
		if head == "" {
			return nil
		}
		path = append(path, head)
		for bracketed {
			inner, rest, closed := strings.Cut(brackets, "]")
			if !closed || inner == "" && rest != "" {
				return nil
			}
			if inner != "" {
				path = append(path, inner)
			}
			if brackets, bracketed = strings.CutPrefix(rest, "["); !bracketed && rest != "" {
				return nil
			}
		}
	}
	return path
}

// spellings gives the further names under which a query or form may hold what is called as: with brackets for dots, with dots for
// brackets, and a list with empty brackets behind its name.
func spellings(as string, path []string, isList bool) []string {
	var names []string
	add := func(name string) {
		if name != as && !slices.Contains(names, name) {
			names = append(names, name)
		}
		if isList && !strings.HasSuffix(as, "[]") {
			names = append(names, name+"[]")
		}
	}
	if path == nil {
		add(as)
		return names
	}
	add(as)
	brackets := path[0]
	for _, name := range path[1:] {
		brackets += "[" + name + "]"
	}
	if brackets != as {
		add(brackets)
	}
	if dots := strings.Join(path, "."); dots != as {
		add(dots)
	}
	return names
}
