package expr

import (
	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"
)

func (c *checker) coalesce(e *tree.CoalesceExpr) *node {
	if e.Name != "COALESCE" {
		return c.refuse(c.place("ifnull"), "write coalesce(a, b)", "%s is not allowed", e.Name)
	}
	nodes, ok := c.exprs(e.Exprs...)
	if !ok || !c.unify("COALESCE", nodes) {
		return nil
	}
	return c.add(&node{op: opCoalesce, typ: nodes[0].typ, args: nodes})
}

func (c *checker) nullIf(e *tree.NullIfExpr) *node {
	nodes, ok := c.exprs(e.Expr1, e.Expr2)
	if !ok || !c.unify("NULLIF", nodes) {
		return nil
	}
	return c.add(&node{op: opNullIf, typ: nodes[0].typ, args: nodes})
}

// caseExpr makes CASE WHEN condition … and CASE subject WHEN value …; a missing ELSE is ELSE NULL.
func (c *checker) caseExpr(e *tree.CaseExpr) *node {
	var subject *node
	ok := true
	if e.Expr != nil {
		subject = c.expr(e.Expr)
		ok = subject != nil
	}
	var tests, results []*node
	for _, when := range e.Whens {
		test, result := c.expr(when.Cond), c.expr(when.Val)
		if test == nil || result == nil {
			ok = false
			continue
		}
		tests, results = append(tests, test), append(results, result)
	}
	otherwise := &node{op: opNull}
	if e.Else != nil {
		otherwise = c.expr(e.Else)
	}
	if !ok || otherwise == nil {
		return nil
	}
	results = append(results, otherwise)
	if subject, ok = c.tests(subject, tests); !ok || !c.unify("CASE", results) {
		return nil
	}
	return c.add(caseNode(subject, tests, results))
}

// tests gives the subject of a CASE and its tests one type, or without a subject the tests boolean.
func (c *checker) tests(subject *node, tests []*node) (*node, bool) {
	if subject != nil {
		nodes := append([]*node{subject}, tests...)
		ok := c.unify("CASE", nodes)
		copy(tests, nodes[1:])
		return nodes[0], ok
	}
	for i, test := range tests {
		if tests[i] = c.want(test, Boolean, "WHEN"); tests[i] == nil {
			return nil, false
		}
	}
	return nil, true
}

func caseNode(subject *node, tests, results []*node) *node {
	last := len(results) - 1
	n := &node{op: opCase, typ: results[last].typ, pos: tests[0].pos}
	if subject != nil {
		n.op, n.pos = opSwitch, subject.pos
		n.args = append(n.args, subject)
	}
	for i, test := range tests {
		n.args = append(n.args, test, results[i])
	}
	n.args = append(n.args, results[last])
	return n
}
