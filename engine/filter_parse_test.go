package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// show writes a filter as an S-expression: (op? left… right…), a field bare, a slot in brackets, JavaScript in backquotes.
func show(f *engine.Filter) string {
	if f == nil {
		return "none"
	}
	parts := []string{string(f.Op)}
	if f.Optional {
		parts[0] += "?"
	}
	for _, sub := range f.Filters {
		parts = append(parts, show(sub))
	}
	for _, side := range [][]engine.Operand{f.Left, f.Right} {
		for _, o := range side {
			switch text, _ := o.Value.Text(); {
			case o.Field != "":
				parts = append(parts, o.Field)
			case o.Script:
				parts = append(parts, "`"+text+"`")
			default:
				parts = append(parts, "["+string(o.Value)+"]")
			}
		}
	}
	return "(" + strings.Join(parts, " ") + ")"
}

func TestParseFilter(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"absent", ``, "none"},
		{"null", `null`, "none"},
		{"empty", `{}`, "none"},
		{"tree", `{"t":"AND","l":{"t":"=","l":{"t":"FIELD","v":"post"},"r":{"t":"LITERAL","v":"$params.post"}},"r":{"t":"<>","l":{"t":"FIELD","v":"n"},"r":{"t":"LITERAL","v":5}}}`,
			"(AND (= post `$params.post`) (<> n [5]))"},
		{"tree with a list", `{"t":"OR","v":[{"t":"IS_NULL","v":{"t":"FIELD","v":"a"}},{"t":"IS_NULL","l":{"t":"FIELD","v":"b"}}]}`, "(OR (IS_NULL a) (IS_NULL b))"},
		{"not", `{"t":"NOT","v":{"a":1}}`, "(NOT (= a [1]))"},
		{"not with l", `{"t":"NOT","l":{"a":1}}`, "(NOT (= a [1]))"},
		{"two fields", `{"t":"<","l":{"t":"FIELD","v":"a"},"r":{"t":"FIELD","v":"parent.b"}}`, "(< a parent.b)"},
		{"literal null", `{"t":"=","l":{"t":"FIELD","v":"a"},"r":{"t":"LITERAL","v":null}}`, "(IS_NULL a)"},
		{"literal null left", `{"t":"<>","l":{"t":"LITERAL","v":null},"r":{"t":"FIELD","v":"a"}}`, "(NOT (IS_NULL a))"},
		{"JavaScript null is no null", `{"t":"=","l":{"t":"FIELD","v":"a"},"r":{"t":"LITERAL","v":"null"}}`, "(= a `null`)"},
		{"IN a literal list", `{"t":"IN","l":{"t":"FIELD","v":"a"},"r":{"t":"LITERAL","v":["x","$y",3]}}`, "(IN a [\"x\"] `(\"$y\")` [3])"},
		{"IN nodes", `{"t":"IN","l":{"t":"FIELD","v":"a"},"r":[{"t":"LITERAL","v":1},{"t":"LITERAL","v":"f()"}]}`, "(IN a [1] `f()`)"},
		{"IN JavaScript", `{"t":"IN","l":{"t":"FIELD","v":"a"},"r":{"t":"LITERAL","v":"$params.list"}}`, "(IN a `$params.list`)"},
		{"BETWEEN", `{"t":"BETWEEN","l":{"t":"FIELD","v":"a"},"r":{"t":"LITERAL","v":[1,2]}}`, "(BETWEEN a [1] [2])"},
		{"SEARCH several", `{"t":"SEARCH","l":[{"t":"FIELD","v":"a"},{"t":"FIELD","v":"b"}],"r":{"t":"LITERAL","v":"$params.q"}}`, "(SEARCH a b `$params.q`)"},
		{"optional", `{"t":">=","optional":true,"l":{"t":"FIELD","v":"a"},"r":{"t":"LITERAL","v":"$params.q"}}`, "(>=? a `$params.q`)"},
		{"a field named t in the tree", `{"t":"=","l":{"t":"FIELD","v":"t"},"r":{"t":"LITERAL","v":1}}`, "(= t [1])"},
		{"a field named t in shorthand", `{"t":"hello"}`, `(= t ["hello"])`},
		{"fields named t and v in shorthand", `{"t":"hello","v":2}`, `(AND (= t ["hello"]) (= v [2]))`},
		{"t with an operation", `{"t":{"<>":"AND"}}`, `(<> t ["AND"])`},
		{"shorthand", `{"uid":"$params.id","status":"approved"}`, `(AND (= uid ["$params.id"]) (= status ["approved"]))`},
		{"several operators", `{"n":{">":1,"<=":9,"optional":true}}`, "(AND (>? n [1]) (<=? n [9]))"},
		{"shorthand null", `{"a":null}`, "(IS_NULL a)"},
		{"shorthand not null", `{"a":{"<>":null}}`, "(NOT (IS_NULL a))"},
		{"shorthand IS_NULL false", `{"a":{"IS_NULL":false}}`, "(NOT (IS_NULL a))"},
		{"shorthand lists", `{"OR":[{"a":1},{"b":2,"c":3}],"NOT":{"d":4}}`, "(AND (OR (= a [1]) (AND (= b [2]) (= c [3]))) (NOT (= d [4])))"},
		{"shorthand IN", `{"a":{"IN":["x",2]},"b":{"IN":"$params.l"}}`, `(AND (IN a ["x"] [2]) (IN b ["$params.l"]))`},
		{"shorthand BETWEEN", `{"a":{"BETWEEN":["=x","$params.y"]}}`, `(BETWEEN a ["=x"] ["$params.y"])`},
		{"dotted", `{"parent.nick":{"STARTS_WITH":"a"}}`, `(STARTS_WITH parent.nick ["a"])`},
		{"tree inside shorthand", `{"AND":[{"t":"LIKE","l":{"t":"FIELD","v":"a"},"r":{"t":"LITERAL","v":"'%'"}}]}`, "(AND (LIKE a `'%'`))"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, problems := engine.ParseFilter(raw.Value(test.in))
			if problems != nil {
				t.Fatal(problems)
			}
			if diff := cmp.Diff(test.want, show(f)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseFilterRefuses(t *testing.T) {
	t.Parallel()
	field := `{"t":"FIELD","v":"a"}`
	deep := strings.Repeat(`{"NOT":`, 25) + `{"a":1}` + strings.Repeat("}", 25)
	tests := []struct{ name, in, want string }{
		{"operator", `{"t":"EQ","l":` + field + `,"r":` + field + `}`, `t: unknown operator "EQ"; did you mean "="?`},
		{"lower case", `{"t":"and","v":[{"a":1}]}`, `t: unknown operator "and"; did you mean "AND"?`},
		{"typo", `{"t":"STARTWITH","l":` + field + `,"r":` + field + `}`, `t: unknown operator "STARTWITH"; did you mean "STARTS_WITH"?`},
		{"short operator", `{"a":{"gte":1}}`, `a.gte: unknown operator "gte"; did you mean ">="?`},
		{"short operator with a dollar", `{"a":{"$in":[1]}}`, `a.$in: unknown operator "$in"; did you mean "IN"?`},
		{"no operator", `{"a":{"xyzzy":1}}`, `a.xyzzy: unknown operator "xyzzy"; operators are = <> > < >= <= LIKE ILIKE IN IS_NULL CONTAINS STARTS_WITH BETWEEN SEARCH`},
		{"missing side", `{"t":"=","l":` + field + `}`, `= has l and r; {t: "=", l: {t: FIELD, v: field}, r: {t: LITERAL, v: value}}`},
		{"bare side", `{"t":"=","l":` + field + `,"r":"x"}`, `r: = compares FIELDs and LITERALs, not a text; {t: FIELD, v: x} or {t: LITERAL, v: "'x'"}`},
		{"further member", `{"t":"=","l":` + field + `,"r":` + field + `,"x":1}`, `x: = has no "x"; it has t, l, r, optional`},
		{"FIELD alone", field, `FIELD is no filter by itself; it stands at l or r of a comparison`},
		{"list", `[{"a":1}]`, `a filter is an object, not a list; {AND: […]} joins filters`},
		{"shorthand list", `{"a":[1,2]}`, `a: a field is not compared with a list; {IN: […]}`},
		{"lower-case or", `{"or":[{"a":1}]}`, `or: a field is not compared with a list; did you mean "OR"?`},
		{"null in IN", `{"a":{"IN":[null]}}`, `a.IN.0: null is never in anything; OR with IS_NULL`},
		{"null above", `{"a":{">":null}}`, `a.>: > never holds for null; IS_NULL, = or <>`},
		{"IN a text", `{"a":{"IN":"x"}}`, `a.IN: IN wants a list, not a text; ["x"], or a path to a list`},
		{"BETWEEN three", `{"a":{"BETWEEN":[1,2,3]}}`, `a.BETWEEN: BETWEEN wants a list of two; [from, to]`},
		{"expression as field", `{"$params.f":1}`, `$params.f: a field's name is fixed, "$params.f" is an expression`},
		{"optional", `{"a":{"=":1,"optional":"yes"}}`, `a.optional: optional is true or false, not a text`},
		{"empty inside", `{"AND":[{}]}`, `AND.0: an empty filter`},
		{"depth", deep, strings.Repeat("NOT.", 19) + `NOT: a filter may be 20 levels deep`},
		{"SEARCH a value", `{"t":"SEARCH","l":{"t":"LITERAL","v":1},"r":` + field + `}`, `l: SEARCH looks into FIELDs only`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f, problems := engine.ParseFilter(raw.Value(test.in))
			if f != nil {
				t.Error("a filter in spite of problems")
			}
			if diff := cmp.Diff(test.want, problems.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseFilterBounds(t *testing.T) {
	t.Parallel()
	items := func(n int, format string) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(format, i))
		}
		return strings.Join(list, ",")
	}
	tests := []struct {
		name, in string
		ok       bool
	}{
		{"100 comparisons", `{` + items(100, `"f%d":1`) + `}`, true},
		{"300 comparisons", `{` + items(300, `"f%d":1`) + `}`, false},
		{"1,000 values", `{"a":{"IN":[` + items(1000, "%d") + `]}}`, true},
		{"1,001 values", `{"a":{"IN":[` + items(1001, "%d") + `]}}`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if _, problems := engine.ParseFilter(raw.Value(test.in)); (len(problems) == 0) != test.ok {
				t.Error(problems)
			}
		})
	}
}

func TestFilterPaths(t *testing.T) {
	t.Parallel()
	f, problems := engine.ParseFilter(raw.Value(`{"AND":[{"t":"=","l":{"t":"FIELD","v":"a"},"r":{"t":"LITERAL","v":"x("}}],"b":{">":1}}`))
	if problems != nil {
		t.Fatal(problems)
	}
	got := []string{
		strings.Join(f.Filters[0].Filters[0].Path, "."), strings.Join(f.Filters[0].Filters[0].Right[0].Path, "."), strings.Join(f.Filters[1].Right[0].Path, "."),
	}
	if diff := cmp.Diff([]string{"AND.0", "AND.0.r.v", "b.>"}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `{"t":"AND","v":[{"a":{"IN":[1]}}]}`, `{"t":"SEARCH","l":[{"t":"FIELD","v":"a"}],"r":{"t":"LITERAL","v":"x"}}`, `{"OR":[{"NOT":{"a":null}}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		v, err := raw.Valid(source, raw.Limits{Depth: 64})
		if err != nil {
			return
		}
		if filter, problems := engine.ParseFilter(v); filter != nil && problems != nil {
			t.Error("both a filter and problems")
		} else if filter != nil {
			checkWhole(t, filter)
		}
	})
}

// checkWhole fails where a node lacks what its operator needs.
func checkWhole(t *testing.T, f *engine.Filter) {
	t.Helper()
	if f == nil {
		t.Fatal("a hole in the tree")
	}
	switch f.Op {
	case engine.OpAnd, engine.OpOr, engine.OpNot:
		if len(f.Filters) == 0 || f.Op == engine.OpNot && len(f.Filters) != 1 {
			t.Fatalf("%s of %d", f.Op, len(f.Filters))
		}
		for _, sub := range f.Filters {
			checkWhole(t, sub)
		}
	case engine.OpIsNull:
		if len(f.Left) != 1 {
			t.Fatal("IS_NULL of nothing")
		}
	default:
		if len(f.Left) == 0 || len(f.Right) == 0 && f.Op != engine.OpIn {
			t.Fatalf("%s with %d and %d operands", f.Op, len(f.Left), len(f.Right))
		}
	}
}
