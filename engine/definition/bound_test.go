package definition_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestParseBounds gives Parse what is small and means much, or is broken at length.
func TestParseBounds(t *testing.T) {
	t.Parallel()
	laughs := "project: a\nx0: &x0 [a, a]\n"
	for i := 1; i < 40; i++ {
		laughs += fmt.Sprintf("x%d: &x%d [*x%d, *x%d]\n", i, i, i-1, i-1)
	}
	tests := []struct{ name, source, want string }{
		{"billion laughs", laughs, "too large, or its aliases make it so"},
		{"a long text many times", "project: a\nx: &x " + strings.Repeat("a", 1<<20) + "\ny: [" + strings.Repeat("*x,", 1000) + "]\n", "too large, or its aliases make it so"},
		{"deep YAML", "project: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "nested too deep"},
		{"deep JSON", `{"project": ` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", "nested too deep"},
		{"never closed", strings.Repeat("[", 20000), "nested too deep"},
		{"many values", `{"project": [` + strings.Repeat("1,", 600_000) + "1]}", "too large"},
		{"many bytes", "project: a\n" + strings.Repeat("#\n", 3<<20), "at most 4194304"},
		{"not UTF-8", "project: a\ntables: {t: {label: \"\xff\"}}\n", "f:2:22: a byte that is not UTF-8"},
		{"UTF-16", "\xff\xfep\x00", "f:1:1: a byte that is not UTF-8"},
		{"NUL", "project: a\ntables: {t: {label: \"\\0\"}}\n", "f:2:21: a text cannot hold U+0000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := parseWhole("f", []byte(test.source))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%.300v", err)
			}
		})
	}
}

// TestParseReads gives Parse what is unusual and right.
func TestParseReads(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"YAML 1.1 words are texts", "[yes, no, on, off, Yes, y]", `["yes","no","on","off","Yes","y"]`},
		{"no dates, no base 60", "[2026-11-23, 12:30, 12:30:45]", `["2026-11-23","12:30","12:30:45"]`},
		{"numbers keep their digits", "[1.50, 1e3, 12345678901234567890.123, -0.0, 1E+2]", `[1.50,1e3,12345678901234567890.123,-0.0,1E+2]`},
		{"numbers as JSON writes them", "[+5, .5, 5., 007, 0o17, 0x1F, -.5e3]", `[5,0.5,5,7,15,31,-0.5e3]`},
		{"null", "[null, ~, Null, NULL, ]", `[null,null,null,null]`},
		{"booleans", "[true, True, TRUE, false, False, FALSE]", `[true,true,true,false,false,false]`},
		{"quoted scalars are texts", `["1", 'true', "null"]`, `["1","true","null"]`},
		{"tagged texts", `[!!str 5, !!str true]`, `["5","true"]`},
		{"aliases", `[&a {x: 1}, *a]`, `[{"x":1},{"x":1}]`},
		{"order of names", `{b: 1, a: 2, 5: 3, yes: 4}`, `{"b":1,"a":2,"5":3,"yes":4}`},
		{"escapes", `"\u00e9\x41\n"`, `"éA\n"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := parse(t, "project: a\nendpoints:\n  e:\n    route: GET /e\n    response:\n      body: "+test.body+"\n")
			e, _ := p.Endpoints.Get("e")
			if string(e.Response.Body) != test.want {
				t.Errorf("%s", e.Response.Body)
			}
		})
	}
}

func TestParseJSON(t *testing.T) {
	t.Parallel()
	p := parse(t, "\ufeff{\n\t\"project\": \"a\",\n\t\"endpoints\": {\"e\": {\"route\": \"GET \\/e\", \"response\": {\"body\": \"\\ud83d\\ude00\"}}}\n}\n")
	e, _ := p.Endpoints.Get("e")
	if e.Route.String() != "GET /e" || string(e.Response.Body) != `"😀"` {
		t.Errorf("%v %s", e.Route, e.Response.Body)
	}
}
