package template

import (
	"fmt"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

// wide is a table of seven fields, and a page of twenty of its records.
type wide struct{}

func (wide) Member(path []string) (Ref, error) {
	for _, m := range (wide{}).Whole() {
		if m.Name == path[0] {
			return m.Ref, nil
		}
	}
	return Ref{}, fmt.Errorf("there is no field %s", path[0])
}

func (wide) Whole() []Member {
	members := []Member{{"uid", Ref{Kind: RefUID}}}
	for i := range 7 {
		members = append(members, Member{fmt.Sprintf("field_%d", i), Ref{Kind: RefSlot, Index: i}})
	}
	return append(members, Member{"created_at", Ref{Kind: RefCreatedAt}}, Member{"updated_at", Ref{Kind: RefUpdatedAt}},
		Member{"version", Ref{Kind: RefVersion}})
}

func widePage() *Env {
	env := &Env{Total: 12345, Page: 1, Size: 20}
	for i := range 20 {
		r := row(i, `"a-post-with-a-slug"`, `"Nickname"`, `"somebody@example.org"`, `"A comment that says a few words, as comments do"`,
			`17`, `"approved"`, `"203.0.113.7"`)
		r.UID = []byte("0oj2q8p4k1v7d3s9m5x0")
		env.Records = append(env.Records, r)
	}
	env.Record = &env.Records[0]
	return env
}

// paths is the default response of a list or record, written as a template.
func paths(b testing.TB, list bool) *Program {
	b.Helper()
	item := `"uid":"$record.uid"`
	for _, m := range (wide{}).Whole()[1:] {
		item += fmt.Sprintf(`,%q:"$record.%s"`, m.Name, m.Name)
	}
	body, sc := "{"+item+"}", &Scope{Record: wide{}}
	if list {
		body = `{"items":[{"$each":"$records",` + item + `}],"page":"$page","size":"$size","total":"$total"}`
		sc = &Scope{Records: wide{}, Pages: true}
	}
	p, problems := Compile(&engine.Response{Body: raw.Value(body)}, sc)
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	return p
}

func benchmarkRender(b *testing.B, p *Program) {
	b.Helper()
	env, dst := widePage(), make([]byte, 0, 64<<10)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Render(dst, env); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkListDefault(b *testing.B) { benchmarkRender(b, Default(engine.List, wide{}, true)) }

func BenchmarkListPaths(b *testing.B) { benchmarkRender(b, paths(b, true)) }

func BenchmarkViewDefault(b *testing.B) { benchmarkRender(b, Default(engine.View, wide{}, false)) }

func BenchmarkViewPaths(b *testing.B) { benchmarkRender(b, paths(b, false)) }

func BenchmarkListText(b *testing.B) {
	p, problems := Compile(&engine.Response{Body: raw.Value(
		`[{"$each":"$records","$if":"$record.field_4","avatar":"https://example.org/${$record.field_0}?s=${$record.field_4}"}]`)},
		&Scope{Records: wide{}})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	benchmarkRender(b, p)
}

func BenchmarkSlotPath(b *testing.B) {
	s, problems := CompileSlot(raw.Value(`"$params.post"`), &Scope{Params: []string{"page", "post"}})
	if len(problems) > 0 {
		b.Fatal(problems)
	}
	env := &Env{Params: []raw.Value{nil, raw.Value(`"x"`)}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Eval(env); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRenderAllocates holds the promise that responses of paths cost no memory beside the body's.
func TestRenderAllocates(t *testing.T) {
	env, dst := widePage(), make([]byte, 0, 64<<10)
	for name, p := range map[string]*Program{
		"list default": Default(engine.List, wide{}, true), "list paths": paths(t, true),
		"view default": Default(engine.View, wide{}, false), "view paths": paths(t, false),
	} {
		// The pool of writers may be emptied by the garbage collector, hence one.
		if n := testing.AllocsPerRun(200, func() { _, _ = p.Render(dst, env) }); n > 1 {
			t.Errorf("%s: %v allocations a response, want at most 1", name, n)
		}
	}
}

// TestPathsEqualDefault holds that a template which spells the default response out gives the same bytes.
func TestPathsEqualDefault(t *testing.T) {
	t.Parallel()
	for _, list := range []bool{true, false} {
		kind := engine.View
		if list {
			kind = engine.List
		}
		want, err := Default(kind, wide{}, list).Render(nil, widePage())
		if err != nil {
			t.Fatal(err)
		}
		got, err := paths(t, list).Render(nil, widePage())
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Body) != string(want.Body) {
			t.Errorf("list %v: got %s, want %s", list, got.Body, want.Body)
		}
		if list {
			continue
		}
		if record := AppendRecord(nil, wide{}, widePage().Record); string(record) != string(want.Body) {
			t.Errorf("AppendRecord: got %s, want %s", record, want.Body)
		}
	}
}

// BenchmarkListScripts runs one script for each of twenty records: in process, and in a child process.
func BenchmarkListScripts(b *testing.B) {
	runner := script.NewRunner(script.Config{})
	b.Cleanup(runner.Close)
	for name, source := range map[string]string{"small": "=$record.field_4 > 10", "child": "=/slug/.test($record.field_0)"} {
		b.Run(name, func(b *testing.B) {
			p, problems := Compile(&engine.Response{Body: raw.Value(`[{"$each":"$records","id":"$record.uid","a":"` + source + `"}]`)},
				&Scope{Records: wide{}})
			if len(problems) > 0 {
				b.Fatal(problems)
			}
			env, dst := widePage(), make([]byte, 0, 64<<10)
			env.Scripts = runner
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Render(dst, env); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
