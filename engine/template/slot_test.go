package template

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

func slot(t *testing.T, v, kind string) *Slot {
	t.Helper()
	s, problems := CompileSlot(raw.Value(v), fixtureScope(kind))
	if err := problems.Err(); err != nil {
		t.Fatalf("compile %s: %v", v, err)
	}
	return s
}

func TestSlot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		slot, want string
		constant   bool
	}{
		{`3`, `3`, true},
		{`null`, `null`, true},
		{`"plain"`, `"plain"`, true},
		{`"$$x"`, `"$x"`, true},
		{`"==x"`, `"=x"`, true},
		{`{"a":[1,"x"]}`, `{"a":[1,"x"]}`, true},
		{`{"$$a":"b"}`, `{"$$a":"b"}`, true},
		{`"$omit"`, ``, true},
		{`["$omit",1]`, `[1]`, true},
		{`"$params.page"`, `2`, false},
		{`"$params.none"`, `null`, false},
		{`"$record.likes"`, `3`, false},
		{`"$record.uid"`, `"u1"`, false},
		{`"x ${$record.nick}"`, `"x Ann"`, false},
		{`["$params.page",{"a":"$params.tags","b":"$omit"}]`, `[2,{"a":["a","b"]}]`, false},
	}
	for _, test := range tests {
		t.Run(test.slot, func(t *testing.T) {
			t.Parallel()
			s := slot(t, test.slot, "view")
			got, err := s.Eval(fixtureEnv("view"))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if _, constant := s.Const(); constant != test.constant {
				t.Errorf("constant: got %v, want %v", constant, test.constant)
			}
		})
	}
}

func TestSlotRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ slot, want string }{
		{`{"a":["$params.x"]}`, "a.0: $params.x is no parameter; there are post page tags none obj flag"},
		{`{"$each":"$params.tags"}`, "$each: $each has its meaning in responses only"},
		{`{"a":{"$if":true}}`, "a.$if: $if has its meaning in responses only"},
	}
	for _, test := range tests {
		_, problems := CompileSlot(raw.Value(test.slot), fixtureScope("view"))
		if diff := cmp.Diff(test.want, problems.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.slot, diff)
		}
	}
}

func TestEvalAll(t *testing.T) {
	t.Parallel()
	runner := script.NewRunner(script.Config{})
	t.Cleanup(runner.Close)
	env := fixtureEnv("view")
	env.Scripts = runner
	values, err := EvalAll(env, slot(t, `"=$params.page + 1"`, "view"), nil, slot(t, `"$params.page"`, "view"),
		slot(t, `{"a":"=$record.nick + '!'"}`, "view"), slot(t, `"=undefined"`, "view"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range values {
		got = append(got, string(v))
	}
	if diff := cmp.Diff([]string{"3", "", "2", `{"a":"Ann!"}`, ""}, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestCompileScript(t *testing.T) {
	t.Parallel()
	s, problems := CompileScript("$this.nick", fixtureScope("this"))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"$this", "nick"}}, s.Mentions()); diff != "" {
		t.Errorf("mentions (-want +got):\n%s", diff)
	}
	for _, source := range []string{"$thiss.nick", "$this.nik", "1 +", "$this.md5 === 'x'"} {
		if _, problems := CompileScript(source, fixtureScope("this")); len(problems) == 0 {
			t.Errorf("%s is not refused", source)
		}
	}
}

func TestScriptProblemsCountFromTheText(t *testing.T) {
	t.Parallel()
	_, problems := CompileSlot(raw.Value(`{"a":"=1 + $record.nik"}`), fixtureScope("view"))
	want := engine.Problems{{Path: []string{"a"}, Offset: 5, Message: "there is no field nik; did you mean nick?"}}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	p := compile(t, &engine.Response{Status: raw.Value(`"$params.page"`), Headers: headers("X-A", `"${$params.post}"`), Body: raw.Value(
		`[{"$each":["$records","$r.data.tags"],"$as":["r","t"],"a":"$r.nick","b":"$t.x","c":"=$r.likes + $total","d":"$r.nick"},"$records"]`)}, "list")
	_, refused := Compile(&engine.Response{Body: raw.Value(`[{"$each":["$records","$record.data.tags"],"$as":["r","t"]}]`)}, fixtureScope("list"))
	if len(refused) != 1 {
		t.Errorf("$record beside $as: got %v", refused)
	}
	want := [][]string{
		{"$params", "page"}, {"$params", "post"}, {"$record", "data", "tags"}, {"$record", "nick"}, {"$record", "likes"}, {"$total"}, {"$records"},
	}
	if diff := cmp.Diff(want, p.Mentions()); diff != "" {
		t.Errorf("mentions (-want +got):\n%s", diff)
	}
}

// TestOneFrame holds that scripts of all records are queued in the first round, and that only what decides asks for a second one.
func TestOneFrame(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		calls      int
		blocked    bool
	}{
		{"values", `[{"$each":"$records","a":"=/x/.test($record.nick)","b":"=$record.likes + 1"},"=$total"]`, 7, false},
		{"conditions", `[{"$each":"$records","$if":"=/x/.test($record.nick)","b":"=$record.likes + 1"},"=$total"]`, 4, true},
		{"a list", `[{"$each":"=$records.slice(1)","$as":"r","b":"=$r.likes + 1"},"=$total"]`, 2, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := compile(t, &engine.Response{Body: raw.Value(test.body)}, "list")
			var w writer
			w.begin(fixtureEnv("list"), p.locals)
			w.gathering = true
			if p.body.gather(&w) || len(w.calls) != test.calls || w.blocked != test.blocked {
				t.Errorf("got %d calls, blocked %v; want %d, %v", len(w.calls), w.blocked, test.calls, test.blocked)
			}
		})
	}
}

func TestWholeRecordsAreBuiltOnce(t *testing.T) {
	t.Parallel()
	p := compile(t, &engine.Response{Body: raw.Value(`[{"$each":"$records","a":"=$records.map(r => r.uid)","b":"=$records.length","c":"=Object.keys($record)"}]`)}, "list")
	var w writer
	w.begin(fixtureEnv("list"), p.locals)
	w.gathering = true
	p.body.gather(&w)
	if len(w.wholes) != 4 {
		t.Errorf("built %d values, want the list and three records", len(w.wholes))
	}
}

// lazy is a Record that fails the test where all its members are asked for.
type lazy struct {
	comments
	t *testing.T
}

func (l lazy) Whole() []Member {
	l.t.Error("all members are read for a few")
	return nil
}

func TestEachReadsWhatItNames(t *testing.T) {
	t.Parallel()
	_, problems := Compile(&engine.Response{Body: raw.Value(`[{"$each":["$records","$record.data.tags"],"$as":"t","a":"$record.nick","b":"=$record.likes"}]`)},
		&Scope{Records: lazy{t: t}})
	if err := problems.Err(); err != nil {
		t.Error(err)
	}
}
