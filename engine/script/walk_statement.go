package script

import "github.com/dop251/goja/ast"

func (w *walker) stmts(list []ast.Statement) {
	for _, s := range list {
		w.stmt(s)
	}
}

func (w *walker) stmt(s ast.Statement) {
	switch n := s.(type) {
	case *ast.BlockStatement:
		if n != nil {
			w.stmts(n.List)
		}
	case *ast.ExpressionStatement:
		n.Expression = w.expr(n.Expression)
	case *ast.IfStatement:
		n.Test = w.expr(n.Test)
		w.stmt(n.Consequent)
		if n.Alternate != nil {
			w.stmt(n.Alternate)
		}
	case *ast.LabelledStatement:
		w.stmt(n.Statement)
	case *ast.ReturnStatement:
		n.Argument = w.expr(n.Argument)
	case *ast.SwitchStatement:
		n.Discriminant = w.expr(n.Discriminant)
		for _, c := range n.Body {
			c.Test = w.expr(c.Test)
			w.stmts(c.Consequent)
		}
	case *ast.ThrowStatement:
		n.Argument = w.expr(n.Argument)
	case *ast.TryStatement:
		w.try(n)
	case *ast.VariableStatement:
		w.bindings(n.List)
	case *ast.LexicalDeclaration:
		w.bindings(n.List)
	case *ast.WithStatement:
		n.Object = w.expr(n.Object)
		w.stmt(n.Body)
	case *ast.FunctionDeclaration:
		w.funcLiteral(n.Function)
	case *ast.ClassDeclaration:
		w.class(n.Class)
	default:
		w.loop(s)
	}
}

func (w *walker) loop(s ast.Statement) {
	switch n := s.(type) {
	case *ast.WhileStatement:
		n.Test = w.expr(n.Test)
		w.stmt(n.Body)
	case *ast.DoWhileStatement:
		n.Test = w.expr(n.Test)
		w.stmt(n.Body)
	case *ast.ForInStatement:
		w.into(n.Into)
		n.Source = w.expr(n.Source)
		w.stmt(n.Body)
	case *ast.ForOfStatement:
		w.into(n.Into)
		n.Source = w.expr(n.Source)
		w.stmt(n.Body)
	case *ast.ForStatement:
		switch init := n.Initializer.(type) {
		case *ast.ForLoopInitializerExpression:
			init.Expression = w.expr(init.Expression)
		case *ast.ForLoopInitializerVarDeclList:
			w.bindings(init.List)
		case *ast.ForLoopInitializerLexicalDecl:
			w.bindings(init.LexicalDeclaration.List)
		}
		n.Test, n.Update = w.expr(n.Test), w.expr(n.Update)
		w.stmt(n.Body)
	}
}

func (w *walker) try(n *ast.TryStatement) {
	w.stmt(n.Body)
	if n.Catch != nil {
		scope := map[string]bool{}
		declare(scope, n.Catch.Parameter)
		w.push(scope)
		if n.Catch.Parameter != nil {
			w.target(n.Catch.Parameter)
		}
		w.stmt(n.Catch.Body)
		w.pop()
	}
	w.stmt(n.Finally)
}

func (w *walker) into(into ast.ForInto) {
	switch n := into.(type) {
	case *ast.ForIntoVar:
		w.binding(n.Binding)
	case *ast.ForDeclaration:
		w.target(n.Target)
	case *ast.ForIntoExpression:
		n.Expression = w.place(n.Expression)
	}
}

func (w *walker) bindings(list []*ast.Binding) {
	for _, b := range list {
		w.binding(b)
	}
}

func (w *walker) binding(b *ast.Binding) {
	w.target(b.Target)
	b.Initializer = w.expr(b.Initializer)
}

// target walks what is bound or assigned to: names stay, defaults and computed keys are expressions.
func (w *walker) target(e ast.Expression) {
	switch n := e.(type) {
	case *ast.ArrayPattern:
		for _, element := range n.Elements {
			w.target(element)
		}
		w.target(n.Rest)
	case *ast.ObjectPattern:
		for _, property := range n.Properties {
			w.patternProperty(property)
		}
		w.target(n.Rest)
	case *ast.AssignExpression:
		w.target(n.Left)
		n.Right = w.expr(n.Right)
	case *ast.Binding:
		w.binding(n)
	case *ast.DotExpression, *ast.BracketExpression:
		w.parts(e)
	}
}

func (w *walker) patternProperty(property ast.Property) {
	name := ""
	switch p := property.(type) {
	case *ast.PropertyShort:
		name = p.Name.Name.String()
		p.Initializer = w.expr(p.Initializer)
	case *ast.PropertyKeyed:
		if key, ok := p.Key.(*ast.StringLiteral); ok {
			name = key.Value.String()
		}
		if p.Computed {
			p.Key = w.expr(p.Key)
		}
		w.target(p.Value)
	}
	if w.pattern != nil {
		w.pattern(name)
	}
}

// declare notes the names that a binding target makes.
func declare(scope map[string]bool, e ast.Expression) {
	switch n := e.(type) {
	case *ast.Identifier:
		if n != nil {
			scope[n.Name.String()] = true
		}
	case *ast.ArrayPattern:
		for _, element := range n.Elements {
			declare(scope, element)
		}
		declare(scope, n.Rest)
	case *ast.ObjectPattern:
		for _, property := range n.Properties {
			switch p := property.(type) {
			case *ast.PropertyShort:
				scope[p.Name.Name.String()] = true
			case *ast.PropertyKeyed:
				declare(scope, p.Value)
			}
		}
		declare(scope, n.Rest)
	case *ast.AssignExpression:
		declare(scope, n.Left)
	case *ast.Binding:
		declare(scope, n.Target)
	}
}

// declared notes the names that the statements of a function make, those of its blocks too.
func declared(scope map[string]bool, s ast.Statement) {
	each := func(list []*ast.Binding) {
		for _, b := range list {
			declare(scope, b.Target)
		}
	}
	switch n := s.(type) {
	case *ast.VariableStatement:
		each(n.List)
	case *ast.LexicalDeclaration:
		each(n.List)
	case *ast.FunctionDeclaration:
		declare(scope, n.Function.Name)
	case *ast.ClassDeclaration:
		declare(scope, n.Class.Name)
	case *ast.ForStatement:
		switch init := n.Initializer.(type) {
		case *ast.ForLoopInitializerVarDeclList:
			each(init.List)
		case *ast.ForLoopInitializerLexicalDecl:
			each(init.LexicalDeclaration.List)
		}
	case *ast.ForInStatement:
		declaredInto(scope, n.Into)
	case *ast.ForOfStatement:
		declaredInto(scope, n.Into)
	}
	for _, inner := range innerStatements(s) {
		declared(scope, inner)
	}
}

func declaredInto(scope map[string]bool, into ast.ForInto) {
	switch n := into.(type) {
	case *ast.ForIntoVar:
		declare(scope, n.Binding.Target)
	case *ast.ForDeclaration:
		declare(scope, n.Target)
	}
}

// innerStatements gives the statements directly inside another.
func innerStatements(s ast.Statement) []ast.Statement {
	switch n := s.(type) {
	case *ast.BlockStatement:
		if n != nil {
			return n.List
		}
	case *ast.IfStatement:
		return []ast.Statement{n.Consequent, n.Alternate}
	case *ast.LabelledStatement:
		return []ast.Statement{n.Statement}
	case *ast.SwitchStatement:
		var list []ast.Statement
		for _, c := range n.Body {
			list = append(list, c.Consequent...)
		}
		return list
	case *ast.TryStatement:
		list := []ast.Statement{n.Body, n.Finally}
		if n.Catch != nil {
			list = append(list, n.Catch.Body)
		}
		return list
	case *ast.WithStatement:
		return []ast.Statement{n.Body}
	case *ast.WhileStatement:
		return []ast.Statement{n.Body}
	case *ast.DoWhileStatement:
		return []ast.Statement{n.Body}
	case *ast.ForStatement:
		return []ast.Statement{n.Body}
	case *ast.ForInStatement:
		return []ast.Statement{n.Body}
	case *ast.ForOfStatement:
		return []ast.Statement{n.Body}
	}
	return nil
}
