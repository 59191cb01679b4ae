package expr

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"
	"github.com/auxten/postgresql-parser/pkg/sql/types"
	"github.com/lib/pq/oid"
)

const typesHint = "types are text, varchar(n), numeric, numeric(p, s), smallint, integer, bigint, boolean, date, timestamptz"

// conversions lists the casts there are between the five types, beside each to itself; true where PostgreSQL calls it stable.
var conversions = map[[2]Type]bool{
	{Numeric, Text}: false, {Boolean, Text}: false, {Date, Text}: true, {TimestampTZ, Text}: true,
	{Text, Numeric}: false, {Boolean, Numeric}: false,
	{Text, Boolean}: false,
	{Text, Date}:    true, {TimestampTZ, Date}: false,
	{Text, TimestampTZ}: true, {Date, TimestampTZ}: false,
}

func conversion(from, to Type) (stable, ok bool) {
	stable, ok = conversions[[2]Type{from, to}]
	return stable, ok || from == to
}

func stableConversion(from, to Type) bool {
	stable, _ := conversion(from, to)
	return stable
}

// cast makes x::type, CAST(x AS type) and type 'text'.
func (c *checker) cast(e *tree.CastExpr) *node {
	target, typ, ok := castTarget(e.Type)
	if !ok {
		c.dispatch(e.Expr)
		return c.refuse(c.place("::", "as"), typesHint, "a cast to %s is not allowed", strings.ToLower(e.Type.SQLString()))
	}
	var n *node
	var name string
	if e.SyntaxMode == tree.CastPrepend {
		name = c.typeWords(c.firstUnused(), typ)
		n = c.expr(e.Expr)
	} else if n = c.expr(e.Expr); n != nil {
		kind, mark := word, "as"
		if e.SyntaxMode == tree.CastShort {
			kind, mark = symbol, "::"
		}
		name = c.typeWords(c.take(kind, mark)+1, typ)
	}
	switch {
	case n == nil:
		return nil
	case name == "":
		return c.refuse(c.place(), typesHint, "this type is not allowed")
	case name == "int" || name == "integer": // 32 bits in PostgreSQL, 64 for the parser
		target = "integer"
	}
	return c.casted(n, target, typ)
}

// casted makes the conversion, or reads a literal as the type at once.
func (c *checker) casted(n *node, target string, typ Type) *node {
	if _, ok := conversion(n.typ, typ); !ok && !n.untyped() {
		hint := ""
		if n.typ == TimestampTZ {
			hint = "extract(epoch FROM x) gives seconds"
		}
		return c.refuse(n.pos, hint, "a %s cannot be cast to %s", n.typ, typ)
	}
	if n.untyped() || n.isLiteral() && n.typ == Text && typ != Text {
		if n = c.as(n, typ); n == nil {
			return nil
		}
	}
	if n.typ == typ && target == string(typ) {
		return n
	}
	return c.convert(n, target, typ)
}

// castTarget gives the name of a type in our tree: itself plain SQL, as in "varchar(20)".
func castTarget(t *types.T) (string, Type, bool) {
	switch t.Family() {
	case types.StringFamily:
		switch {
		case t.Oid() == oid.T_text && t.Width() == 0, t.Oid() == oid.T_varchar && t.Width() == 0:
			return string(Text), Text, true
		case t.Oid() == oid.T_varchar && t.Width() <= maxText:
			return fmt.Sprintf("varchar(%d)", t.Width()), Text, true
		}
	case types.IntFamily:
		if name, ok := integerNames[t.Width()]; ok {
			return name, Numeric, true
		}
	case types.DecimalFamily:
		if t.Precision() == 0 && t.Width() == 0 {
			return string(Numeric), Numeric, true
		}
		if t.Precision() <= maxDigits && t.Scale() >= 0 && t.Scale() <= t.Precision() {
			return fmt.Sprintf("numeric(%d, %d)", t.Precision(), t.Scale()), Numeric, true
		}
	case types.BoolFamily:
		return string(Boolean), Boolean, true
	case types.DateFamily:
		return string(Date), Date, true
	case types.TimestampTZFamily:
		return string(TimestampTZ), TimestampTZ, t.Precision() == 6 || t.Precision() == 0
	}
	return "", "", false
}

var integerNames = map[int32]string{16: "smallint", 32: "integer", 64: "bigint"}

// castWords are the words a type of ours may be written with; the parser knows more (string, int64, …).
var castWords = map[Type][]string{
	Text:        {"text", "varchar", "character", "char", "varying"},
	Numeric:     {"numeric", "decimal", "dec", "int", "integer", "int2", "int4", "int8", "smallint", "bigint"},
	Boolean:     {"boolean", "bool"},
	Date:        {"date"},
	TimestampTZ: {"timestamptz", "timestamp", "with", "time", "zone"},
}

// typeWords takes the words of a type and the numbers in parentheses behind it, from token i on, and gives the first word, or "".
func (c *checker) typeWords(i int, typ Type) string {
	name := ""
	for ; i < len(c.tokens) && c.tokens[i].kind == word && slices.Contains(castWords[typ], c.tokens[i].text); i++ {
		c.tokens[i].used = true
		name = cmp.Or(name, c.tokens[i].text)
	}
	if name == "" || i == len(c.tokens) || !c.opens(i-1) {
		return name
	}
	for i++; i < len(c.tokens) && c.tokens[i].text != ")"; i++ {
		if _, err := strconv.Atoi(c.tokens[i].text); err != nil && c.tokens[i].text != "," {
			return ""
		}
		c.tokens[i].used = true
	}
	return name
}

func (c *checker) firstUnused() int {
	for i, t := range c.tokens {
		if !t.used && t.kind == word && !grammarWords[t.text] {
			return i
		}
	}
	return len(c.tokens)
}
