package record

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestUpdateAndDelete(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	post := h.do(addPost, `{"params":{"slug":"one","title":"One"}}`)
	uid := h.do(addComment, `{"params":{"post":"`+post+`","nick":"ann","content":"x","likes":5,"email":"a@b.c"}}`)
	patch := h.compile(`{"kind":"UPDATE","route":"PATCH /c/{id}","table":"comments","filter":{"uid":"$params.id"},"params":{"nick":{},"content":{},"email":{},"likes":{},"parent":{},"post":{}},
		"response":{"body":"${$record.version} ${$record.nick} ${$record.content} ${$record.email_md5} ${$record.likes}"}}`)
	for _, tt := range []struct{ req, want string }{
		{`{"params":{"id":"` + uid + `","content":"y"}}`, "2 ann y 5d60d4e28066df254d5452f92c910092 5"},
		{`{"params":{"id":"` + uid + `","content":null,"email":null}}`, "3 ann   5"},
		{`{"params":{"id":"` + uid + `","nick":null}}`, "invalid: Nickname is required."},
		{`{"params":{"id":"` + uid + `","nick":""}}`, "invalid: Nickname is required."},
		{`{"params":{"id":"` + uid + `","likes":-1}}`, "invalid: likes must be at least 0."},
		{`{"params":{"id":"` + uid + `","post":"nobody"}}`, "invalid: post refers to a record that does not exist."},
		{`{"params":{"id":"nobody","nick":"x"}}`, "not_found: There is no such record."},
		{`{"headers":{"if-match":"\"2-abc\""},"params":{"id":"` + uid + `","nick":"x"}}`, "precondition: The record has been changed since it was read."},
		{`{"headers":{"if-match":"\"3-abc\""},"params":{"id":"` + uid + `","nick":"bob"}}`, "4 bob   5"},
		{`{"headers":{"if-match":"\"4-abc\""},"params":{"id":"` + uid + `","nick":"$x"}}`, "5 $x   5"},
	} {
		if got := h.run(patch, tt.req); got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.req, got, tt.want)
		}
	}
	// A like changes what is there; its field's bounds hold.
	vote := h.compile(`{"kind":"UPDATE","route":"POST /c/{id}","table":"comments","params":{"n":{"type":"number"}},"filter":{"uid":"$params.id"},"set":{"likes":{"increment":"$params.n"}},"response":{"body":"$record.likes"}}`)
	for _, tt := range []struct{ n, want string }{{"2", "7"}, {"-8", "invalid: likes must be at least 0."}, {"null", "invalid: likes is required."}, {"0.5", "invalid: likes: the value does not fit the field."}, {"-7", "0"}} {
		if got := h.run(vote, `{"params":{"id":"`+uid+`","n":`+tt.n+`}}`); got != tt.want {
			t.Errorf("increment %s gives %q, want %q", tt.n, got, tt.want)
		}
	}
	remove := h.compile(`{"kind":"DELETE","route":"DELETE /c/{id}","table":"comments","filter":{"uid":"$params.id"},"response":{"body":"${$record.nick} ${$record.post.title}"}}`)
	if got := h.run(remove, `{"params":{"id":"`+uid+`"}}`); got != "$x One" {
		t.Error(got)
	}
	if got := h.run(remove, `{"params":{"id":"`+uid+`"}}`); got != "not_found: There is no such record." {
		t.Error(got)
	}
}

func TestOperationsOnLists(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	post := h.do(addPost, `{"params":{"slug":"one","title":"One"}}`)
	uid := h.do(addComment, `{"params":{"post":"`+post+`","nick":"ann"}}`)
	change := func(set, v string) string {
		return h.do(`{"kind":"UPDATE","route":"POST /c/{id}","table":"comments","filter":{"uid":"`+uid+`"},"set":`+set+`,"response":{"body":["$record.tags","$record.meta"]}}`, `{"query":{"v":`+v+`},"params":{"id":"-"}}`)
	}
	for _, tt := range []struct{ set, v, want string }{
		{`{"tags":{"append":"$request.query.v"}}`, `"` + post + `"`, `[["` + post + `"],null]`},
		{`{"tags":{"append":"$request.query.v"}}`, `"` + post + `"`, `[["` + post + `"],null]`},
		{`{"tags":{"append":"$request.query.v"}}`, `"nobody"`, `invalid: tags refers to a record that does not exist.`},
		{`{"tags":{"remove":"$request.query.v"}}`, `"` + post + `"`, `[[],null]`},
		{`{"meta":{"append":"$request.query.v"}}`, `{"a":1}`, `[[],[{"a": 1}]]`},
		{`{"meta":{"append":"$request.query.v"}}`, `"x"`, `[[],[{"a": 1}, "x"]]`},
		{`{"meta":{"remove":"$request.query.v"}}`, `{"a":1}`, `[[],["x"]]`},
	} {
		if got := change(tt.set, tt.v); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(tt.want, " ", "") && got != tt.want {
			t.Errorf("%s with %s gives %s, want %s", tt.set, tt.v, got, tt.want)
		}
	}
}

func TestLimitsOfWrites(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	add := h.compile(`{"kind":"CREATE","route":"POST /n","table":"counters","params":{"n":{}},"response":{"body":"$record.uid"}}`)
	for i := range 4 {
		h.run(add, fmt.Sprintf(`{"params":{"n":%d}}`, 996+i))
	}
	update := func(limit int, filter, set string) string {
		return h.do(fmt.Sprintf(`{"kind":"UPDATE","route":"POST /n","table":"counters","limit":%d,"filter":%s,"set":%s,"response":{"body":"$record.version"}}`, limit, filter, set), `{}`)
	}
	for _, tt := range []struct {
		limit             int
		filter, set, want string
	}{
		{3, `{"n":{">":0}}`, `{"n":{"increment":-1}}`, "conflict: More than 3 records match; nothing was changed."},
		{4, `{"n":{">":0}}`, `{"n":{"increment":2}}`, "invalid: n must be at most 1000."}, // one of them would exceed: none changes
		{4, `{"n":{">":2000}}`, `{"n":{"increment":2}}`, "not_found: There is no such record."},
		{4, `{"n":{">":0}}`, `{"n":{"increment":2,"max":1000}}`, "2"},
	} {
		if got := update(tt.limit, tt.filter, tt.set); got != tt.want {
			t.Errorf("%+v gives %q", tt, got)
		}
	}
	sum := h.do(`{"kind":"LIST","route":"GET /n","table":"counters","response":{"body":"=$records.map(r => r.n).sort().join(' ')"}}`, `{}`)
	if sum != "1000 1000 998 999" {
		t.Error(sum)
	}
	if got := h.do(`{"kind":"DELETE","route":"DELETE /n","table":"counters","limit":3,"filter":{"n":{">":0}}}`, `{}`); got != "conflict: More than 3 records match; nothing was changed." {
		t.Error(got)
	}
	if got := h.do(`{"kind":"DELETE","route":"DELETE /n","table":"counters","limit":4,"filter":{"n":{">":0}},"response":{"body":"${$record.n}"}}`, `{}`); len(got) < 3 || len(got) > 4 {
		t.Error(got)
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	post := h.do(addPost, `{"params":{"slug":"one","title":"One"}}`)
	add := h.compile(addComment)
	ann := h.run(add, `{"params":{"post":"`+post+`","nick":"ann","content":"x"}}`)
	spam := h.run(add, `{"params":{"post":"`+post+`","nick":"bot","status":"spam"}}`)
	for _, tt := range []struct{ params, want string }{
		{`{"post":"` + post + `"}`, "invalid: Nickname is required."},
		{`{}`, "invalid: post is required. Nickname is required."},
		{`{"post":"nobody","nick":"b","parent":"nobody"}`, "invalid: post refers to a record that does not exist. You cannot answer that."},
		{`{"post":"` + post + `","nick":"b","related":["` + ann + `","nobody"]}`, "invalid: related refers to a record that does not exist."},
		{`{"post":"` + post + `","nick":"b","status":"other"}`, "invalid: status must be one of: waiting, approved, spam."},
		{`{"post":"` + post + `","nick":"ann","content":"x"}`, "conflict: post + Nickname + content is taken already."},
		{`{"post":"` + post + `","nick":"b","parent":"` + spam + `"}`, "invalid: You cannot answer that."},
	} {
		if got := h.run(add, `{"params":`+tt.params+`}`); got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.params, got, tt.want)
		}
	}
	if got := h.do(addPost, `{"params":{"slug":"one"}}`); got != "conflict: slug is taken already." {
		t.Error(got)
	}
	// On UPDATE a constraint sees what the record would become, in its place.
	parent := h.compile(`{"kind":"UPDATE","route":"PATCH /c/{id}","table":"comments","filter":{"uid":"$params.id"},"params":{"parent":{},"nick":{}},"response":{"body":"${$record.parent.u} ${$record.version}"}}`)
	for _, tt := range []struct{ params, want string }{
		{`{"id":"` + ann + `","parent":"` + ann + `"}`, "invalid: You cannot answer that."},
		{`{"id":"` + ann + `","parent":"` + spam + `"}`, "invalid: You cannot answer that."},
		{`{"id":"` + spam + `","parent":"` + ann + `"}`, ann + " 2"},
		{`{"id":"` + spam + `","nick":"bot2"}`, ann + " 3"},
		{`{"id":"` + spam + `","parent":null}`, " 4"},
		{`{"id":"nobody","parent":"` + ann + `"}`, "not_found: There is no such record."},
	} {
		if got := h.run(parent, `{"params":`+tt.params+`}`); got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.params, got, tt.want)
		}
	}
	// A constraint refuses what an operation would make, too.
	counter := h.do(`{"kind":"CREATE","route":"POST /n","table":"counters","params":{"score":{}},"response":{"body":"$record.uid"}}`, `{"params":{"score":2}}`)
	step := h.compile(`{"kind":"UPDATE","route":"POST /n/{id}","table":"counters","params":{"by":{"type":"number"}},"filter":{"uid":"$params.id"},"set":{"score":{"increment":"$params.by"}},"response":{"body":"$record.score"}}`)
	for _, tt := range []struct{ by, want string }{{"2", "4"}, {"1", "invalid: score is not allowed."}, {"-4", "0"}} {
		if got := h.run(step, `{"params":{"id":"`+counter+`","by":`+tt.by+`}}`); got != tt.want {
			t.Errorf("by %s gives %q, want %q", tt.by, got, tt.want)
		}
	}
}

func TestConcurrentIncrementsLoseNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	uid := h.do(`{"kind":"CREATE","route":"POST /n","table":"counters","response":{"body":"$record.uid"},"set":{"n":0,"score":0}}`, `{}`)
	inc := h.compile(`{"kind":"UPDATE","route":"POST /n/{id}","table":"counters","filter":{"uid":"$params.id"},"set":{"n":{"increment":1}},"response":{"body":"$record.n"}}`)
	even := h.compile(`{"kind":"UPDATE","route":"POST /m/{id}","table":"counters","filter":{"uid":"$params.id"},"set":{"score":{"increment":2}},"response":{"body":"$record.n"}}`)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 25 {
				h.run(inc, `{"params":{"id":"`+uid+`"}}`)
				h.run(even, `{"params":{"id":"`+uid+`"}}`)
			}
		})
	}
	group.Wait()
	if got := h.do(`{"kind":"VIEW","route":"GET /n/{id}","table":"counters","filter":{"uid":"$params.id"},"response":{"body":["$record.n","$record.score","$record.version"]}}`, `{"params":{"id":"`+uid+`"}}`); got != "[100,200,201]" {
		t.Error(got)
	}
}

// TestRacingDeleteLeavesNoOrphan deletes posts while comments on them are made: a comment is either refused or keeps its post.
func TestRacingDeleteLeavesNoOrphan(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	add := h.compile(addComment)
	remove := h.compile(`{"kind":"DELETE","route":"DELETE /p/{id}","table":"posts","filter":{"uid":"$params.id"},"response":{"body":"gone"}}`)
	for round := range 15 {
		post := h.do(addPost, fmt.Sprintf(`{"params":{"slug":"s%d"}}`, round))
		var group sync.WaitGroup
		for i := range 3 {
			group.Go(func() { h.run(add, fmt.Sprintf(`{"params":{"post":"%s","nick":"n%d"}}`, post, i)) })
		}
		group.Go(func() { h.run(remove, `{"params":{"id":"`+post+`"}}`) })
		group.Wait()
	}
	var orphans int
	if err := h.db.Pool().QueryRow(context.Background(), `SELECT count(*) FROM p_blog._r2 c WHERE NOT EXISTS (SELECT FROM p_blog._r1 p WHERE p.uid = c.data->>'post0000')`).Scan(&orphans); err != nil {
		t.Fatal(err)
	}
	if orphans > 0 {
		t.Errorf("%d comments without their post", orphans)
	}
	held := h.do(addPost, `{"params":{"slug":"held"}}`)
	h.run(add, `{"params":{"post":"`+held+`","nick":"x"}}`)
	if got := h.run(remove, `{"params":{"id":"`+held+`"}}`); got != "conflict: The record cannot be deleted while records of Comments refer to it." {
		t.Error(got)
	}
}

func TestUpsert(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	put := h.compile(`{"kind":"CREATE","route":"PUT /p","table":"posts","params":{"slug":{},"title":{}},"upsert":{"key":["slug"]},"response":{"body":"${$record.slug} ${$record.title} ${$record.version}"}}`)
	for _, tt := range []struct {
		params, want string
		status       int
	}{
		{`{"slug":"a","title":"One"}`, "a One 1", 0}, {`{"slug":"a","title":"Two"}`, "a Two 2", 200}, {`{"slug":"a"}`, "a Two 2", 200},
		{`{"slug":"a","title":null}`, "a  3", 200}, {`{"slug":"b","title":"x"}`, "b x 1", 0}, {`{"title":"x"}`, "invalid: slug is required.", 0},
	} {
		if got := h.run(put, `{"params":`+tt.params+`}`); got != tt.want {
			t.Errorf("%s gives %q, want %q", tt.params, got, tt.want)
		}
	}
	env, _ := h.env(put, `{"params":{"slug":"a","title":"x"}}`)
	var result Result
	if err := h.engine.RunInto(context.Background(), put, env, &result); err != nil || result.Status != 200 {
		t.Errorf("status %d, %v", result.Status, err)
	}
	count := h.compile(`{"kind":"CREATE","route":"POST /v","table":"counters","params":{"n":{"default":1},"score":{}},"upsert":{"key":["score"],"set":{"n":{"increment":1}}},"response":{"body":"$record.n"}}`)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { h.run(count, `{"params":{"score":2}}`) })
	}
	group.Wait()
	if got := h.run(count, `{"params":{"score":2}}`); got != "9" {
		t.Errorf("nine upserts count %s", got)
	}
}

func TestChosenFieldIsSet(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	uid := h.do(`{"kind":"CREATE","route":"POST /n","table":"counters","set":{"n":1,"score":2},"response":{"body":"$record.uid"}}`, `{}`)
	count := h.compile(`{"kind":"UPDATE","route":"POST /n/{id}","table":"counters","params":{"what":{"values":["n","score"]}},"filter":{"uid":"$params.id"},"set":{"$params.what":{"increment":2}},"response":{"body":["$record.n","$record.score","$record.version"]}}`)
	assign := h.compile(`{"kind":"UPDATE","route":"POST /n/{id}","table":"counters","params":{"what":{"values":["n","score"]},"v":{"type":"json"}},"filter":{"uid":"$params.id"},"set":{"$params.what":"$params.v"},"response":{"body":["$record.n","$record.score","$record.version"]}}`)
	for _, tt := range []struct{ got, want string }{
		{h.run(count, `{"params":{"id":"`+uid+`","what":"n"}}`), "[3,2,2]"},
		{h.run(count, `{"params":{"id":"`+uid+`","what":"score"}}`), "[3,4,3]"},
		{h.run(count, `{"params":{"id":"`+uid+`","what":"list"}}`), "invalid: what must be one of: n, score."},
		{h.run(assign, `{"params":{"id":"`+uid+`","what":"n","v":7}}`), "[7,4,4]"},
		{h.run(assign, `{"params":{"id":"`+uid+`","what":"n","v":"x"}}`), "invalid: n must be a whole number."},
		{h.run(assign, `{"params":{"id":"`+uid+`","what":"score","v":null}}`), "[7,null,5]"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s, want %s", tt.got, tt.want)
		}
	}
}
