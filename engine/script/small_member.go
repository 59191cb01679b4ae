package script

import (
	"errors"

	"github.com/dop251/goja/ast"

	"github.com/sayrud/sayrud/engine/raw"
)

// member compiles x.name, x["name"], x[0] and their ?. forms.
func (c *smallCompiler) member(e ast.Expression) node {
	if chain, ok := e.(*ast.OptionalChain); ok {
		return c.optionalChain(chain)
	}
	var left ast.Expression
	name, index := "", -1
	switch n := e.(type) {
	case *ast.DotExpression:
		left, name = n.Left, n.Identifier.Name.String()
	case *ast.BracketExpression:
		left = n.Left
		switch m := n.Member.(type) {
		case *ast.StringLiteral:
			name = m.Value.String()
			if name == "" || name[0] >= '0' && name[0] <= '9' {
				return c.outside() // may be an index
			}
		case *ast.NumberLiteral:
			i, whole := m.Value.(int64)
			if !whole || i < 0 || i > 1<<20 {
				return c.outside()
			}
			index = int(i)
		default:
			return c.outside()
		}
	}
	of := c.optional(left)
	return func(r *run) (value, error) {
		v, err := of(r)
		if err != nil {
			return v, err
		}
		if index >= 0 {
			return r.item(v, index)
		}
		return r.member(v, name)
	}
}

// errSkip leaves an optional chain whose ?. met null.
var errSkip = skip{}

type skip struct{}

// Error is never shown.
func (skip) Error() string { return "optional chain" }

// optionalChain gives undefined where a ?. in it met null.
func (c *smallCompiler) optionalChain(n *ast.OptionalChain) node {
	inner := c.node(n.Expression)
	return func(r *run) (value, error) {
		v, err := inner(r)
		if errors.Is(err, errSkip) {
			return undefinedValue, nil
		}
		return v, err
	}
}

// optional compiles the left side of a member or call.
func (c *smallCompiler) optional(e ast.Expression) node {
	o, ok := e.(*ast.Optional)
	if !ok {
		return c.node(e)
	}
	inner := c.node(o.Expression)
	return func(r *run) (value, error) {
		v, err := inner(r)
		if err == nil && v.nullish() {
			return v, errSkip
		}
		return v, err
	}
}

// member gives v.name: of an object its own member or undefined, of a text or an array its length.
func (r *run) member(v value, name string) (value, error) {
	switch v.kind {
	case data:
		if err := r.spend(1 + len(v.data)/32); err != nil {
			return v, err
		}
		if v.data[0] == '{' {
			return rawValue(raw.Value(v.data).Get(name)), nil
		}
		if name == "length" {
			return numberValue(float64(raw.Value(v.data).Len())), nil
		}
	case list:
		if name == "length" {
			return numberValue(float64(len(v.made.items))), nil
		}
	case object:
		for i, known := range v.made.names {
			if known == name {
				return v.made.items[i], nil
			}
		}
	case text:
		if name == "length" {
			return numberValue(float64(textLength(v.data))), r.spend(1 + len(v.data)/16)
		}
	}
	return undefinedValue, errUnusual
}

// item gives v[i] of an array.
func (r *run) item(v value, i int) (value, error) {
	switch {
	case v.kind == data && v.data[0] == '[':
		if err := r.spend(1 + len(v.data)/32); err != nil {
			return v, err
		}
		return rawValue(raw.Value(v.data).Index(i)), nil
	case v.kind == list:
		if i < len(v.made.items) {
			return v.made.items[i], nil
		}
		return undefinedValue, nil
	}
	return undefinedValue, errUnusual
}
