package raw_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine/raw"
)

func TestValidRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		lim            raw.Limits
	}{
		{"empty", "", "unexpected end of JSON at byte 0", raw.Limits{}},
		{"space", " \n", "unexpected end of JSON at byte 2", raw.Limits{}},
		{"more", "1 2", "unexpected text behind the JSON value at byte 1", raw.Limits{}},
		{"more after space", " 1 2", "unexpected text behind the JSON value at byte 2", raw.Limits{}},
		{"letter", `["a", ä]`, `unexpected 'ä' at byte 6`, raw.Limits{}},
		{"no UTF-8", "[\xe4]", "unexpected byte 0xE4, which is no UTF-8 at byte 1", raw.Limits{}},
		{"word", "nul", `unexpected 'n' at byte 0`, raw.Limits{}},
		{"name twice", `{"a":1,"b":2,"a":3}`, `the name "a" stands twice at byte 13`, raw.Limits{}},
		{"name twice, escaped", `{"a":1,"\u0061":3}`, `the name "a" stands twice at byte 7`, raw.Limits{}},
		{"name twice among many", `{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"b":1}`, `the name "b" stands twice at byte 61`, raw.Limits{}},
		{"depth", `[[[]]]`, "nested deeper than 2 levels at byte 2", raw.Limits{Depth: 2}},
		{"names", `{"a":{"b":1,"c":2}}`, "more than 2 names at byte 12", raw.Limits{Keys: 2}},
		{"NUL", `"a\u0000"`, "U+0000 cannot be stored in a text at byte 2", raw.Limits{}},
		{"half a pair", `"\ud800"`, "half a surrogate pair at byte 1", raw.Limits{}},
		{"other half", `"\udc00"`, "half a surrogate pair at byte 1", raw.Limits{}},
		{"not UTF-8", "\"\xff\"", "a byte that is not UTF-8 at byte 1", raw.Limits{}},
		{"control", "\"\n\"", "control character in a string at byte 1", raw.Limits{}},
		{"zero in front", `01`, "malformed number at byte 0", raw.Limits{}},
		{"point", `1.`, "malformed number at byte 0", raw.Limits{}},
		{"comma", `[1,]`, `unexpected ']' at byte 3`, raw.Limits{}},
		{"bare name", `{a:1}`, "expected a quoted name in an object at byte 1", raw.Limits{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v, err := raw.Valid([]byte(test.in), test.lim)
			if v != nil || err == nil || err.Error() != test.want {
				t.Errorf("%s, %v", v, err)
			}
			if strings.Contains(test.want, "U+0000") != errors.Is(err, raw.ErrNUL) {
				t.Error("ErrNUL is the cause of U+0000 alone")
			}
		})
	}
}

// FuzzValid compares Valid with encoding/json, and the accessors with json.Unmarshal on what both accept.
func FuzzValid(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,-0,null,true,false,"x\u00e9\ud83d\ude00\n"],"b":{"":{}}}`, ` [ ] `, `"\\\"\/"`, `1e400`, `{"a":1,"a":2}`, `"\u0000"`, `"\ud800"`, "\"\xff\"", `[[[[`, `nul`, `01`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		v, err := raw.Valid(source, raw.Limits{})
		standard := json.Valid(source)
		if err != nil {
			var refused *raw.SyntaxError
			if !errors.As(err, &refused) || refused.Offset < 0 || refused.Offset > len(source) {
				t.Fatalf("%v in %d bytes", err, len(source))
			}
			if standard && !stricter(refused.Reason) {
				t.Fatalf("%q: refused: %v", source, err)
			}
			return
		}
		if !standard || !utf8.Valid(source) {
			t.Fatalf("%q: accepted", source)
		}
		var want any
		dec := json.NewDecoder(bytes.NewReader(source))
		dec.UseNumber()
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		compare(t, v, want)
	})
}

// stricter reports whether Valid means to refuse what the standard library accepts.
func stricter(reason string) bool {
	for _, meant := range []string{"stands twice", "U+0000", "surrogate", "not UTF-8"} {
		if strings.Contains(reason, meant) {
			return true
		}
	}
	return false
}

// compare walks v beside its decoded form.
func compare(t *testing.T, v raw.Value, want any) {
	t.Helper()
	if end := raw.Skip(v, 0); end != len(v) {
		t.Fatalf("Skip(%s) = %d", v, end)
	}
	text, isText := v.Text()
	switch want := want.(type) {
	case nil:
		if v.Kind() != raw.Null || !v.IsNull() || isText {
			t.Fatalf("%s is no null", v)
		}
	case bool:
		if v.Kind() != raw.Bool || (string(v) == "true") != want {
			t.Fatalf("%s is not %v", v, want)
		}
	case json.Number:
		if v.Kind() != raw.Number || text != want.String() {
			t.Fatalf("%s is not %v", v, want)
		}
	case string:
		if v.Kind() != raw.String || text != want || !raw.EqualString(v, want) || raw.EqualString(v, want+"x") {
			t.Fatalf("%s is not %q", v, want)
		}
		var again string
		if err := json.Unmarshal(raw.Text(want), &again); err != nil || again != want {
			t.Fatalf("Text(%q) = %s", want, raw.Text(want))
		}
	case []any:
		if v.Kind() != raw.Array || v.Len() != len(want) {
			t.Fatalf("%s has not %d items", v, len(want))
		}
		for i, item := range want {
			compare(t, v.Index(i), item)
		}
	case map[string]any:
		if v.Kind() != raw.Object || v.Len() != len(want) {
			t.Fatalf("%s has not %d members", v, len(want))
		}
		for name, member := range want {
			compare(t, v.Get(name), member)
		}
	}
}
