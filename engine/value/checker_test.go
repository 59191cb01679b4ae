package value

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func mustCompile(t *testing.T, typ engine.FieldType, rules engine.Rules) *Checker {
	t.Helper()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	c, problems := Compile(typ, &rules, "x", shanghai)
	if problems != nil {
		t.Fatal(problems)
	}
	return c
}

func TestCheckerCanonicalForms(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", 40)
	for _, tt := range []struct {
		typ  engine.FieldType
		in   string // JSON
		want string // JSON, or "!" and the code of the refusal
	}{
		{engine.TypeText, `"a"`, `"a"`},
		{engine.TypeText, `""`, `""`},
		{engine.TypeText, `12.50`, `"12.50"`},
		{engine.TypeText, `{}`, `!type`},
		{engine.TypeText, `null`, `null`},
		{engine.TypeNumber, `1.10`, `1.10`},
		{engine.TypeNumber, `-0`, `0`},
		{engine.TypeNumber, `1e3`, `1000`},
		{engine.TypeNumber, `1.5e-3`, `0.0015`},
		{engine.TypeNumber, `1.10e1`, `11.0`},
		{engine.TypeNumber, long, long},
		{engine.TypeNumber, `"007"`, `7`},
		{engine.TypeNumber, `""`, `null`},
		{engine.TypeNumber, `"7a"`, `!type`},
		{engine.TypeNumber, `"1e"`, `!type`},
		{engine.TypeNumber, `"."`, `!type`},
		{engine.TypeNumber, `1e5000`, `!type`},
		{engine.TypeNumber, `"NaN"`, `!type`},
		{engine.TypeInteger, `5.0`, `5`},
		{engine.TypeInteger, `5.5`, `!type`},
		{engine.TypeInteger, `1e2`, `100`},
		{engine.TypeBoolean, `true`, `true`},
		{engine.TypeBoolean, `0`, `false`},
		{engine.TypeBoolean, `"1"`, `true`},
		{engine.TypeBoolean, `""`, `null`},
		{engine.TypeBoolean, `2`, `!type`},
		{engine.TypeDatetime, `"2026-11-23T13:28:00+08:00"`, `"2026-11-23T05:28:00.000Z"`},
		{engine.TypeDatetime, `"2026-11-23 13:28"`, `"2026-11-23T05:28:00.000Z"`},
		{engine.TypeDatetime, `"2026-11-23"`, `"2026-11-22T16:00:00.000Z"`},
		{engine.TypeDatetime, `"2026-11-23T05:28:00.123456Z"`, `"2026-11-23T05:28:00.123Z"`},
		{engine.TypeDatetime, `1795411680123`, `"2026-11-23T05:28:00.123Z"`},
		{engine.TypeDatetime, `"1795411680123"`, `"2026-11-23T05:28:00.123Z"`},
		{engine.TypeDatetime, `"2026-02-31T00:00:00Z"`, `!type`},
		{engine.TypeDatetime, `1e400`, `!type`},
		{engine.TypeDate, `"2026-11-23"`, `"2026-11-23"`},
		{engine.TypeDate, `"2026-02-30"`, `!type`},
		{engine.TypeEmail, `"ann@example.org"`, `"ann@example.org"`},
		{engine.TypeEmail, `"Ann <ann@example.org>"`, `!type`},
		{engine.TypeEmail, `""`, `null`},
		{engine.TypeURL, `"https://example.org/a?b"`, `"https://example.org/a?b"`},
		{engine.TypeURL, `"javascript:alert(1)"`, `!type`},
		{engine.TypeURL, `"//example.org"`, `!type`},
		{engine.TypeJSON, `{"a":[1]}`, `{"a":[1]}`},
		{engine.TypeReference, `"abc"`, `"abc"`},
		{engine.TypeReference, `{"u":"abc","v":"Ann"}`, `"abc"`},
		{engine.TypeReference, `{"u":null}`, `null`},
		{engine.TypeReference, `"a b"`, `!type`},
		{engine.TypeReference, `{"$ne":1}`, `null`},
		{engine.TypeReferences, `["a",{"u":"b"},"a"]`, `["a","b"]`},
		{engine.TypeReferences, `[]`, `[]`},
		{engine.TypeReferences, `["a",null]`, `!type`},
		{engine.TypeReferences, `"a"`, `!type`},
		{engine.TypeJSON, `{"1e999999": ["1e999999", "\"9", 1e5, -1.5E-3, 12]}`, `{"1e999999": ["1e999999", "\"9", 1e5, -1.5E-3, 12]}`},
		{engine.TypeJSON, `{"deep": [1e400000]}`, `!type`}, // numeric would overflow (22003)
		{engine.TypeJSON, `[1e-400000]`, `!type`},
		{engine.TypeJSON, `-1` + strings.Repeat("0", 1000), `!type`},
	} {
		c := mustCompile(t, tt.typ, engine.Rules{})
		got, refusal := c.JSON(raw.Value(tt.in), English)
		show := string(got)
		if refusal != nil {
			show = "!" + refusal.Code
		} else if !json.Valid(got) {
			t.Errorf("%s %s gives %q, which is not JSON", tt.typ, tt.in, got)
		}
		if show != tt.want {
			t.Errorf("%s %s gives %s, want %s", tt.typ, tt.in, show, tt.want)
		}
	}
}

func TestCheckerRules(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		typ   engine.FieldType
		rules engine.Rules
		in    string // text
		want  string // canonical, or the sentence
	}{
		{"min length counts characters", engine.TypeText, engine.Rules{Min: raw.Value("2")}, "好", "x must have at least 2 characters."},
		{"max length counts characters", engine.TypeText, engine.Rules{Max: raw.Value("2")}, "好的", `"好的"`},
		{"max length refuses", engine.TypeText, engine.Rules{Max: raw.Value("2"), Label: "Name"}, "abc", "Name may have at most 2 characters."},
		{"number at least", engine.TypeNumber, engine.Rules{Min: raw.Value("0.1")}, "0.09", "x must be at least 0.1."},
		{"huge number", engine.TypeNumber, engine.Rules{Max: raw.Value("10")}, "123456789012345678901234567890", "x must be at most 10."},
		{"date order", engine.TypeDate, engine.Rules{Min: raw.Value(`"2026-01-01"`)}, "2025-12-31", "x must be at least 2026-01-01."},
		{"pattern", engine.TypeText, engine.Rules{Pattern: "^[a-z]+$"}, "A", "x has the wrong format."},
		{"pattern with its own message", engine.TypeText, engine.Rules{Pattern: "^[a-z]+$", Message: "Lower case please."}, "A", "Lower case please."},
		{"values", engine.TypeEnum, engine.Rules{Values: []string{"new", "top"}}, "old", "x must be one of: new, top."},
		{"empty enum is absent", engine.TypeEnum, engine.Rules{Values: []string{"new"}}, "", "null"},
		{"empty text passes its length", engine.TypeText, engine.Rules{Min: raw.Value("2")}, "", `""`},
		{"U+0000", engine.TypeText, engine.Rules{}, "a\x00", "x holds the character U+0000, which cannot be stored."},
		{"not UTF-8", engine.TypeText, engine.Rules{}, "a\xff", "x must be a text."},
		{"json text", engine.TypeJSON, engine.Rules{}, "{", "x must be JSON."},
		{"a huge number in a json text", engine.TypeJSON, engine.Rules{}, "[1e9999]", "x has too many digits."},
	} {
		got, refusal := mustCompile(t, tt.typ, tt.rules).Text(tt.in, English)
		show := string(got)
		if refusal != nil {
			show = refusal.Message
		}
		if show != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, show, tt.want)
		}
	}
}

func TestCheckerRefusesRulesThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typ   engine.FieldType
		rules engine.Rules
		path  string
	}{
		{engine.TypeEnum, engine.Rules{}, "values"},
		{engine.TypeText, engine.Rules{Pattern: "("}, "pattern"},
		{engine.TypeText, engine.Rules{Min: raw.Value("-1")}, "min"},
		{engine.TypeNumber, engine.Rules{Max: raw.Value(`"x"`)}, "max"},
		{engine.TypeDate, engine.Rules{Min: raw.Value("7")}, "min"},
		{engine.TypeBoolean, engine.Rules{Max: raw.Value("1")}, "max"},
		{engine.TypeFile, engine.Rules{Max: raw.Value("1")}, "max"},
		{TypeFiles, engine.Rules{Max: raw.Value("1.5")}, "max"},
		{"picture", engine.Rules{}, "type"},
	} {
		_, problems := Compile(tt.typ, &tt.rules, "x", nil)
		if len(problems) != 1 || problems[0].Path[0] != tt.path {
			t.Errorf("%s: problems %v, want one at %s", tt.typ, problems, tt.path)
		}
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	strict, lenient := mustCompile(t, engine.TypeText, engine.Rules{}), mustCompile(t, engine.TypeText, engine.Rules{Empty: true})
	got := []bool{strict.Missing(nil), strict.Missing(raw.NullValue), strict.Missing(raw.Value(`""`)), lenient.Missing(raw.Value(`""`)), strict.Missing(raw.Value(`"a"`))}
	if diff := cmp.Diff([]bool{true, true, true, false, false}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSentencesExistInBothLanguages(t *testing.T) {
	t.Parallel()
	for key, texts := range sentences {
		if texts.en == "" || texts.zh == "" || strings.Count(texts.en, "%") != strings.Count(texts.zh, "%") {
			t.Errorf("%s: %q and %q do not say the same", key, texts.en, texts.zh)
		}
	}
	for _, code := range []engine.Code{engine.Invalid, engine.NotFound, engine.Conflict, engine.Guarded, engine.RateLimited, engine.Unauthorized, engine.Forbidden,
		engine.Captcha, engine.TooLarge, engine.Unsupported, engine.Precondition, engine.Timeout, engine.Unavailable, engine.Internal, engine.NotAllowed} {
		if _, found := sentences[string(code)]; !found {
			t.Errorf("the code %s has no sentence", code)
		}
	}
	if got := PickLang("auto", "fr, zh-TW;q=0.8, en;q=0.5"); got != Chinese {
		t.Errorf("auto picks %s for a reader of Chinese", got)
	}
	if got := PickLang("auto", "de"); got != English {
		t.Errorf("auto picks %s for a reader of German", got)
	}
}

func TestSQLArg(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`"a\"b"`: `a"b`, `"a"`: "a", `""`: "", `1.5`: "1.5", `true`: "true", `[1]`: "[1]"} {
		if got := SQLArg(raw.Value(in)); got == nil || string(got) != want {
			t.Errorf("SQLArg(%s) = %q, want %q", in, got, want)
		}
	}
	if SQLArg(raw.NullValue) != nil || SQLArg(nil) != nil {
		t.Error("null and absent must be NULL")
	}
}

// FuzzChecker holds that no input makes a checker panic, that what it gives is JSON, and that it is a fixed point.
func FuzzChecker(f *testing.F) {
	for _, seed := range []string{"", "1e3", "2026-11-23", "2026-11-23T05:28:00Z", "a@b.c", "https://a.b", "true", "a,b", "-0.00", `{"u":"a"}`, "+1e-1000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for typ := range kinds {
			rules := engine.Rules{}
			if typ == engine.TypeEnum {
				rules.Values = []string{"a"}
			}
			c, problems := Compile(typ, &rules, "x", nil)
			if problems != nil {
				t.Fatal(problems)
			}
			v, refusal := c.Text(s, English)
			if refusal != nil {
				continue
			}
			if !json.Valid(v) {
				t.Fatalf("%s: %q gives %q", typ, s, v)
			}
			again, refusal := c.JSON(v, English)
			if refusal != nil || string(again) != string(v) {
				t.Fatalf("%s: %q gives %s and then %s %v", typ, s, v, again, refusal)
			}
		}
	})
}
