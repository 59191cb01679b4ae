package expr

import (
	"strings"

	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"
)

const allowedHint = "allowed are fields, literals, + - * / %, ||, comparisons, AND OR NOT, CASE, COALESCE, NULLIF, LIKE, ILIKE, IN, BETWEEN, IS NULL, casts and the listed functions"

// symbols are the operators and the punctuation a fragment may hold, longer ones first.
var symbols = []string{"||", "::", "<>", "!=", "<=", ">=", "(", ")", ",", "+", "-", "*", "/", "%", "=", "<", ">"}

// refusedStarts are beginnings of tokens that the scanner refuses with a name; "…'" ones are prefixes of literals, in lower case.
var refusedStarts = []struct{ start, what string }{
	{"--", "a comment"}, {"/*", "a comment"}, {";", "a second statement"},
	{":::", "a type annotation (:::)"}, {"//", "the operator //"},
	{"e'", "an escape string (E'…')"}, {"b'", "a bit or byte string (B'…')"}, {"x'", "a hexadecimal string (X'…')"},
	{"u&", "a Unicode string (U&'…')"}, {"n'", "a national string (N'…')"}, {"r'", "a raw string (R'…')"},
	{"->", "a JSON operator (->)"}, {"#", "the operator #"}, {"@", "the operator @"}, {"?", "the operator ?"},
	{"~", "a regular expression (~)"}, {"!~", "a regular expression (!~)"}, {"^", "the operator ^"},
	{"&", "the operator &"}, {"<<", "the operator <<"}, {">>", "the operator >>"}, {"<@", "the operator <@"},
	{"[", "an array subscript ([)"}, {"]", "an array subscript (])"}, {"{", "a brace"}, {"}", "a brace"},
	{"`", "a backquote"}, {"\\", "a backslash"},
}

// refusedStart names what the text begins with if no fragment may hold it, or gives "".
func refusedStart(text string) string {
	if text[0] == '$' {
		if len(text) > 1 && isDigit(text[1]) {
			return "a placeholder ($1)"
		}
		return "a dollar sign"
	}
	if text[0] == '.' && (len(text) == 1 || !isDigit(text[1])) {
		return "a dotted name"
	}
	if text[0] == '|' && !strings.HasPrefix(text, "||") {
		return "the operator |"
	}
	head := strings.ToLower(text[:min(len(text), 3)])
	for _, r := range refusedStarts {
		if strings.HasPrefix(head, r.start) {
			return r.what
		}
	}
	return ""
}

// refusedWords are words of SQL that name something refused, for a problem's place and name.
var refusedWords = []struct{ word, what string }{
	{"exists", "a subquery"}, {"array", "an array"}, {"select", "a subquery"}, {"values", "a subquery"}, {"with", "a subquery"}, {"table", "a subquery"},
	{"over", "a window function"}, {"filter", "an aggregate's FILTER"}, {"distinct", "DISTINCT in a call"}, {"order", "ORDER BY in a call"},
	{"within", "an aggregate's WITHIN GROUP"}, {"variadic", "VARIADIC"}, {"collate", "COLLATE"}, {"row", "a row"},
	{"interval", "an interval"}, {"similar", "a regular expression (SIMILAR TO)"}, {"at", "AT TIME ZONE"}, {"escape", "ESCAPE"},
	{"any", "ANY"}, {"some", "SOME"}, {"all", "ALL"}, {"if", "IF"}, {"ifnull", "IFNULL"}, {"iferror", "IFERROR"}, {"iserror", "ISERROR"},
	{"symmetric", "BETWEEN SYMMETRIC"}, {"asymmetric", "BETWEEN ASYMMETRIC"}, {"of", "IS OF"}, {"nan", "IS NAN"}, {"isnull", "ISNULL"},
	{"notnull", "NOTNULL"}, {"overlay", "OVERLAY"}, {"from", "a subquery"}, {"where", "a subquery"}, {"limit", "LIMIT"}, {"union", "a subquery"},
	{"default", "DEFAULT"}, {"operator", "OPERATOR()"}, {"unknown", "IS UNKNOWN"}, {"as", "AS"},
}

// kindOf names a kind of node of the parser's tree in a user's words, with the words of SQL it may be found by.
func kindOf(e tree.Expr) (what string, words []string) {
	switch e := e.(type) {
	case *tree.Subquery:
		return "a subquery", []string{"exists", "select", "values", "with", "table"}
	case *tree.Array, *tree.ArrayFlatten:
		return "an array", []string{"array"}
	case *tree.Tuple:
		if e.Row {
			return "a row", []string{"row"}
		}
		return "a list of values", []string{","}
	case *tree.CollateExpr:
		return "COLLATE", []string{"collate"}
	case *tree.IfExpr:
		return "IF", []string{"if"}
	case *tree.IfErrExpr:
		return "IFERROR", []string{"iferror", "iserror"}
	case *tree.IsOfTypeExpr:
		return "IS OF", []string{"is"}
	case *tree.DInterval:
		return "an interval", []string{"interval"}
	case *tree.AnnotateTypeExpr:
		return "a type annotation", []string{"annotate_type"}
	case *tree.IndirectionExpr:
		return "an array subscript", nil
	case *tree.ColumnAccessExpr, *tree.TupleStar:
		return "access to a row's columns", nil
	case *tree.Placeholder:
		return "a placeholder", nil
	case tree.DefaultVal:
		return "DEFAULT", []string{"default"}
	case tree.UnqualifiedStar:
		return "the star *", []string{"*"}
	}
	return "this kind of expression", nil
}
