package rest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

const shelf = `
project: shelf
tables:
  books:
    label: Books
    fields:
      number: {type: autonumber}
      title: {type: text, label: Title, required: true, max: 20}
      pages: {type: number, integer: true, min: 1}
      isbn: {type: text, label: ISBN, unique: true}
      sequel: {type: reference, label: Sequel, to: books}
      cost: {type: number, hidden: true}
      short: {type: generated, expression: "left(title, 3)"}
`

// report imports text and gives what the answer counts.
func (d *door) report(query, text string, headers ...string) (status int, records, refused float64, errors string) {
	d.t.Helper()
	status, answer := d.send("POST", "/_/api/projects/shelf/tables/books/import?"+query, "application/octet-stream", strings.NewReader(text), headers...)
	records, _ = answer["records"].(float64)
	refused, _ = answer["refused"].(float64)
	list, _ := json.Marshal(answer["errors"])
	return status, records, refused, string(list)
}

func TestImportByTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t, shelf)
	_, token, _ := strings.Cut(d.token("shelf", auth.Editor), ": ")
	const file = "Name,pages,isbn,notes\nOne,10,a,x\nTwo,0,b,x\nThree,30,a,x\n"
	columns := "&columns=" + url.QueryEscape(`{"Name":"title","notes":""}`)
	for _, s := range []struct {
		name, query, file string
		records, refused  float64
		want              []string
	}{
		{"a dry run tells all and stores nothing", "format=csv&dry_run=true" + columns, file, 1, 2, []string{`"line":3`, `"line":4`, "ISBN"}},
		{"all or nothing", "format=csv" + columns, file, 0, 1, []string{`"line":3`}},
		{"the good ones", "format=csv&skip=true" + columns, file, 1, 2, []string{`"line":3`, `"line":4`}},
		{"what is there already", "format=csv&dry_run=true" + columns, file, 0, 3, []string{`"line":2`}},
		{"NDJSON, its records refer to each other", "", `{"uid":"aaaaaaaaaaaaaaaaaaaaaaaaaa","title":"A","sequel":"bbbbbbbbbbbbbbbbbbbbbbbbbb"}` + "\n" + `{"uid":"bbbbbbbbbbbbbbbbbbbbbbbbbb","title":"B","short":"ignored"}`, 2, 0, nil},
		{"nothing", "format=ndjson", "", 0, 0, nil},
	} {
		status, records, refused, errors := d.report(s.query, s.file, "Authorization", token)
		if status != 200 || records != s.records || refused != s.refused {
			t.Errorf("%s: %d, %v records, %v refused: %s", s.name, status, records, refused, errors)
		}
		for _, want := range s.want {
			if !strings.Contains(errors, want) {
				t.Errorf("%s: %s lacks %s", s.name, errors, want)
			}
		}
	}
	owner := d.token("", auth.Owner)
	const table = "/_/api/projects/shelf/tables/books"
	for _, s := range []scenario{
		{name: "numbers of dry runs are not lost, one of a refused record is", path: table + "/records?sort=number&fields=number,title", headers: owner, status: 200,
			want: []string{`"number":1,"title":"One"`, `"number":3,"title":"A"`, `"number":4,"title":"B"`}},
		{name: "unknown column", method: "POST", path: table + "/import?format=csv", headers: owner, body: "titel,isbn\nx,y\n", status: 400, want: []string{"titel", "title"}},
		{name: "no format", method: "POST", path: table + "/import?format=xml", headers: owner, body: "x", status: 400},
		{name: "columns are an object of texts", method: "POST", path: table + "/import?columns=" + url.QueryEscape(`{"a":1}`), headers: owner, body: "x", status: 400},
		{name: "a viewer imports not", method: "POST", path: table + "/import", headers: d.token("shelf", auth.Viewer), body: "", status: 403},
		{name: "audit", path: "/_/api/projects/shelf/audit", headers: owner, status: 200, want: []string{`"action":"import records"`, `{"records":2}`}},
	} {
		s.name = "import: " + s.name
		d.check(s)
	}
}

func TestExportByTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t, shelf)
	owner, viewer := d.token("", auth.Owner), d.token("shelf", auth.Viewer)
	_, token, _ := strings.Cut(owner, ": ")
	if status, records, _, errors := d.report("", `{"title":"=1+1","pages":2,"cost":7}`+"\n"+`{"title":"Long","pages":900,"isbn":"x"}`, "Authorization", token); status != 200 || records != 2 {
		t.Fatal(status, records, errors)
	}
	const export = "/_/api/projects/shelf/tables/books/export"
	filter := func(f string) string { return "&filter=" + url.QueryEscape(f) }
	for _, s := range []scenario{
		{name: "csv", path: export + "?format=csv", headers: owner, status: 200,
			want:  []string{"uid,number,title,pages,isbn,sequel,cost,created_at", "Content-Type: text/csv", "Content-Disposition: attachment; filename=books-", "=1+1", "Long"},
			lacks: []string{"'=1+1", "short"}},
		{name: "a viewer sees nothing hidden", path: export + "?format=csv", headers: viewer, status: 200, want: []string{"isbn,sequel,created_at"}, lacks: []string{"cost"}},
		{name: "for a spreadsheet", path: export + "?format=csv&spreadsheet=true", headers: owner, status: 200, want: []string{"'=1+1"}},
		{name: "what a filter selects", path: export + "?format=ndjson" + filter(`{"pages":{">":100}}`), headers: owner, status: 200, want: []string{`"title":"Long"`, "application/x-ndjson"}, lacks: []string{"=1+1"}},
		{name: "in order", path: export + "?format=ndjson&sort=-pages", headers: owner, status: 200, want: []string{`"pages":900`}},
		{name: "values are data", path: export + "?format=ndjson" + filter(`{"title":"=1+1"}`), headers: owner, status: 200, want: []string{`"title":"=1+1"`}, lacks: []string{"Long"}},
		{name: "unknown field", path: export + "?format=csv" + filter(`{"nothing":1}`), headers: owner, status: 400, lacks: []string{"Content-Disposition"}},
		{name: "hidden from viewers", path: export + "?format=csv" + filter(`{"cost":7}`), headers: viewer, status: 400},
		{name: "audit", path: "/_/api/projects/shelf/audit", headers: owner, status: 200, want: []string{`"action":"export records"`}},
		{name: "sizes of tables", path: "/_/api/projects/shelf/tables", headers: owner, status: 200, want: []string{`"records":2`, `"bytes":`, `"latest":"20`}},
	} {
		s.name = "export: " + s.name
		d.check(s)
	}
	body := d.do(scenario{path: export + "?sort=-pages", headers: owner}).Body.String()
	if strings.Index(body, "Long") > strings.Index(body, "=1+1") {
		t.Errorf("the export is not in order: %s", body)
	}
}

func TestFilesOfTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t, album)
	editor, viewer := d.token("album", auth.Editor), d.token("album", auth.Viewer)
	const people = "/_/api/projects/album/tables/people"
	picture := pngImage(t, 8, 8)
	store := func(field, name, content, headers string) *httptest.ResponseRecorder {
		return d.do(scenario{method: "POST", path: people + "/fields/" + field + "/files?name=" + url.QueryEscape(name), headers: headers, body: content})
	}
	w := store("avatar", "../a b.png", picture, editor)
	var stored struct{ Name, Type, SHA256 string }
	if err := json.Unmarshal(w.Body.Bytes(), &stored); err != nil || w.Code != 200 || stored.Name != "a b.png" || stored.Type != "image/png" || len(stored.SHA256) != 64 {
		t.Fatal(w.Code, w.Body, err)
	}
	for _, s := range []struct {
		name, field, content, headers string
		status                        int
		want                          string
	}{
		{"a type that the field lacks", "avatar", "no image", editor, 400, `"param":"avatar"`},
		{"too large", "avatar", picture + strings.Repeat("x", 200001), editor, 413, `"code":"max_size"`},
		{"no file field", "name", "x", editor, 404, "file field"},
		{"a viewer", "avatar", picture, viewer, 403, "editor"},
	} {
		if w := store(s.field, "x.png", s.content, s.headers); w.Code != s.status || !strings.Contains(w.Body.String(), s.want) {
			t.Errorf("%s: %d %s", s.name, w.Code, w.Body)
		}
	}
	uid := d.member(scenario{method: "POST", path: people + "/records", headers: editor,
		body: `{"data":{"name":"Ada","avatar":{"sha256":"` + stored.SHA256 + `","name":"face.png"}}}`}, "uid")
	secret := store("secret", "s.html", "<script>alert(1)</script>", editor)
	if w := d.do(scenario{method: "PATCH", path: people + "/records/" + uid, headers: editor, body: `{"data":{"secret":` + secret.Body.String() + `}}`}); w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	const files = "/_/api/projects/album/files"
	for _, s := range []scenario{
		{name: "all", path: files, headers: editor, status: 200, want: []string{`"uid":"` + uid + `"`, `"field":"avatar"`, `"name":"face.png"`, `"field":"secret"`, `"uses":2`, `"unused_blobs":0`, "/files/album/people/" + uid + "/secret/"}},
		{name: "hidden from viewers", path: files, headers: viewer, status: 200, want: []string{`"field":"avatar"`}, lacks: []string{"secret"}},
		{name: "by type", path: files + "?type=text/", headers: editor, status: 200, want: []string{`"name":"s.html"`}, lacks: []string{"face.png"}},
		{name: "by name", path: files + "?name=FACE", headers: editor, status: 200, want: []string{"face.png"}, lacks: []string{"s.html"}},
		{name: "by table", path: files + "?table=posts", headers: editor, status: 200, want: []string{`"items":[]`}},
		{name: "in pages", path: files + "?size=1", headers: editor, status: 200, want: []string{`"more":true`}},
	} {
		s.name = "files: " + s.name
		d.check(s)
	}
	link := d.member(scenario{path: files + "?type=text/", headers: editor}, "items.0.url")
	d.check(scenario{name: "files: nothing active is shown inline", path: link, status: 200,
		want: []string{"Content-Type: application/octet-stream", "Content-Disposition: attachment", "X-Content-Type-Options: nosniff"}})
}
