package expr

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/auxten/postgresql-parser/pkg/sql/parser"
	"github.com/auxten/postgresql-parser/pkg/sql/sem/tree"
)

// printedNodes and printedFunctions are all that the printer may write, as the parser reads it.
var (
	printedNodes = words(`ParenExpr NumVal StrVal DBool dNull UnresolvedName UnaryExpr BinaryExpr ComparisonExpr RangeCond AndExpr OrExpr
		NotExpr CaseExpr CoalesceExpr NullIfExpr CastExpr FuncExpr Tuple CollateExpr`)
	printedFunctions = words(`abs btrim ceil concat_ws convert_to date_trunc encode extract floor greatest least left length lower ltrim md5
		regexp_replace replace right round rtrim sha224 sha256 sha384 sha512 split_part strpos substr substring timezone to_char to_hex trim_scale upper`)
	printedOperators = words(`+ - * / % || = < > <= >= <> != LIKE IN IS`)
	printedTypes     = words(`STRING DECIMAL BOOL DATE TIMESTAMPTZ TIMESTAMP INT8 INT4`)
)

func words(list string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// checkRound checks that what is printed is what was read: the canonical form gives the same expression, and the SQL holds nothing but
// what the lists above name.
func checkRound(t *testing.T, e *Expr) {
	t.Helper()
	again, problems := Parse(e.String(), columns(), e.timezone)
	if again == nil {
		if strings.Contains(problems.Error(), "make it shorter") || strings.Contains(problems.Error(), "split it") {
			return // with all conversions written out it is longer and deeper
		}
		t.Fatalf("canonical form of %s is refused: %s: %v", e.source, e, problems)
	}
	if again.String() != e.String() || again.Type() != e.Type() || again.SQL(quotedColumn) != e.SQL(quotedColumn) {
		t.Fatalf("%s:\n%s becomes\n%s", e.source, e, again)
	}
	sql := e.SQL(quotedColumn)
	for _, bad := range []string{";", "--", "/*", "$"} {
		if strings.Contains(withoutQuoted(sql), bad) {
			t.Fatalf("%s: SQL contains %s: %s", e.source, bad, sql)
		}
	}
	statement, err := parser.ParseOne("SELECT " + sql)
	if err != nil {
		t.Fatalf("%s: SQL does not parse: %v: %s", e.source, err, sql)
	}
	clause := statement.AST.(*tree.Select).Select.(*tree.SelectClause)
	if len(clause.Exprs) != 1 || len(clause.From.Tables) > 0 {
		t.Fatalf("%s: SQL is not one expression: %s", e.source, sql)
	}
	walkPrinted(t, clause.Exprs[0].Expr, sql)
}

// withoutQuoted blanks literals and quoted names.
func withoutQuoted(sql string) string {
	var b strings.Builder
	for i := 0; i < len(sql); i++ {
		if sql[i] != '\'' && sql[i] != '"' {
			b.WriteByte(sql[i])
			continue
		}
		quote := sql[i]
		for i++; i < len(sql) && sql[i] != quote; i++ {
		}
	}
	return b.String()
}

func walkPrinted(t *testing.T, e tree.Expr, sql string) {
	t.Helper()
	_, err := tree.SimpleVisit(e, func(e tree.Expr) (bool, tree.Expr, error) {
		kind := strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", e), "*"), "tree.")
		if !printedNodes[kind] {
			return false, e, fmt.Errorf("node %s", kind)
		}
		switch e := e.(type) {
		case *tree.FuncExpr:
			if name := strings.Trim(e.Func.String(), `"`); !printedFunctions[name] {
				return false, e, fmt.Errorf("function %s", name)
			}
		case *tree.BinaryExpr:
			if !printedOperators[e.Operator.String()] {
				return false, e, fmt.Errorf("operator %s", e.Operator)
			}
		case *tree.ComparisonExpr:
			if op := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(e.Operator.String(), "NOT "), "I"))[0]; !printedOperators[op] && op != "S" && op != "N" {
				return false, e, fmt.Errorf("operator %s", e.Operator)
			}
		case *tree.CastExpr:
			if !printedTypes[e.Type.SQLString()] {
				return false, e, fmt.Errorf("cast to %s", e.Type.SQLString())
			}
		}
		return true, e, nil
	})
	if err != nil {
		t.Fatalf("printed SQL holds %v: %s", err, sql)
	}
}

func TestRoundOfAccepted(t *testing.T) {
	t.Parallel()
	for _, source := range sources(t, "accepted.txt") {
		e, problems := Parse(source, columns(), "Asia/Shanghai")
		if e == nil {
			t.Fatalf("%s: %v", source, problems)
		}
		checkRound(t, e)
	}
}

func TestRoundOfRandom(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5000) {
		m := maker{rand.New(rand.NewPCG(seed, 1))}
		source := m.of(m.typ(), 1+m.IntN(4))
		e, problems := Parse(source, columns(), "Asia/Shanghai")
		if e == nil {
			if tolerable(problems.Error()) {
				continue
			}
			t.Fatalf("%s: %v", source, problems)
		}
		checkRound(t, e)
	}
}

// tolerable tells refusals that random fragments cannot avoid: size, and literals that meet another type.
func tolerable(problem string) bool {
	for _, part := range []string{"make it shorter", "make it simpler", " is not a ", "must be a whole number"} {
		if strings.Contains(problem, part) {
			return true
		}
	}
	return false
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"accepted.txt", "refused.txt"} {
		for _, source := range sources(f, name) {
			f.Add(source)
		}
	}
	for seed := range uint64(100) {
		m := maker{rand.New(rand.NewPCG(seed, 2))}
		f.Add(m.of(m.typ(), 2))
	}
	f.Fuzz(func(t *testing.T, source string) {
		e, problems := Parse(source, columns(), "Asia/Shanghai")
		if (e == nil) == (len(problems) == 0) {
			t.Fatalf("neither an expression nor a problem, or both")
		}
		for _, p := range problems {
			if p.Offset < 0 || p.Offset > max(len(source), maxSource) {
				t.Fatalf("offset %d", p.Offset)
			}
			if strings.Contains(p.Message, "cannot be read") {
				t.Fatalf("the parser panicked")
			}
		}
		if e == nil {
			return
		}
		checkRound(t, e)
		renamed, problems := Parse(e.Rename("email", "select"), append(columns(), Column{"select", Text}), "Asia/Shanghai")
		if renamed == nil {
			t.Fatalf("renamed: %v", problems)
		}
		if got := strings.ReplaceAll(renamed.SQL(quotedColumn), `"select"`, `"email"`); got != e.SQL(quotedColumn) && !strings.Contains(source, "select") {
			t.Fatalf("renamed %s\nhas %s", e.Rename("email", "select"), got)
		}
	})
}
