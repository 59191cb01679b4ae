package expr

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// columns are the fields of the tests' table.
func columns() []Column {
	return []Column{
		{"email", Text}, {"title", Text}, {"order", Text}, {"user", Text}, {"likes", Numeric}, {"price", Numeric}, {"year", Numeric},
		{"ok", Boolean}, {"born", Date}, {"uid", Text}, {"created_at", TimestampTZ}, {"updatedAt", TimestampTZ},
	}
}

func quotedColumn(name string) string { return `"` + name + `"` }

// leafColumn gives texts the collation they have in a leaf, and others as they are.
func leafColumn(name string) string {
	for _, c := range columns() {
		if c.Name == name && c.Type == Text && name != "uid" {
			return `("` + name + `" COLLATE "C")`
		}
	}
	return quotedColumn(name)
}

// sources reads the fragments of a golden file: the lines that begin with "> ".
func sources(t testing.TB, name string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(data)) {
		if source, ok := strings.CutPrefix(line, "> "); ok {
			list = append(list, strings.TrimSuffix(source, "\n"))
		}
	}
	return list
}

// A maker makes random fragments of a type.
type maker struct{ *rand.Rand }

func (m maker) pick(list ...string) string { return list[m.IntN(len(list))] }

func (m maker) typ() Type { return []Type{Text, Numeric, Boolean, TimestampTZ, Date}[m.IntN(5)] }

// of makes a fragment of type typ, nested at most depth deep.
func (m maker) of(typ Type, depth int) string {
	if depth == 0 || m.IntN(8) == 0 {
		return m.leaf(typ)
	}
	d := depth - 1
	switch m.IntN(6) {
	case 0:
		return m.choice(typ, d)
	case 1:
		return m.cast(typ, d)
	}
	switch typ {
	case Text:
		return m.text(d)
	case Numeric:
		return m.numeric(d)
	case Boolean:
		return m.boolean(d)
	case Date:
		return m.date(d)
	}
	return m.time(d)
}

func (m maker) leaf(typ Type) string {
	switch typ {
	case Text:
		return m.pick("email", "title", "uid", `"order"`, "''", "'abc'", "'12'", `'a\'`, "'it''s %'", "'😀 中'", "NULL::text")
	case Numeric:
		return m.pick("likes", "price", "year", "0", "1", "-1", "2.5", "1e60", "-1e-60", "2147483647", "9223372036854775807", "NULL::numeric")
	case Boolean:
		return m.pick("ok", "true", "false", "NULL::boolean")
	case Date:
		return m.pick("born", "DATE '2024-02-29'", "DATE '0001-01-01'", "DATE '9999-12-31'", "NULL::date")
	}
	return m.pick("created_at", "updatedAt", "TIMESTAMPTZ '2026-03-29T01:30:00Z'", "TIMESTAMPTZ '0001-01-02'", "TIMESTAMPTZ '9999-12-31T12:00:00Z'", "NULL::timestamptz")
}

func (m maker) choice(typ Type, d int) string {
	other := m.typ()
	switch m.IntN(5) {
	case 0:
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", m.of(Boolean, d), m.of(typ, d), m.of(typ, d))
	case 1:
		return fmt.Sprintf("CASE %s WHEN %s THEN %s END", m.of(other, d), m.of(other, d), m.of(typ, d))
	case 2:
		return fmt.Sprintf("coalesce(%s, %s)", m.of(typ, d), m.of(typ, d))
	case 3:
		return fmt.Sprintf("nullif(%s, %s)", m.of(typ, d), m.of(typ, d))
	}
	return fmt.Sprintf("%s(%s, %s)", m.pick("greatest", "least"), m.of(typ, d), m.of(typ, d))
}

func (m maker) cast(typ Type, d int) string {
	targets := map[Type][]string{
		Text:    {"text", "varchar(3)", "varchar"},
		Numeric: {"numeric", "numeric(5,2)", "numeric(3,3)", "numeric(100,50)", "smallint", "integer", "bigint"},
		Boolean: {"boolean"}, Date: {"date"}, TimestampTZ: {"timestamptz"},
	}
	for {
		from := m.typ()
		if _, ok := conversion(from, typ); ok {
			return fmt.Sprintf("CAST(%s AS %s)", m.of(from, d), m.pick(targets[typ]...))
		}
	}
}

func (m maker) text(d int) string {
	x, y := m.of(Text, d), m.of(Text, d)
	switch m.IntN(14) {
	case 0:
		return fmt.Sprintf("(%s || %s)", x, m.of(m.typ(), d))
	case 1:
		return fmt.Sprintf("%s(%s)", m.pick("lower", "upper", "trim", "md5", "sha224", "sha256", "sha384", "sha512"), x)
	case 2:
		return fmt.Sprintf("trim(%s %s FROM %s)", m.pick("BOTH", "LEADING", "TRAILING"), x, y)
	case 3:
		return fmt.Sprintf("concat(%s, %s, %s)", x, m.of(m.typ(), d), m.of(m.typ(), d))
	case 4:
		return fmt.Sprintf("concat_ws(%s, %s, %s)", x, m.of(m.typ(), d), y)
	case 5:
		return fmt.Sprintf("substring(%s, %s, %s)", x, m.of(Numeric, d), m.expr(Numeric, d))
	case 6:
		return fmt.Sprintf("substr(%s, %s)", x, m.of(Numeric, d))
	case 7:
		return fmt.Sprintf("%s(%s, %s)", m.pick("left", "right"), x, m.expr(Numeric, d))
	case 8:
		return fmt.Sprintf("replace(%s, %s, %s)", x, y, m.of(Text, d))
	case 9:
		return fmt.Sprintf("split_part(%s, %s, %s)", x, y, m.expr(Numeric, d))
	case 10:
		return fmt.Sprintf("to_hex(%s)", m.expr(Numeric, d))
	case 11:
		return fmt.Sprintf("to_char(%s, '%s')", m.of(Numeric, d), m.pick("FM999,990.00", "9", "S000.999", "99PR", "FM9990MI", "SG99", "MI9.9", "9,9,9S", "0.", ",9.0PR"))
	case 12:
		return fmt.Sprintf("to_char(%s, '%s')", m.of(TimestampTZ, d), m.pick(`YYYY-MM-DD"T"HH24:MI:SS.US`, "FMDay, FMDD FMMonth YYYY HH12 AM", "IYYY-IW-ID Q CC WW DDD D SSSS MS", "YYYY年MM月DD日"))
	}
	return fmt.Sprintf("to_char(%s, '%s')", m.of(Date, d), m.pick("YYYY-MM-DD", "Dy DD Mon YY", "HH24"))
}

// expr makes no literal, where a literal would be refused for its value.
func (m maker) expr(typ Type, d int) string {
	return "(" + m.pick("likes", "year") + " + " + m.of(typ, d) + ")"
}

func (m maker) numeric(d int) string {
	switch m.IntN(8) {
	case 0, 1, 2:
		return fmt.Sprintf("(%s %s %s)", m.of(Numeric, d), m.pick("+", "-", "*", "/", "%"), m.of(Numeric, d))
	case 3:
		return fmt.Sprintf("%s(%s)", m.pick("abs", "round", "floor", "ceil", "- "), m.of(Numeric, d))
	case 4:
		return fmt.Sprintf("round(%s, %s)", m.of(Numeric, d), m.expr(Numeric, d))
	case 5:
		return fmt.Sprintf("length(%s)", m.of(Text, d))
	case 6:
		return fmt.Sprintf("strpos(%s, %s)", m.of(Text, d), m.of(Text, d))
	}
	if m.IntN(3) == 0 {
		return fmt.Sprintf("(%s - %s)", m.of(Date, d), m.of(Date, d))
	}
	typ, fields := TimestampTZ, timeFieldList
	if m.IntN(2) == 0 {
		typ, fields = Date, dateFieldList
	}
	return fmt.Sprintf("extract(%s FROM %s)", m.pick(strings.Fields(fields)...), m.of(typ, d))
}

func (m maker) boolean(d int) string {
	typ := m.typ()
	x, y := m.of(typ, d), m.of(typ, d)
	switch m.IntN(8) {
	case 0, 1:
		return fmt.Sprintf("(%s %s %s)", x, m.pick("=", "<>", "<", ">", "<=", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"), y)
	case 2:
		return fmt.Sprintf("(%s %s (%s, %s))", x, m.pick("IN", "NOT IN"), y, m.of(typ, d))
	case 3:
		return fmt.Sprintf("(%s %s (%s) AND (%s))", x, m.pick("BETWEEN", "NOT BETWEEN"), y, m.of(typ, d))
	case 4:
		return fmt.Sprintf("(%s %s)", x, m.pick("IS NULL", "IS NOT NULL"))
	case 5:
		return fmt.Sprintf("(%s %s '%s')", m.of(Text, d), m.pick("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE"), m.pick("%", "a_c", `%\%`, `\\`, "", "%a%b%c%", "😀%", `\a`))
	case 6:
		return fmt.Sprintf("(%s %s %s)", m.of(Boolean, d), m.pick("AND", "OR"), m.of(Boolean, d))
	}
	return fmt.Sprintf("(NOT %s)", m.of(Boolean, d))
}

func (m maker) date(d int) string {
	if m.IntN(2) == 0 {
		return fmt.Sprintf("(%s %s %s)", m.of(Date, d), m.pick("+", "-"), m.of(Numeric, d))
	}
	return fmt.Sprintf("date_trunc('%s', %s)", m.pick(strings.Fields(truncDayList)...), m.of(Date, d))
}

func (m maker) time(d int) string {
	return fmt.Sprintf("date_trunc('%s', %s)", m.pick(strings.Fields(truncFieldList)...), m.of(TimestampTZ, d))
}
