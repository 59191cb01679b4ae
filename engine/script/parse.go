package script

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"

	"github.com/sayrud/sayrud/engine"
)

// Bounds of a source. The parser reads a parenthesised list before "=>" twice, and what stands inside it too, so nested ones cost two
// to the power of their number: 12 take some milliseconds.
const (
	maxSource      = 16 << 10
	maxArrows      = 12
	maxNesting     = 200
	wrapperPrefix  = "(function(){\"use strict\";return [\n"
	wrapperPostfix = "\n]})"
)

// parsed is the function that an expression is wrapped in: function(){"use strict"; return expression}.
type parsed struct {
	program *ast.Program
	fn      *ast.FunctionLiteral
	ret     *ast.ReturnStatement
}

func (p *parsed) expr() ast.Expression { return p.ret.Argument }

// offset gives the place in the source of a place in the wrapped text.
func offset(idx file.Idx) int { return max(0, int(idx)-1-len(wrapperPrefix)) }

// parse reads one expression. It is parsed as the only item of an array whose brackets must be where they were put, so that no text
// can close them and go on behind them; the comment of a last line ends before the bracket.
func parse(source string) (*parsed, engine.Problems) {
	if p := checkSource(source); p != nil {
		return nil, p
	}
	program, err := parser.ParseFile(nil, "", wrapperPrefix+source+wrapperPostfix, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, syntaxProblem(source, err)
	}
	p, array := unwrap(program)
	if array == nil || int(array.RightBracket)-1 != len(wrapperPrefix)+len(source)+1 {
		return nil, problemAt(len(source), "", "brackets are closed that were not opened")
	}
	if len(array.Value) != 1 || array.Value[0] == nil {
		return nil, problemAt(0, "", "expected one expression")
	}
	if _, spread := array.Value[0].(*ast.SpreadElement); spread {
		return nil, problemAt(0, "", "expected one expression, not a spread")
	}
	p.ret.Argument = array.Value[0]
	return p, nil
}

// unwrap gives the array that the wrapper returns, or nil where the program is not the wrapper.
func unwrap(program *ast.Program) (*parsed, *ast.ArrayLiteral) {
	if len(program.Body) != 1 {
		return nil, nil
	}
	statement, ok := program.Body[0].(*ast.ExpressionStatement)
	if !ok {
		return nil, nil
	}
	fn, ok := statement.Expression.(*ast.FunctionLiteral)
	if !ok || len(fn.Body.List) != 2 {
		return nil, nil
	}
	ret, ok := fn.Body.List[1].(*ast.ReturnStatement)
	if !ok {
		return nil, nil
	}
	array, ok := ret.Argument.(*ast.ArrayLiteral)
	if !ok {
		return nil, nil
	}
	return &parsed{program: program, fn: fn, ret: ret}, array
}

// checkSource refuses what would make the parser slow or its stack deep, before it runs.
func checkSource(source string) engine.Problems {
	if len(source) > maxSource {
		return problemAt(maxSource, "", "the expression is longer than %d KiB", maxSource>>10)
	}
	if strings.TrimSpace(source) == "" {
		return problemAt(0, "", "expected an expression")
	}
	depth := 0
	for i := 0; i < len(source); i++ {
		switch source[i] {
		case '(', '[', '{':
			if depth++; depth > maxNesting {
				return problemAt(i, "", "nested deeper than %d levels", maxNesting)
			}
		case ')', ']', '}':
			depth = max(0, depth-1)
		case 0:
			return problemAt(i, "", "U+0000 is not allowed")
		}
	}
	comments := strings.Contains(source, "//") || strings.Contains(source, "/*")
	arrows := 0
	for at := 0; ; {
		i := strings.Index(source[at:], "=>")
		if i < 0 {
			return nil
		}
		before := strings.TrimRight(source[:at+i], " \t\r\n\v\f\u00a0\ufeff\u2028\u2029")
		if comments || strings.HasSuffix(before, ")") {
			arrows++
		}
		if arrows > maxArrows {
			return problemAt(at+i, "write x => instead of (x) => where there is one parameter", "more than %d arrow functions", maxArrows)
		}
		at += i + 2
	}
}

func problemAt(offset int, hint, format string, args ...any) engine.Problems {
	return engine.Problems{{Offset: offset, Message: fmt.Sprintf(format, args...), Hint: hint}}
}

func syntaxProblem(source string, err error) engine.Problems {
	var list parser.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return problemAt(0, "", "%s", strings.TrimSpace(err.Error()))
	}
	first := list[0]
	at := 0
	for line := 2; line < first.Position.Line && at < len(source); line++ {
		next := strings.IndexByte(source[at:], '\n')
		if next < 0 {
			at = len(source)
			break
		}
		at += next + 1
	}
	at = min(at+max(first.Position.Column-1, 0), len(source))
	if at >= len(source) {
		return problemAt(len(source), "", "the expression ends too early")
	}
	message := strings.TrimSpace(first.Message)
	if message == "" {
		message = "not JavaScript"
	}
	return problemAt(at, "", "%s", strings.ToLower(message[:1])+message[1:])
}
