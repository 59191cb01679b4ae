package expr

import (
	"fmt"
	"strings"

	"github.com/auxten/postgresql-parser/pkg/sql/parser"
	"github.com/auxten/postgresql-parser/pkg/sql/pgwire/pgerror"
	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"

	"github.com/sayrud/sayrud/engine"
)

const wrapper = "SELECT ("

// parse gives the parser's tree of the source: of the one expression between the parentheses of SELECT (…), which scan has shown the
// source cannot leave.
func (c *checker) parse() (parsed tree.Expr, problem *engine.Problem) {
	defer func() {
		if r := recover(); r != nil {
			parsed, problem = nil, problemAt(0, allowedHint, "the expression cannot be read")
		}
	}()
	statements, err := parser.Parse(wrapper + c.source + "\n)")
	if err != nil {
		return nil, c.syntaxProblem(err)
	}
	if len(statements) == 1 {
		if sel, ok := statements[0].AST.(*tree.Select); ok && plainSelect(sel) {
			clause := sel.Select.(*tree.SelectClause)
			return clause.Exprs[0].Expr, nil
		}
	}
	return nil, problemAt(0, allowedHint, "the expression is not one expression")
}

// plainSelect reports whether sel is SELECT with one expression and nothing else.
func plainSelect(sel *tree.Select) bool {
	clause, ok := sel.Select.(*tree.SelectClause)
	return ok && sel.With == nil && len(sel.OrderBy) == 0 && sel.Limit == nil && len(sel.Locking) == 0 &&
		len(clause.Exprs) == 1 && clause.Exprs[0].As == "" && len(clause.From.Tables) == 0 && clause.Where == nil &&
		len(clause.GroupBy) == 0 && clause.Having == nil && len(clause.Window) == 0 && !clause.Distinct && !clause.TableSelect
}

// syntaxProblem says in our words what the parser stumbled over.
func (c *checker) syntaxProblem(err error) *engine.Problem {
	flat := pgerror.Flatten(err)
	offset := caretOffset(flat.Detail) - len(wrapper)
	if strings.Contains(flat.Message, "type does not exist") || strings.Contains(flat.Message, "type name") {
		return problemAt(c.clamp(offset), typesHint, "this type is not allowed")
	}
	for i, t := range c.tokens {
		if t.start < offset {
			continue
		}
		if p := c.reservedName(i); p != nil {
			return p
		}
		if i > 0 && (c.tokens[i-1].text == "::" || c.tokens[i-1].text == "as") && c.tokens[i-1].kind != str {
			return problemAt(t.start, typesHint, "this type is not allowed")
		}
		// The word before may be what the parser did not expect, though it saw so only later.
		if i > 0 && c.tokens[i-1].kind == word {
			if p := c.reservedName(i - 1); p != nil {
				return p
			}
		}
		for _, r := range refusedWords {
			if t.kind == word && t.text == r.word {
				return problemAt(t.start, allowedHint, "%s is not allowed here", r.what)
			}
		}
		return problemAt(t.start, "look for a missing operator, comma or quote before it", "%s is not expected here", describe(t))
	}
	return problemAt(len(strings.TrimRight(c.source, " \t\r\n\f")), "", "the expression ends too early")
}

// reservedName explains a column whose name is a word of SQL that cannot stand bare.
func (c *checker) reservedName(i int) *engine.Problem {
	t := c.tokens[i]
	if t.kind != word || i+1 < len(c.tokens) && c.tokens[i+1].text == "(" || !reserved(t.text) {
		return nil
	}
	for _, column := range c.columns {
		if strings.EqualFold(column.Name, t.text) {
			return problemAt(t.start, fmt.Sprintf("write %q, in double quotes, for the field", column.Name), "%s is a word of SQL", t.text)
		}
	}
	return nil
}

// caretOffset gives the byte that the caret in a parser's error points at. The detail is "source SQL:", the text up to the end of the
// line in question, and a line with spaces and the caret.
func caretOffset(detail string) int {
	text := strings.TrimPrefix(detail, "source SQL:\n")
	end := strings.LastIndexByte(text, '\n')
	if end < 0 {
		return 0
	}
	line := strings.LastIndexByte(text[:end], '\n') + 1
	return line + strings.Count(text[end+1:], " ")
}

func (c *checker) clamp(offset int) int { return max(0, min(offset, len(c.source))) }

func describe(t token) string {
	switch t.kind {
	case str:
		return "a text"
	case number:
		return "the number " + t.text
	case quoted:
		return `the name "` + t.text + `"`
	case word:
		return "the word " + t.text
	}
	return t.text
}
