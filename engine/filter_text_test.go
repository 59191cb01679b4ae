package engine_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
)

func TestParseFilterText(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{`status = "open"`, `(= status ["open"])`},
		{`status='it\'s "x"' && likes >= -3.5`, `(AND (= status ["it's \"x\""]) (>= likes [-3.5]))`},
		{`a = 1 || b = 2 and c != 3`, `(OR (= a [1]) (AND (= b [2]) (<> c [3])))`},
		{`(a = 1 || b = 2) && !(c < 3)`, `(AND (OR (= a [1]) (= b [2])) (NOT (< c [3])))`},
		{`NOT a == true`, `(NOT (= a [true]))`},
		{`author.name ~ '50_'`, `(ILIKE author.name ["%50\\_%"])`},
		{`title !~ "a%b"`, `(NOT (ILIKE title ["a%b"]))`},
		{`a = null`, `(IS_NULL a)`},
		{`a != NULL`, `(NOT (IS_NULL a))`},
		{`t > "2026-01-01 00:00:00Z"`, `(> t ["2026-01-01 00:00:00Z"])`},
		{`a = "$params.x"`, `(= a ["$params.x"])`},
		{"a = 'x\ny'", `(= a ["x\u000ay"])`},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			t.Parallel()
			f, err := engine.ParseFilterText(test.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, show(f)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseFilterTextRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{``, `the end at character 1 where the name of a field should stand`},
		{`status`, `the end at character 7 where = != > >= < <= ~ or !~ should stand`},
		{`status = open`, `"open" at character 10 where a text in quotes, a number, true, false or null should stand`},
		{`status = "open`, `"\"open" at character 10 where a text in quotes, a number, true, false or null should stand`},
		{`a = 1 b = 2`, `"b" at character 7 where && or || should stand`},
		{`(a = 1`, `the end at character 7 where ) should stand`},
		{`"a" = 1`, `"\"a\"" at character 1 where the name of a field should stand`},
		{`a = 1; DROP TABLE x`, `";" at character 6 where && or || should stand`},
		{`a = 1 && 本 = 2`, `"本" at character 10 where the name of a field should stand`},
		{`a ~ null`, `~ compares with a text`},
		{`a = `, `the end at character 5 where a value should stand`},
		{strings.Repeat("(", 9) + "a = 1", `it nests deeper than 8`},
		{strings.Repeat("a = 1 && ", 32) + "a = 1", `it has more than 32 comparisons`},
		{strings.Repeat("a", 4097), `it may have at most 4096 bytes of UTF-8`},
	}
	for _, test := range tests {
		t.Run(test.in[:min(len(test.in), 20)], func(t *testing.T) {
			t.Parallel()
			_, err := engine.ParseFilterText(test.in)
			if err == nil {
				t.Fatal("it is taken")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParseFilterText(f *testing.F) {
	f.Add(`status = "open" && (likes > 3 || title ~ 'x\'')`)
	f.Add(`not a.b !~ "\u0000%" or c <= -1e9`)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := engine.ParseFilterText(text)
		if (parsed == nil) != (err != nil) {
			t.Errorf("%q gives %v and %v", text, parsed, err)
		}
	})
}
