package script

import (
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// A walker goes through a syntax tree with the names that are local at each place, and may replace expressions on its way.
type walker struct {
	scopes []scope

	// enter sees an expression before its parts. It gives what stands there from now on, and whether it is done with.
	enter func(e ast.Expression) (ast.Expression, bool)
	// function sees the parameters of a function whose scope is the last; may be nil.
	function func(params *ast.ParameterList)
	// pattern sees the property names of a destructuring pattern; may be nil.
	pattern func(name string)
}

// A scope is what a function, class or catch clause makes local.
type scope struct {
	names map[string]bool
	items map[string][]string // parameters that stand for the items of a list, by the list's path; only where asked for
}

func (w *walker) local(name string) bool {
	for _, s := range w.scopes {
		if s.names[name] {
			return true
		}
	}
	return false
}

func (w *walker) push(names map[string]bool) { w.scopes = append(w.scopes, scope{names: names}) }

func (w *walker) pop() { w.scopes = w.scopes[:len(w.scopes)-1] }

func (w *walker) expr(e ast.Expression) ast.Expression {
	if e == nil {
		return nil
	}
	if replaced, done := w.enter(e); done {
		return replaced
	}
	w.parts(e)
	return e
}

func (w *walker) exprs(list []ast.Expression) {
	for i, e := range list {
		list[i] = w.expr(e)
	}
}

// place walks an expression that is written to, deleted or called: its last member is no value, only what stands before it.
func (w *walker) place(e ast.Expression) ast.Expression {
	switch e.(type) {
	case *ast.DotExpression, *ast.BracketExpression, *ast.ArrayPattern, *ast.ObjectPattern:
		w.parts(e)
		return e
	}
	switch n := e.(type) {
	case *ast.Optional:
		n.Expression = w.place(n.Expression)
		return n
	case *ast.OptionalChain:
		n.Expression = w.place(n.Expression)
		return n
	}
	return w.expr(e)
}

// parts walks what an expression consists of.
func (w *walker) parts(e ast.Expression) {
	switch n := e.(type) {
	case *ast.ArrayLiteral:
		w.exprs(n.Value)
	case *ast.AssignExpression:
		n.Left, n.Right = w.place(n.Left), w.expr(n.Right)
	case *ast.AwaitExpression:
		n.Argument = w.expr(n.Argument)
	case *ast.YieldExpression:
		n.Argument = w.expr(n.Argument)
	case *ast.BinaryExpression:
		n.Left, n.Right = w.expr(n.Left), w.expr(n.Right)
	case *ast.BracketExpression:
		n.Left, n.Member = w.expr(n.Left), w.expr(n.Member)
	case *ast.CallExpression:
		n.Callee = w.place(n.Callee)
		w.exprs(n.ArgumentList)
	case *ast.NewExpression:
		n.Callee = w.place(n.Callee)
		w.exprs(n.ArgumentList)
	case *ast.ConditionalExpression:
		n.Test, n.Consequent, n.Alternate = w.expr(n.Test), w.expr(n.Consequent), w.expr(n.Alternate)
	case *ast.DotExpression:
		n.Left = w.expr(n.Left)
	case *ast.PrivateDotExpression:
		n.Left = w.expr(n.Left)
	case *ast.OptionalChain:
		n.Expression = w.expr(n.Expression)
	case *ast.Optional:
		n.Expression = w.expr(n.Expression)
	case *ast.SpreadElement:
		n.Expression = w.expr(n.Expression)
	case *ast.SequenceExpression:
		w.exprs(n.Sequence)
	case *ast.UnaryExpression:
		if n.Operator == token.DELETE || n.Operator == token.INCREMENT || n.Operator == token.DECREMENT {
			n.Operand = w.place(n.Operand)
		} else {
			n.Operand = w.expr(n.Operand)
		}
	case *ast.TemplateLiteral:
		if n.Tag != nil {
			n.Tag = w.place(n.Tag)
		}
		w.exprs(n.Expressions)
	case *ast.ObjectLiteral:
		w.properties(n.Value)
	case *ast.ArrayPattern, *ast.ObjectPattern:
		w.target(e)
	case *ast.Binding:
		w.binding(n)
	case *ast.FunctionLiteral:
		w.funcLiteral(n)
	case *ast.ArrowFunctionLiteral:
		w.arrow(n)
	case *ast.ClassLiteral:
		w.class(n)
	}
}

// properties walks the members of an object literal. {$record} becomes {$record: $record}, so that the value can be replaced.
func (w *walker) properties(list []ast.Property) {
	for i, property := range list {
		switch p := property.(type) {
		case *ast.PropertyShort:
			id := p.Name
			list[i] = &ast.PropertyKeyed{
				Key:   &ast.StringLiteral{Idx: id.Idx, Literal: string(id.Name), Value: id.Name},
				Kind:  ast.PropertyKindValue,
				Value: w.expr(&ast.Identifier{Name: id.Name, Idx: id.Idx}),
			}
		case *ast.PropertyKeyed:
			if p.Computed {
				p.Key = w.expr(p.Key)
			}
			p.Value = w.expr(p.Value)
		case *ast.SpreadElement:
			p.Expression = w.expr(p.Expression)
		}
	}
}

func (w *walker) funcLiteral(n *ast.FunctionLiteral) {
	scope := map[string]bool{"arguments": true}
	if n.Name != nil {
		scope[n.Name.Name.String()] = true
	}
	w.inFunction(scope, n.ParameterList, n.Body)
}

func (w *walker) arrow(n *ast.ArrowFunctionLiteral) {
	w.inFunction(map[string]bool{}, n.ParameterList, n.Body)
}

func (w *walker) inFunction(scope map[string]bool, params *ast.ParameterList, body ast.ConciseBody) {
	for _, b := range params.List {
		declare(scope, b.Target)
	}
	declare(scope, params.Rest)
	if block, ok := body.(*ast.BlockStatement); ok {
		for _, s := range block.List {
			declared(scope, s)
		}
	}
	w.push(scope)
	defer w.pop()
	if w.function != nil {
		w.function(params)
	}
	for _, b := range params.List {
		w.binding(b)
	}
	if params.Rest != nil {
		w.target(params.Rest)
	}
	switch b := body.(type) {
	case *ast.BlockStatement:
		w.stmts(b.List)
	case *ast.ExpressionBody:
		b.Expression = w.expr(b.Expression)
	}
}

func (w *walker) class(n *ast.ClassLiteral) {
	scope := map[string]bool{}
	if n.Name != nil {
		scope[n.Name.Name.String()] = true
	}
	w.push(scope)
	defer w.pop()
	n.SuperClass = w.expr(n.SuperClass)
	for _, element := range n.Body {
		switch m := element.(type) {
		case *ast.FieldDefinition:
			if m.Computed {
				m.Key = w.expr(m.Key)
			}
			m.Initializer = w.expr(m.Initializer)
		case *ast.MethodDefinition:
			if m.Computed {
				m.Key = w.expr(m.Key)
			}
			w.funcLiteral(m.Body)
		case *ast.ClassStaticBlock:
			block := map[string]bool{}
			declared(block, m.Block)
			w.push(block)
			w.stmts(m.Block.List)
			w.pop()
		}
	}
}
