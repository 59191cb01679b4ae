package record

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/raw"
)

// filterCases say what a filter selects when $request.query.q is the given JSON. FIRST and SECOND are posts, ANN and BOB comments.
var filterCases = []struct{ filter, query, want string }{
	{`{"nick":"ann"}`, "", "ann"},
	{`{"nick":"$request.query.q"}`, `"ann"`, "ann"},
	{`{"nick":"$request.query.q"}`, "", ""},
	{`{"nick":{"<>":"$request.query.q"}}`, "", ""},
	{`{"NOT":{"nick":"$request.query.q"}}`, "", ""},
	{`{"nick":{"=":"$request.query.q","optional":true}}`, "", "ann bob eve"},
	{`{"nick":"$request.query.q"}`, `{"$ne":1}`, "invalid: nick: the value does not fit the field."},
	{`{"nick":"$request.query.q"}`, `"a' OR '1'='1"`, ""},
	{`{"likes":{">":5}}`, "", "bob"},
	{`{"likes":{">=":"$request.query.q"}}`, `"5"`, "ann bob"},
	{`{"likes":"$request.query.q"}`, `"abc"`, "invalid: likes: the value does not fit the field."},
	{`{"likes":{"BETWEEN":[1,9]}}`, "", "ann"},
	{`{"status":{"IN":["approved","spam"]}}`, "", "ann eve"},
	{`{"status":{"IN":"$request.query.q"}}`, `["approved","\"{,}"]`, "ann"},
	{`{"status":{"IN":"$request.query.q"}}`, `[]`, ""},
	{`{"NOT":{"status":{"IN":"$request.query.q"}}}`, `[]`, "ann bob eve"},
	{`{"status":{"IN":"$request.query.q"}}`, "", ""},
	{`{"likes":{"IN":"$request.query.q"}}`, `["5","x"]`, "invalid: likes: the value does not fit the field."},
	{`{"post":"$request.query.q"}`, `{"u":"SECOND"}`, "eve"},
	{`{"post":{"IN":"$request.query.q"}}`, `["SECOND"]`, "eve"},
	{`{"parent":null}`, "", "ann"},
	{`{"parent":{"<>":null}}`, "", "bob eve"},
	{`{"parent.nick":"ann"}`, "", "bob"},
	{`{"parent.parent.nick":"ann"}`, "", "eve"},
	{`{"post.title":{"STARTS_WITH":"T"}}`, "", "eve"},
	{`{"post.v":"Two"}`, "", "eve"},
	{`{"post.secret":null}`, "", "ann bob eve"},
	{`{"seen":{"<":"2026-01-02T00:00:00Z"}}`, "", "ann"},
	{`{"seen":"$request.query.q"}`, `1767312000000`, "bob"},
	{`{"seen":"$request.query.q"}`, `"tomorrow"`, "invalid: seen: the value does not fit the field."},
	{`{"day":{">":"2026-01-01"}}`, "", "bob"},
	{`{"pinned":true}`, "", "ann"},
	{`{"pinned":"$request.query.q"}`, `"false"`, "bob"},
	{`{"meta.n":5}`, "", "ann"},
	{`{"meta.n":"$request.query.q"}`, `"5"`, ""},
	{`{"meta.a.1.b":"x"}`, "", "ann"},
	{`{"meta.1":7}`, "", "bob"},
	{`{"meta.n":{">":4}}`, "", "ann"},
	{`{"meta.n":{">":"a"}}`, "", ""},
	{`{"meta":{"CONTAINS":"x"}}`, "", "bob"},
	{`{"meta.x'y\"z":5}`, "", ""},
	{`{"related":{"CONTAINS":"$request.query.q"}}`, `"BOB"`, "eve"},
	{`{"related":{"CONTAINS":"$request.query.q"}}`, ``, ""},
	{`{"tags":{"CONTAINS":"SECOND"}}`, "", "bob"},
	{`{"related":null}`, "", "ann"},
	{`{"content":{"CONTAINS":"$request.query.q"}}`, `"%"`, "bob"},
	{`{"content":{"CONTAINS":"$request.query.q"}}`, `"n_p"`, "bob"},
	{`{"content":{"CONTAINS":"$request.query.q"}}`, `"\\"`, "bob"},
	{`{"content":{"CONTAINS":"$request.query.q"}}`, `"RED"`, ""},
	{`{"content":{"LIKE":"$request.query.q"}}`, `"red%"`, "ann"},
	{`{"content":{"LIKE":"$request.query.q"}}`, `"%\\"`, "bob"},
	{`{"content":{"ILIKE":"RED%"}}`, "", "ann"},
	{`{"content":{"STARTS_WITH":"$request.query.q"}}`, `"100%"`, "bob"},
	{`{"content":{"SEARCH":"$request.query.q"}}`, `"APPLE  苹果"`, "ann"},
	{`{"content":{"SEARCH":"$request.query.q"}}`, `"apple pear"`, ""},
	{`{"t":"SEARCH","l":[{"t":"FIELD","v":"nick"},{"t":"FIELD","v":"content"}],"r":{"t":"LITERAL","v":"$request.query.q"}}`, `"Bob pear %"`, "bob"},
	{`{"content":"red apple 苹果很好吃"}`, "", "ann"},
	{`{"email_md5":null}`, "", "ann bob eve"},
	{`{"version":1,"id":{">":0}}`, "", "ann bob eve"},
	{`{"id":"$request.query.q"}`, `"1.5"`, "invalid: id: the value does not fit the field."},
	{`{"id":"$request.query.q"}`, `"99999999999999999999"`, "invalid: id: the value does not fit the field."},
	{`{"created_at":{">":"2020-01-01"}}`, "", "ann bob eve"},
	{`{"uid":"$request.query.q"}`, `"ANN"`, "ann"},
	{`{"t":"=","l":{"t":"FIELD","v":"created_at"},"r":{"t":"FIELD","v":"updated_at"}}`, "", "ann bob eve"},
	{`{"t":"=","l":{"t":"LITERAL","v":"$request.query.q"},"r":{"t":"LITERAL","v":"'x'"}}`, `"x"`, "ann bob eve"},
	{`{"t":"<","l":{"t":"LITERAL","v":5},"r":{"t":"FIELD","v":"likes"}}`, "", "bob"},
	{`{"OR":[{"nick":"ann"},{"AND":[{"nick":"eve"},{"NOT":{"status":"approved"}}]}]}`, "", "ann eve"},
	{`{"OR":[{"nick":{"=":"$request.query.q","optional":true}},{"likes":{">":9}}]}`, "", "bob"},
}

// TestFilters reads what each filter selects, by nick and in the order of creation.
func TestFilters(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := unquote(h.do(addPost, `{"params":{"slug":"one","title":"One"}}`))
	second := unquote(h.do(addPost, `{"params":{"slug":"two","title":"Two"}}`))
	add := h.compile(addComment)
	ann := unquote(h.run(add, `{"params":{"post":"`+first+`","nick":"ann","content":"red apple 苹果很好吃","likes":5,"status":"approved","seen":"2026-01-01T00:00:00Z","day":"2026-01-01","pinned":true,"meta":{"a":[1,{"b":"x"}],"n":5},"tags":["`+first+`"]}}`))
	bob := unquote(h.run(add, `{"params":{"post":"`+first+`","parent":"`+ann+`","nick":"bob","content":"100% green_pear \\","likes":10,"seen":"2026-01-02T00:00:00Z","day":"2026-01-02","pinned":false,"meta":["x",7],"related":["`+ann+`"],"tags":["`+first+`","`+second+`"]}}`))
	h.run(add, `{"params":{"post":"`+second+`","parent":"`+bob+`","nick":"eve","status":"spam","related":["`+ann+`","`+bob+`"]}}`)
	names := strings.NewReplacer("FIRST", first, "SECOND", second, "ANN", ann, "BOB", bob)
	for _, tt := range filterCases {
		tt.filter, tt.query = names.Replace(tt.filter), names.Replace(tt.query)
		p := h.compile(`{"kind":"LIST","route":"GET /c","table":"comments","sort":"created_at","filter":` + tt.filter + `,"response":{"type":"text/plain","body":"=$records.map(r => r.nick).join(' ')"}}`)
		query := "{}"
		if tt.query != "" {
			query = `{"query":{"q":` + tt.query + `}}`
		}
		if got := unquote(h.run(p, query)); got != tt.want {
			t.Errorf("%s with %s gives %q, want %q", tt.filter, tt.query, got, tt.want)
		}
	}
}

func TestListPagesAndOrders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	add := h.compile(`{"kind":"CREATE","route":"POST /n","table":"counters","params":{"n":{"default":null},"score":{}},"response":{"body":"$record.uid"}}`)
	for i := 1; i <= 5; i++ {
		if got := h.run(add, fmt.Sprintf(`{"params":{"n":%d,"score":%d}}`, i%3, i*2)); len(got) != 20 {
			t.Fatal(got)
		}
	}
	h.run(add, `{"params":{"n":null,"score":12}}`)
	list := h.compile(`{"kind":"LIST","route":"GET /n","table":"counters","params":{"page":{"type":"integer","default":1},"size":{"type":"integer","default":4},"sort":{}},
		"sort":{"by":"$params.sort","allow":{"new":"-created_at","n":["n","-score"],"nd":["-n","score"]}},
		"page":{"number":"$params.page","size":"$params.size","total":true},
		"response":{"body":{"t":"$total","p":"$page","s":"$size","i":[{"$each":"$records","$value":"$record.score"}]}}}`)
	for _, tt := range []struct{ params, want string }{
		{`{}`, `{"t":6,"p":1,"s":4,"i":[12,10,8,6]}`},
		{`{"page":2}`, `{"t":6,"p":2,"s":4,"i":[4,2]}`},
		{`{"page":3}`, `{"t":6,"p":3,"s":4,"i":[]}`},
		{`{"sort":"n","size":10}`, `{"t":6,"p":1,"s":10,"i":[6,8,2,10,4,12]}`},
		{`{"sort":"nd","size":10}`, `{"t":6,"p":1,"s":10,"i":[4,10,2,8,6,12]}`},
		{`{"sort":"nope"}`, `invalid: sort must be one of: new, n, nd.`},
		{`{"page":0}`, `invalid: The page is out of range.`},
		{`{"size":1001}`, `invalid: A page may have at most 1000 records.`},
	} {
		if got := h.run(list, `{"params":`+tt.params+`}`); got != tt.want {
			t.Errorf("%s gives %s, want %s", tt.params, got, tt.want)
		}
	}
	walk := h.compile(`{"kind":"LIST","route":"GET /n","table":"counters","params":{"after":{},"sort":{}},"page":{"cursor":"$params.after","size":2,"total":true},
		"sort":{"by":"$params.sort","allow":{"new":"-created_at","n":["n","-score"],"nd":["-n","score"],"id":"id"}},
		"response":{"body":{"t":"$total","next":"$next","i":[{"$each":"$records","$value":"$record.score"}]}}}`)
	for sort, want := range map[string]string{"new": "[12,10][8,6][4,2]", "n": "[6,8][2,10][4,12]", "nd": "[4,10][2,8][6,12]", "id": "[2,4][6,8][10,12]"} {
		got, next := "", "null"
		for range 4 {
			answer := raw.Value(h.run(walk, fmt.Sprintf(`{"params":{"sort":"%s","after":%s}}`, sort, next)))
			got += string(answer.Get("i"))
			if next = string(answer.Get("next")); next == "null" || string(answer.Get("t")) != "6" {
				break
			}
		}
		if got != want {
			t.Errorf("by cursor, sorted by %s: %s, want %s", sort, got, want)
		}
	}
	for _, bad := range []string{"x", "WzBd", "WzAsIngiLCJ5Il0"} {
		if got := h.run(walk, `{"params":{"after":"`+bad+`"}}`); got != "invalid: The cursor is not one that this list gave." {
			t.Errorf("cursor %s gives %s", bad, got)
		}
	}
	empty := h.compile(`{"kind":"LIST","route":"GET /n","table":"counters","filter":{"n":99},"page":{"size":5,"total":true}}`)
	if got := h.run(empty, `{}`); got != `{"items":[],"page":1,"size":5,"total":0}` {
		t.Error(got)
	}
}

func TestAggregates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.load("posts", "{\"uid\":\"p1\",\"slug\":\"one\",\"title\":\"One\"}\n{\"uid\":\"p2\",\"slug\":\"two\"}", ImportOptions{})
	h.load("comments", `{"post":"p1","nick":"a","likes":5,"created_at":"2026-01-01T00:00:00Z","day":"2026-01-01"}
{"post":"p1","nick":"b","likes":2,"created_at":"2026-01-02T00:00:00Z"}
{"post":"p2","nick":"a","likes":null}`, ImportOptions{})
	for _, tt := range []struct{ more, want string }{
		{`"group":["post"],"aggregate":{"n":"count","sum":{"sum":"likes"},"first":{"min":"created_at"}},"sort":"post"`, `{"items":[{"post":{"u":"p1","v":"One"},"n":2,"sum":7,"first":"2026-01-01T00:00:00.000Z"},{"post":{"u":"p2","v":null},"n":1,"sum":null,`},
		{`"group":["nick"],"aggregate":{"n":"count"},"sort":["-n"],"page":{"size":1,"total":true}`, `{"items":[{"nick":"a","n":2}],"page":1,"size":1,"total":2}`},
		{`"aggregate":{"n":"count","avg":{"avg":"likes"},"who":{"distinct":"nick"},"last":{"max":"day"}}`, `{"n":3,"avg":3.5,"who":2,"last":"2026-01-01"}`},
		{`"aggregate":{"n":"count","m":{"max":"likes"}},"filter":{"nick":"nobody"}`, `{"n":0,"m":null}`},
		{`"group":["nick"],"aggregate":{"n":"count"},"filter":{"nick":"nobody"}`, `{"items":[]}`},
	} {
		got := strings.ReplaceAll(h.do(`{"kind":"LIST","route":"GET /x","table":"comments",`+tt.more+`}`, `{}`), ": ", ":")
		if got = strings.ReplaceAll(got, ", ", ","); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s gives %s, want %s", tt.more, got, tt.want)
		}
	}
}
