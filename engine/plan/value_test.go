package plan

import (
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

func TestValueForms(t *testing.T) {
	t.Parallel()
	number, whole := newChecker(engine.TypeNumber, "n", nil), newChecker(engine.TypeInteger, "n", nil)
	for _, tt := range []struct {
		v        Value
		in, want string
	}{
		{Value{form: formText}, `"a\"b"`, `a"b`},
		{Value{form: formText}, `""`, ``},
		{Value{form: formText}, `12`, `12`},
		{Value{form: formText}, `{"a":1}`, `!`},
		{Value{form: formText}, `null`, `NULL`},
		{Value{form: formChecked, checker: number}, `"1e2"`, `100`},
		{Value{form: formChecked, checker: number}, `""`, `NULL`},
		{Value{form: formChecked, checker: number}, `[1]`, `!`},
		{Value{form: formWhole, checker: whole}, `-9223372036854775807`, `-9223372036854775807`},
		{Value{form: formWhole, checker: whole}, `9223372036854775808`, `!`},
		{Value{form: formLike}, `"a\\"`, `a\\`},
		{Value{form: formLike}, `"a\\\\"`, `a\\`},
		{Value{form: formContain}, `"50%_\\"`, `%50\%\_\\%`},
		{Value{form: formPrefix}, `"a%"`, `a\%%`},
		{Value{form: formWords}, `" a%  \"b "`, `{"%a\\%%","%\"b%"}`},
		{Value{form: formWords}, `" "`, `{}`},
		{Value{form: formText, list: true}, `["a","{,}\\\"",null]`, `{"a","{,}\\\""}`},
		{Value{form: formText, list: true}, `"a"`, `{"a"}`},
		{Value{form: formText, list: true}, `[[1]]`, `!`},
		{Value{form: formText, list: true}, `[` + strings.Repeat("1,", 1000) + `1]`, `!`},
	} {
		_, got, refused := tt.v.Append([]byte("before"), raw.Value(tt.in), value.English)
		show := string(got)
		if refused != nil {
			show = "!"
		} else if got == nil {
			show = "NULL"
		}
		if show != tt.want {
			t.Errorf("%s gives %s, want %s", tt.in, show, tt.want)
		}
	}
}

// FuzzValue holds that no text breaks out of an array literal or a pattern.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{"", "a", `\`, `"},{`, "%_", "\x00", "\xff", "a b\u00a0c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in := raw.Text(s)
		for as := formText; as <= formWords; as++ {
			if as == formChecked || as == formWhole {
				continue
			}
			v := Value{form: as}
			_, text, refused := v.Append(nil, in, value.English)
			if refused != nil || as == formJSON || as == formWords {
				continue
			}
			if n := trailing(string(text), '\\'); as != formText && n%2 == 1 {
				t.Fatalf("form %d of %q ends in an escape: %q", as, s, text)
			}
			list := Value{form: as, list: true}
			_, array, _ := list.Append(nil, in, value.English)
			if got := element(array); got != string(text) {
				t.Fatalf("the array %q of %q reads as %q", array, text, got)
			}
		}
	})
}

func trailing(s string, c byte) int { return len(s) - len(strings.TrimRight(s, string(c))) }

// element reads the only element of an array literal, as PostgreSQL does.
func element(array []byte) string {
	var out []byte
	body := array[2 : len(array)-2]
	for i := 0; i < len(body); i++ {
		if body[i] == '\\' {
			i++
		}
		out = append(out, body[i])
	}
	return string(out)
}
