package rest

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/record"
)

const everyParameter = `
project: p
endpoints:
  all:
    route: POST /all/{path}
    params:
      path: {values: [a, b]}
      text: {in: query, trim: true, max: 5, pattern: "^[a-z]*$"}
      integer: {in: query, type: integer, min: 0, default: 1}
      list: {in: query, type: number, split: ","}
      header: {in: header, as: X-Header, type: date}
      cookie: {in: cookie, type: boolean}
      number: {type: number}
      datetime: {type: datetime}
      enum: {type: enum, values: [x, y]}
      json: {type: json}
      email: {type: email}
      url: {type: url}
      many: {type: text, list: true, required: true}
`

// bound compiles the endpoint of everyParameter; no database is needed to bind.
func bound(t testing.TB) *endpoint {
	t.Helper()
	f, err := definition.Parse("p.yaml", []byte(everyParameter))
	if err != nil {
		t.Fatal(err)
	}
	ep, _ := f.Project.Endpoints.Get("all")
	compiled, problems := plan.Compile(f.Project, ep)
	if problems != nil {
		t.Fatal(problems)
	}
	return &endpoint{server: &Server{cfg: Config{Records: &record.Engine{}}}, plan: compiled, needsQuery: true, needsBody: true, bodyParams: true}
}

func bindRequest(e *endpoint, path, query, header, cookie, contentType, body string) (*middleware.Request, error) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.URL = &url.URL{Path: "/", RawQuery: query}
	r.Header = http.Header{"X-Header": {header}, "Cookie": {"cookie=" + cookie}, "Content-Type": {contentType}}
	q := middleware.Acquire(r, http.Header{})
	q.MaxBody, q.Names, q.Path = 1<<16, []string{"path"}, append(q.Path, path)
	e.prepare(q)
	return q, q.Params()
}

func FuzzBind(f *testing.F) {
	f.Add("a", "text=abc&integer=5&list=1,2&list=3", "2026-11-23", "true", "application/json",
		`{"number":1.5,"datetime":"2026-11-23T05:28:00Z","enum":"x","json":{"a":[1]},"email":"a@b.org","url":"https://a.org","many":["x"]}`)
	f.Add("a", "text=+abc+&integer=", "", "", "application/x-www-form-urlencoded", "number=1&many=x&many=y&json=%7B%7D")
	f.Add("c", "integer=x&list=,", "x", "x", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"many\"\r\n\r\nx\r\n--b--\r\n")
	f.Add("", "text=%00&%zz", "\xff", "\x00", "", `{"many":null,"number":1e999999,"json":"\ud800"}`)
	f.Add("a", "text[]=1&text={}", "", "", "application/json", `{"many":{"a":1},"number":{"$ne":1},"enum":["x"]}`)
	e := bound(f)
	f.Fuzz(func(t *testing.T, path, query, header, cookie, contentType, body string) {
		q, err := bindRequest(e, path, query, header, cookie, contentType, body)
		defer q.Release()
		var refused *engine.Error
		var unreadable *middleware.BodyError
		switch {
		case errors.As(err, &refused):
			if status := refused.HTTPStatus(); status < 400 || status > 499 || refused.Text() == "" {
				t.Errorf("%+v", refused)
			}
			return
		case errors.As(err, &unreadable):
			return
		case err != nil:
			t.Fatal(err)
		}
		if len(q.Env.Params) != len(e.plan.Params) {
			t.Fatalf("%d parameters", len(q.Env.Params))
		}
		for i, v := range q.Env.Params {
			if v == nil {
				continue
			}
			if _, err := raw.Valid(v, raw.Limits{}); err != nil {
				t.Errorf("%s is %q: %v", e.plan.Params[i].Name, v, err)
			}
		}
	})
}

func TestAbsentNullAndEmpty(t *testing.T) {
	t.Parallel()
	e := bound(t)
	for _, test := range []struct{ query, contentType, body, want string }{
		{"", "application/json", `{"many":["x"]}`, `path="a" integer=1 many=["x"]`},
		{"", "application/json", `{"many":["x"],"number":null,"email":null}`, `path="a" integer=1 number=null email=null many=["x"]`},
		{"", "application/json", `{"many":["x"],"number":"","email":""}`, `path="a" integer=1 many=["x"]`},
		{"integer=&text=+&list=", "application/x-www-form-urlencoded", `many=x&number=&email=`, `path="a" text="" integer=1 many=["x"]`},
		{"list=1,,2&list=3&text=+ab+", "application/json", `{"many":"x","json":null}`, `path="a" text="ab" integer=1 list=[1,2,3] json=null many=["x"]`},
	} {
		q, err := bindRequest(e, "a", test.query, "", "", test.contentType, test.body)
		if err != nil {
			t.Errorf("%s %s: %v", test.query, test.body, err)
			continue
		}
		var got []string
		for i, v := range q.Env.Params {
			if v != nil {
				got = append(got, e.plan.Params[i].Name+"="+string(v))
			}
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%s %s:\ngot  %s\nwant %s", test.query, test.body, text, test.want)
		}
		q.Release()
	}
}

func TestMissingRequiredValues(t *testing.T) {
	t.Parallel()
	e := bound(t)
	for _, body := range []string{`{}`, `{"many":null}`, ``} {
		_, err := bindRequest(e, "a", "", "", "", "application/json", body)
		var refused *engine.Error
		if !errors.As(err, &refused) || len(refused.Fields) != 1 || refused.Fields[0].Code != "required" {
			t.Errorf("%s: %v", body, err)
		}
	}
	_, err := bindRequest(e, "c", "", "", "", "application/json", `{}`)
	var refused *engine.Error
	if !errors.As(err, &refused) || refused.Code != engine.NotFound {
		t.Errorf("a path value outside its values: %v", err)
	}
}

func BenchmarkBind(b *testing.B) {
	e := bound(b)
	b.ReportAllocs()
	for b.Loop() {
		q, err := bindRequest(e, "a", "text=abc&integer=5", "2026-11-23", "true", "application/json", `{"number":1.5,"many":["x"]}`)
		if err != nil {
			b.Fatal(err)
		}
		q.Release()
	}
}
