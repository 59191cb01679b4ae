package expr

import (
	"slices"
	"strconv"
	"strings"

	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"

	"github.com/sayrud/sayrud/engine"
)

// spelled gives the words that the parser's name of a function may have in the source, where they are others.
var spelled = map[string][]string{
	"btrim": {"btrim", "trim"}, "ltrim": {"ltrim", "trim"}, "rtrim": {"rtrim", "trim"}, "strpos": {"strpos", "position"},
}

// call checks a function's call: its name in the table, nothing but arguments, and these as a row of the table takes them.
func (c *checker) call(e *tree.FuncExpr) *node {
	name, at := c.callee(e)
	if at < 0 {
		return nil
	}
	pos := c.tokens[at].start
	switch {
	case e.WindowDef != nil:
		return c.refuse(c.place("over"), allowedHint, "a window function is not allowed")
	case e.Filter != nil:
		return c.refuse(c.place("filter"), allowedHint, "an aggregate's FILTER is not allowed")
	case len(e.OrderBy) > 0:
		return c.refuse(c.place("order"), allowedHint, "ORDER BY in a call is not allowed")
	case e.Type != 0:
		return c.refuse(c.place("distinct", "all"), allowedHint, "DISTINCT or ALL in a call is not allowed")
	}
	args, ok := c.arguments(name, at, e.Exprs)
	if !isFunction(name) {
		return c.refuse(pos, functionHint(name), "%s", unknownFunction(name))
	}
	if !ok {
		return nil
	}
	fn := c.choose(name, args, pos)
	if fn == nil {
		return nil
	}
	n := &node{op: opCall, typ: fn.result, fn: fn, args: args, pos: pos}
	if !c.fit(n) {
		return nil
	}
	return c.add(n)
}

// callee gives the function's name and the index of its token, -1 where it was refused.
func (c *checker) callee(e *tree.FuncExpr) (string, int) {
	var name string
	switch ref := e.Func.FunctionReference.(type) {
	case *tree.UnresolvedName:
		if ref.NumParts != 1 || ref.Star {
			c.refuse(c.place(), "write the function's name alone", "a dotted function name is not allowed")
			return "", -1
		}
		name = ref.Parts[0]
	case *tree.FunctionDefinition:
		name = ref.Name
	}
	words := spelled[name]
	if words == nil {
		words = []string{name}
	}
	for _, w := range words {
		if at := c.takeCall(w); at >= 0 {
			return name, at
		}
	}
	// What the grammar makes a call of, though it does not look like one: x AT TIME ZONE y, CURRENT_USER, x LIKE y ESCAPE z.
	for i, t := range c.tokens {
		if t.kind == word && !t.used && (t.text == name || t.text == "user" && name == "current_user") {
			if p := c.reservedName(i); p != nil {
				c.refuse(p.Offset, p.Hint, "%s", p.Message)
			} else {
				c.refuse(t.start, allowedHint, "%s is not allowed", t.text)
			}
			return "", -1
		}
	}
	what := name
	switch {
	case name == "timezone":
		what = "AT TIME ZONE"
	case strings.HasSuffix(name, "_escape"):
		what = "ESCAPE"
	}
	c.refuse(c.place("at", "escape", "current_user", "current_role", "session_user", "collation"), allowedHint, "%s is not allowed", what)
	return "", -1
}

// arguments checks the arguments. The field of extract(year FROM x) is a word of the source and a text in the parser's tree.
func (c *checker) arguments(name string, at int, list tree.Exprs) ([]*node, bool) {
	if name == "extract" && len(list) > 0 {
		if s, ok := list[0].(*tree.StrVal); ok {
			if i := c.take(word, s.RawString()); i >= 0 {
				first := c.add(&node{op: opLiteral, typ: Text, text: s.RawString(), pos: c.tokens[i].start})
				rest, ok := c.exprs(list[1:]...)
				return append([]*node{first}, rest...), ok && first != nil
			}
		}
	}
	if name == "substring" && len(list) > 1 {
		if _, made := list[1].(*tree.DInt); made {
			c.refuse(c.place("for"), "write left(x, n)", "substring needs FROM before FOR")
			return nil, false
		}
	}
	args, ok := make([]*node, len(list)), true
	for _, i := range c.written(at, len(list)) {
		args[i] = c.expr(list[i])
		ok = ok && args[i] != nil
	}
	return args, ok
}

// written gives the arguments of the call at a token in the order of the source, which is not the parser's in trim(x FROM y),
// position(x IN y) and substring(x FOR n FROM n). In this order each finds its own tokens.
func (c *checker) written(at, n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	var keywords []string
	depth := 0
	for _, t := range c.tokens[at+1:] {
		switch {
		case t.kind == symbol && t.text == "(":
			depth++
		case t.kind == symbol && t.text == ")":
			depth--
		case t.kind == word && depth == 1:
			keywords = append(keywords, t.text)
		}
		if depth == 0 {
			break
		}
	}
	from, past := slices.Index(keywords, "from"), slices.Index(keywords, "for")
	switch name := c.tokens[at].text; {
	case name == "position" && n == 2, name == "trim" && from >= 0 && n > 1:
		return append([]int{n - 1}, order[:n-1]...)
	case name == "substring" && past >= 0 && past < from && n == 3:
		return []int{0, 2, 1}
	}
	return order
}

// choose gives the row of the table that fits the arguments best: the first whose types are theirs, or the only one there is.
func (c *checker) choose(name string, args []*node, pos int) *function {
	var rows []*function
	for i := range functions {
		if functions[i].name == name {
			rows = append(rows, &functions[i])
		}
	}
	var signatures []string
	var arity []*function
	for _, f := range rows {
		signatures = append(signatures, f.signature)
		if len(args) >= f.min && (f.rest || len(args) <= len(f.params)) {
			arity = append(arity, f)
		}
	}
	hint := "it is " + strings.Join(signatures, ", or ")
	if len(arity) == 0 {
		c.refuse(pos, hint, "%s does not take %d arguments", name, len(args))
		return nil
	}
	for _, f := range arity {
		if len(arity) == 1 || c.matches(f, args) {
			return f
		}
	}
	c.refuse(args[0].pos, hint, "%s does not take these arguments", name)
	return nil
}

func (c *checker) matches(f *function, args []*node) bool {
	for i, arg := range args {
		p := f.params[min(i, len(f.params)-1)]
		if p.typ == arg.typ || arg.untyped() {
			continue
		}
		if _, ok := literalAs(arg.text, p.typ, c.zone); !ok || !arg.isLiteral() || arg.typ != Text {
			return false
		}
	}
	return true
}

// fit converts the arguments of a call as its row of the table says, and checks those that must be literals.
func (c *checker) fit(n *node) bool {
	if n.fn.result == "" {
		ok := c.unify(n.fn.name, n.args)
		n.typ = n.args[0].typ
		return ok
	}
	for i, arg := range n.args {
		p := n.fn.params[min(i, len(n.fn.params)-1)]
		switch p.mode {
		case anyType:
			n.args[i] = c.textOf(arg)
		case field:
			n.args[i] = c.fieldArgument(n.fn, arg)
		case format:
			n.args[i] = c.formatArgument(n.fn, arg)
		case whole, nonzero:
			n.args[i] = c.countArgument(n.fn, p, arg)
		default:
			n.args[i] = c.want(arg, p.typ, n.fn.name)
		}
		if n.args[i] == nil {
			return false
		}
	}
	return true
}

func (c *checker) fieldArgument(fn *function, arg *node) *node {
	fields := fieldsOf(fn)
	hint := "there are " + strings.Join(fields, ", ")
	if !arg.isLiteral() || arg.typ != Text {
		return c.refuse(arg.pos, hint, "the field of %s must be a literal", fn.name)
	}
	name := strings.ToLower(arg.text)
	if !slices.Contains(fields, name) {
		if near := engine.Near(name, fields); near != "" {
			hint = "did you mean " + near + "?"
		}
		return c.refuse(arg.pos, hint, "%s of a %s does not know the field %q", fn.name, fn.params[1].typ, arg.text)
	}
	return &node{op: opLiteral, typ: Text, text: name, size: arg.size, pos: arg.pos}
}

const maxFormat = 100 // bytes

func (c *checker) formatArgument(fn *function, arg *node) *node {
	if !arg.isLiteral() || arg.typ != Text {
		return c.refuse(arg.pos, "write it in quotes, like 'YYYY-MM-DD'", "the format of to_char must be a literal")
	}
	if len(arg.text) > maxFormat {
		return c.refuse(arg.pos, "", "a format may have %d bytes", maxFormat)
	}
	at, hint := checkTimeFormat(arg.text), "patterns are "+strings.Join(timeFormats, " ")+`; put letters that stand for themselves in double quotes`
	if fn.params[0].typ == Numeric {
		at, hint = checkNumberFormat(arg.text), "formats look like 'FM999,990.00' or '9990PR'"
	}
	if at >= 0 {
		return c.refuse(arg.pos, hint, "to_char does not know this format from %q on", arg.text[at:])
	}
	return arg
}

// countArgument takes a numeric whose value is in range where it is a literal; others are bounded when printed.
func (c *checker) countArgument(fn *function, p param, arg *node) *node {
	arg = c.want(arg, p.typ, fn.name)
	if arg == nil || !arg.isLiteral() {
		return arg
	}
	value, err := strconv.Atoi(arg.text)
	if err != nil || value < p.lo || value > p.hi || p.mode == nonzero && value == 0 {
		zero := ""
		if p.mode == nonzero {
			zero = " and not 0"
		}
		return c.refuse(arg.pos, "", "this argument of %s must be a whole number from %d to %d%s", fn.name, p.lo, p.hi, zero)
	}
	return arg
}

// unknownFunction names a function that is not in the table.
func unknownFunction(name string) string {
	switch name {
	case "sha1":
		return "sha1 is not available"
	case "repeat", "lpad", "rpad":
		return name + " is not allowed: its result can grow without bound"
	case "now", "current_date", "random", "current_timestamp", "clock_timestamp":
		return name + " is not allowed: the result must depend on the record alone"
	}
	return "the function " + name + " is not allowed"
}

// functionHint gives a near function, or all of them.
func functionHint(name string) string {
	var names []string
	for _, f := range functions {
		if !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	switch name {
	case "sha1":
		return "it would need the extension pgcrypto; take sha256"
	case "mod":
		return "write a % b"
	case "char_length", "character_length":
		return "write length(x)"
	case "ceiling":
		return "write ceil(x)"
	case "regexp_replace":
		return "write replace(x, from, to)"
	}
	if near := engine.Near(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "functions are " + strings.Join(names, ", ")
}
