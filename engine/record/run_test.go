package record

import (
	"strings"
	"testing"
)

const (
	addPost    = `{"kind":"CREATE","route":"POST /posts","table":"posts","params":{"slug":{},"title":{},"secret":{}},"response":{"body":"$record.uid"}}`
	addComment = `{"kind":"CREATE","route":"POST /comments","table":"comments","params":{"post":{},"parent":{},"nick":{"trim":true},"email":{},"content":{},"likes":{},"status":{},"seen":{},"day":{},"pinned":{},"meta":{},"related":{},"tags":{}},"response":{"body":"$record.uid"}}`
)

func unquote(s string) string { return strings.Trim(s, `"`) }

func TestCreateAndView(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	post := unquote(h.do(addPost, `{"params":{"slug":"hello","title":"Hello <b>"}}`))
	created := h.do(strings.Replace(addComment, `"$record.uid"`, `{"u":"$record.uid","n":"$record.number","nick":"$record.nick","likes":"$record.likes","post":"$record.post","status":"$record.status","seen":"$record.seen"}`, 1),
		`{"ip":"10.0.0.1","params":{"post":"`+post+`","nick":" Ann ","email":"a@b.c","content":"你好","seen":"2026-11-23T13:28:00+08:00","meta":{"a":[1,2]},"related":[]}}`)
	if !strings.Contains(created, `"n":1,"nick":"Ann","likes":0,"post":{"u":"`+post+`","v":"Hello <b>"},"status":"waiting","seen":"2026-11-23T05:28:00.000Z"`) {
		t.Fatal(created)
	}
	uid := created[6:26]
	view := h.do(`{"kind":"VIEW","route":"GET /c/{id}","table":"comments","filter":{"uid":"$params.id"},"reveal":["ip"]}`, `{"params":{"id":"`+uid+`"}}`)
	for _, want := range []string{`"uid":"` + uid + `"`, `"number":1`, `"post":{"u":"` + post + `","v":"Hello <b>"}`, `"parent":null`, `"email_md5":"5d60d4e28066df254d5452f92c910092"`, `"content":"你好"`, `"ip":"10.0.0.1"`, `"version":1`, `"meta":{"a":`} {
		if !strings.Contains(view, want) {
			t.Errorf("%s lacks %s", view, want)
		}
	}
	if strings.Contains(view, "a@b.c") {
		t.Error("a hidden field shows")
	}
	if got := h.do(`{"kind":"VIEW","route":"GET /c/{id}","table":"comments","filter":{"uid":"$params.id"}}`, `{"params":{"id":"no%"}}`); got != "not_found: There is no such record." {
		t.Error(got)
	}
}
