package script

import (
	"slices"

	"github.com/dop251/goja/ast"

	"github.com/sayrud/sayrud/engine"
)

// resolveAll resolves a source and gives all its paths. Each is an input of its own, since the host may answer $record.parent.nick by
// following a reference that $record.parent only names. But where the script itself changes what a path leads to, a path and the
// beginning of it have one input, so that what it changes in the one shows in the other.
func resolveAll(source string, names Names) (p *parsed, r *resolver, paths [][]string, problems engine.Problems) {
	if p, problems = parse(source); problems != nil {
		return nil, nil, nil, problems
	}
	r = &resolver{names: names}
	if r.resolve(p); len(r.problems) > 0 {
		return nil, nil, nil, r.problems
	}
	paths = r.inputs
	bases := slices.DeleteFunc(slices.Clone(paths), func(path []string) bool { return r.changed(path) && r.beginsWithAnother(path) })
	if len(bases) < len(paths) {
		if p, problems = parse(source); problems != nil {
			return nil, nil, nil, problems
		}
		r = &resolver{names: names, bases: bases, inputs: bases}
		r.resolve(p)
	}
	return p, r, paths, nil
}

// changed reports whether path is a part of what is changed, or the other way round.
func (r *resolver) changed(path []string) bool {
	return slices.ContainsFunc(r.written, func(w []string) bool { return begins(path, w) || begins(w, path) })
}

func (r *resolver) beginsWithAnother(path []string) bool {
	return slices.ContainsFunc(r.inputs, func(p []string) bool { return len(p) < len(path) && begins(path, p) && r.changed(p) })
}

func begins(path, with []string) bool {
	return len(path) >= len(with) && slices.Equal(path[:len(with)], with)
}

// base gives the input that answers for path: path itself, or the shortest that it begins with.
func base(bases [][]string, path []string) []string {
	found := path
	for _, b := range bases {
		if len(b) == len(path) && begins(path, b) {
			return path
		}
		if len(b) < len(found) && begins(path, b) {
			found = b
		}
	}
	return found
}

// noteWrite notes the path whose member a target is.
func (r *resolver) noteWrite(target ast.Expression) {
	switch n := target.(type) {
	case *ast.DotExpression:
		r.noteChanged(n.Left)
	case *ast.BracketExpression:
		r.noteChanged(n.Left)
	}
}

// changers are the methods that change what they are called on.
var changers = []string{"push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin"}

// argumentChangers are the functions of Object and Reflect that change their first argument.
var argumentChangers = []string{"assign", "defineProperty", "defineProperties", "setPrototypeOf", "set", "deleteProperty"}

func (r *resolver) noteChange(n *ast.CallExpression) {
	dot, ok := n.Callee.(*ast.DotExpression)
	if !ok {
		return
	}
	if slices.Contains(changers, dot.Identifier.Name.String()) {
		r.noteChanged(dot.Left)
	}
	id, ok := dot.Left.(*ast.Identifier)
	if ok && (id.Name == "Object" || id.Name == "Reflect") && slices.Contains(argumentChangers, dot.Identifier.Name.String()) && len(n.ArgumentList) > 0 {
		r.noteChanged(n.ArgumentList[0])
	}
}

// noteChanged notes the longest path that an expression begins with.
func (r *resolver) noteChanged(e ast.Expression) {
	for {
		if c := r.chain(e, maxChain); c.ok && slices.Contains(r.names.Roots, c.path[0]) {
			r.written = append(r.written, c.path)
			return
		}
		switch n := e.(type) {
		case *ast.DotExpression:
			e = n.Left
		case *ast.BracketExpression:
			e = n.Left
		case *ast.Optional:
			e = n.Expression
		case *ast.OptionalChain:
			e = n.Expression
		case *ast.CallExpression:
			e = n.Callee
		default:
			return
		}
	}
}
