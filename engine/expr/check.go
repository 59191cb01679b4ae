package expr

import (
	"strings"
	"time"

	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"

	"github.com/sayrud/sayrud/engine"
)

// A checker walks the parser's tree once and makes ours. Its methods give nil for what they have refused.
//
// The parser's tree knows no places, so each name, literal and function of it is matched with a token of the source; a token that
// nothing in the tree has matched, and that is no word we know, is refused at the end (see audit).
type checker struct {
	source   string
	columns  []Column
	zone     *time.Location
	tokens   []token
	mentions []mention
	problems engine.Problems
	depth    int
	nodes    int
}

const maxProblems = 10

// refuse records a problem and gives nil.
func (c *checker) refuse(offset int, hint, format string, args ...any) *node {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, *problemAt(offset, hint, format, args...))
	}
	return nil
}

// take marks the first unused token of the kind with the text, and gives its index, or -1. A word before a parenthesis is a function,
// any other is not; so a field may have the name of a function or of a type.
func (c *checker) take(kind tokenKind, text string) int {
	return c.find(func(i int, t token) bool { return t.kind == kind && t.text == text && (kind != word || !c.opens(i)) })
}

// takeCall marks the word of a function.
func (c *checker) takeCall(name string) int {
	return c.find(func(i int, t token) bool { return t.kind == word && t.text == name && c.opens(i) })
}

func (c *checker) find(good func(i int, t token) bool) int {
	for i, t := range c.tokens {
		if !t.used && good(i, t) {
			c.tokens[i].used = true
			return i
		}
	}
	return -1
}

// opens reports whether a parenthesis follows token i.
func (c *checker) opens(i int) bool {
	return i+1 < len(c.tokens) && c.tokens[i+1].kind == symbol && c.tokens[i+1].text == "("
}

// place gives the offset of the first unused token that is one of the words or symbols, or of the first unused one, or 0.
func (c *checker) place(words ...string) int {
	for _, w := range words {
		for _, t := range c.tokens {
			if !t.used && t.text == w && (t.kind == word || t.kind == symbol) {
				return t.start
			}
		}
	}
	for _, t := range c.tokens {
		if !t.used && t.kind != symbol {
			return t.start
		}
	}
	return 0
}

// add counts a node and gives it its size.
func (c *checker) add(n *node) *node {
	if c.nodes++; c.nodes == maxNodes+1 {
		return c.refuse(n.pos, "make it shorter", "the expression has more than %d parts", maxNodes)
	}
	if n.pos == 0 && len(n.args) > 0 {
		n.pos = n.args[0].pos
	}
	n.size = sizeOf(n)
	return n
}

// expr checks e one level deeper.
func (c *checker) expr(e tree.Expr) *node {
	c.depth++
	defer func() { c.depth-- }()
	if c.depth > maxDepth {
		return c.refuse(c.place(), "split it into two fields, or make it simpler", "the expression is nested deeper than %d", maxDepth)
	}
	return c.dispatch(e)
}

// dispatch is the list of the kinds of node that may be; what is not in it is refused.
func (c *checker) dispatch(e tree.Expr) *node {
	switch e := e.(type) {
	case *tree.ParenExpr:
		return c.expr(e.Expr)
	case *tree.NumVal:
		return c.number(e)
	case *tree.StrVal:
		return c.text(e)
	case *tree.DBool:
		return c.boolean(e)
	case *tree.UnresolvedName:
		return c.column(e)
	case *tree.UnaryExpr:
		return c.unary(e)
	case *tree.BinaryExpr:
		return c.binary(e)
	case *tree.ComparisonExpr:
		return c.comparison(e)
	case *tree.RangeCond:
		return c.between(e)
	case *tree.AndExpr:
		return c.logic(opAnd, e.Left, e.Right)
	case *tree.OrExpr:
		return c.logic(opOr, e.Left, e.Right)
	case *tree.NotExpr:
		return c.not(e)
	case *tree.CaseExpr:
		return c.caseExpr(e)
	case *tree.CoalesceExpr:
		return c.coalesce(e)
	case *tree.NullIfExpr:
		return c.nullIf(e)
	case *tree.CastExpr:
		return c.cast(e)
	case *tree.FuncExpr:
		return c.call(e)
	}
	if e == tree.DNull {
		return c.null()
	}
	what, words := kindOf(e)
	return c.refuse(c.place(words...), allowedHint, "%s is not allowed", what)
}

// exprs checks a list; false where one was refused.
func (c *checker) exprs(list ...tree.Expr) ([]*node, bool) {
	nodes, ok := make([]*node, len(list)), true
	for i, e := range list {
		nodes[i] = c.expr(e)
		ok = ok && nodes[i] != nil
	}
	return nodes, ok
}

// left checks the left operand of a chain: a || b || c is not deeper than a || b.
func (c *checker) left(e tree.Expr, same bool) *node {
	if same {
		return c.dispatch(e)
	}
	return c.expr(e)
}

// column resolves a name.
func (c *checker) column(e *tree.UnresolvedName) *node {
	if e.Star || e.NumParts != 1 {
		return c.refuse(c.place("*"), "write the field's name alone", "a dotted name or star is not allowed")
	}
	name := e.Parts[0]
	at := c.take(word, name)
	if at < 0 {
		at = c.take(quoted, name)
	}
	if at < 0 {
		return c.refuse(c.place(), "", "the name %s is not allowed here", name)
	}
	t := c.tokens[at]
	for _, column := range c.columns {
		if strings.EqualFold(column.Name, name) {
			c.mentions = append(c.mentions, mention{column: column.Name, start: t.start, end: t.end, quoted: t.kind == quoted})
			return c.add(&node{op: opColumn, typ: column.Type, text: column.Name, pos: t.start})
		}
	}
	return c.refuse(t.start, c.columnHint(name), "unknown field %s", c.source[t.start:t.end])
}

// columnHint gives the near name, or all names.
func (c *checker) columnHint(name string) string {
	names := make([]string, len(c.columns))
	for i, column := range c.columns {
		names[i] = column.Name
	}
	if near := engine.Near(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	if isFunction(name) {
		return name + " is a function, it needs parentheses"
	}
	return "there are " + strings.Join(names, ", ")
}

// grammarWords are words of SQL that stand in the source and not in the parser's tree.
var grammarWords = map[string]bool{
	"and": true, "or": true, "not": true, "is": true, "null": true, "in": true, "between": true, "like": true, "ilike": true,
	"case": true, "when": true, "then": true, "else": true, "end": true, "coalesce": true, "nullif": true, "cast": true, "as": true,
	"from": true, "for": true, "both": true, "leading": true, "trailing": true, "distinct": true, "true": true, "false": true,
}

// audit refuses the tokens that nothing in the tree has accounted for.
func (c *checker) audit() {
	for _, t := range c.tokens {
		if t.used || t.kind == symbol || t.kind == word && grammarWords[t.text] {
			continue
		}
		what := describe(t)
		for _, r := range refusedWords {
			if t.kind == word && t.text == r.word {
				what = r.what
			}
		}
		c.refuse(t.start, allowedHint, "%s is not allowed here", what)
		return
	}
}
