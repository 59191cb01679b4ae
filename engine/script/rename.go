package script

import (
	"slices"
	"strings"

	"github.com/dop251/goja/ast"
)

// Rename gives source with the field old of root called now, where it is mentioned as a plain member: $record.old, $records[0].old,
// and in callbacks over a list, $records.map(r => r.old). Root may go on through members, "$record.parent". It answers false, and
// source as it was, where old is or may be mentioned in another way (a destructuring, a text in brackets, a member of something
// whose origin is not plain), or source is not JavaScript.
func Rename(source, root, old, now string) (string, bool) {
	found, ok := mentions(source, root, old)
	if !ok {
		return source, false
	}
	slices.Sort(found)
	var out strings.Builder
	end := 0
	for _, at := range slices.Compact(found) {
		if !strings.HasPrefix(source[at:], old) {
			return source, false // written with escapes
		}
		out.WriteString(source[end:at])
		out.WriteString(now)
		end = at + len(old)
	}
	out.WriteString(source[end:])
	return out.String(), true
}

// Mentions reports whether source mentions, or may mention, the field name of root.
func Mentions(source, root, name string) bool {
	found, ok := mentions(source, root, name)
	return len(found) > 0 || !ok
}

// mentions gives the offsets of the plain mentions, and whether there are no others.
func mentions(source, root, name string) ([]int, bool) {
	parsed, problems := parse(source)
	if problems != nil {
		return nil, false
	}
	m := &mention{root: strings.Split(root, "."), name: name, items: map[*ast.ParameterList]map[string][]string{}}
	m.walker = walker{enter: m.enter, function: m.function, pattern: m.pattern}
	m.expr(parsed.expr())
	return m.found, !m.unclear && !(m.text && m.dynamic)
}

type mention struct {
	walker
	root    []string
	name    string
	items   map[*ast.ParameterList]map[string][]string // callbacks met, not yet entered
	found   []int
	unclear bool
	text    bool // the name stands somewhere as a text,
	dynamic bool // and the root is used as a whole
}

func (m *mention) enter(e ast.Expression) (ast.Expression, bool) {
	switch n := e.(type) {
	case *ast.DotExpression, *ast.BracketExpression, *ast.Identifier:
		return e, m.chain(e)
	case *ast.CallExpression:
		m.call(n)
	case *ast.AssignExpression:
		m.written(n.Left)
	case *ast.UnaryExpression:
		m.written(n.Operand)
	case *ast.BinaryExpression:
		if n.Comparison { // a value, not a name
			n.Left, n.Right = withoutText(n.Left), withoutText(n.Right)
		}
	case *ast.StringLiteral:
		m.text = m.text || n.Value.String() == m.name
	}
	return e, false
}

// chain sees a whole member chain, and reports whether there is nothing in it but names. One that ends in the root uses it as a whole.
func (m *mention) chain(e ast.Expression) bool {
	path, known := m.origin(e)
	m.dynamic = m.dynamic || !known || slices.Equal(path, m.root)
	for {
		switch n := e.(type) {
		case *ast.Identifier:
			return true
		case *ast.Optional:
			e = n.Expression
		case *ast.OptionalChain:
			e = n.Expression
		case *ast.DotExpression:
			m.dot(n)
			e = n.Left
		case *ast.BracketExpression:
			if !m.bracket(n) {
				return false
			}
			e = n.Left
		default:
			return false
		}
	}
}

// written sees what the walk does not enter as a value.
func (m *mention) written(e ast.Expression) {
	switch e.(type) {
	case *ast.DotExpression, *ast.BracketExpression:
		m.chain(e)
	}
}

func withoutText(e ast.Expression) ast.Expression {
	if s, ok := e.(*ast.StringLiteral); ok {
		return &ast.NullLiteral{Idx: s.Idx, Literal: "null"}
	}
	return e
}

func (m *mention) dot(n *ast.DotExpression) {
	if n.Identifier.Name.String() != m.name {
		return
	}
	path, known := m.origin(n.Left)
	switch {
	case !known:
		m.unclear = true
	case slices.Equal(path, m.root):
		m.found = append(m.found, offset(n.Identifier.Idx))
	}
}

// bracket sees x[…] and reports whether a literal stands between the brackets.
func (m *mention) bracket(n *ast.BracketExpression) bool {
	path, known := m.origin(n.Left)
	whole := !known || slices.Equal(path, m.root)
	switch member := n.Member.(type) {
	case *ast.NumberLiteral:
		return true
	case *ast.StringLiteral:
		m.unclear = m.unclear || whole && member.Value.String() == m.name
		return true
	}
	m.dynamic = m.dynamic || whole
	return false
}

func (m *mention) pattern(name string) { m.unclear = m.unclear || name == m.name }

// Methods of lists: which parameters of their callbacks are items, and whether they give items of the same list.
var (
	itemParameters = map[string][]int{
		"map": {0}, "filter": {0}, "find": {0}, "findIndex": {0}, "findLast": {0}, "some": {0}, "every": {0}, "forEach": {0},
		"flatMap": {0}, "reduce": {1}, "reduceRight": {1}, "sort": {0, 1}, "toSorted": {0, 1},
	}
	sameItems = []string{"filter", "find", "findLast", "at", "slice", "sort", "toSorted", "reverse", "toReversed"}
)

// call notes the callbacks of list methods, so that their parameters have an origin.
func (m *mention) call(n *ast.CallExpression) {
	dot, ok := n.Callee.(*ast.DotExpression)
	if !ok {
		return
	}
	path, known := m.origin(dot.Left)
	method := dot.Identifier.Name.String()
	if method == m.name && itemParameters[method] == nil && !slices.Contains(sameItems, method) {
		m.unclear = m.unclear || !known || slices.Equal(path, m.root)
	}
	if !known || len(n.ArgumentList) == 0 {
		return
	}
	var params *ast.ParameterList
	switch f := n.ArgumentList[0].(type) {
	case *ast.ArrowFunctionLiteral:
		params = f.ParameterList
	case *ast.FunctionLiteral:
		params = f.ParameterList
	default:
		return
	}
	for _, i := range itemParameters[method] {
		if i >= len(params.List) {
			continue
		}
		if id, plain := params.List[i].Target.(*ast.Identifier); plain {
			if m.items[params] == nil {
				m.items[params] = map[string][]string{}
			}
			m.items[params][id.Name.String()] = path
		}
	}
}

func (m *mention) function(params *ast.ParameterList) {
	m.scopes[len(m.scopes)-1].items = m.items[params]
}

// origin gives the path that an expression takes its value from, and whether that is plain. Lists and their items are alike.
func (m *mention) origin(e ast.Expression) ([]string, bool) { return m.originWithin(e, maxChain) }

func (m *mention) originWithin(e ast.Expression, left int) ([]string, bool) {
	if left == 0 {
		return nil, false
	}
	switch n := e.(type) {
	case *ast.Identifier:
		return m.originOf(n.Name.String())
	case *ast.Optional:
		return m.originWithin(n.Expression, left-1)
	case *ast.OptionalChain:
		return m.originWithin(n.Expression, left-1)
	case *ast.DotExpression:
		path, known := m.originWithin(n.Left, left-1)
		return append(slices.Clip(path), n.Identifier.Name.String()), known
	case *ast.BracketExpression:
		path, known := m.originWithin(n.Left, left-1)
		switch member := n.Member.(type) {
		case *ast.NumberLiteral:
			return path, known
		case *ast.StringLiteral:
			return append(slices.Clip(path), member.Value.String()), known
		}
	case *ast.CallExpression:
		if dot, ok := n.Callee.(*ast.DotExpression); ok && slices.Contains(sameItems, dot.Identifier.Name.String()) {
			return m.originWithin(dot.Left, left-1)
		}
	}
	return nil, false
}

func (m *mention) originOf(name string) ([]string, bool) {
	for i := len(m.scopes) - 1; i >= 0; i-- {
		if m.scopes[i].names[name] {
			path, known := m.scopes[i].items[name]
			return path, known
		}
	}
	return []string{name}, true
}
