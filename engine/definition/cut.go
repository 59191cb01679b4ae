package definition

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// cutText refuses a plain scalar that is the first half of an expression: what YAML took for a comment, or for the next entry
// of a list or object in brackets, was meant to be part of it.
func (r *reader) cutText(n *yaml.Node) {
	if !expression(n.Value) {
		if strings.HasPrefix(n.LineComment, "#$") || strings.HasPrefix(n.LineComment, "#{$") {
			r.refuse(n, fmt.Sprintf("YAML takes %q for a comment", n.LineComment), "quote this expression")
		}
		return
	}
	if balanced(n.Value) {
		return
	}
	if n.LineComment != "" {
		r.refuse(n, fmt.Sprintf("YAML takes %q for a comment", n.LineComment), "quote this expression")
		return
	}
	r.refuse(n, fmt.Sprintf("YAML ends this expression behind %q", n.Value), "quote this expression")
}

// cutKey refuses a name that is the first half of an expression with ": " in it.
func (r *reader) cutKey(key *yaml.Node) {
	if styleOf(key) != plain || !strings.HasPrefix(key.Value, "=") {
		return
	}
	if !balanced(key.Value) || questions(key.Value) {
		r.refuse(key, "YAML takes the \": \" in this expression for the end of a name", "quote this expression")
	}
}

func expression(text string) bool {
	return strings.HasPrefix(text, "=") && !strings.HasPrefix(text, "==") || strings.Contains(text, "${")
}

// balanced reports whether brackets and quotation marks of an expression are closed. In a text with insertions only ${…} counts.
func balanced(text string) bool {
	if !strings.HasPrefix(text, "=") {
		return strings.Count(text, "${") <= strings.Count(text, "}")
	}
	depth, quote, expectsValue := 0, byte(0), false
	for i := 1; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			switch c {
			case '\\':
				i++
			case quote:
				quote = 0
			}
			continue
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case c == '/' && expectsValue:
			return true // a regular expression may hold anything
		}
		if c != ' ' {
			expectsValue = strings.IndexByte("(,=:[!&|?{;+", c) >= 0
		}
	}
	return depth == 0 && quote == 0
}

// questions reports whether an expression has a ? that waits for its colon.
func questions(text string) bool {
	text = strings.NewReplacer("?.", "", "??", "").Replace(text)
	return strings.Count(text, "?") > strings.Count(text, ":")
}
