package template

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// FuzzCompile compiles any JSON as a body and as a slot. What compiles and runs no scripts renders to JSON without a name twice.
func FuzzCompile(f *testing.F) {
	for _, file := range []string{"testdata/render.txt", "testdata/script.txt", "testdata/refuse.txt"} {
		for _, c := range readGolden(f, file) {
			f.Add(c.input, c.kind)
		}
	}
	f.Add(`{"$each":["$params.tags","$params.tags"],"$key":"${$index}","$value":{"$spread":["$params","$request"]}}`, "error")
	f.Fuzz(func(t *testing.T, template, kind string) {
		v, err := raw.Valid([]byte(template), raw.Limits{Depth: 200})
		if err != nil {
			return
		}
		sc := fixtureScope(kind)
		if s, problems := CompileSlot(v, sc); len(problems) == 0 && !s.root.scripted() {
			checkJSON(t, v, func() (raw.Value, error) { return s.Eval(fixtureEnv(kind)) })
		}
		for _, nulls := range []string{"", "drop"} {
			p, problems := Compile(&engine.Response{Body: v, Nulls: nulls, ContentType: ContentJSON}, sc)
			if len(problems) > 0 || len(p.scripts) > 0 {
				continue
			}
			checkJSON(t, v, func() (raw.Value, error) {
				env := fixtureEnv(kind)
				env.MaxBytes = 1 << 20
				a, err := p.Render(nil, env)
				return a.Body, err
			})
		}
	})
}

func checkJSON(t *testing.T, template raw.Value, render func() (raw.Value, error)) {
	t.Helper()
	got, err := render()
	if errors.Is(err, ErrTooLarge) || err == nil && got == nil {
		return
	}
	if err != nil {
		t.Fatalf("render %s: %v", template, err)
	}
	if _, err := raw.Valid(got, raw.Limits{}); err != nil {
		t.Fatalf("%s gives %s: %v", template, got, err)
	}
}

// FuzzScanPath checks that a path is read as it is written.
func FuzzScanPath(f *testing.F) {
	for _, s := range []string{"$params.page", "$request.headers.x-y", "$a[0].b[12]", "$a.", "$a[", "$a[x]", "$", "$1", "$a.包", "$a[99999999999]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		names, n := scanPath(s)
		if n == 0 {
			if names != nil {
				t.Fatalf("%q: names without length", s)
			}
			return
		}
		length := 0
		for _, name := range names {
			length += len(name)
			if name == "" {
				t.Fatalf("%q: an empty name", s)
			}
		}
		if again, m := scanPath(s[:n]); m != n || !slices.Equal(again, names) || length > n {
			t.Fatalf("%q: read %q of %d bytes, then %q of %d", s, names, n, again, m)
		}
	})
}

// TestKeysKeepTheirOrder renders objects of random members and compares the order of their names.
func TestKeysKeepTheirOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	values := []string{"1", `"$params.page"`, `"$omit"`, `{"b":1,"a":2}`, `["$params.none"]`, `"x ${$params.post}"`, `{"$if":"$params.none","x":1}`}
	absent := []int{2, 6}
	for range 200 {
		body := []byte{'{'}
		var want []string
		if random.IntN(2) == 0 {
			body = append(body, `"$spread":"$params.none"`...) // the way of computed names
		}
		for i, key := range random.Perm(20)[:random.IntN(20)] {
			if i > 0 || len(body) > 1 {
				body = append(body, ',')
			}
			n := random.IntN(len(values))
			body = fmt.Appendf(body, `"k%d":%s`, key, values[n])
			if !slices.Contains(absent, n) {
				want = append(want, fmt.Sprintf("k%d", key))
			}
		}
		body = append(body, '}')
		p := compile(t, &engine.Response{Body: body}, "list")
		a, err := p.Render(nil, fixtureEnv("list"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		raw.Value(a.Body).Members(func(key, _ raw.Value) bool {
			name, _ := key.Text()
			got = append(got, name)
			return true
		})
		if !slices.Equal(got, want) {
			t.Fatalf("%s: names %q, want %q", body, got, want)
		}
	}
}
