package expr

import (
	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"
)

func (c *checker) unary(e *tree.UnaryExpr) *node {
	if e.Operator != tree.UnaryMinus {
		return c.refuse(c.place(), allowedHint, "this operator is not allowed")
	}
	n := c.expr(e.Expr)
	if n == nil {
		return nil
	}
	if n = c.want(n, Numeric, "the minus sign"); n == nil {
		return nil
	}
	return c.add(&node{op: opNegate, typ: Numeric, args: []*node{n}, pos: n.pos})
}

var binaryOperators = map[tree.BinaryOperator]string{
	tree.Plus: "+", tree.Minus: "-", tree.Mult: "*", tree.Div: "/", tree.Mod: "%", tree.Concat: "||",
}

func (c *checker) binary(e *tree.BinaryExpr) *node {
	operator, ok := binaryOperators[e.Operator]
	if !ok {
		return c.refuse(c.place(e.Operator.String()), allowedHint, "the operator %s is not allowed", e.Operator)
	}
	before, chained := e.Left.(*tree.BinaryExpr)
	l := c.left(e.Left, chained && before.Operator == e.Operator)
	r := c.expr(e.Right)
	if l == nil || r == nil {
		return nil
	}
	if operator == "||" {
		return c.join(l, r)
	}
	if (l.typ == Date || r.typ == Date || l.typ == TimestampTZ || r.typ == TimestampTZ) && (operator == "+" || operator == "-") {
		return c.days(operator, l, r)
	}
	who := "the operator " + operator
	if l, r = c.want(l, Numeric, who), c.want(r, Numeric, who); l == nil || r == nil {
		return nil
	}
	return c.add(&node{op: opBinary, typ: Numeric, text: operator, args: []*node{l, r}})
}

// join makes l || r. One of them must be a text, as in PostgreSQL; the other becomes one.
func (c *checker) join(l, r *node) *node {
	if l.untyped() {
		l = c.as(l, Text)
	}
	if r.untyped() {
		r = c.as(r, Text)
	}
	if l.typ != Text && r.typ != Text {
		return c.refuse(l.pos, "cast one, as in x::text", "|| joins texts, and these are %s and %s", l.typ, r.typ)
	}
	if l, r = c.textOf(l), c.textOf(r); l == nil || r == nil {
		return nil
	}
	return c.add(&node{op: opBinary, typ: Text, text: "||", args: []*node{l, r}})
}

// days makes date + days, date - days and date - date (which is days).
func (c *checker) days(operator string, l, r *node) *node {
	if l.typ == TimestampTZ || r.typ == TimestampTZ {
		return c.refuse(l.pos, "extract(epoch FROM a) - extract(epoch FROM b) gives seconds, a::date - b::date days", "times cannot be added or subtracted")
	}
	if operator == "+" && l.typ != Date {
		l, r = r, l
	}
	if operator == "-" && r.isLiteral() && r.typ == Text {
		if r = c.as(r, Date); r == nil {
			return nil
		}
	}
	typ := Date
	if operator == "-" && l.typ == Date && r.typ == Date {
		typ = Numeric
	} else if l = c.want(l, Date, "the operator "+operator); l == nil {
		return nil
	} else if r = c.want(r, Numeric, "the operator "+operator+" after a date"); r == nil {
		return nil
	}
	return c.add(&node{op: opBinary, typ: typ, text: operator, args: []*node{l, r}, pos: min(l.pos, r.pos)})
}

var compareOperators = map[tree.ComparisonOperator]string{
	tree.EQ: "=", tree.NE: "<>", tree.LT: "<", tree.GT: ">", tree.LE: "<=", tree.GE: ">=",
}

var likeOperators = map[tree.ComparisonOperator]string{
	tree.Like: "LIKE", tree.NotLike: "NOT LIKE", tree.ILike: "ILIKE", tree.NotILike: "NOT ILIKE",
}

// comparison is the second list of what may be: by operator.
func (c *checker) comparison(e *tree.ComparisonExpr) *node {
	if operator, ok := compareOperators[e.Operator]; ok {
		return c.compare(opCompare, operator, e.Left, e.Right)
	}
	if operator, ok := likeOperators[e.Operator]; ok {
		return c.like(operator, e)
	}
	switch e.Operator {
	case tree.In:
		return c.in("IN", e)
	case tree.NotIn:
		return c.in("NOT IN", e)
	case tree.IsDistinctFrom:
		return c.is("IS DISTINCT FROM", "IS NOT NULL", e)
	case tree.IsNotDistinctFrom:
		return c.is("IS NOT DISTINCT FROM", "IS NULL", e)
	}
	return c.refuse(c.place("similar", "any", "some", "all"), allowedHint, "the operator %s is not allowed", e.Operator)
}

func (c *checker) compare(kind op, operator string, left, right tree.Expr) *node {
	nodes, ok := c.exprs(left, right)
	if !ok || !c.unify("a comparison", nodes) {
		return nil
	}
	return c.add(&node{op: kind, typ: Boolean, text: operator, args: nodes})
}

// is makes x IS NULL, x IS TRUE and x IS DISTINCT FROM y, which the parser's tree does not tell apart.
func (c *checker) is(distinct, null string, e *tree.ComparisonExpr) *node {
	if e.Right != tree.DNull {
		return c.compare(opDistinct, distinct, e.Left, e.Right)
	}
	n := c.expr(e.Left)
	c.take(word, "null")
	if n == nil {
		return nil
	}
	if n.untyped() {
		n = c.as(n, Text)
	}
	return c.add(&node{op: opIsNull, typ: Boolean, text: null, args: []*node{n}})
}

const maxPattern = 500 // characters

// like takes a literal as pattern, which therefore can be shown not to end in the escape character.
func (c *checker) like(operator string, e *tree.ComparisonExpr) *node {
	nodes, ok := c.exprs(e.Left, e.Right)
	if !ok {
		return nil
	}
	value, pattern := c.want(nodes[0], Text, operator), nodes[1]
	switch {
	case value == nil:
		return nil
	case !pattern.isLiteral() || pattern.typ != Text:
		return c.refuse(pattern.pos, "strpos(x, y) > 0 finds one field's text in another's", "the pattern of %s must be a text in quotes", operator)
	case runes(pattern.text) > maxPattern:
		return c.refuse(pattern.pos, "", "a pattern may have %d characters", maxPattern)
	case endsInEscape(pattern.text):
		return c.refuse(pattern.pos, `write \\ for one backslash`, "the pattern ends in a lone backslash")
	}
	return c.add(&node{op: opLike, typ: Boolean, text: operator, args: []*node{value, pattern}})
}

// endsInEscape reports whether the last backslash of a LIKE pattern escapes nothing, which PostgreSQL refuses when it runs (22025).
func endsInEscape(pattern string) bool {
	n := 0
	for n < len(pattern) && pattern[len(pattern)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

func (c *checker) in(operator string, e *tree.ComparisonExpr) *node {
	list, ok := e.Right.(*tree.Tuple)
	if !ok || list.Row || len(list.Labels) > 0 || len(list.Exprs) == 0 {
		return c.refuse(c.place("select", "values", "with", "table", "in"), "write the values: x IN ('a', 'b')", "%s takes a list of values in parentheses", operator)
	}
	nodes, ok := c.exprs(append(tree.Exprs{e.Left}, list.Exprs...)...)
	if !ok || !c.unify(operator, nodes) {
		return nil
	}
	return c.add(&node{op: opIn, typ: Boolean, text: operator, args: nodes})
}

func (c *checker) between(e *tree.RangeCond) *node {
	if e.Symmetric {
		return c.refuse(c.place("symmetric"), "write the lesser bound first", "BETWEEN SYMMETRIC is not allowed")
	}
	nodes, ok := c.exprs(e.Left, e.From, e.To)
	if !ok || !c.unify("BETWEEN", nodes) {
		return nil
	}
	operator := "BETWEEN"
	if e.Not {
		operator = "NOT BETWEEN"
	}
	return c.add(&node{op: opBetween, typ: Boolean, text: operator, args: nodes})
}

func (c *checker) logic(kind op, left, right tree.Expr) *node {
	chained := false
	switch left.(type) {
	case *tree.AndExpr:
		chained = kind == opAnd
	case *tree.OrExpr:
		chained = kind == opOr
	}
	l := c.left(left, chained)
	r := c.expr(right)
	if l == nil || r == nil {
		return nil
	}
	who := "AND"
	if kind == opOr {
		who = "OR"
	}
	if l, r = c.want(l, Boolean, who), c.want(r, Boolean, who); l == nil || r == nil {
		return nil
	}
	return c.add(&node{op: kind, typ: Boolean, args: []*node{l, r}})
}

func (c *checker) not(e *tree.NotExpr) *node {
	n := c.expr(e.Expr)
	if n == nil {
		return nil
	}
	if n = c.want(n, Boolean, "NOT"); n == nil {
		return nil
	}
	return c.add(&node{op: opNot, typ: Boolean, args: []*node{n}})
}
