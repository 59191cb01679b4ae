package expr

import (
	"strconv"
	"strings"
)

// A printer writes our tree as SQL of PostgreSQL. Each of its methods gives text that stands for itself wherever an operand may stand.
type printer struct {
	column   func(name string) string
	timezone string
}

// sql prints n as it is, without a bound.
func (p *printer) sql(n *node) string {
	switch n.op {
	case opLiteral:
		return literalSQL(n)
	case opNull:
		return "NULL::" + string(n.typ)
	case opColumn:
		return p.columnSQL(n)
	case opCall:
		return p.call(n)
	case opConvert:
		return p.convert(n)
	case opNegate:
		return "(- " + p.sql(n.args[0]) + ")"
	case opBinary:
		return p.binary(n)
	case opCompare:
		if n.text == "=" || n.text == "<>" { // the same under every collation
			return "(" + p.sql(n.args[0]) + " " + n.text + " " + p.sql(n.args[1]) + ")"
		}
		return "(" + p.ordered(n.args[0]) + " " + n.text + " " + p.ordered(n.args[1]) + ")"
	case opDistinct:
		return "(" + p.sql(n.args[0]) + " " + n.text + " " + p.sql(n.args[1]) + ")"
	case opIsNull:
		return "(" + p.sql(n.args[0]) + " " + n.text + ")"
	case opLike:
		return p.like(n)
	case opIn:
		return "(" + p.sql(n.args[0]) + " " + n.text + " (" + p.list(n.args[1:]) + "))"
	case opBetween:
		return "(" + p.ordered(n.args[0]) + " " + n.text + " " + p.ordered(n.args[1]) + " AND " + p.ordered(n.args[2]) + ")"
	case opAnd:
		return "(" + p.sql(n.args[0]) + " AND " + p.sql(n.args[1]) + ")"
	case opOr:
		return "(" + p.sql(n.args[0]) + " OR " + p.sql(n.args[1]) + ")"
	case opNot:
		return "(NOT " + p.sql(n.args[0]) + ")"
	case opCase, opSwitch:
		return "(" + caseText(n, p.sql) + ")"
	case opCoalesce:
		return "COALESCE(" + p.list(n.args) + ")"
	case opNullIf:
		return "NULLIF(" + p.list(n.args) + ")"
	}
	return "NULL" // no other kind is made
}

func (p *printer) list(nodes []*node) string {
	texts := make([]string, len(nodes))
	for i, n := range nodes {
		texts[i] = p.sql(n)
	}
	return strings.Join(texts, ", ")
}

// caseText writes CASE … END for either printer.
func caseText(n *node, print func(*node) string) string {
	var b strings.Builder
	b.WriteString("CASE")
	args := n.args
	if n.op == opSwitch {
		b.WriteString(" " + print(args[0]))
		args = args[1:]
	}
	for ; len(args) > 1; args = args[2:] {
		b.WriteString(" WHEN " + print(args[0]) + " THEN " + print(args[1]))
	}
	b.WriteString(" ELSE " + print(args[0]) + " END")
	return b.String()
}

// columnSQL prints a column. Texts get the database's collation: those of a leaf have "C", which knows the case of ASCII alone, and two
// texts of different explicit collations cannot meet (42P21).
func (p *printer) columnSQL(n *node) string {
	text := "(" + p.column(n.text) + ")"
	if n.typ == Text {
		return "(" + text + ` COLLATE "default")`
	}
	return text
}

// ordered prints what is compared: texts by code point, whatever the database's collation is.
func (p *printer) ordered(n *node) string {
	if n.typ == Text {
		return "(" + p.sql(n) + ` COLLATE "C")`
	}
	return p.sql(n)
}

// extreme prints GREATEST or LEAST. The result gets the database's collation back, as columns have it.
func extreme(name string) func(p *printer, n *node) string {
	return func(p *printer, n *node) string {
		args := make([]string, len(n.args))
		for i, arg := range n.args {
			args[i] = p.ordered(arg)
		}
		text := name + "(" + strings.Join(args, ", ") + ")"
		if n.typ == Text {
			return "(" + text + ` COLLATE "default")`
		}
		return text
	}
}

func literalSQL(n *node) string {
	switch n.typ {
	case Numeric:
		if strings.HasPrefix(n.text, "-") {
			return "(" + n.text + ")::numeric"
		}
		return n.text + "::numeric"
	case Boolean:
		return n.text
	case Date:
		return "DATE " + quote(n.text)
	case TimestampTZ:
		return "TIMESTAMPTZ " + quote(n.text)
	}
	return quote(n.text) + "::text"
}

// quote makes a literal that means the same whatever standard_conforming_strings says (PostgreSQL manual, 4.1.2.2).
func quote(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

// like bounds the text of ILIKE, which is changed in case.
func (p *printer) like(n *node) string {
	value := p.sql(n.args[0])
	if strings.HasSuffix(n.text, "ILIKE") {
		value = p.cut(n.args[0], maxText)
	}
	return "(" + value + " " + n.text + " " + quote(n.args[1].text) + ")"
}

func (p *printer) binary(n *node) string {
	l, r := n.args[0], n.args[1]
	switch {
	case n.text == "||":
		text := "(" + p.joinable(l) + " || " + p.joinable(r) + ")"
		if cut(l)+cut(r) > maxJoined {
			return cutText(text, maxText)
		}
		return text
	case n.typ == Date:
		return "(" + p.within(l) + " " + n.text + " " + p.whole(r, -1_000_000, 1_000_000) + ")"
	case l.typ == Date:
		return "(" + p.within(l) + " - " + p.within(r) + ")::numeric"
	}
	limit := factorLimit(n)
	a, b := p.number(l, limit), p.number(r, limit)
	switch n.text {
	case "/":
		return between("trim_scale("+a+" / NULLIF("+b+", 0::numeric))", numberBound, "-"+numberBound)
	case "%":
		return "(" + a + " % NULLIF(" + b + ", 0::numeric))"
	}
	return "(" + a + " " + n.text + " " + b + ")"
}

// call prints a function by the template of its row.
func (p *printer) call(n *node) string {
	if n.fn.print != nil {
		return n.fn.print(p, n)
	}
	args := make([]string, len(n.args))
	for i, arg := range n.args {
		args[i] = p.argument(n.fn.params[min(i, len(n.fn.params)-1)], arg)
	}
	pairs := []string{"$*", strings.Join(args, ", "), "$zone", quote(p.timezone)}
	for i, arg := range args {
		pairs = append(pairs, "$"+strconv.Itoa(i+1), arg)
	}
	text := strings.NewReplacer(pairs...).Replace(n.fn.sql)
	if strings.Contains(text, "::") {
		return "(" + text + ")"
	}
	return text
}

func (p *printer) argument(param param, arg *node) string {
	switch param.mode {
	case within:
		return p.within(arg)
	case whole:
		return p.whole(arg, param.lo, param.hi)
	case nonzero:
		return "NULLIF(" + p.whole(arg, param.lo, param.hi) + ", 0)"
	case field, format:
		return quote(arg.text)
	}
	return p.sql(arg)
}
