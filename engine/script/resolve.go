package script

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/token"
	"github.com/dop251/goja/unistring"

	"github.com/sayrud/sayrud/engine"
)

// globals are JavaScript's own names that a script may use. What makes code out of text and the global object are not among them.
var globals = []string{
	"undefined", "NaN", "Infinity", "Object", "Array", "String", "Number", "Boolean", "Symbol", "BigInt", "Math", "JSON", "Date",
	"RegExp", "Map", "Set", "WeakMap", "WeakSet", "Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError",
	"URIError", "AggregateError", "parseInt", "parseFloat", "isNaN", "isFinite", "encodeURIComponent", "decodeURIComponent",
	"encodeURI", "decodeURI", "escape", "unescape", "Promise", "Proxy", "Reflect", "ArrayBuffer", "DataView", "Int8Array",
	"Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array",
	"BigInt64Array", "BigUint64Array",
}

const omitName = "$omit"

// A resolver replaces static paths by parameters and refuses names that do not exist.
type resolver struct {
	walker
	names    Names
	bases    [][]string // of a second pass: the only inputs there are
	inputs   [][]string
	written  [][]string // what the script changes
	helpers  []string
	env      []string
	problems engine.Problems
}

func (r *resolver) resolve(p *parsed) {
	r.walker.enter = r.enter
	r.walker.function = r.checkParams
	p.ret.Argument = r.expr(p.ret.Argument)
}

// parameter gives the name under which the compiled function receives input i. It cannot be written in a source.
func parameter(i int) unistring.String { return unistring.String("#" + strconv.Itoa(i)) }

func (r *resolver) enter(e ast.Expression) (ast.Expression, bool) {
	if len(r.scopes) > maxNesting {
		return e, true // refused already
	}
	switch n := e.(type) {
	case *ast.Identifier:
		return r.identifier(n), true
	case *ast.DotExpression, *ast.BracketExpression, *ast.OptionalChain:
		c := r.chain(e, maxChain)
		if !c.ok || !r.static(c) {
			return e, false
		}
		found := r.access(c)
		if _, whole := e.(*ast.OptionalChain); c.optional && !whole {
			found = &ast.Optional{Expression: found}
		}
		return found, true
	case *ast.NumberLiteral:
		if len(n.Literal) > 1 && n.Literal[0] == '0' && digits([]byte(n.Literal[1:2])) {
			r.refuse(n.Idx, "", "a number does not begin with 0")
		}
	case *ast.StringLiteral:
		if octalEscape(n.Literal) {
			r.refuse(n.Idx, `write \xHH or \uHHHH`, "octal escapes are not allowed")
		}
	case *ast.AssignExpression:
		r.noteWrite(n.Left)
	case *ast.UnaryExpression:
		if n.Operator == token.DELETE || n.Operator == token.INCREMENT || n.Operator == token.DECREMENT {
			r.noteWrite(n.Operand)
		}
	case *ast.CallExpression:
		r.noteEnv(n)
		r.noteChange(n)
		return hasOwn(n), false
	case *ast.AwaitExpression:
		r.refuse(n.Await, "", "await is not allowed: an expression gives its value at once")
	case *ast.YieldExpression:
		r.refuse(n.Yield, "", "generators are not allowed")
	case *ast.FunctionLiteral:
		if n.Generator {
			r.refuse(n.Function, "", "generators are not allowed")
		}
	}
	return e, false
}

func (r *resolver) identifier(n *ast.Identifier) ast.Expression {
	name := n.Name.String()
	switch {
	case r.local(name):
	case name == omitName:
		return &ast.Identifier{Name: "undefined", Idx: n.Idx}
	case slices.Contains(r.names.Roots, name):
		return &ast.Identifier{Name: parameter(r.input([]string{name})), Idx: n.Idx}
	case helpers[name] != nil:
		if !slices.Contains(r.helpers, name) {
			r.helpers = append(r.helpers, name)
		}
	case slices.Contains(globals, name):
	default:
		r.unknown(n.Idx, name)
	}
	return n
}

// octalEscape reports whether a literal holds a backslash before a digit, other than a lone zero.
func octalEscape(literal string) bool {
	for i := 0; i+1 < len(literal); i++ {
		if literal[i] != '\\' {
			continue
		}
		i++
		if c := literal[i]; c >= '1' && c <= '9' || c == '0' && i+1 < len(literal) && digits([]byte(literal[i+1:i+2])) {
			return true
		}
	}
	return false
}

// access reads a static path: a parameter, or in a second pass members of one; null where one is missing.
func (r *resolver) access(c chain) ast.Expression {
	n := len(base(r.bases, c.path))
	var e ast.Expression = &ast.Identifier{Name: parameter(r.input(c.path[:n])), Idx: c.idx}
	if n == len(c.path) {
		return e
	}
	for _, name := range c.path[n:] {
		member := &ast.StringLiteral{Idx: c.idx, Literal: name, Value: unistring.NewFromString(name)}
		e = &ast.BracketExpression{Left: &ast.Optional{Expression: e}, Member: member, LeftBracket: c.idx, RightBracket: c.idx}
	}
	return &ast.BinaryExpression{
		Operator: token.COALESCE,
		Left:     &ast.OptionalChain{Expression: e},
		Right:    &ast.NullLiteral{Idx: c.idx, Literal: "null"},
	}
}

// input gives the place of path among the inputs, adding it where it is new.
func (r *resolver) input(path []string) int {
	for i, known := range r.inputs {
		if slices.Equal(known, path) {
			return i
		}
	}
	r.inputs = append(r.inputs, path)
	return len(r.inputs) - 1
}

func (r *resolver) refuse(idx file.Idx, hint, format string, args ...any) {
	r.problems = append(r.problems, problemAt(offset(idx), hint, format, args...)...)
}

func (r *resolver) unknown(idx file.Idx, name string) {
	switch name {
	case "eval", "Function":
		r.refuse(idx, "", "%s is not allowed: nothing makes code out of text", name)
		return
	case "globalThis", "window", "global", "self":
		r.refuse(idx, "", "%s is not allowed: nothing is shared between runs", name)
		return
	}
	known := slices.Concat(r.names.Roots, slices.Sorted(maps.Keys(helpers)), []string{omitName}, globals)
	hint := ""
	if near := engine.Near(name, known); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(r.names.Roots) > 0 {
		hint = "here are " + strings.Join(r.names.Roots, " ")
	}
	r.refuse(idx, hint, "%s does not exist here", name)
}

// checkParams refuses parameters and variables that hide what the expression may name under the same name, where only a part of the
// function would mean the local one.
func (r *resolver) checkParams(params *ast.ParameterList) {
	if len(r.scopes) == maxNesting+1 {
		r.refuse(params.Opening, "", "functions are nested deeper than %d levels", maxNesting)
	}
	if len(r.scopes) > maxNesting {
		return
	}
	own := map[string]bool{}
	for _, b := range params.List {
		declare(own, b.Target)
	}
	declare(own, params.Rest)
	for _, name := range slices.Sorted(maps.Keys(r.scopes[len(r.scopes)-1].names)) {
		if !own[name] && (slices.Contains(r.names.Roots, name) || helpers[name] != nil) {
			r.refuse(params.Opening, "", "a variable cannot be called %s, which exists here already", name)
		}
	}
}

func (r *resolver) noteEnv(n *ast.CallExpression) {
	callee, ok := n.Callee.(*ast.Identifier)
	if !ok || callee.Name != "$env" || r.local("$env") || len(n.ArgumentList) != 1 {
		return
	}
	if name, ok := n.ArgumentList[0].(*ast.StringLiteral); ok && !slices.Contains(r.env, name.Value.String()) {
		r.env = append(r.env, name.Value.String())
	}
}

// hasOwn makes x.hasOwnProperty(name) into Object.hasOwn(x, name): records inherit nothing, so they lack the method.
func hasOwn(n *ast.CallExpression) ast.Expression {
	dot, ok := n.Callee.(*ast.DotExpression)
	if !ok || dot.Identifier.Name != "hasOwnProperty" || len(n.ArgumentList) != 1 {
		return n
	}
	if _, optional := dot.Left.(*ast.Optional); optional {
		return n
	}
	n.ArgumentList = append([]ast.Expression{dot.Left}, n.ArgumentList...)
	n.Callee = &ast.DotExpression{
		Left:       &ast.Identifier{Name: "Object", Idx: dot.Identifier.Idx},
		Identifier: ast.Identifier{Name: "hasOwn", Idx: dot.Identifier.Idx},
	}
	return n
}

// A chain is $root.name["name"][0] with the names in path, the root first.
type chain struct {
	path     []string
	index    bool // the last part is an array index
	optional bool // a part was written with ?.
	idx      file.Idx
	ok       bool
}

// maxChain bounds the members of a chain, and so the work of finding it at each of them.
const maxChain = 32

func (w *walker) chain(e ast.Expression, left int) chain {
	if left == 0 {
		return chain{}
	}
	switch n := e.(type) {
	case *ast.Identifier:
		name := n.Name.String()
		return chain{path: []string{name}, idx: n.Idx, ok: !w.local(name)}
	case *ast.Optional:
		c := w.chain(n.Expression, left-1)
		c.optional = true
		return c
	case *ast.OptionalChain:
		return w.chain(n.Expression, left-1)
	case *ast.DotExpression:
		c := w.chain(n.Left, left-1)
		c.path, c.index = append(c.path, n.Identifier.Name.String()), false
		return c
	case *ast.BracketExpression:
		c := w.chain(n.Left, left-1)
		switch m := n.Member.(type) {
		case *ast.StringLiteral:
			name := m.Value.String()
			c.path, c.index = append(c.path, name), digits([]byte(name))
		case *ast.NumberLiteral:
			i, whole := m.Value.(int64)
			c.path, c.index = append(c.path, strconv.FormatInt(i, 10)), true
			c.ok = c.ok && whole && i >= 0
		default:
			c.ok = false
		}
		return c
	}
	return chain{}
}

// static reports whether the host can resolve c: it begins with a root and ends with a member of the data. An index at the end may
// mean a letter of a text, so JavaScript resolves it.
func (r *resolver) static(c chain) bool {
	if len(c.path) < 2 || c.index || !slices.Contains(r.names.Roots, c.path[0]) {
		return false
	}
	for i, name := range c.path {
		if i > 0 && name == "length" && !r.names.known(c.path[:i+1]) {
			return false
		}
	}
	return true
}
