package template

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func compile(t *testing.T, r *engine.Response, kind string) *Program {
	t.Helper()
	p, problems := Compile(r, fixtureScope(kind))
	if err := problems.Err(); err != nil {
		t.Fatalf("compile: %v", err)
	}
	return p
}

func headers(pairs ...string) engine.Map[raw.Value] {
	var m engine.Map[raw.Value]
	for i := 0; i < len(pairs); i += 2 {
		m.Set(pairs[i], raw.Value(pairs[i+1]))
	}
	return m
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		response engine.Response
		want     Answer
	}{
		{"nothing said", engine.Response{}, Answer{}},
		{"constants", engine.Response{Status: raw.Value("201"), Headers: headers("Cache-Control", `"no-store"`, "X-N", "1"), Body: raw.Value(`{}`)},
			Answer{Status: 201, Header: [][2]string{{"Cache-Control", "no-store"}, {"X-N", "1"}}, ContentType: ContentJSON, Body: []byte("{}")}},
		{"slots", engine.Response{Status: raw.Value(`"20${$params.page}"`), Headers: headers("X-Page", `"p${$params.page}"`, "X-None", `"$params.none"`)},
			Answer{Status: 202, Header: [][2]string{{"X-Page", "p2"}}}},
		{"status that is null", engine.Response{Status: raw.Value(`"$params.none"`)}, Answer{}},
		{"a list makes several headers", engine.Response{Headers: headers("Set-Cookie", `"$params.tags"`)},
			Answer{Header: [][2]string{{"Set-Cookie", "a"}, {"Set-Cookie", "b"}}}},
		{"what is inserted into a cookie adds nothing to it", engine.Response{Headers: headers("set-cookie", `["a=${$request.headers.x-evil}; Path=/, ", "n=${$params.page}${$params.none}", "$params.none"]`)},
			Answer{Header: [][2]string{{"set-cookie", "a=1%3B%20Domain=.org%2C%22%5C%C3%A9%0D%0A%25%09; Path=/, "}, {"set-cookie", "n=2"}}}},
		{"a path that is a cookie", engine.Response{Headers: headers("Set-Cookie", `"$request.headers.x-evil"`, "X-A", `"${$params.tags[0]}; é"`)},
			Answer{Header: [][2]string{{"Set-Cookie", "1%3B%20Domain=.org%2C%22%5C%C3%A9%0D%0A%25%09"}, {"X-A", "a; é"}}}},
		{"a value that no header can have is left out", engine.Response{Headers: headers("X-A", `"a\r\nX-B: ${$params.page}"`, "X-C", `"c"`)},
			Answer{Header: [][2]string{{"X-C", "c"}}}},
		{"content type of text", engine.Response{ContentType: "text/html", Body: raw.Value(`"<b>${$params.page}</b>"`)},
			Answer{ContentType: "text/html", Body: []byte("<b>2</b>")}},
		{"a string that is JSON", engine.Response{ContentType: "application/json", Body: raw.Value(`"$params.tags[0]"`)},
			Answer{ContentType: "application/json", Body: []byte(`"a"`)}},
		{"a media type that is JSON", engine.Response{ContentType: "application/vnd.api+json; v=1", Body: raw.Value(`"x"`)},
			Answer{ContentType: "application/vnd.api+json; v=1", Body: []byte(`"x"`)}},
		{"an object under another type", engine.Response{ContentType: "text/x", Body: raw.Value(`{"a":1}`)},
			Answer{ContentType: "text/x", Body: []byte(`{"a":1}`)}},
		{"content type as a constant header", engine.Response{Headers: headers("content-type", `"text/css"`), Body: raw.Value(`"b {}"`)},
			Answer{ContentType: "text/css", Body: []byte("b {}")}},
		{"content type as a slot", engine.Response{Headers: headers("Content-Type", `"text/${$params.tags[0]}"`), Body: raw.Value(`"b"`)},
			Answer{ContentType: "text/a", Body: []byte("b")}},
		{"nulls dropped", engine.Response{Nulls: "drop", Body: raw.Value(
			`{"a":null,"b":"$params.none","c":["$params.none",null],"d":{"$params.post":null,"x":1},"e":{"$spread":"$request.body.o"},"f":"$request.body.o"}`)},
			Answer{ContentType: ContentJSON, Body: []byte(`{"c":[null,null],"d":{"x":1},"e":{"a":1},"f":{"a":1,"b":null}}`)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := compile(t, &test.response, "list").Render(nil, fixtureEnv("list"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNullsDroppedInWholeRecords(t *testing.T) {
	t.Parallel()
	p := compile(t, &engine.Response{Nulls: "drop", Body: raw.Value(`"$records"`)}, "list")
	a, err := p.Render(nil, fixtureEnv("list"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(a.Body), `"nick":null`) || !strings.Contains(string(a.Body), `{"u":"u9","v":null}`) {
		t.Errorf("got %s", a.Body)
	}
}

func TestCompileRefusesResponse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		response engine.Response
		want     string
	}{
		{"status too small", engine.Response{Status: raw.Value("100")}, "status: 100 is no status; it is an integer from 200 to 599"},
		{"status that is no number", engine.Response{Status: raw.Value(`"ok"`)}, `status: "ok" is no status; it is an integer from 200 to 599`},
		{"status that is a fraction", engine.Response{Status: raw.Value("200.5")}, "status: 200.5 is no status; it is an integer from 200 to 599"},
		{"header name", engine.Response{Headers: headers("X Y", `"1"`)}, "headers.X Y: no header can have this name; a name has letters, digits and hyphens"},
		{"header of the server", engine.Response{Headers: headers("Content-Length", "5")}, "headers.Content-Length: the server writes this header itself"},
		{"header value", engine.Response{Headers: headers("X-A", `"a\nb"`)}, "headers.X-A: a header's value has no control characters"},
		{"header path", engine.Response{Headers: headers("X-A", `"$params.pge"`)}, "headers.X-A: $params.pge is no parameter; did you mean $params.page?"},
		{"content type", engine.Response{ContentType: "a\r\nb"}, "type: a content type has no control characters"},
		{"nulls", engine.Response{Nulls: "keep"}, `nulls: "keep" is no way to treat nulls; write "drop" or leave it out`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Compile(&test.response, fixtureScope("list"))
			if diff := cmp.Diff(test.want, problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRenderRefusesStatus(t *testing.T) {
	t.Parallel()
	p := compile(t, &engine.Response{Status: raw.Value(`"$params.page"`)}, "list")
	if _, err := p.Render(nil, fixtureEnv("list")); err == nil || !strings.Contains(err.Error(), "2 is no status") {
		t.Errorf("got %v", err)
	}
}

func TestOr(t *testing.T) {
	t.Parallel()
	p := compile(t, &engine.Response{Status: raw.Value("202"), Headers: headers("X-A", `"$params.page"`)}, "view")
	if p.HasBody() {
		t.Error("there is a body")
	}
	a, err := p.Or(Default(engine.View, comments{}, false)).Render(nil, fixtureEnv("view"))
	if err != nil {
		t.Fatal(err)
	}
	if a.Status != 202 || len(a.Header) != 1 || !strings.HasPrefix(string(a.Body), `{"uid":"u1",`) {
		t.Errorf("got %+v", a)
	}
}

func TestDefault(t *testing.T) {
	t.Parallel()
	one := `{"uid":"u1","post":"hello","nick":"Ann","parent":null,"content":"line\n\"quoted\" <b>","likes":3,"data":{"tags": ["x", "y"], "n": {"k": 1}},` +
		`"md5":"m1","created_at":"2026-11-23T05:28:00.123Z","updated_at":"2026-11-23T06:00:00.000Z","version":3}`
	list := fixtureEnv("list")
	list.Records = list.Records[:1]
	uncounted, cursor := *list, *list
	uncounted.Total, uncounted.Next = -1, nil
	cursor.Page, cursor.Total = 0, -1
	none := Env{Total: -1}
	tests := []struct {
		name   string
		kind   engine.EndpointKind
		record Record
		paged  bool
		env    *Env
		want   string
	}{
		{"list", engine.List, comments{}, false, list, `{"items":[` + one + `]}`},
		{"page with total", engine.List, comments{}, true, list, `{"items":[` + one + `],"page":2,"size":20,"total":43,"next":"c2"}`},
		{"page without total", engine.List, comments{}, true, &uncounted, `{"items":[` + one + `],"page":2,"size":20}`},
		{"cursor", engine.List, comments{}, true, &cursor, `{"items":[` + one + `],"size":20,"next":"c2"}`},
		{"empty list", engine.List, comments{}, false, &none, `{"items":[]}`},
		{"view", engine.View, comments{}, false, fixtureEnv("view"), one},
		{"no record", engine.Delete, comments{}, false, &none, `null`},
		{"no table", "", nil, false, &none, `null`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a, err := Default(test.kind, test.record, test.paged).Render(nil, test.env)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(a.Body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	long := raw.Text(strings.Repeat("x", 1000))
	many := raw.Value("[" + strings.TrimSuffix(strings.Repeat("1,", 200), ",") + "]")
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	tests := []struct {
		name, body string
		ctx        context.Context
		want       error
	}{
		{"one value", `{"a":"$params.post","b":"$params.post"}`, nil, ErrTooLarge},
		{"text", `"${$params.post}${$params.post}${$params.post}"`, nil, ErrTooLarge},
		{"list", `[{"$each":"$params.tags","$as":"t","$value":"12345678901234567890"}]`, nil, ErrTooLarge},
		{"members", `{"$each":"$params.tags","$key":"k${$index}","$value":"1234567890"}`, nil, ErrTooLarge},
		{"iterations that write nothing", `[{"$each":["$params.tags","$params.tags","$params.tags"],"$value":"$omit"}]`, nil, ErrTooLarge},
		{"a client that went away", `[{"$each":["$params.tags","$params.tags"],"$value":"$omit"}]`, canceled, context.Canceled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := compile(t, &engine.Response{Body: raw.Value(test.body)}, "list")
			env := fixtureEnv("list")
			env.Params[0], env.Params[2], env.MaxBytes = long, many, 1500
			if test.ctx != nil {
				env.Context = test.ctx
			}
			if _, err := p.Render(nil, env); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestCompileBounds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"depth": {strings.Repeat("[", 40) + strings.Repeat("]", 40), "nested too deep; at most 32 levels are allowed"},
		"nodes": {"[" + strings.Repeat("1,", 10_000) + "1]", "too many values in one template; at most 10000 are allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := Compile(&engine.Response{Body: raw.Value(test.body)}, fixtureScope("list"))
			if len(problems) != 1 || !strings.HasSuffix(problems[0].Error(), test.want) {
				t.Errorf("got %v, want %s", problems, test.want)
			}
		})
	}
}

func TestProblem(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  *engine.Error
		id   string
		want string
	}{
		{"plain", engine.Errorf(engine.NotFound, "no such comment"), "",
			`{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","detail":"no such comment"}`},
		{"fields", fixtureEnv("error").Error, "r-1",
			`{"type":"about:blank","title":"Bad Request","status":400,"code":"invalid","detail":"Nickname is required. Likes must be \"0\" or more.",` +
				`"errors":[{"param":"nick","label":"Nickname","code":"required","message":"Nickname is required."},` +
				`{"param":"likes","label":"Likes","code":"min","message":"Likes must be \"0\" or more."}],"request_id":"r-1"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, string(Problem(test.err, test.id))); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProgramsAreShared(t *testing.T) {
	t.Parallel()
	p := compile(t, &engine.Response{Body: raw.Value(`{"$spread":"$params.obj","items":[{"$each":"$records","$as":"r","k${$index}":"$r.nick"}]}`)}, "list")
	want, err := p.Render(nil, fixtureEnv("list"))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				got, err := p.Render(nil, fixtureEnv("list"))
				if err != nil || string(got.Body) != string(want.Body) {
					t.Errorf("got %s, %v", got.Body, err)
				}
			}
		})
	}
	group.Wait()
}
