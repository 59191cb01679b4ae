package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const things = `
project: things
tables:
  things:
    fields:
      text: {type: text, index: true}
      n: {type: number}
      whole: {type: number, integer: true, min: 0, max: 10}
      at: {type: datetime}
      day: {type: date}
      yes: {type: boolean}
      kind: {type: enum, values: [a, b]}
      data: {type: json}
      other: {type: reference, to: things}
endpoints:
  add:
    kind: CREATE
    route: POST /things
    table: things
    params: {text: {}, n: {}, whole: {}, at: {}, day: {}, yes: {}, kind: {}, data: {}, other: {}}
  find:
    kind: LIST
    route: GET /things
    table: things
    params: {id: {in: query, type: text}, text: {in: query}, part: {in: query, type: text}, n: {in: query}, at: {in: query}, page: {in: query, type: integer, min: 1}}
    filter: {uid: {"=": $params.id, optional: true}, text: {"=": $params.text, optional: true}, n: {"=": $params.n, optional: true}, at: {">": $params.at, optional: true}, AND: [{text: {CONTAINS: $params.part, optional: true}}]}
    page: {number: $params.page, size: 5, total: true}
  one: {kind: VIEW, route: "GET /things/{id}", table: things, filter: {uid: $params.id}}
  remove: {kind: DELETE, route: "DELETE /things/{id}", table: things, filter: {uid: $params.id}}
  kinds: {route: "GET /kinds/{kind}", params: {kind: {type: enum, values: [a, b]}}, response: {body: {kind: $params.kind}}}
  echo: {route: GET /echo, params: {h: {in: header, type: text}, c: {in: cookie, type: text}}, response: {body: {h: $params.h, c: $params.c}}}
`

// form and jsonBody make the rest of a request behind its first line.
func form(body string) string { return typed("application/x-www-form-urlencoded", body) }

func jsonBody(body string) string { return typed("application/json", body) }

func typed(contentType, body string) string {
	return fmt.Sprintf("Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s", contentType, len(body), body)
}

// wrong are requests that are nobody's intention. Each is answered with its status and code, and says what is wrong.
var wrong = []struct {
	name, line, rest string
	status           int
	want             string
}{
	{"JSON cut short", "POST /api/things/things", jsonBody(`{"text": "a`), 400, "at byte"},
	{"JSON with a comma too many", "POST /api/things/things", jsonBody(`{"text": "a",}`), 400, "at byte 13"},
	{"a name twice", "POST /api/things/things", jsonBody(`{"text": "a", "text": "b"}`), 400, `\"text\" stands twice at byte 14`},
	{"a name twice, deep down", "POST /api/things/things", jsonBody(`{"data": [{"x": 1, "x": 2}]}`), 400, `stands twice`},
	{"JSON 100,000 deep", "POST /api/things/things", jsonBody(`{"data":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`), 400, "nested deeper than 64 levels"},
	{"20,000 names", "POST /api/things/things", jsonBody(`{"data":{` + strings.TrimSuffix(numbered(20_000, `"k%d":1,`), ",") + `}}`), 400, "more than 10000 names"},
	{"a list for an object", "POST /api/things/things", jsonBody(`[{"text": "a"}]`), 400, "must be a JSON object"},
	{"two values", "POST /api/things/things", jsonBody(`{"text": "a"} {"text": "b"}`), 400, "at byte 13"},
	{"2 MiB", "POST /api/things/things", jsonBody(`{"text": "` + strings.Repeat("x", 2<<20) + `"}`), 413, `"code":"too_large"`},
	{"XML that is one text", "POST /api/things/things", typed("text/xml", "<text>a</text>"), 400, `"code":"invalid"`},
	{"a type that is no text", "POST /api/things/things", typed("application/pdf", "%PDF-1.7"), 415, `"code":"unsupported"`},
	{"another charset", "POST /api/things/things", typed("application/json; charset=gbk", `{"text": "a"}`), 415, `"code":"unsupported"`},
	{"a nonsense type", "POST /api/things/things", typed("///", `{"text": "a"}`), 415, `"code":"unsupported"`},
	{"a packed body", "POST /api/things/things", "Content-Encoding: gzip\r\n" + jsonBody(`{"text": "a"}`), 415, `"code":"unsupported"`},
	{"a multipart body without boundary", "POST /api/things/things", typed("multipart/form-data", "x"), 415, `"code":"unsupported"`},
	{"a broken multipart body", "POST /api/things/things", typed("multipart/form-data; boundary=b", "--b\r\nnonsense"), 400, "not a valid form"},
	{"U+0000 in JSON", "POST /api/things/things", jsonBody(`{"text": "a\u0000b"}`), 400, "U+0000"},
	{"U+0000 in a name", "POST /api/things/things", jsonBody(`{"data": {"a\u0000b": 1}}`), 400, "U+0000"},
	{"a raw zero byte in JSON", "POST /api/things/things", jsonBody("{\"text\": \"a\x00b\"}"), 400, "at byte"},
	{"U+0000 in a form", "POST /api/things/things", form("text=a%00b"), 400, "U+0000"},
	{"U+0000 in the query", "GET /api/things/things?text=a%00b", "\r\n", 400, "U+0000"},
	{"U+0000 in the path", "GET /api/things/things/a%00b", "\r\n", 400, "U+0000"},
	{"half a surrogate pair", "POST /api/things/things", jsonBody(`{"text": "a\ud800b"}`), 400, "at byte"},
	{"bytes that are no UTF-8 in JSON", "POST /api/things/things", jsonBody("{\"text\": \"a\xff\"}"), 400, "at byte"},
	{"bytes that are no UTF-8 in a form", "POST /api/things/things", form("text=%ff%fe"), 400, `"code":"invalid"`},
	{"bytes that are no UTF-8 in the query", "GET /api/things/things?text=%ff", "\r\n", 400, `"code":"invalid"`},
	{"bytes that are no UTF-8 in a header", "GET /api/things/echo", "H: \xff\r\n\r\n", 400, `"code":"invalid"`},
	{"a broken escape in a form", "POST /api/things/things", form("text=%zz"), 400, "not a valid form"},
	{"a broken escape in the query", "GET /api/things/things?text=%zz", "\r\n", 400, "malformed"},
	{"a broken escape in the path", "GET /api/things/things/%zz", "\r\n", 400, ""},
	{"1,001 parameters", "GET /api/things/things?" + strings.Repeat("a=1&", 1001), "\r\n", 400, "malformed"},
	{"a number too large", "POST /api/things/things", jsonBody(`{"n": 1e400000}`), 400, "n must be a number"},
	{"a number of 9,999 digits", "POST /api/things/things", jsonBody(`{"n": 1e9999}`), 400, "n has too many digits"},
	{"a number too large for JSON in PostgreSQL", "POST /api/things/things", jsonBody(`{"data": {"deep": [1e400000]}}`), 400, "data has too many digits"},
	{"a number that is none", "POST /api/things/things", jsonBody(`{"n": "NaN"}`), 400, "n must be a number"},
	{"a text for a number", "GET /api/things/things?n=1;drop", "\r\n", 400, `"code":"invalid"`},
	{"a broken whole number", "POST /api/things/things", form("whole=1.5"), 400, "whole must be a whole number"},
	{"outside the range", "POST /api/things/things", form("whole=11"), 400, "whole must be at most 10"},
	{"everything wrong at once", "POST /api/things/things", jsonBody(`{"n":[],"whole":-1,"at":"soon","day":"2026-02-30","yes":2,"kind":"c","other":"nobody here"}`), 400,
		`"param":"kind"`},
	{"a year that no calendar has", "POST /api/things/things", jsonBody(`{"at": 99999999999999999}`), 400, "at must be a date"},
	{"a reference to nothing", "POST /api/things/things", jsonBody(`{"other": "nobody"}`), 400, `"code":"reference"`},
	{"a reference that is no uid", "POST /api/things/things", jsonBody(`{"other": "../../etc/passwd"}`), 400, "other must be the uid"},
	{"page zero", "GET /api/things/things?page=0", "\r\n", 400, "page must be at least 1"},
	{"a page far away", "GET /api/things/things?page=999999999999999999999", "\r\n", 400, `"code":"invalid"`},
	{"a path value outside its values", "GET /api/things/kinds/c", "\r\n", 404, `"code":"not_found"`},
	{"a record that is not there", "GET /api/things/things/nobody", "\r\n", 404, `"code":"not_found"`},
	{"SQL for a uid", "GET /api/things/things/'%20OR%20'1'='1", "\r\n", 404, `"code":"not_found"`},
	{"deleting with SQL", "DELETE /api/things/things/x'%20OR%20true--", "\r\n", 404, `"code":"not_found"`},
	{"a path that climbs", "GET /api/things/../../../etc/passwd", "\r\n", 404, `"code":"not_found"`},
	{"a path that climbs, escaped", "GET /api/things/things/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "\r\n", 404, `"code":"not_found"`},
	{"a path that climbs out of the panel", "GET /_/assets/%2e%2e%2f%2e%2e%2fembed.go", "\r\n", 404, ""},
	{"another method", "PUT /api/things/things", jsonBody(`{}`), 405, `"code":"not_allowed"`},
	{"a method nobody knows", "BREW /api/things/things", "\r\n", 405, `"code":"not_allowed"`},
	{"a method by header", "GET /api/things/things/nobody", "X-HTTP-Method-Override: DELETE\r\n\r\n", 404, `"code":"not_found"`},
	{"a method by parameter", "POST /api/things/things/nobody?_method=DELETE", "\r\n", 405, `"code":"not_allowed"`},
	{"no such project", "GET /api/nothing/things", "\r\n", 404, "no such project"},
	{"a project in capitals", "GET /api/Things/things", "\r\n", 404, "no such project"},
	{"headers of 100,000 bytes", "GET /api/things/echo", "H: " + strings.Repeat("x", 100_000) + "\r\n\r\n", 431, ""},
	{"two lengths", "POST /api/things/things", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", 400, ""},
	{"a body of a chunk that lies", "POST /api/things/things", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", 400, ""},
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestWrongRequests(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(things)
	for _, tt := range wrong {
		status, header, body := in.raw(tt.line + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + tt.rest)
		if status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: answered %d %.300s; want %d %s", tt.name, status, body, tt.status, tt.want)
		}
		if strings.HasPrefix(tt.line, "GET /api/") && tt.want != "" && header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: answered without nosniff", tt.name)
		}
		if status == 405 && header.Get("Allow") == "" {
			t.Errorf("%s: answered 405 without Allow", tt.name)
		}
	}
	if status, body := in.request("GET", "/api/things/things", ""); status != 200 || !strings.Contains(body, `"total":0`) {
		t.Errorf("after nothing but wrong requests the list answers %d %s", status, body)
	}
	for line := range strings.Lines(in.output.String()) {
		if strings.Contains(line, `"level":"ERROR"`) {
			t.Errorf("a client's mistake is logged as the server's: %s", line)
		}
	}
}

// raw sends bytes as they are and reads one answer.
func (in *installation) raw(request string) (status int, header http.Header, body string) {
	in.t.Helper()
	conn, err := net.Dial("tcp", in.addr)
	if err != nil {
		in.t.Fatal(err)
	}
	defer conn.Close()
	go io.WriteString(conn, request) // a refused body may not be read to its end
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		in.t.Errorf("%.60q has no answer: %v", request, err)
		return 0, nil, ""
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		in.t.Errorf("%.60q has half an answer: %v", request, err)
	}
	return response.StatusCode, response.Header, string(content)
}

// suspicious are texts that mean something to SQL, JavaScript, templates, JSON, spreadsheets or terminals. Here they are data.
var suspicious = []string{
	`'; DROP TABLE public.sl_projects; --`, `' OR '1'='1`, `$1`, `$$; SELECT pg_sleep(60); $$`, `'||pg_sleep(60)||'`, `\'; --`, `%`, `_`, `a%b`, `\`, `\\`,
	`$params.text`, `$record.uid`, `${$request.ip}`, `=1+1`, `==1`, `$$`, `=process.exit()`, `{"$each": "$records"}`, `$omit`, `__proto__`, `constructor`,
	`<script>alert(1)</script>`, `"&<>`, "\u2028\u2029", "tab\tline\r\nbell\a", "\u202egnp.exe", `null`, `true`, `1e5`, `NaN`, `[1]`, `{"u":"x"}`, `\u0041`, `%00`, `%2e%2e`,
	`../../etc/passwd`, `😀 中文 e\u0301`, "e\u0301", "é", `@SUM(A1)`, `+1`, `-1`, `;`, `,`, `"`, `a b`, `a+b`, `ﬃ`, "\u007f", "\ufeff",
}

// TestDataStaysData stores each suspicious text through JSON and a form, and finds it by itself.
func TestDataStaysData(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.start()
	in.apply(things)
	for _, text := range suspicious {
		body, err := json.Marshal(map[string]any{"text": text, "data": map[string]any{text: text}})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := in.request("POST", "/api/things/things", string(body)); status != 201 {
			t.Errorf("%q as JSON answers %d %s", text, status, answer)
		}
		if status, answer := in.request("POST", "/api/things/things", url.Values{"text": {text}}.Encode()); status != 201 {
			t.Errorf("%q in a form answers %d %s", text, status, answer)
		}
	}
	for _, text := range suspicious {
		_, answer := in.request("GET", "/api/things/things?text="+url.QueryEscape(text), "")
		var found struct {
			Total int
			Items []struct {
				Text string
				Data map[string]any
			}
		}
		if err := json.Unmarshal([]byte(answer), &found); err != nil || found.Total != 2 || found.Items[0].Text != text || found.Items[1].Text != text || found.Items[1].Data[text] != text {
			t.Errorf("%q is found as %s (%v)", text, answer, err)
		}
	}
	for _, part := range []string{"%", "_", `\`, "DROP TABLE"} {
		holding := 0
		for _, text := range suspicious {
			if strings.Contains(text, part) {
				holding += 2
			}
		}
		_, answer := in.request("GET", "/api/things/things?part="+url.QueryEscape(part), "")
		if !strings.HasSuffix(answer, fmt.Sprintf(`"total":%d}`, holding)) {
			t.Errorf("%q stands in %d records, but the list answers %.300s", part, holding, answer)
		}
	}
	for _, ignored := range []string{"id[]=1", "id%5B%5D=1", "id.x=1", "ID=1", "%69%64%00=1"} {
		if _, answer := in.request("GET", "/api/things/things?"+ignored, ""); !strings.Contains(answer, fmt.Sprintf(`"total":%d`, 2*len(suspicious))) {
			t.Errorf("what nobody declared is not ignored: %s answers %.300s", ignored, answer)
		}
	}
}
