package raw_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine/raw"
)

func TestAbsentIsNotNull(t *testing.T) {
	t.Parallel()
	v := raw.Value(`{"a":null,"b":0}`)
	if got := v.Get("a"); got.Kind() != raw.Null || got == nil {
		t.Errorf("a written null is %v", got.Kind())
	}
	if got := v.Get("c"); got.Kind() != raw.Absent || got != nil || !got.IsNull() {
		t.Errorf("a missing member is %v", got.Kind())
	}
	for _, v := range []raw.Value{nil, raw.NullValue, raw.Value("5"), raw.Value(`"x"`)} {
		if v.Get("a") != nil || v.Index(0) != nil || v.Len() != 0 {
			t.Errorf("%s has something inside", v)
		}
	}
}

func TestGetTakesTheLast(t *testing.T) {
	t.Parallel()
	if got := raw.Value(`{"a":1, "\u0061" : 2}`).Get("a"); string(got) != "2" {
		t.Errorf("%s", got)
	}
}

func TestLoopsStop(t *testing.T) {
	t.Parallel()
	n := 0
	for range raw.Value(`[1,2,3]`).Items {
		n++
		break
	}
	for range raw.Value(`{"a":1,"b":2}`).Members {
		n++
		break
	}
	if n != 2 {
		t.Errorf("%d rounds", n)
	}
}

func TestAppendString(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"", `""`}, {`a"b\c`, `"a\"b\\c"`}, {"\n\r\t\x01", `"\n\r\t\u0001"`}, {"<&>", `"<&>"`}, {"é😀", `"é😀"`}, {"a\xffb", `"a` + "\ufffd" + `b"`}, {"\xe2\x82", `"` + "\ufffd\ufffd" + `"`},
	}
	for _, test := range tests {
		if got := string(raw.AppendString(nil, test.in)); got != test.want {
			t.Errorf("%q gives %s", test.in, got)
		}
		if got := string(raw.AppendString(nil, []byte(test.in))); got != test.want {
			t.Errorf("%q as bytes gives %s", test.in, got)
		}
	}
}

func TestValueInWords(t *testing.T) {
	t.Parallel()
	type word struct {
		A, B raw.Value
		C    raw.Value `json:"c,omitempty"`
	}
	text, err := json.Marshal(word{A: raw.Value(`[1]`)})
	if err != nil || string(text) != `{"A":[1],"B":null}` {
		t.Errorf("%s, %v", text, err)
	}
	source := []byte(`{"A":{"x":1}}`)
	var w word
	if err := json.Unmarshal(source, &w); err != nil {
		t.Fatal(err)
	}
	source[6] = '!'
	if string(w.A) != `{"x":1}` || w.B != nil {
		t.Errorf("%s %s", w.A, w.B)
	}
}

func TestKeysScan(t *testing.T) {
	t.Parallel()
	keys := raw.NewKeys([]string{"cc", "aa", "bb", "aa"})
	if keys.Len() != 3 || keys.Slot("bb") != 1 || keys.Slot("zz") != -1 {
		t.Errorf("%d %d", keys.Len(), keys.Slot("bb"))
	}
	tests := []struct {
		name, in string
		want     []string
	}{
		{"sorted", `{"aa":1,"bb":2,"cc":3}`, []string{"1", "2", "3"}},
		{"any order", `{"cc":3,"xx":0,"aa":1}`, []string{"1", "", "3"}},
		{"others between", `{"aa":1,"ab":0,"cc":{"aa":9}}`, []string{"1", "", `{"aa":9}`}},
		{"nothing", `{}`, []string{"", "", ""}},
		{"no object", `null`, []string{"", "", ""}},
	}
	slots := make([]raw.Value, keys.Len())
	for _, test := range tests {
		keys.Scan(raw.Value(test.in), slots)
		var got []string
		for _, v := range slots {
			got = append(got, string(v))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestAccessorsDoNotAllocate(t *testing.T) {
	v := raw.Value(`{"a":[1,2,{"b":"x"}],"c":"d"}`)
	if n := testing.AllocsPerRun(100, func() {
		if !raw.EqualString(v.Get("a").Index(2).Get("b"), "x") || v.Get("c").Kind() != raw.String {
			t.Error("wrong")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
