package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func TestAValueNeverPrints(t *testing.T) {
	t.Parallel()
	v := NewValue("open sesame")
	holder := struct {
		V Value
		P *Value
	}{v, &v}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v, "holder", holder)
	js, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{v.String(), log.String(), string(js), fmt.Errorf("cause: %w", errors.New(fmt.Sprint(v))).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, v), fmt.Sprintf(verb, holder), fmt.Sprintf(verb, []Value{v}))
	}
	for _, text := range texts {
		if strings.Contains(text, "sesame") || strings.Contains(text, "736573616d65") {
			t.Errorf("printed: %s", text)
		}
	}
	if v.Reveal() != "open sesame" {
		t.Error("the value is lost")
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"env":"HOOK"}`: "env:HOOK", `{"file":"/run/secrets/x"}`: "file:/run/secrets/x", `{"stored":"abc234"}`: "stored:abc234", `{"value":"pw"}`: "value:",
		`"pw"`: "!not written", `{}`: "!not written", `{"env":"A","file":"b"}`: "!not written", `{"vault":"x"}`: "!env or file", `{"env":5}`: "!must be a text",
		`{"env":"A B"}`: "!name of a variable", `{"env":""}`: "!name of a variable", `{"file":""}`: "!path", `{"file":"a\u0000b"}`: "!path", `{"stored":"A"}`: "!id",
		`{"value":""}`: "!65536", `null`: "!not written", `[]`: "!not written",
	} {
		ref, typed, message := Parse(raw.Value(text))
		wrong, refused := strings.CutPrefix(want, "!")
		if refused != (message != "") || refused && !strings.Contains(message, wrong) || !refused && ref.String() != want {
			t.Errorf("%s: %v, %q", text, ref, message)
		}
		if typed.IsZero() == strings.HasPrefix(text, `{"value":"p`) {
			t.Errorf("%s: typed %v", text, typed.IsZero())
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"env":"HOOK"}`, `{"file":"/x"}`, `{"stored":"a"}`, `{"value":"pw"}`, `{"env":"A","env":"B"}`, `"x"`, `{"value":"\u0000"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := raw.Valid(text, raw.Limits{Depth: 8, Keys: 100})
		if err != nil {
			return
		}
		ref, typed, message := Parse(v)
		switch {
		case message != "" && (ref != Reference{} || !typed.IsZero()):
			t.Fatalf("refused and given: %v", ref)
		case message == "" && ref.Kind == Typed:
			if typed.IsZero() || ref.Name != "" {
				t.Fatalf("a typed value in the reference %q", ref)
			}
		case message == "":
			again, _, wrong := Parse(ref.JSON())
			if again != ref || wrong != "" {
				t.Fatalf("%q printed and read is %q, %s", ref, again, wrong)
			}
		}
	})
}

func TestASealedValueOpensOnlyWhereItBelongs(t *testing.T) {
	t.Parallel()
	key := NewKey(filepath.Join(t.TempDir(), "deep", "secret.key"))
	if _, err := key.ID(); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("a key before anything was sealed: %v", err)
	}
	s, err := key.Seal(7, "captcha.secret", "env:X", NewValue("open sesame"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(key.Path())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	if bytes.Contains(s.Bytes, []byte("sesame")) {
		t.Fatal("not sealed")
	}
	again := NewKey(key.Path())
	if v, err := again.Open(7, s); err != nil || v.Reveal() != "open sesame" {
		t.Fatalf("%v", err)
	}
	moved, cut := s, s
	moved.Use = "webhook.headers.*"
	cut.Bytes = s.Bytes[:10]
	for name, open := range map[string]func() (Value, error){
		"another project": func() (Value, error) { return again.Open(8, s) },
		"another use":     func() (Value, error) { return again.Open(7, moved) },
		"cut":             func() (Value, error) { return again.Open(7, cut) },
		"another key": func() (Value, error) {
			other := NewKey(filepath.Join(t.TempDir(), "k"))
			if _, err := other.Seal(1, "a", "b", NewValue("c")); err != nil {
				t.Fatal(err)
			}
			_, err := other.Open(7, s)
			if !errors.Is(err, ErrOtherKey) || !strings.Contains(err.Error(), "--secret-key-file") {
				t.Errorf("%v", err)
			}
			return Value{}, err
		},
	} {
		if v, err := open(); err == nil || !v.IsZero() {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestABrokenKeyFileIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	if err := os.WriteFile(path, []byte("password\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := NewKey(path).Seal(1, "a", "b", NewValue("c"))
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "32 bytes") {
		t.Errorf("%v", err)
	}
}

func TestProgramsThatMakeTheKeyAtOnceShareIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret.key")
	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wg.Go(func() {
			s, err := NewKey(path).Seal(1, "a", "b", NewValue("c"))
			if err != nil {
				t.Error(err)
			}
			ids[i] = string(s.KeyID)
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatal("two keys")
		}
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSettingsFollowNewValues(t *testing.T) {
	t.Parallel()
	set := NewSet(NewKey(filepath.Join(t.TempDir(), "k")))
	setting := set.Setting(3, "captcha.secret", raw.Value(`{"env":"X"}`))
	_, err := setting.Value()
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.Unavailable || !strings.Contains(err.Error(), "secret env:X of captcha.secret") {
		t.Fatalf("%v", err)
	}
	put := func(revision int64, text string) {
		s, err := set.Key().Seal(3, "captcha.secret", "env:X", NewValue(text))
		if err != nil {
			t.Fatal(err)
		}
		set.Replace(3, revision, []Sealed{s})
	}
	for _, c := range []struct {
		revision   int64
		text, want string
	}{{1, "one", "one"}, {2, "two", "two"}, {1, "old", "two"}} {
		put(c.revision, c.text)
		if v, err := setting.Value(); err != nil || v.Reveal() != c.want {
			t.Errorf("%d: %v", c.revision, err)
		}
	}
	if _, err := set.Setting(3, "webhook.headers.*", raw.Value(`{"env":"X"}`)).Value(); err == nil {
		t.Error("another use has the value")
	}
	if _, err := set.Setting(4, "captcha.secret", raw.Value(`{"env":"X"}`)).Value(); err == nil {
		t.Error("another project has the value")
	}
	if v, err := (*Set)(nil).Setting(1, "a", raw.Value(`{"value":"typed"}`)).Value(); err != nil || v.Reveal() != "typed" {
		t.Error("a trial has no value", err)
	}
	if _, err := (*Setting)(nil).Value(); err == nil {
		t.Error("an absent setting has a value")
	}
	if set.Setting(1, "a", raw.Value(`"plain"`)) != nil {
		t.Error("a plain text is a secret")
	}
}

func TestSources(t *testing.T) {
	t.Setenv("SAYRUD_TEST_SECRET", "from env")
	t.Setenv("SAYRUD_TEST_EMPTY", "")
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	listed := Listed(func(name string) (string, bool) { return "listed", name == "GOOD" })
	for _, test := range []struct {
		source Source
		ref    Reference
		want   string // "!" is the error
	}{
		{Operator{}, Reference{Env, "SAYRUD_TEST_SECRET"}, "from env"},
		{Operator{}, Reference{Env, "SAYRUD_TEST_EMPTY"}, "!is not set"},
		{Operator{}, Reference{Env, "SAYRUD_TEST_NONE"}, "!SAYRUD_TEST_NONE is not set"},
		{Operator{}, Reference{File, file("a", "from file\r\n")}, "from file"},
		{Operator{}, Reference{File, file("b", "\n")}, "!is empty"},
		{Operator{}, Reference{File, file("c", strings.Repeat("x", MaxBytes+1))}, "!larger"},
		{Operator{}, Reference{File, filepath.Join(dir, "none")}, "!cannot be read"},
		{Operator{}, Reference{Stored, "abc"}, "!not in this database"},
		{listed, Reference{Env, "GOOD"}, "listed"},
		{listed, Reference{Env, "PATH"}, "!--env PATH"},
		{listed, Reference{File, "/etc/passwd"}, "!sayrud apply"},
	} {
		v, err := test.source.Resolve(test.ref)
		wrong, refused := strings.CutPrefix(test.want, "!")
		if refused && (err == nil || !strings.Contains(err.Error(), wrong)) || !refused && (err != nil || v.Reveal() != test.want) {
			t.Errorf("%s: %q, %v", test.ref, v.Reveal(), err)
		}
	}
}
