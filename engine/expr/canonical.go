package expr

import "strings"

// canonical prints n in the language of fragments.
func canonical(n *node) string {
	args := make([]string, len(n.args))
	for i, arg := range n.args {
		args[i] = canonical(arg)
	}
	list := strings.Join(args, ", ")
	switch n.op {
	case opLiteral:
		return canonicalLiteral(n)
	case opNull:
		return "CAST(NULL AS " + string(n.typ) + ")"
	case opColumn:
		return `"` + n.text + `"`
	case opCall:
		return n.fn.name + "(" + list + ")"
	case opConvert:
		return "CAST(" + list + " AS " + n.text + ")"
	case opNegate:
		return "(- (" + list + "))"
	case opIsNull:
		return "(" + list + " " + n.text + ")"
	case opIn:
		return "(" + args[0] + " " + n.text + " (" + strings.Join(args[1:], ", ") + "))"
	case opBetween:
		return "(" + args[0] + " " + n.text + " " + args[1] + " AND " + args[2] + ")"
	case opAnd:
		return "(" + args[0] + " AND " + args[1] + ")"
	case opOr:
		return "(" + args[0] + " OR " + args[1] + ")"
	case opNot:
		return "(NOT " + list + ")"
	case opCase, opSwitch:
		return "(" + caseText(n, canonical) + ")"
	case opCoalesce:
		return "COALESCE(" + list + ")"
	case opNullIf:
		return "NULLIF(" + list + ")"
	}
	return "(" + args[0] + " " + n.text + " " + args[1] + ")"
}

func canonicalLiteral(n *node) string {
	text := "'" + strings.ReplaceAll(n.text, "'", "''") + "'"
	switch n.typ {
	case Text:
		return text
	case Numeric, Boolean:
		return n.text
	}
	return "CAST(" + text + " AS " + string(n.typ) + ")"
}
