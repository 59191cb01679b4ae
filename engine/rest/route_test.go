package rest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

// routed makes a project of routes "GET /a/{b}", each perhaps with a match behind: `GET /a {"query.x":"1"}`.
func routed(t *testing.T, routes ...string) *project {
	t.Helper()
	p := &project{}
	for _, text := range routes {
		method, rest, _ := strings.Cut(text, " ")
		path, match, _ := strings.Cut(rest, " ")
		ep := &engine.Endpoint{Name: text, Route: engine.Route{Method: method, Path: path}}
		raw.Value(match).Members(func(key, value raw.Value) bool {
			name, _ := key.Text()
			ep.Match.Set(name, value)
			return true
		})
		conditions, problems := parseMatch(ep.Match)
		if problems != nil {
			t.Fatal(problems)
		}
		p.routes.add(&endpoint{plan: &plan.Plan{Endpoint: ep}, route: parseRoute(path), match: conditions})
	}
	return p
}

// find tells which route takes a request, with its parameters, or which methods there are.
func (p *project) lookup(method, target, contentType, body string) string {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	q := middleware.Acquire(r, http.Header{})
	defer q.Release()
	q.MaxBody = 1 << 20
	segments, ok := cutPath(nil, strings.TrimPrefix(r.URL.EscapedPath(), "/"))
	if !ok {
		return "malformed"
	}
	find := search{q: q, method: method, segments: segments}
	if !p.find(&find) {
		return fmt.Sprint(methodsOf(find.at))
	}
	text := find.found.plan.Endpoint.Name
	for i, name := range q.Names {
		text += fmt.Sprintf(" %s=%q", name, q.Path[i])
	}
	return text
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	p := routed(t, "GET /", "GET /c", "POST /c", "GET /c/{id}", "GET /c/top", "POST /c/top", "DELETE /c/{uid}", "GET /c/{id}/r/{rid}", "GET /c/top/r/x",
		"GET /f/{name}.json", "GET /f/{name}.xml", "GET /f/{any}", "GET /d/{a}-{b}", "GET /d/x{a}y", "GET /v1.0/é")
	for target, want := range map[string]string{
		"GET /":               `GET /`,
		"GET /c":              `GET /c`,
		"HEAD /c":             `GET /c`,
		"PUT /c":              `[GET HEAD OPTIONS POST]`,
		"GET /c/top":          `GET /c/top`,
		"DELETE /c/top":       `DELETE /c/{uid} uid="top"`,
		"PUT /c/top":          `[DELETE GET HEAD OPTIONS POST]`,
		"GET /c/5":            `GET /c/{id} id="5"`,
		"GET /c/a%2Fb":        `GET /c/{id} id="a/b"`,
		"GET /c/%E4%BD%A0":    `GET /c/{id} id="你"`,
		"GET /c/":             `[]`,
		"GET /c//":            `[]`,
		"GET //c":             `[]`,
		"GET /C":              `[]`,
		"GET /c/top/r/x":      `GET /c/top/r/x`,
		"GET /c/top/r/y":      `GET /c/{id}/r/{rid} id="top" rid="y"`,
		"GET /c/1/r":          `[]`,
		"GET /f/a.b.json":     `GET /f/{name}.json name="a.b"`,
		"GET /f/a.xml":        `GET /f/{name}.xml name="a"`,
		"GET /f/.json":        `GET /f/{any} any=".json"`,
		"GET /f/a.csv":        `GET /f/{any} any="a.csv"`,
		"GET /d/1-2-3":        `GET /d/{a}-{b} a="1" b="2-3"`,
		"GET /d/--":           `[]`,
		"GET /d/---":          `GET /d/{a}-{b} a="-" b="-"`,
		"GET /d/xoy":          `GET /d/x{a}y a="o"`,
		"GET /d/xy":           `[]`,
		"GET /v1.0/%C3%A9":    `GET /v1.0/é`,
		"GET /v1%2E0/%c3%a9":  `GET /v1.0/é`,
		"GET /../c":           `[]`,
		"GET /nothing/at/all": `[]`,
	} {
		method, path, _ := strings.Cut(target, " ")
		if got := p.lookup(method, "http://x"+path, "", ""); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

func TestMatchChoosesAndFallsBack(t *testing.T) {
	t.Parallel()
	p := routed(t, `GET /c/{id}`, `GET /c/top {"query.type":["a","b"]}`, `GET /c/top {"query.type":"a","header.x-v":"2"}`,
		`POST /e {"body.event":"add"}`, `POST /e {"body.event":"*"}`, `POST /e {"body.event":""}`, `GET /n {"query.n":5}`)
	for _, test := range []struct{ method, target, contentType, body, want string }{
		{"GET", "/c/top?type=a", "", "", `GET /c/top {"query.type":["a","b"]}`},
		{"GET", "/c/top?type=c", "", "", `GET /c/{id} id="top"`},
		{"POST", "/e", "application/json", `{"event":"add"}`, `POST /e {"body.event":"add"}`},
		{"POST", "/e", "application/json", `{"event":"drop"}`, `POST /e {"body.event":"*"}`},
		{"POST", "/e", "application/json", `{"event":null}`, `POST /e {"body.event":""}`},
		{"POST", "/e", "application/json", `{"event":["add"]}`, `POST /e {"body.event":""}`},
		{"POST", "/e", "application/json", `{broken`, `POST /e {"body.event":""}`},
		{"POST", "/e", "application/x-www-form-urlencoded", `event=add`, `POST /e {"body.event":"add"}`},
		{"POST", "/e", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\nadd\r\n--b--\r\n", `POST /e {"body.event":""}`},
		{"POST", "/e", "application/json", `{"event":"add","pad":"` + strings.Repeat("x", maxMatchBody) + `"}`, `POST /e {"body.event":""}`},
		{"GET", "/n?n=5", "", "", `GET /n {"query.n":5}`},
		{"GET", "/n?n=6", "", "", `[GET HEAD OPTIONS]`},
	} {
		if got := p.lookup(test.method, test.target, test.contentType, test.body); got != test.want {
			t.Errorf("%s %s %.40s: %s, want %s", test.method, test.target, test.body, got, test.want)
		}
	}
	_, problems := parseMatch(func() (m engine.Map[raw.Value]) {
		m.Set("cookie.x", raw.Value(`"1"`))
		m.Set("query.x", raw.Value(`[]`))
		return m
	}())
	if diff := cmp.Diff(2, len(problems)); diff != "" {
		t.Error(problems)
	}
}
