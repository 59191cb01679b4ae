package expr

// An op is a kind of node.
type op string

// The kinds. What a node's text and args are is said here.
const (
	opLiteral  op = "literal"  // text: the value, in the form that String of its type has
	opNull     op = "null"     // typ is "" until something gives it a type
	opColumn   op = "column"   // text: name
	opCall     op = "call"     // fn, args
	opConvert  op = "convert"  // text: the target; one arg
	opNegate   op = "-x"       // one arg
	opBinary   op = "binary"   // text: + - * / % ||; two args
	opCompare  op = "compare"  // text: = <> < > <= >=; two args
	opDistinct op = "distinct" // text: IS DISTINCT FROM or IS NOT DISTINCT FROM; two args
	opIsNull   op = "is null"  // text: IS NULL or IS NOT NULL; one arg
	opLike     op = "like"     // text: LIKE, NOT LIKE, ILIKE, NOT ILIKE; the second arg is a literal
	opIn       op = "in"       // text: IN or NOT IN; the value, then the list
	opBetween  op = "between"  // text: BETWEEN or NOT BETWEEN; value, from, to
	opAnd      op = "and"      // two args
	opOr       op = "or"       // two args
	opNot      op = "not"      // one arg
	opCase     op = "case"     // condition, result, …, and the result of ELSE (perhaps opNull)
	opSwitch   op = "switch"   // CASE with a subject: subject, value, result, …, and the result of ELSE
	opCoalesce op = "coalesce" // args
	opNullIf   op = "nullif"   // two args
)

// A node of our tree. Every node has one of the five types, and every conversion is a node of its own.
type node struct {
	op   op
	typ  Type
	text string
	fn   *function
	args []*node

	// size bounds the value: of a text its characters, of a numeric its digits before the point; for dates and times 0 says that it
	// lies within the years we calculate with. It is unbounded for columns.
	size int
	pos  int // byte offset in the source where it begins
}

// immutable reports whether n and its args print immutable functions only.
func (n *node) immutable() bool {
	if n.op == opCall && n.fn.stable || n.op == opConvert && stableConversion(n.args[0].typ, n.typ) {
		return false
	}
	for _, arg := range n.args {
		if !arg.immutable() {
			return false
		}
	}
	return true
}

func (n *node) isLiteral() bool { return n.op == opLiteral }

// untyped reports whether n is a NULL that takes any type.
func (n *node) untyped() bool { return n.op == opNull && n.typ == "" }
