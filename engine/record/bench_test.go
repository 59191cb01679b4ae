package record

import (
	"context"
	"fmt"
	"testing"

	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/template"
)

// benchHouse has 20,000 comments on 200 posts.
func benchHouse(b *testing.B) *house {
	h := newHouse(b)
	for _, sql := range []string{
		`INSERT INTO p_blog._r1 (uid, data) SELECT 'p' || i, jsonb_build_object('slug0000', 's' || i, 'title000', 'Title ' || i) FROM generate_series(1, 200) i`,
		`INSERT INTO p_blog._r2 (uid, created_at, data) SELECT 'c' || i, now() - i * interval '1 minute', jsonb_build_object('post0000', 'p' || (i % 200 + 1), 'nick0000', 'nick' || i, 'email000', 'user' || i || '@example.org', 'content0', repeat('lorem ipsum ', 20), 'likes000', i % 100, 'status00', CASE WHEN i % 8 = 0 THEN 'spam' ELSE 'approved' END, 'number00', i) FROM generate_series(1, 20000) i`,
		`ANALYZE p_blog._r1`, `ANALYZE p_blog._r2`,
	} {
		if _, err := h.db.Pool().Exec(context.Background(), sql); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	return h
}

// loop runs a plan and renders its answer, as a server does with memory it keeps.
func (h *house) loop(b *testing.B, endpoint string, params func(i int) []raw.Value) {
	p := h.compile(endpoint)
	result, body := new(Result), []byte(nil)
	env := &template.Env{Context: context.Background(), Scripts: h.engine.scripts, Timezone: p.Location, Request: request(`{"ip":"::1"}`)}
	b.ResetTimer()
	for i := range b.N {
		env.Params = params(i)
		if err := h.engine.RunInto(context.Background(), p, env, result); err != nil {
			b.Fatal(err)
		}
		answer, err := p.Response.Render(body[:0], env)
		if err != nil {
			b.Fatal(err)
		}
		body = answer.Body
	}
	if len(body) == 0 {
		b.Fatal("an empty answer")
	}
}

const benchItem = `{"id":"$record.uid","nick":"$record.nick","content":"$record.content","likes":"$record.likes","created":"$record.created_at"}`

func BenchmarkView(b *testing.B) {
	h := benchHouse(b)
	h.loop(b, `{"kind":"VIEW","route":"GET /c/{id}","table":"comments","filter":{"uid":"$params.id","status":"approved"},"response":{"body":`+benchItem+`}}`,
		func(i int) []raw.Value { return []raw.Value{raw.Text(fmt.Sprint("c", i%1000*8+1))} })
}

func BenchmarkList20(b *testing.B) {
	h := benchHouse(b)
	h.loop(b, `{"kind":"LIST","route":"GET /c","table":"comments","params":{"post":{"in":"query"},"size":{"type":"integer"}},"filter":{"post":"$params.post","status":"approved"},"page":{"size":"$params.size"},
		"response":{"body":{"items":[{"$each":"$records","id":"$record.uid","nick":"$record.nick","content":"$record.content","likes":"$record.likes","created":"$record.created_at"}]}}}`,
		func(i int) []raw.Value { return []raw.Value{raw.Text(fmt.Sprint("p", i%100*2+2)), raw.Int(20)} })
}

func BenchmarkListTotal(b *testing.B) {
	h := benchHouse(b)
	h.loop(b, `{"kind":"LIST","route":"GET /c","table":"comments","params":{"post":{"in":"query"},"size":{"type":"integer"}},"filter":{"post":"$params.post","status":"approved"},"page":{"size":"$params.size","total":true},
		"response":{"body":{"n":"$total","items":[{"$each":"$records","id":"$record.uid","nick":"$record.nick"}]}}}`,
		func(i int) []raw.Value { return []raw.Value{raw.Text(fmt.Sprint("p", i%100*2+2)), raw.Int(20)} })
}

func BenchmarkListExpand(b *testing.B) {
	h := benchHouse(b)
	h.loop(b, `{"kind":"LIST","route":"GET /c","table":"comments","params":{"post":{"in":"query"},"size":{"type":"integer"}},"filter":{"post":"$params.post","status":"approved"},"page":{"size":"$params.size"}}`,
		func(i int) []raw.Value { return []raw.Value{raw.Text(fmt.Sprint("p", i%100*2+2)), raw.Int(20)} })
}

// BenchmarkListInclude is BenchmarkList20 with five comments joined to each of the 20.
func BenchmarkListInclude(b *testing.B) {
	h := benchHouse(b)
	answer(b, h)
	h.loop(b, `{"kind":"LIST","route":"GET /c","table":"comments","params":{"post":{"in":"query"},"size":{"type":"integer"}},"filter":{"post":"$params.post","status":"approved"},"page":{"size":"$params.size"},
		"include":{"replies":{"table":"comments","by":{"parent":"uid"},"limit":5}},
		"response":{"body":{"items":[{"$each":"$records","id":"$record.uid","nick":"$record.nick","content":"$record.content","likes":"$record.likes","created":"$record.created_at",
		"replies":[{"$each":"$record.replies","$as":"r","id":"$r.uid","nick":"$r.nick","content":"$r.content","likes":"$r.likes","created":"$r.created_at"}]}]}}}`,
		func(i int) []raw.Value { return []raw.Value{raw.Text(fmt.Sprint("p", i%100*2+2)), raw.Int(20)} })
}

// answer gives each of the 20,000 comments five answers.
func answer(b *testing.B, h *house) {
	for _, sql := range []string{
		`INSERT INTO p_blog._r2 (uid, created_at, data) SELECT c.uid || '_' || i, c.created_at + i * interval '1 second', c.data || jsonb_build_object('parent00', c.uid, 'post0000', 'answers', 'content0', repeat('lorem ipsum ', 20) || i, 'number00', 20000 + c.id * 5 + i) FROM p_blog._r2 c, generate_series(1, 5) i`,
		`ANALYZE p_blog._r2`,
	} {
		if _, err := h.db.Pool().Exec(context.Background(), sql); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreate(b *testing.B) {
	h := benchHouse(b)
	h.loop(b, `{"kind":"CREATE","route":"POST /p","table":"posts","params":{"slug":{},"title":{}},"response":{"body":{"id":"$record.uid","at":"$record.created_at"}}}`,
		func(i int) []raw.Value { return []raw.Value{raw.Text(fmt.Sprint("slug", i)), raw.Text("A title")} })
}

func BenchmarkCreateReference(b *testing.B) {
	h := benchHouse(b)
	h.loop(b, `{"kind":"CREATE","route":"POST /c","table":"comments","params":{"post":{},"nick":{},"content":{}},"response":{"body":{"id":"$record.uid"}}}`,
		func(i int) []raw.Value {
			return []raw.Value{raw.Text(fmt.Sprint("p", i%200+1)), raw.Text(fmt.Sprint("nick", i)), raw.Text("lorem ipsum")}
		})
}

// BenchmarkRow is what one row of a list costs in this program.
func BenchmarkRow(b *testing.B) {
	h := newHouse(b)
	p := h.compile(`{"kind":"LIST","route":"GET /c","table":"comments"}`)
	layout := plan.Layout{ID: -1, UID: 0, Version: 1, CreatedAt: 2, UpdatedAt: -1, Data: 3, Columns: 4, Total: -1}
	values := [][]byte{[]byte("1k83isg7v2qtcqjp7f4q"), []byte("1"), []byte("2026-11-23 05:28:00.12+00"), []byte(`{"content0": "lorem ipsum", "likes000": 5, "nick0000": "ann", "post0000": "p1", "status00": "approved"}`)}
	result := new(Result)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		result.reset()
		row := result.expect(p, &layout)
		if err := row(values); err != nil {
			b.Fatal(err)
		}
	}
}
