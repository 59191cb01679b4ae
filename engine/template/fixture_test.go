package template

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/script"
)

func TestMain(m *testing.M) {
	script.RunWorkerIfAsked()
	os.Exit(m.Run())
}

// comments is a Record of a table of comments, as the plan package would make it.
type comments struct{}

var commentFields = []Member{
	{"uid", Ref{Kind: RefUID}},
	{"post", Ref{Kind: RefSlot, Index: 0}},
	{"nick", Ref{Kind: RefSlot, Index: 1}},
	{"parent", Ref{Kind: RefPair, Index: 2, Display: 0}},
	{"content", Ref{Kind: RefSlot, Index: 3}},
	{"likes", Ref{Kind: RefSlot, Index: 4}},
	{"data", Ref{Kind: RefSlot, Index: 5}},
	{"md5", Ref{Kind: RefColumn, Index: 1}},
	{"created_at", Ref{Kind: RefCreatedAt}},
	{"updated_at", Ref{Kind: RefUpdatedAt}},
	{"version", Ref{Kind: RefVersion}},
}

func (comments) Member(path []string) (Ref, error) {
	names := []string{"id"}
	for _, m := range commentFields {
		names = append(names, m.Name)
		if m.Name != path[0] {
			continue
		}
		r := m.Ref
		switch {
		case len(path) == 1:
		case path[0] == "data":
			r.Path = path[1:]
		case path[0] == "parent" && len(path) == 2 && (path[1] == "u" || path[1] == "v"):
			r.Path = path[1:]
		case path[0] == "parent" && len(path) == 2 && path[1] == "nick":
			r = Ref{Kind: RefColumn, Index: 0}
		default:
			return Ref{}, fmt.Errorf("%s has no member %s", path[0], path[1])
		}
		return r, nil
	}
	if path[0] == "id" {
		return Ref{Kind: RefID}, nil
	}
	if near := engine.Near(path[0], names); near != "" {
		return Ref{}, fmt.Errorf("there is no field %s; did you mean %s?", path[0], near)
	}
	return Ref{}, fmt.Errorf("there is no field %s", path[0])
}

func (comments) Whole() []Member { return commentFields }

// notes is a Record with a nick and, where it has lists, the notes that answer it, which have none.
type notes struct{ lists bool }

func (n notes) Member(path []string) (Ref, error) {
	switch {
	case path[0] == "nick" && len(path) == 1:
		return Ref{Kind: RefSlot}, nil
	case path[0] == "replies" && n.lists:
		return Ref{Kind: RefList, Path: path[1:], Items: notes{}}, nil
	}
	return Ref{}, fmt.Errorf("there is no field %s", path[0])
}

func (n notes) Whole() []Member {
	members := []Member{{"nick", Ref{Kind: RefSlot}}}
	if n.lists {
		ref, _ := n.Member([]string{"replies"})
		members = append(members, Member{"replies", ref})
	}
	return members
}

func note(nick string, replies ...Row) Row {
	r := Row{Slots: []raw.Value{nil}, Lists: [][]Row{replies}}
	if nick != "" {
		r.Slots[0] = raw.Text(nick)
	}
	return r
}

// request is a Request of fixed values.
type request struct{}

var requestValue = raw.Value(`{"method":"GET","path":"/comments","ip":"192.0.2.1","headers":{"user-agent":"curl/8","x-evil":"1; Domain=.org,\"\\é\r\n%\t"},` +
	`"query":{"q":"x \"y\""},"params":{},"body":{"list":[1,2,{"deep":"yes"}],"o":{"a":1,"b":null}}}`)

func (request) Value(path []string) raw.Value { return walk(requestValue, path) }

func row(id int, slots ...string) Row {
	r := Row{
		ID: raw.Int(id), Version: []byte("3"), UID: fmt.Appendf(nil, "u%d", id),
		CreatedAt: []byte("2026-11-23T05:28:00.123Z"), UpdatedAt: []byte("2026-11-23T06:00:00.000Z"),
		Columns: []raw.Value{nil, raw.Value(`"m` + fmt.Sprint(id) + `"`)},
	}
	for _, s := range slots {
		var v raw.Value
		if s != "" {
			v = raw.Value(s)
		}
		r.Slots = append(r.Slots, v)
	}
	return r
}

func rows() []Row {
	list := []Row{
		row(1, `"hello"`, `"Ann"`, ``, `"line\n\"quoted\" <b>"`, `3`, `{"tags": ["x", "y"], "n": {"k": 1}}`),
		row(2, `"hello"`, `"包"`, `"u1"`, `"second"`, `0`, ``),
		row(3, `"other"`, `null`, `"u9"`, `""`, `12.50`, `["p",["q"]]`),
	}
	list[1].Columns[0] = raw.Value(`"Ann"`)
	return list
}

var paramNames = []string{"post", "page", "tags", "none", "obj", "flag"}

func fixtureScope(kind string) *Scope {
	sc := &Scope{Request: true, Auth: true, Params: paramNames}
	switch kind {
	case "list":
		sc.Records, sc.Pages = comments{}, true
	case "view":
		sc.Record = comments{}
	case "tree":
		sc.Records, sc.Sources = notes{true}, []Source{{Name: "visible", Record: notes{}, One: true}, {Name: "top", Record: notes{true}}}
	case "error":
		sc.Error, sc.Record = true, comments{}
	case "this":
		t := &engine.Table{Name: "comments"}
		t.Fields.Set("nick", &engine.Field{Name: "nick", Type: engine.TypeText})
		t.Fields.Set("md5", &engine.Field{Name: "md5", Type: engine.TypeGenerated})
		*sc = Scope{This: t, That: t, Value: true}
	}
	return sc
}

func fixtureEnv(kind string) *Env {
	env := &Env{
		Context: context.Background(), Now: time.Date(2026, 11, 23, 5, 28, 0, 0, time.UTC), Timezone: time.UTC, Request: request{},
		Auth: raw.Value(`{"kind":"token","id":"t1","email":null,"roles":["editor"],"claims":{"sub":"7"}}`),
		Params: []raw.Value{
			raw.Value(`"hello \"you\""`), raw.Value(`2`), raw.Value(`["a","b"]`), nil, raw.Value(`{"k":[1,{"z":"y"}],"length":9}`), raw.True,
		},
		Total: -1,
	}
	all := rows()
	switch kind {
	case "list":
		env.Records, env.Total, env.Page, env.Size, env.Next = all, 43, 2, 20, raw.Value(`"c2"`)
	case "view":
		env.Record = &all[0]
	case "tree":
		env.Records = []Row{note("Ann", note("a1"), note("")), note("Bob")}
		env.Sources = [][]Row{{note("one")}, {note("t1", note("r1"), note("r2")), note("t2")}}
	case "error":
		env.Error = &engine.Error{Code: engine.Invalid, Fields: []engine.FieldError{
			{Param: "nick", Label: "Nickname", Code: "required", Message: "Nickname is required."},
			{Param: "likes", Label: "Likes", Code: "min", Message: `Likes must be "0" or more.`},
		}}
	case "this":
		env.This, env.That, env.Value = raw.Value(`{"uid":"u1","nick":"Ann"}`), raw.Value(`{"uid":"u2","nick":null}`), raw.Value(`"Ann"`)
	}
	return env
}

// A goldenCase is a paragraph of a golden file: a line "# title", perhaps with a scope in brackets, the template, and the answer behind
// "=> ".
type goldenCase struct{ title, kind, input, want string }

func readGolden(t testing.TB, file string) []goldenCase {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenCase
	for _, paragraph := range strings.Split(strings.TrimSpace(string(b)), "\n\n") {
		title, rest, _ := strings.Cut(paragraph, "\n")
		input, want, found := strings.Cut(rest, "\n=> ")
		if !found || !strings.HasPrefix(title, "# ") {
			t.Fatalf("%s: malformed paragraph:\n%s", file, paragraph)
		}
		c := goldenCase{title: title[2:], kind: "list", input: input, want: want}
		for _, kind := range []string{"view", "error", "this", "tree"} {
			if name, ok := strings.CutSuffix(c.title, " ["+kind+"]"); ok {
				c.title, c.kind = name, kind
			}
		}
		if slices.ContainsFunc(cases, func(other goldenCase) bool { return other.title == c.title }) {
			t.Fatalf("%s: %q stands twice", file, c.title)
		}
		cases = append(cases, c)
	}
	return cases
}
