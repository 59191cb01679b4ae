package script

import (
	"errors"
	"math"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"

	"github.com/sayrud/sayrud/engine/raw"
)

// The small set is evaluated by closures over its own values, not by goja: goja's natives and even its compiler (2n**2n**33n is
// folded while compiling) can be made to run without end, and nothing of them is reached here. Every loop and every byte made costs
// fuel; out of it, or at a value whose meaning is less than obvious, the evaluation is given up and the worker does it again.
//
// It has no effects, so giving up is always safe.

// errUnusual gives an evaluation up.
var errUnusual = errors.New("not for the small set")

// node evaluates one expression of the small set.
type node func(r *run) (value, error)

// small is an expression of the small set.
type small struct {
	root     node
	locals   int  // parameters of callbacks alive at once
	markdown bool // calls $markdown
	only     bool // is $markdown(path) and nothing else
}

// run is one evaluation.
type run struct {
	inputs []raw.Value
	locals []value
	fuel   int // one is about ten nanoseconds
	shared *Shared
	worker bool // inside a worker, where $markdown has no bound

	markdown *markdownCache // nil in a worker
}

// Fuel of an evaluation in the server's process, about 2 ms, and in the worker.
const (
	serverFuel = 200_000
	workerFuel = 4_000_000
)

func (r *run) spend(n int) error {
	if r.fuel -= n; r.fuel < 0 {
		return errUnusual
	}
	return nil
}

// evaluate runs the expression on r, whose fuel is what may be spent.
func (s *small) evaluate(r *run) (raw.Value, error) {
	if s.locals > 0 {
		r.locals = make([]value, s.locals)
	}
	v, err := s.root(r)
	if err != nil {
		return nil, err
	}
	return r.result(v)
}

// A smallCompiler makes nodes; ok turns false at the first thing outside the small set.
type smallCompiler struct {
	params map[string]int // inputs by parameter name
	locals map[string]int
	depth  int
	nodes  int // made so far
	out    small
	ok     bool
}

func compileSmall(e ast.Expression, p *Program) *small {
	c := &smallCompiler{params: map[string]int{}, locals: map[string]int{}, ok: true}
	for i := range p.inputs {
		c.params[string(parameter(i))] = i
	}
	root := c.node(e)
	if !c.ok {
		return nil
	}
	c.out.root = root
	c.out.only = onlyMarkdown(e)
	return &c.out
}

func onlyMarkdown(e ast.Expression) bool {
	call, ok := e.(*ast.CallExpression)
	if !ok || len(call.ArgumentList) != 1 {
		return false
	}
	callee, ok := call.Callee.(*ast.Identifier)
	argument, plain := call.ArgumentList[0].(*ast.Identifier)
	return ok && plain && callee.Name == "$markdown" && argument.Name == parameter(0)
}

func (c *smallCompiler) outside() node {
	c.ok = false
	return nil
}

func constant(v value) node { return func(*run) (value, error) { return v, nil } }

func (c *smallCompiler) node(e ast.Expression) node {
	if !c.ok {
		return nil
	}
	c.nodes++
	switch n := e.(type) {
	case *ast.NullLiteral:
		return constant(nullValue)
	case *ast.BooleanLiteral:
		return constant(boolValue(n.Value))
	case *ast.NumberLiteral:
		return c.number(n)
	case *ast.StringLiteral:
		return c.text(n.Value)
	case *ast.Identifier:
		return c.identifier(n)
	case *ast.TemplateLiteral:
		return c.template(n)
	case *ast.UnaryExpression:
		return c.unary(n)
	case *ast.BinaryExpression:
		return c.binary(n)
	case *ast.ConditionalExpression:
		return c.conditional(n)
	case *ast.DotExpression, *ast.BracketExpression, *ast.OptionalChain:
		return c.member(e)
	case *ast.ObjectLiteral:
		return c.object(n)
	case *ast.ArrayLiteral:
		return c.array(n)
	case *ast.CallExpression:
		return c.call(n)
	}
	return c.outside()
}

func (c *smallCompiler) number(n *ast.NumberLiteral) node {
	switch v := n.Value.(type) {
	case int64:
		return constant(numberValue(float64(v)))
	case float64:
		return constant(numberValue(v))
	}
	return c.outside()
}

// text makes a literal; one with half a surrogate pair is outside.
func (c *smallCompiler) text(s unistring.String) node {
	if units := s.AsUtf16(); units != nil {
		for i := 0; i < len(units); i++ {
			if !utf16.IsSurrogate(rune(units[i])) {
				continue
			}
			if i+1 == len(units) || units[i] >= 0xDC00 || units[i+1] < 0xDC00 || units[i+1] > 0xDFFF {
				return c.outside()
			}
			i++
		}
	}
	return constant(textValue([]byte(s.String())))
}

func (c *smallCompiler) identifier(n *ast.Identifier) node {
	name := string(n.Name)
	if i, found := c.locals[name]; found {
		return func(r *run) (value, error) { return r.locals[i], nil }
	}
	if i, found := c.params[name]; found {
		return func(r *run) (value, error) { return inputValue(r.inputs[i]), nil }
	}
	switch name {
	case "undefined":
		return constant(undefinedValue)
	case "NaN":
		return constant(numberValue(math.NaN()))
	}
	return c.outside()
}

func (c *smallCompiler) conditional(n *ast.ConditionalExpression) node {
	test, then, otherwise := c.node(n.Test), c.node(n.Consequent), c.node(n.Alternate)
	return func(r *run) (value, error) {
		v, err := test(r)
		if err != nil {
			return v, err
		}
		if v.truthy() {
			return then(r)
		}
		return otherwise(r)
	}
}

func (c *smallCompiler) template(n *ast.TemplateLiteral) node {
	if n.Tag != nil {
		return c.outside()
	}
	var parts []node
	for i, element := range n.Elements {
		parts = append(parts, c.text(element.Parsed))
		if i < len(n.Expressions) {
			parts = append(parts, c.node(n.Expressions[i]))
		}
	}
	return func(r *run) (value, error) {
		var dst []byte
		for _, part := range parts {
			v, err := part(r)
			if err != nil {
				return v, err
			}
			if err := r.spend(1 + len(v.data)/16); err != nil {
				return v, err
			}
			if dst, err = v.appendText(dst); err != nil {
				return v, err
			}
		}
		return textValue(dst), nil
	}
}

func (c *smallCompiler) array(n *ast.ArrayLiteral) node {
	items := make([]node, len(n.Value))
	for i, e := range n.Value {
		items[i] = c.node(e)
	}
	return func(r *run) (value, error) {
		made, err := r.all(items)
		if err != nil {
			return value{}, err
		}
		return value{kind: list, made: &composite{items: made}}, nil
	}
}

// all gives the values of nodes in their order, up to the first error.
func (r *run) all(nodes []node) ([]value, error) {
	values := make([]value, len(nodes))
	for i, n := range nodes {
		v, err := n(r)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// plainName reports whether a member is written plainly and is nothing special: array indexes come first in JavaScript's order,
// __proto__ sets the prototype, toJSON is called.
func plainName(literal, name string) bool {
	if name == "" || name == "__proto__" || name == "toJSON" || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	return strings.IndexByte(literal, '\\') < 0 && strings.IndexByte(name, 0) < 0
}

func (c *smallCompiler) object(n *ast.ObjectLiteral) node {
	names, items := make([]string, len(n.Value)), make([]node, len(n.Value))
	for i, property := range n.Value {
		keyed, ok := property.(*ast.PropertyKeyed)
		if !ok || keyed.Computed || keyed.Kind != ast.PropertyKindValue {
			return c.outside()
		}
		key, ok := keyed.Key.(*ast.StringLiteral)
		name := ""
		if ok {
			name = key.Value.String()
		}
		if !ok || !plainName(key.Literal, name) || slices.Contains(names[:i], name) {
			return c.outside()
		}
		names[i], items[i] = name, c.node(keyed.Value)
	}
	return func(r *run) (value, error) {
		made, err := r.all(items)
		if err != nil {
			return value{}, err
		}
		return value{kind: object, made: &composite{items: made, names: names}}, nil
	}
}

func (c *smallCompiler) unary(n *ast.UnaryExpression) node {
	operand := c.node(n.Operand)
	apply := unaryOperators[n.Operator]
	if apply == nil || n.Postfix {
		return c.outside()
	}
	return func(r *run) (value, error) {
		v, err := operand(r)
		if err != nil {
			return v, err
		}
		return apply(v)
	}
}

func (c *smallCompiler) binary(n *ast.BinaryExpression) node {
	left, right := c.node(n.Left), c.node(n.Right)
	switch n.Operator {
	case token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE:
		return logical(n.Operator, left, right)
	}
	apply := binaryOperators[n.Operator]
	if apply == nil {
		return c.outside()
	}
	return func(r *run) (value, error) {
		a, err := left(r)
		if err != nil {
			return a, err
		}
		b, err := right(r)
		if err != nil {
			return b, err
		}
		return apply(r, a, b)
	}
}

func logical(operator token.Token, left, right node) node {
	return func(r *run) (value, error) {
		v, err := left(r)
		if err != nil {
			return v, err
		}
		keep := v.truthy()
		switch operator {
		case token.LOGICAL_AND:
			keep = !keep
		case token.COALESCE:
			keep = !v.nullish()
		}
		if keep {
			return v, nil
		}
		return right(r)
	}
}
