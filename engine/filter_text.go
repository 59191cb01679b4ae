package engine

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine/raw"
)

// The bounds of a filter that comes as text with a request.
const (
	maxFilterText  = 4096 // bytes
	maxFilterTerms = 32   // comparisons
	maxFilterNest  = 8    // parentheses and negations
)

// ParseFilterText reads a filter in the form that front ends write: status = "open" && (likes > 3 || title ~ 'x'). A comparison is a
// name, one of = == != <> > >= < <= ~ !~, and a value: a text in single or double quotes with JSON's escapes, a number, true, false
// or null. They are joined by && || and or, in parentheses, and turned around by ! or not. ~ tells whether a text holds the value,
// whatever the case; a % in the value is a wildcard. A comparison with null tells whether there is a value. The values of the
// filter are data, never expressions. The error tells a client what is wrong and where.
func ParseFilterText(text string) (*Filter, error) {
	if len(text) > maxFilterText || !utf8.ValidString(text) {
		return nil, fmt.Errorf("it may have at most %d bytes of UTF-8", maxFilterText)
	}
	p := &filterText{text: text}
	p.next()
	f, err := p.any()
	if err == nil && p.token != "" {
		err = p.unexpected("&& or ||")
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

type filterText struct {
	text  string
	token string // the one that is read now; "" is the end
	at    int    // where it begins
	end   int
	terms int
	nest  int
}

// next reads the token behind the present one: a name, a number, a text with its quotes, or a sign.
func (p *filterText) next() {
	for p.end < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.end]) >= 0 {
		p.end++
	}
	rest := p.text[p.end:]
	n := 0
	switch {
	case rest == "":
	case rest[0] == '"' || rest[0] == '\'':
		n = quoted(rest)
	case isWord(rest[0]) || rest[0] == '-':
		for n = 1; n < len(rest) && isWord(rest[n]); n++ {
		}
	case len(rest) > 1 && slices.Contains(pairs, rest[:2]):
		n = 2
	default:
		_, n = utf8.DecodeRuneInString(rest)
	}
	p.at, p.token = p.end, rest[:n]
	p.end += n
}

var pairs = []string{"&&", "||", "==", "!=", "<>", ">=", "<=", "!~"}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.'
}

// quoted gives the length of the text that begins here, with its quotes; without an end it is everything.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return len(s)
}

func (p *filterText) unexpected(want string) error {
	found := fmt.Sprintf("%q", p.token)
	if p.token == "" {
		found = "the end"
	}
	return fmt.Errorf("%s at character %d where %s should stand", found, utf8.RuneCountInString(p.text[:p.at])+1, want)
}

func (p *filterText) word(signs ...string) bool {
	for _, sign := range signs {
		if strings.EqualFold(p.token, sign) {
			p.next()
			return true
		}
	}
	return false
}

func (p *filterText) any() (*Filter, error) { return p.joined(OpOr, p.all, "||", "or") }
func (p *filterText) all() (*Filter, error) { return p.joined(OpAnd, p.one, "&&", "and") }

func (p *filterText) joined(op FilterOp, part func() (*Filter, error), signs ...string) (*Filter, error) {
	first, err := part()
	if err != nil {
		return nil, err
	}
	list := []*Filter{first}
	for p.word(signs...) {
		further, err := part()
		if err != nil {
			return nil, err
		}
		list = append(list, further)
	}
	if len(list) == 1 {
		return first, nil
	}
	return &Filter{Op: op, Filters: list}, nil
}

func (p *filterText) one() (*Filter, error) {
	negated, inner := false, false
	switch {
	case p.word("!", "not"):
		negated = true
	case p.word("("):
		inner = true
	default:
		return p.comparison()
	}
	if p.nest++; p.nest > maxFilterNest {
		return nil, fmt.Errorf("it nests deeper than %d", maxFilterNest)
	}
	defer func() { p.nest-- }()
	if negated {
		f, err := p.one()
		return &Filter{Op: OpNot, Filters: []*Filter{f}}, err
	}
	f, err := p.any()
	if err == nil && inner && !p.word(")") {
		err = p.unexpected(")")
	}
	return f, err
}

func (p *filterText) comparison() (*Filter, error) {
	if p.terms++; p.terms > maxFilterTerms {
		return nil, fmt.Errorf("it has more than %d comparisons", maxFilterTerms)
	}
	name := p.token
	if name == "" || CheckFieldPath(name) != "" {
		return nil, p.unexpected("the name of a field")
	}
	p.next()
	ops := map[string]FilterOp{"=": OpEqual, "==": OpEqual, "!=": OpNotEqual, "<>": OpNotEqual, ">": OpGreater, ">=": OpAtLeast, "<": OpLess, "<=": OpAtMost, "~": OpILike, "!~": OpILike}
	sign := p.token
	op, known := ops[sign]
	if !known {
		return nil, p.unexpected("= != > >= < <= ~ or !~")
	}
	p.next()
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	f := &Filter{Op: op, Left: []Operand{{Field: name}}, Right: []Operand{{Value: v}}}
	if op == OpILike {
		text, isText := v.Text()
		if !isText || v.IsNull() {
			return nil, fmt.Errorf("%s compares with a text", sign)
		}
		if !strings.Contains(text, "%") {
			text = "%" + strings.NewReplacer(`\`, `\\`, "_", `\_`).Replace(text) + "%"
		}
		f.Right[0].Value = raw.Text(text)
	}
	if v.IsNull() && (op == OpEqual || op == OpNotEqual) {
		f = &Filter{Op: OpIsNull, Left: f.Left}
	}
	if sign == "!~" || v.IsNull() && op == OpNotEqual {
		f = &Filter{Op: OpNot, Filters: []*Filter{f}}
	}
	return f, nil
}

// value reads a literal.
func (p *filterText) value() (raw.Value, error) {
	token := p.token
	if token == "" {
		return nil, p.unexpected("a value")
	}
	text := token
	if token[0] == '"' || token[0] == '\'' {
		text = asJSON(token)
	} else if lower := strings.ToLower(token); lower == "true" || lower == "false" || lower == "null" {
		text = lower
	}
	v, err := raw.Valid([]byte(text), raw.Limits{})
	if err != nil {
		return nil, p.unexpected("a text in quotes, a number, true, false or null")
	}
	p.next()
	return v, nil
}

// asJSON turns a quoted text into a JSON string: \' is ' there, a quotation mark gets its backslash, and a control character too.
func asJSON(token string) string {
	if len(token) < 2 || token[len(token)-1] != token[0] {
		return ""
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 1; i < len(token)-1; i++ {
		switch c := token[i]; {
		case c == '\\' && i+1 < len(token)-1:
			if i++; token[i] != '\'' {
				b.WriteByte('\\')
			}
			b.WriteByte(token[i])
		case c == '"':
			b.WriteString(`\"`)
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// ParseNarrow reads what a request may filter by: a list of fields, or of {name: field}. The map is from name to field.
func ParseNarrow(allow raw.Value) (Map[string], Problems) {
	var names Map[string]
	const form = "allow: [title, status, {created: created_at}]"
	if allow.Kind() != raw.Array || allow.Len() == 0 {
		return names, Problems{Problemf([]string{"allow"}, form, "allow is a list of fields, not %s", kindWord(allow))}
	}
	var problems Problems
	for i, item := range allow.Items {
		path := []string{"allow", itoa(i)}
		name, field := "", ""
		switch {
		case item.Kind() == raw.String:
			name, _ = item.Text()
			field = name
		case item.Kind() == raw.Object && item.Len() == 1:
			for key, value := range item.Members {
				name, _ = key.Text()
				field, _ = value.Text()
			}
		}
		_, twice := names.Get(name)
		switch reason := CheckFieldPath(field); {
		case reason != "":
			problems = append(problems, Problemf(path, form, "%s", reason))
		case CheckFieldPath(name) != "":
			problems = append(problems, Problemf(path, form, "%q is no name that a filter can have", name))
		case twice:
			problems = append(problems, Problemf(path, "", "%q is allowed twice", name))
		}
		names.Set(name, field)
	}
	return names, problems
}
