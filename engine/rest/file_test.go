package rest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine/file"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/record"
	"github.com/sayrud/sayrud/storage/blob"
	"github.com/sayrud/sayrud/storage/pg"
)

const album = `
project: album
tables:
  people:
    fields:
      name: {type: text, label: Name, required: true, max: 10}
      avatar: {type: file, label: Avatar, types: [image/*], max_size: 200000, public: true}
      papers: {type: file, label: Papers, many: true, max: 3, constraint: "$this.papers.every(p => p.size < 5000)", message: Papers are too long}
      secret: {type: file, hidden: true}
  posts: {fields: {author: {type: reference, to: people, on_delete: cascade}, picture: {type: file, required: true}}}
endpoints:
  add: {kind: CREATE, route: POST /people, table: people, params: {name: {}, avatar: {}, papers: {}}}
  change: {kind: UPDATE, route: "PATCH /people/{id}", table: people, params: {name: {}, avatar: {}, papers: {}}, filter: {uid: $params.id}}
  avatar: {kind: UPDATE, route: "PUT /people/{id}/avatar", table: people, params: {avatar: {}}, filter: {uid: $params.id}}
  hide: {kind: UPDATE, route: "PUT /people/{id}/secret", table: people, params: {secret: {as: $}}, filter: {uid: $params.id}, reveal: [secret]}
  one: {kind: VIEW, route: "GET /people/{id}", table: people, filter: {uid: $params.id}}
  large: {kind: LIST, route: GET /large, table: people, filter: {t: AND, v: [{t: NOT, v: {t: IS_NULL, v: {t: FIELD, v: avatar}}}]}, response: {body: [{$each: $records, n: $record.name, s: $record.avatar.size, u: "$request.path", js: "=$record.avatar.url.length > 9"}]}}
  remove: {kind: DELETE, route: "DELETE /people/{id}", table: people, filter: {uid: $params.id}}
  post: {kind: CREATE, route: POST /posts, table: posts, params: {author: {}, picture: {}}}
  posts: {kind: LIST, route: GET /posts, table: posts, response: {body: [{$each: $records, face: $record.author.avatar.url, papers: $record.author.papers}]}}
`

func TestAnswersWithSignedLinksAreKeptForLess(t *testing.T) {
	t.Parallel()
	d := open(t, strings.Replace(album, "endpoints:", `  plain: {fields: {name: {type: text}, logo: {type: file, public: true}}}
endpoints:
  logos: {kind: LIST, route: GET /logos, table: plain, middlewares: [{cache: {ttl: 1d}}, main]}
  joined: {kind: LIST, route: GET /joined, table: plain, include: {people: {table: people, by: {name: name}}}, middlewares: [{cache: {ttl: 1d}}, main]}
  beside: {route: GET /beside, sources: {people: {table: people}}, middlewares: [{cache: {ttl: 1d}}, main]}
  nothing: {route: GET /nothing, response: {body: 1}}`, 1))
	want := map[string]time.Duration{"posts": 30 * time.Minute, "one": 30 * time.Minute, "joined": 30 * time.Minute, "beside": 30 * time.Minute, "logos": 0, "nothing": 0}
	p := d.server.generation.Load().projects["album"].def
	for name, want := range want {
		ep, _ := p.Endpoints.Get(name)
		if got := d.server.bench(p, ep, plan.Tables(p, ep), false).Keep; got != want {
			t.Errorf("answers of %s are kept for %s at most, want %s", name, got, want)
		}
	}
}

// A formPart is a part of a multipart form; one with a file name is a file.
type formPart struct{ name, fileName, content string }

func multipartBody(t *testing.T, parts ...formPart) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf("form-data; name=%q", p.name)}}
		if p.fileName != "" {
			h = textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf("form-data; name=%q; filename=\"%s\"", p.name, p.fileName)}, "Content-Type": {"image/png"}}
		}
		part, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, p.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// send sends a body of any type and gives status and decoded answer.
func (d *door) send(method, path, contentType string, body io.Reader, headers ...string) (int, map[string]any) {
	d.t.Helper()
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", contentType)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		d.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, answer
}

func (d *door) form(method, path string, parts ...formPart) (int, map[string]any) {
	d.t.Helper()
	body, contentType := multipartBody(d.t, parts...)
	return d.send(method, path, contentType, strings.NewReader(body))
}

// get reads a link.
func (d *door) get(link string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", link, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

// counts tells how many blobs and uses there are, and how many objects the store holds.
func (d *door) counts() [3]int {
	d.t.Helper()
	var n [3]int
	if err := d.db.Pool().QueryRow(d.t.Context(), `SELECT (SELECT count(*) FROM public.sl_blobs), (SELECT count(*) FROM public.sl_file_uses)`).Scan(&n[0], &n[1]); err != nil {
		d.t.Fatal(err)
	}
	if err := d.store.List(d.t.Context(), "", func(blob.Info) error { n[2]++; return nil }); err != nil {
		d.t.Fatal(err)
	}
	return n
}

func (d *door) wantCounts(when string, want [3]int) {
	d.t.Helper()
	if diff := cmp.Diff(want, d.counts()); diff != "" {
		d.t.Errorf("%s: blobs, uses, objects: %s", when, diff)
	}
}

func pngImage(t *testing.T, w, h int) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), 90, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func TestFilesOfAForm(t *testing.T) {
	t.Parallel()
	d := open(t, album)
	face := pngImage(t, 20, 10)
	status, got := d.form("POST", "/api/album/people", formPart{"papers", "a b.txt", "first"}, formPart{"name", "", "Ann"}, formPart{"avatar", "../../Gesicht 脸\u202e.png", face},
		formPart{"other", "x.bin", "nobody wants it"}, formPart{"papers", "b.txt", "second"})
	if status != 201 {
		t.Fatalf("%d %v", status, got)
	}
	uid := at(got, "uid").(string)
	avatar := at(got, "avatar").(map[string]any)
	if avatar["sha256"] != hashOf(face) || avatar["size"] != float64(len(face)) || avatar["type"] != "image/png" || avatar["name"] != "Gesicht 脸.png" {
		t.Errorf("avatar: %v", avatar)
	}
	if at(got, "papers", 0, "name") != "a b.txt" || at(got, "papers", 1, "sha256") != hashOf("second") || at(got, "papers", 1, "type") != "text/plain; charset=utf-8" {
		t.Errorf("papers: %v", got["papers"])
	}
	if _, shown := got["secret"]; shown {
		t.Error("the hidden file is shown")
	}
	d.wantCounts("after one record", [3]int{3, 3, 3})

	link := avatar["url"].(string)
	if !strings.HasPrefix(link, "/files/album/people/"+uid+"/avatar/") || strings.Contains(link, "?") {
		t.Errorf("the public link is %s", link)
	}
	w := d.get(link)
	want := map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition": "inline; filename*=utf-8''Gesicht%20%E8%84%B8.png", "Etag": `"` + hashOf(face) + `"`, "Cache-Control": "public, max-age=86400", "Accept-Ranges": "bytes"}
	for name, value := range want {
		if w.Header().Get(name) != value {
			t.Errorf("%s: %s, want %s", name, w.Header().Get(name), value)
		}
	}
	if w.Code != 200 || w.Body.String() != face {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
	_, list := d.send("GET", "/api/album/people/"+uid, "", nil)
	if diff := cmp.Diff(got["avatar"], list["avatar"]); diff != "" {
		t.Error(diff)
	}
	if got := d.get("/api/album/large").Body.String(); got != fmt.Sprintf(`[{"n":"Ann","s":%d,"u":"/api/album/large","js":true}]`, len(face)) {
		t.Errorf("templates see %s", got)
	}
}

func TestSignedLinks(t *testing.T) {
	t.Parallel()
	d := open(t, album, strings.Replace(album, "project: album", "project: other", 1))
	_, got := d.form("POST", "/api/album/people", formPart{"name", "", "Ann"}, formPart{"papers", "page.html", "<html><script>alert(1)</script>"})
	link := at(got, "papers", 0, "url").(string)
	bare, query, signed := strings.Cut(link, "?")
	if !signed {
		t.Fatalf("the link of a private file is %s", link)
	}
	w := d.get(link)
	if w.Code != 200 || w.Header().Get("Content-Type") != "application/octet-stream" || w.Header().Get("Content-Disposition") != "attachment; filename=page.html" ||
		!strings.HasPrefix(w.Header().Get("Cache-Control"), "private, max-age=") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	_, second := d.form("POST", "/api/album/people", formPart{"name", "", "Ben"}, formPart{"papers", "page.html", "<html><script>alert(1)</script>"})
	for name, forged := range map[string]string{
		"no signature": bare, "empty": bare + "?e=&s=", "another time": bare + "?" + strings.Replace(query, "e=", "e=9", 1), "another signature": link[:len(link)-4] + "AAAA",
		"another record": strings.Replace(link, at(got, "uid").(string), at(second, "uid").(string), 1), "another field": strings.Replace(link, "/papers/", "/secret/", 1),
		"another project": strings.Replace(link, "/album/", "/other/", 1), "no such file": strings.Replace(bare, "/papers/", "/avatar/", 1), "traversal": "/files/album/people/../../x/y/z",
	} {
		if w := d.get(forged); w.Code != 404 || strings.Contains(w.Body.String(), "alert") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := d.get(bare + "other?" + query); w.Code != 200 { // the name is no part of the right
		t.Errorf("another name: %d", w.Code)
	}
	// A link opens what the record holds, not what it held.
	d.form("PATCH", "/api/album/people/"+at(got, "uid").(string), formPart{"papers", "new.txt", "new"})
	if w := d.get(link); w.Code != 404 {
		t.Errorf("the link of a replaced file: %d", w.Code)
	}
	if w := d.get(at(second, "papers", 0, "url").(string)); w.Code != 200 {
		t.Errorf("the same content in another record: %d", w.Code)
	}
}

func TestRangesAndConditions(t *testing.T) {
	t.Parallel()
	d := open(t, album)
	text := strings.Repeat("0123456789", 300)
	_, got := d.form("POST", "/api/album/people", formPart{"name", "", "Ann"}, formPart{"papers", "a.txt", text})
	link := at(got, "papers", 0, "url").(string)
	tag := d.get(link).Header().Get("ETag")
	for _, test := range []struct {
		headers []string
		status  int
		body    string
	}{
		{[]string{"Range", "bytes=0-4"}, 206, "01234"}, {[]string{"Range", "bytes=-3"}, 206, "789"}, {[]string{"Range", "bytes=2995-"}, 206, "56789"},
		{[]string{"Range", "bytes=3000-"}, 416, ""}, {[]string{"If-None-Match", tag}, 304, ""}, {[]string{"If-None-Match", `"x"`}, 200, text},
		{[]string{"Range", "bytes=0-1", "If-Range", tag}, 206, "01"}, {[]string{"Range", "bytes=0-1", "If-Range", `"x"`}, 200, text},
	} {
		w := d.get(link, test.headers...)
		if w.Code != test.status || test.status != 416 && w.Body.String() != test.body {
			t.Errorf("%v: %d, %d bytes", test.headers, w.Code, w.Body.Len())
		}
	}
	w := d.get(link, "Range", "bytes=0-1,10-12")
	if w.Code != 206 || !strings.HasPrefix(w.Header().Get("Content-Type"), "multipart/byteranges") || strings.Count(w.Body.String(), "Content-Range:") != 2 {
		t.Errorf("two ranges: %d %v %s", w.Code, w.Header(), w.Body)
	}
	r := httptest.NewRequest(http.MethodHead, link, nil)
	head := httptest.NewRecorder()
	d.handler.ServeHTTP(head, r)
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != "3000" {
		t.Errorf("HEAD: %d %v", head.Code, head.Header())
	}
	if w := d.do(scenario{method: "POST", path: link}); w.Code != 405 {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestAWholeBodyIsAFile(t *testing.T) {
	t.Parallel()
	d := open(t, album)
	_, got := d.form("POST", "/api/album/people", formPart{"name", "", "Ann"})
	path := "/api/album/people/" + at(got, "uid").(string)
	face := pngImage(t, 5, 5)
	status, got := d.send("PUT", path+"/avatar", "image/png", strings.NewReader(face), "Content-Disposition", `attachment; filename="me.png"`)
	if status != 200 || at(got, "avatar", "sha256") != hashOf(face) || at(got, "avatar", "name") != "me.png" {
		t.Errorf("%d %v", status, got)
	}
	status, got = d.send("PUT", path+"/secret", "application/json", strings.NewReader(`{"a":1}`))
	if status != 200 || at(got, "secret", "sha256") != hashOf(`{"a":1}`) || at(got, "secret", "type") != "application/json" || at(got, "secret", "name") != "file.json" {
		t.Errorf("%d %v", status, got)
	}
	if status, got := d.send("PUT", path+"/avatar", "application/json", strings.NewReader(`{"avatar":null}`)); status != 200 || got["avatar"] != nil {
		t.Errorf("null clears: %d %v", status, got)
	}
	d.wantCounts("after the avatar was cleared", [3]int{2, 1, 2})
}

func TestReferencesToFiles(t *testing.T) {
	t.Parallel()
	d := open(t, album, strings.Replace(album, "project: album", "project: other", 1))
	_, ann := d.form("POST", "/api/album/people", formPart{"name", "", "Ann"}, formPart{"papers", "a.txt", "first"}, formPart{"papers", "b.txt", "second"})
	_, ben := d.form("POST", "/api/album/people", formPart{"name", "", "Ben"})
	_, stranger := d.form("POST", "/api/other/people", formPart{"name", "", "Cid"}, formPart{"papers", "c.txt", "third"})
	path := "/api/album/people/"
	patch := func(uid any, body string) (int, map[string]any) {
		return d.send("PATCH", path+uid.(string), "application/json", strings.NewReader(body))
	}
	text := func(v any) string { b, _ := json.Marshal(v); return string(b) }

	status, got := patch(ann["uid"], `{"papers": [`+text(at(ann, "papers", 1))+`]}`)
	if status != 200 || at(got, "papers", 0, "name") != "b.txt" || at(got, "papers", 1) != nil {
		t.Errorf("a record keeps one of its files: %d %v", status, got)
	}
	second := `{"sha256":"` + hashOf("second") + `","name":"renamed.txt","type":"text/html","size":1}`
	if status, got = patch(ann["uid"], `{"papers":[`+second+`]}`); status != 200 || at(got, "papers", 0, "name") != "renamed.txt" || at(got, "papers", 0, "type") != "text/plain; charset=utf-8" || at(got, "papers", 0, "size") != 6.0 {
		t.Errorf("by its hash, from the record itself: %d %v", status, got)
	}
	for name, body := range map[string]string{
		"a hash of another record": `{"papers":[` + second + `]}`, "a hash of another project": `{"papers":[{"sha256":"` + hashOf("third") + `"}]}`,
		"a link into another project": `{"papers":[` + text(at(stranger, "papers", 0, "url")) + `]}`, "a file that was replaced": `{"papers":[` + text(at(ann, "papers", 0, "url")) + `]}`,
		"an address elsewhere": `{"papers":["https://example.com/x/y"]}`, "no reference": `{"papers":[{"name":"x"}]}`, "a number": `{"papers":[7]}`, "a bad hash": `{"papers":[{"sha256":"../../etc"}]}`,
	} {
		if status, got := patch(ben["uid"], body); status != 400 {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	link := text(at(got, "papers", 0, "url"))
	if status, got := patch(ben["uid"], `{"papers":[`+link+`]}`); status != 200 || at(got, "papers", 0, "sha256") != hashOf("second") || at(got, "papers", 0, "name") != "renamed.txt" {
		t.Errorf("a link is a right: %d %v", status, got)
	}
	status, got = d.form("PATCH", path+ben["uid"].(string), formPart{"papers", "", text(at(got, "papers", 0))}, formPart{"papers", "new.txt", "new"})
	if status != 200 || at(got, "papers", 0, "sha256") != hashOf("second") || at(got, "papers", 1, "name") != "new.txt" {
		t.Errorf("one kept, one new: %d %v", status, got)
	}
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, album)
	face := pngImage(t, 20, 10)
	for name, test := range map[string]struct {
		status int
		code   string
		parts  []formPart
	}{
		"another rule":       {400, "max", []formPart{{"avatar", "a.png", face}, {"name", "", "far too long a name"}}},
		"required":           {400, "required", []formPart{{"avatar", "a.png", face}}},
		"too large":          {413, "max_size", []formPart{{"name", "", "Ann"}, {"avatar", "a.png", face + strings.Repeat("x", 200000)}}},
		"type by content":    {400, "types", []formPart{{"name", "", "Ann"}, {"papers", "p.txt", "kept?"}, {"avatar", "a.png", "<html></html>"}}},
		"two where one goes": {400, "max", []formPart{{"name", "", "Ann"}, {"avatar", "a.png", face}, {"avatar", "b.png", face + " "}}},
		"too many":           {400, "max", []formPart{{"name", "", "Ann"}, {"papers", "1", "1"}, {"papers", "2", "2"}, {"papers", "3", "3"}, {"papers", "4", "4"}}},
		"constraint":         {400, "constraint", []formPart{{"name", "", "Ann"}, {"papers", "long.txt", strings.Repeat("long ", 2000)}}},
	} {
		status, got := d.form("POST", "/api/album/people", test.parts...)
		if status != test.status || at(got, "errors", 0, "code") != test.code {
			t.Errorf("%s: %d %v", name, status, got)
		}
		d.wantCounts(name, [3]int{})
	}
	body, contentType := multipartBody(t, formPart{"name", "", "Ann"}, formPart{"papers", "p.txt", strings.Repeat("p", 10000)})
	status, got := d.send("POST", "/api/album/people", contentType, io.MultiReader(strings.NewReader(body[:9000]), brokenConnection{}))
	if status != 400 || !strings.Contains(got["detail"].(string), "whole") {
		t.Errorf("a connection that breaks: %d %v", status, got)
	}
	d.wantCounts("a connection that breaks", [3]int{})
	if status, _ := d.send("POST", "/api/album/people", contentType, strings.NewReader(body[:9000])); status != 400 {
		t.Errorf("a form without end: %d", status)
	}
	d.wantCounts("a form without end", [3]int{})
	long, contentType := multipartBody(t, formPart{"name", "", strings.Repeat("n", 2<<20)}, formPart{"avatar", "a.png", face})
	if status, _ := d.send("POST", "/api/album/people", contentType, strings.NewReader(long)); status != 413 {
		t.Errorf("texts beyond the limit of the body: %d", status)
	}
}

type brokenConnection struct{}

func (brokenConnection) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestFilesAreCollected(t *testing.T) {
	t.Parallel()
	d := open(t, album)
	collect := func(want int64) {
		t.Helper()
		done, err := d.files.Collect(t.Context(), 0)
		if err != nil || done.Blobs != want {
			t.Errorf("Collect: %+v, %v, want %d", done, err, want)
		}
	}
	add := func(name, paper string) string {
		_, got := d.form("POST", "/api/album/people", formPart{"name", "", name}, formPart{"papers", "p.txt", paper})
		return got["uid"].(string)
	}
	ann, ben, cid := add("Ann", "same"), add("Ben", "same"), add("Cid", "own")
	d.wantCounts("one content twice", [3]int{2, 3, 2})
	_, post := d.form("POST", "/api/album/posts", formPart{"author", "", cid}, formPart{"picture", "x.txt", "picture"})
	if at(post, "picture", "sha256") != hashOf("picture") {
		t.Fatal(post)
	}
	if got := d.get("/api/album/posts").Body.String(); !strings.Contains(got, `"face":null`) || !strings.Contains(got, "/files/album/people/"+cid+"/papers/") {
		t.Errorf("through a reference: %s", got)
	}
	collect(0)
	d.send("DELETE", "/api/album/people/"+ann, "", nil)
	collect(0)
	if _, err := d.db.Pool().Exec(t.Context(), `DELETE FROM p_album.people WHERE uid = $1`, ben); err != nil {
		t.Fatal(err)
	}
	collect(1)
	d.wantCounts("both records are gone", [3]int{2, 2, 2})
	d.send("DELETE", "/api/album/people/"+cid, "", nil) // and by cascade the post
	collect(2)
	d.wantCounts("everything is gone", [3]int{})

	add("Dan", "kept")
	if done, err := d.files.Collect(t.Context(), file.Grace); err != nil || done.Blobs != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	var problems []string
	report, err := d.files.Check(t.Context(), d.catalog.Schema(), false, func(p string) { problems = append(problems, p) })
	if err != nil || report.Blobs != 1 || report.References != 1 || problems != nil {
		t.Errorf("Check: %+v, %v, %v", report, err, problems)
	}
	if err := d.store.List(t.Context(), "", func(i blob.Info) error {
		_, err := d.store.Put(t.Context(), i.Key, strings.NewReader("spoilt"), -1)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	report, err = d.files.Check(t.Context(), d.catalog.Schema(), false, func(p string) { problems = append(problems, p) })
	if err != nil || report.Problems != 1 || len(problems) != 1 || !strings.Contains(problems[0], "has 6 bytes instead of 4; record") {
		t.Errorf("Check of a spoilt store: %+v, %v, %v", report, err, problems)
	}
}

func TestThumbnails(t *testing.T) {
	t.Parallel()
	d := open(t, album)
	_, got := d.form("POST", "/api/album/people", formPart{"name", "", "Ann"}, formPart{"avatar", "a.png", pngImage(t, 200, 100)}, formPart{"papers", "p.txt", "text"})
	link := at(got, "avatar", "url").(string)
	for query, want := range map[string]image.Point{"thumb=50x50": {50, 50}, "thumb=50x50&fit=contain": {50, 25}, "thumb=0x20": {40, 20}, "thumb=100x0": {100, 50}, "thumb=400x400": {100, 100}} {
		for range 2 { // made, then kept
			w := d.get(link + "?" + query)
			config, format, err := image.DecodeConfig(w.Body)
			if err != nil || format != "png" || (image.Point{config.Width, config.Height}) != want || w.Header().Get("Content-Type") != "image/png" {
				t.Errorf("%s: %d %dx%d %s, %v", query, w.Code, config.Width, config.Height, format, err)
			}
		}
	}
	for query, status := range map[string]int{"thumb=x": 400, "thumb=0x0": 400, "thumb=9999x1": 400, "thumb=-1x5": 400, "thumb=5x5&fit=wide": 400} {
		if w := d.get(link + "?" + query); w.Code != status {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
	if w := d.get(at(got, "papers", 0, "url").(string) + "&thumb=5x5"); w.Code != 415 {
		t.Errorf("a thumbnail of a text: %d", w.Code)
	}
	d.wantCounts("with thumbnails", [3]int{2, 2, 7})
	d.send("DELETE", "/api/album/people/"+got["uid"].(string), "", nil)
	if _, err := d.files.Collect(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	d.wantCounts("after the record", [3]int{})
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 30, 30)), nil); err != nil {
		t.Fatal(err)
	}
	_, got = d.form("POST", "/api/album/people", formPart{"name", "", "Ben"}, formPart{"avatar", "a.jpg", photo.String()})
	if w := d.get(at(got, "avatar", "url").(string) + "?thumb=10x10"); w.Header().Get("Content-Type") != "image/jpeg" || w.Code != 200 {
		t.Errorf("of a JPEG: %d %v", w.Code, w.Header())
	}
}

func TestFilesAreDumpedAndImported(t *testing.T) {
	t.Parallel()
	d := open(t, album)
	_, got := d.form("POST", "/api/album/people", formPart{"name", "", "Ann"}, formPart{"papers", "a.txt", "first"}, formPart{"avatar", "a.png", pngImage(t, 3, 3)})
	p := d.catalog.Schema().Projects["album"]
	people, _ := p.Tables.Get("people")
	var dumped bytes.Buffer
	if _, err := d.records.Dump(t.Context(), p, people, &dumped, record.DumpOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dumped.String(), hashOf("first")) {
		t.Errorf("the dump is %s", dumped.String())
	}
	d.send("DELETE", "/api/album/people/"+got["uid"].(string), "", nil)
	text := dumped.String() + `{"name":"Ben","avatar":{"sha256":"` + hashOf("nothing") + `"}}` + "\n" + `{"name":"Cid","papers":[{"sha256":"` + hashOf("first") + `","name":"c","size":1,"type":"text/html"}]}` + "\n"
	report, err := d.records.Import(t.Context(), p, people, strings.NewReader(text), record.ImportOptions{Continue: true})
	if err != nil || report.Records != 2 || report.Refused != 1 || report.Errors[0].Line != 2 {
		t.Fatalf("Import: %+v, %v", report, err)
	}
	_, again := d.send("GET", "/api/album/people/"+got["uid"].(string), "", nil)
	if diff := cmp.Diff([]any{got["avatar"], at(got, "papers", 0, "url")}, []any{again["avatar"], at(again, "papers", 0, "url")}); diff != "" {
		t.Error(diff)
	}
	d.wantCounts("after the import", [3]int{2, 3, 2})
	if _, err := d.db.Pool().Exec(t.Context(), `INSERT INTO p_album.posts DEFAULT VALUES`); pg.Code(err) != "23502" {
		t.Errorf("SQL brings no file where one is required: %v", err)
	}
	var size int
	if err := d.db.Pool().QueryRow(t.Context(), `SELECT (papers->0->>'size')::int FROM p_album.people WHERE name = 'Cid'`).Scan(&size); err != nil || size != 5 {
		t.Errorf("the view shows %d, %v", size, err)
	}
}
