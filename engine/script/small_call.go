package script

import (
	"github.com/dop251/goja/ast"

	"github.com/sayrud/sayrud/engine/raw"
)

// call compiles helper(…), Boolean(x) and the methods of arrays and texts that the small set has.
func (c *smallCompiler) call(n *ast.CallExpression) node {
	switch callee := n.Callee.(type) {
	case *ast.Identifier:
		return c.helper(string(callee.Name), n.ArgumentList)
	case *ast.DotExpression:
		name := callee.Identifier.Name.String()
		of := c.optional(callee.Left)
		if method := listMethods[name]; method != nil {
			return c.callback(of, method, n.ArgumentList)
		}
		if method := textMethods[name]; method != nil || arrayMethods[name] != nil {
			return c.method(of, method, arrayMethods[name], n.ArgumentList)
		}
	}
	return c.outside()
}

func (c *smallCompiler) helper(name string, list []ast.Expression) node {
	h := helpers[name]
	if _, local := c.locals[name]; h == nil || local {
		return c.outside()
	}
	args := c.args(list)
	if name == "$markdown" {
		c.out.markdown = true
	}
	return func(r *run) (value, error) {
		values, err := evalAll(r, args)
		if err != nil {
			return undefinedValue, err
		}
		v, err := h(r, values)
		if err != nil {
			return v, errUnusual // the worker says where
		}
		return v, nil
	}
}

func (c *smallCompiler) args(list []ast.Expression) []node {
	nodes := make([]node, len(list))
	for i, e := range list {
		nodes[i] = c.node(e)
	}
	return nodes
}

func evalAll(r *run, nodes []node) ([]value, error) {
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

// A listMethod sees the items of an array one after the other with what the callback says of each.
type listMethod struct {
	keep  func(out *composite, item, said value) (stop bool)
	found func(out *composite, stopped bool, i int) value
}

var listMethods = map[string]*listMethod{
	"map": {
		keep:  func(out *composite, _, said value) bool { out.items = append(out.items, said); return false },
		found: made,
	},
	"filter": {
		keep: func(out *composite, item, said value) bool {
			if said.truthy() {
				out.items = append(out.items, item)
			}
			return false
		},
		found: made,
	},
	"find": {
		keep: func(out *composite, item, said value) bool {
			if said.truthy() {
				out.items = []value{item}
				return true
			}
			return false
		},
		found: func(out *composite, stopped bool, _ int) value {
			if stopped {
				return out.items[0]
			}
			return undefinedValue
		},
	},
	"findIndex": {
		keep: func(_ *composite, _, said value) bool { return said.truthy() },
		found: func(_ *composite, stopped bool, i int) value {
			if stopped {
				return numberValue(float64(i))
			}
			return numberValue(-1)
		},
	},
	"some": {
		keep:  func(_ *composite, _, said value) bool { return said.truthy() },
		found: func(_ *composite, stopped bool, _ int) value { return boolValue(stopped) },
	},
	"every": {
		keep:  func(_ *composite, _, said value) bool { return !said.truthy() },
		found: func(_ *composite, stopped bool, _ int) value { return boolValue(!stopped) },
	},
}

func made(out *composite, _ bool, _ int) value { return value{kind: list, made: out} }

// callback compiles x.map(item => …) and the like; the callback is written in place, with one or two plain parameters.
func (c *smallCompiler) callback(of node, method *listMethod, list []ast.Expression) node {
	if len(list) != 1 {
		return c.outside()
	}
	arrow, ok := list[0].(*ast.ArrowFunctionLiteral)
	if !ok || arrow.Async || arrow.ParameterList.Rest != nil || len(arrow.ParameterList.List) > 2 {
		return c.outside()
	}
	body, ok := arrow.Body.(*ast.ExpressionBody)
	if !ok {
		return c.outside()
	}
	first, outer := c.depth, c.locals
	c.locals = make(map[string]int, len(outer)+2)
	for name, i := range outer {
		c.locals[name] = i
	}
	for i, b := range arrow.ParameterList.List {
		id, ok := b.Target.(*ast.Identifier)
		if !ok || b.Initializer != nil {
			return c.outside()
		}
		c.locals[id.Name.String()] = first + i
	}
	c.depth += 2
	c.out.locals = max(c.out.locals, c.depth)
	before := c.nodes
	say := c.node(body.Expression)
	c.depth, c.locals = first, outer
	cost := 2 + 2*(c.nodes-before)
	return func(r *run) (value, error) {
		v, err := of(r)
		if err != nil {
			return v, err
		}
		out, stopped, last := &composite{}, false, 0
		err = r.each(v, func(i int, item value) (bool, error) {
			if err := r.spend(cost); err != nil {
				return true, err
			}
			r.locals[first], r.locals[first+1] = item, numberValue(float64(i))
			said, err := say(r)
			if err != nil {
				return true, err
			}
			stopped, last = method.keep(out, item, said), i
			return stopped, nil
		})
		if err != nil {
			return undefinedValue, err
		}
		return method.found(out, stopped, last), nil
	}
}

// each calls fn with the items of an array until it says stop.
func (r *run) each(v value, fn func(i int, item value) (stop bool, err error)) error {
	switch {
	case v.kind == list:
		for i, item := range v.made.items {
			if stop, err := fn(i, item); stop || err != nil {
				return err
			}
		}
		return nil
	case v.kind == data && v.data[0] == '[':
		if err := r.spend(1 + len(v.data)/16); err != nil {
			return err
		}
		var failed error
		raw.Value(v.data).Items(func(i int, item raw.Value) bool {
			stop, err := fn(i, rawValue(item))
			failed = err
			return !stop && err == nil
		})
		return failed
	}
	return errUnusual
}
