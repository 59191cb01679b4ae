package record

import (
	"strconv"
	"strings"
	"testing"
)

// trips gives how many times fn went to the database: every statement, or batch of them, takes a connection.
func (h *house) trips(fn func()) int64 {
	h.t.Helper()
	before := h.db.Pool().Stat().AcquireCount()
	fn()
	return h.db.Pool().Stat().AcquireCount() - before
}

func TestSources_travelWithTheQuery(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	post := h.run(h.compile(`{"kind":"CREATE","route":"POST /p","table":"posts","params":{"slug":{}},"response":{"body":"${$record.uid}"}}`), `{"params":{"slug":"a"}}`)
	for _, tt := range []struct{ name, endpoint, want string }{
		{"with a list", `{"kind":"LIST","route":"GET /p","table":"posts","page":{"size":1,"total":true},
			"sources":{"all":{"table":"posts","aggregate":{"n":"count"}},"some":{"table":"posts","limit":3}},
			"response":{"body":{"n":"$sources.all.n","some":[{"$each":"$sources.some","$as":"s","$value":"$s.slug"}],"total":"$total"}}}`, `{"n":1,"some":["a"],"total":1}`},
		{"with a record", `{"kind":"VIEW","route":"GET /p","table":"posts","filter":{"slug":"a"},
			"sources":{"all":{"table":"posts","aggregate":{"n":"count"}}},"response":{"body":{"n":"$sources.all.n","slug":"$record.slug"}}}`, `{"n":1,"slug":"a"}`},
		{"alone", `{"route":"GET /p","sources":{"all":{"table":"posts","aggregate":{"n":"count"}},"some":{"table":"posts"}},
			"response":{"body":{"n":"$sources.all.n","uid":"$sources.some[0].uid"}}}`, `{"n":1,"uid":"` + post + `"}`},
		{"not at all where nothing reads them", `{"kind":"VIEW","route":"GET /p","table":"posts","filter":{"slug":"a"},
			"sources":{"all":{"table":"posts","aggregate":{"n":"count"}}},"response":{"body":"$record.slug"}}`, `a`},
	} {
		p := h.compile(tt.endpoint)
		var got string
		if n := h.trips(func() { got = h.run(p, "{}") }); n != 1 || got != tt.want {
			t.Errorf("%s: %d round trips, %s; want 1 and %s", tt.name, n, got, tt.want)
		}
	}
}

func TestInclude_isOneStatement(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	add := h.compile(`{"kind":"CREATE","route":"POST /p","table":"comments","params":{"post":{},"parent":{},"nick":{},"email":{},"content":{}},"response":{"body":"$record.uid"}}`)
	post := h.do(`{"kind":"CREATE","route":"POST /p","table":"posts","params":{"slug":{}},"response":{"body":"$record.uid"}}`, `{"params":{"slug":"a"}}`)
	n := 0
	comment := func(nick, parent string) string {
		n++
		return h.run(add, `{"params":{"post":"`+post+`","nick":"`+nick+`","parent":`+parent+`,"email":"a@example.org","content":"text`+strconv.Itoa(n)+`"}}`)
	}
	for range 30 {
		root := comment("root", "null")
		reply := comment("reply", `"`+root+`"`)
		comment("deeper", `"`+reply+`"`)
	}
	p := h.compile(`{"kind":"LIST","route":"GET /c","table":"comments","filter":{"nick":"root"},"page":{"size":25,"total":true},
		"include":{"replies":{"table":"comments","by":{"parent":"uid"},"include":{"deeper":{"table":"comments","by":{"parent":"uid"}}}},"posts":{"table":"posts","by":{"uid":"post"}}},
		"response":{"body":"=$records.map(r => r.replies.length + r.replies[0].deeper.length + r.posts.length + r.parent + r.replies[0].parent.v).join('') + $total"}}`)
	var got string
	trips := h.trips(func() { got = h.run(p, "{}") })
	if want := strings.Repeat("3root", 25) + "30"; trips != 1 || got != want {
		t.Errorf("%d statements for a page of 25 with three lists, want 1; got %s", trips, got)
	}
}
