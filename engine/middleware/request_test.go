package middleware

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

func request(t *testing.T, method, target, contentType, body string) *Request {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	q := Acquire(r, http.Header{})
	q.MaxBody = 1000
	q.IP, _, _ = Address(r, nil)
	return q
}

func TestRequestValues(t *testing.T) {
	t.Parallel()
	q := request(t, "POST", "/api/blog/x%20y?a=1&b=2&b=3&c&d=%E4%BD%A0", "application/json", `{"x":{"y":[1,{"z":true}]}}`)
	q.Names, q.Path = []string{"id"}, []string{"x y"}
	q.HTTP.Header.Set("X-Test", "one")
	q.HTTP.Header.Add("X-Test", "two")
	q.HTTP.Header.Set("Cookie", "a=1; __Host-sayrud=secret; b=2")
	q.HTTP.Header.Add("Cookie", "sayrud_session=secret")
	q.HTTP.Header.Set("Authorization", "Bearer sl_abc_def")
	for path, want := range map[string]string{
		"method": `"POST"`, "path": `"/api/blog/x y"`, "ip": `"192.0.2.1"`, "query.a": `"1"`, "query.b": `["2","3"]`, "query.c": `""`, "query.d": `"你"`,
		"query.e": "", "params.id": `"x y"`, "params.no": "", "headers.x-test": `"one, two"`, "headers.X-Test": `"one, two"`, "headers.cookie": `"a=1; b=2"`,
		"headers.authorization": "", "headers.host": `"example.com"`, "body.x.y.1.z": "true", "body.x.y.9": "", "body.x.no": "", "nothing": "", "ip.x": "",
		"query": `{"a":"1","b":["2","3"],"c":"","d":"你"}`, "params": `{"id":"x y"}`, "body": `{"x":{"y":[1,{"z":true}]}}`,
	} {
		if got := string(q.Value(strings.Split(path, "."))); got != want {
			t.Errorf("$request.%s is %s, want %s", path, got, want)
		}
	}
	whole := q.Value(nil)
	if _, err := raw.Valid(whole, raw.Limits{}); err != nil || strings.Contains(string(whole), "secret") || strings.Contains(string(whole), "sl_abc") {
		t.Errorf("%v: %s", err, whole)
	}
}

func TestInput(t *testing.T) {
	t.Parallel()
	multipart := "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--\r\n"
	upload := "--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"a.svg\"\r\n\r\n1\r\n--b--\r\n"
	for _, test := range []struct {
		name, contentType, body string
		want                    string // $request.body
		code                    engine.Code
	}{
		{"json", "application/json; charset=utf-8", `{"x":1}`, `{"x":1}`, ""},
		{"json by suffix", "application/vnd.api+json", `[1]`, `[1]`, ""},
		{"no type is json", "", `{"x":1}`, `{"x":1}`, ""},
		{"empty", "application/json", ``, ``, ""},
		{"form", "application/x-www-form-urlencoded", `x=1&x=2&y=a+b%21`, `{"x":["1","2"],"y":"a b!"}`, ""},
		{"multipart", "multipart/form-data; boundary=b", multipart, `{"x":"1"}`, ""},
		{"file", "multipart/form-data; boundary=b", upload, `{}`, ""},
		{"broken multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1", ``, engine.Invalid},
		{"json as text, of a beacon", "text/plain;charset=UTF-8", ` {"x":1}`, `{"x":1}`, ""},
		{"text", "text/plain", `{"x":`, `"{\"x\":"`, ""},
		{"text of other bytes", "text/plain", "\xff", ``, engine.Invalid},
		{"xml", "text/xml", `<?xml version="1.0" encoding="UTF-8"?><xml><a>1 &lt; 2</a></xml>`, `{"a":"1 < 2"}`, ""},
		{"xml without a type", "", `<xml><a>1</a></xml>`, `{"a":"1"}`, ""},
		{"xml with a DOCTYPE", "application/soap+xml", `<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`, ``, engine.Invalid},
		{"bytes", "application/octet-stream", `x`, ``, engine.Unsupported},
		{"malformed type", "application/json;;;=", `{"x":1}`, ``, engine.Unsupported},
		{"other charset", "application/json; charset=gbk", `{"x":1}`, ``, engine.Unsupported},
		{"broken json", "application/json", `{"x":}`, ``, engine.Invalid},
		{"name twice", "application/json", `{"x":1,"x":2}`, ``, engine.Invalid},
		{"NUL", "application/json", `{"x":"\u0000"}`, ``, engine.Invalid},
		{"deep", "application/json", strings.Repeat("[", 65) + strings.Repeat("]", 65), ``, engine.Invalid},
		{"broken form", "application/x-www-form-urlencoded", `x=%zz`, ``, engine.Invalid},
		{"large", "application/json", `"` + strings.Repeat("x", 1000) + `"`, ``, engine.TooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, chunked := range []bool{false, true} {
				q := request(t, "POST", "/", test.contentType, test.body)
				if chunked {
					q.HTTP.ContentLength = -1
				}
				_, _, _, err := q.Input()
				var code engine.Code
				var ofBody *BodyError
				var ofEngine *engine.Error
				switch {
				case errors.As(err, &ofBody):
					code = ofBody.Code
				case errors.As(err, &ofEngine):
					code = ofEngine.Code
				}
				if got := string(q.Value([]string{"body"})); got != test.want || code != test.code {
					t.Errorf("body %s, error %v", got, err)
				}
				q.Release()
			}
		})
	}
}

func TestAnswerKeepsTheServersHeaders(t *testing.T) {
	t.Parallel()
	q := request(t, "GET", "/", "", "")
	q.Header.Set("X-Content-Type-Options", "nosniff")
	err := q.Answer(template.Answer{Status: 200, ContentType: "text/html", Header: [][2]string{
		{"x-content-type-options", "sniff"}, {"Content-Security-Policy", "default-src *"}, {"content-length", "5"}, {"Set-Cookie", "__host-sayrud=x; Path=/"}, {"Set-Cookie", "=sayrud_session=x"}, {"Set-Cookie", " sayrud_session =x"}, {"Set-Cookie", "x; a=b"},
		{"Set-Cookie", "theme=dark"}, {"X-Own", "1"}, {"Clear-Site-Data", "*"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := http.Header{"X-Content-Type-Options": {"nosniff"}, "Set-Cookie": {"theme=dark"}, "X-Own": {"1"}}
	if diff := cmp.Diff(want, q.Header); diff != "" {
		t.Error(diff)
	}
	for _, status := range []int{0, 99, 100, 199, 600} {
		if q.Answer(template.Answer{Status: status}) == nil {
			t.Errorf("status %d is taken", status)
		}
	}
}

func TestReleaseLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	q := request(t, "POST", "/?a=secret", "application/json", `{"x":"secret"}`)
	q.Path = append(q.Path, "secret")
	q.Env.Params = append(q.Env.Params, raw.Value(`"secret"`))
	_ = q.Value(nil)
	q.Release()
	if q.HTTP != nil || len(q.query) != 0 || len(q.Path) != 0 || q.Path[:1][0] != "" || q.Env.Params[:1][0] != nil || q.input.read || q.pairs[:1][0].Value != "" {
		t.Errorf("%+v", q)
	}
}

func FuzzPairs(f *testing.F) {
	for _, seed := range []string{"", "a=1&b=2", "a&&b=", "%zz", "a=%41+b", "=", "a[]=1&a[]=2", "\xff=\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pairs, ok := parsePairs(nil, text)
		if !ok {
			return
		}
		if v := pairsObject(pairs); len(v) < 2 || v[0] != '{' {
			t.Errorf("%q gives %s", text, v)
		} else if strings.IndexByte(text, 0) < 0 && !strings.Contains(text, "%00") {
			if _, err := raw.Valid(v, raw.Limits{}); err != nil && !strings.Contains(err.Error(), "twice") {
				t.Errorf("%q gives %s: %v", text, v, err)
			}
		}
	})
}
