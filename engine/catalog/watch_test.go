package catalog_test

import (
	"context"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
)

const kept = `
project: blog
tables:
  authors: {fields: {name: {type: text}}}
  posts: {fields: {title: {type: text}, author: {type: reference, to: authors}}}
  tags: {fields: {post: {type: reference, to: posts}}}
  notes: {fields: {text: {type: text}}}
endpoints:
  list: {kind: LIST, route: GET /posts, table: posts, middlewares: [{cache: {}}, main]}
  add: {kind: CREATE, route: POST /notes, table: notes, params: {text: {}}}
`

const triggers = `
SELECT coalesce(string_agg(tb.name, ',' ORDER BY tb.name), '')
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN public.sl_tables tb ON c.relname = '_r' || tb.id
WHERE t.tgname = 'changed'`

const watches = `SELECT coalesce(string_agg(t.name, ',' ORDER BY t.name), '') FROM public.sl_watches w JOIN public.sl_tables t ON t.id = w.table_id`

func TestWatch_followsDefinitions(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.apply(kept, catalog.ApplyOptions{})
	s.settle()
	s.want(triggers, "authors,posts")
	s.want(watches, "authors,posts")
	s.exec(`INSERT INTO p_blog.posts (title) VALUES ('a')`)
	s.exec(`INSERT INTO p_blog.tags DEFAULT VALUES`)
	s.want(`SELECT string_agg(t.name, ',') FROM public.sl_changes c JOIN public.sl_tables t ON t.id = c.table_id`, "posts")
	s.edit(func(p *engine.Project) { get(&p.Endpoints, "list").Middlewares = nil })
	s.settle()
	s.want(triggers, "")
	s.want(watches, "")
	s.apply(kept, catalog.ApplyOptions{})
	s.settle()
	s.exec(`DELETE FROM p_blog.posts; DELETE FROM p_blog.tags`)
	s.edit(func(p *engine.Project) {
		p.Tables.Delete("tags")
		p.Tables.Delete("posts")
		p.Endpoints.Delete("list")
	})
	s.settle()
	s.want(watches, "")
}

// TestWatch_waitsForNobody makes a trigger on a leaf that a transaction writes: others write on, and it is there once that ends.
func TestWatch_waitsForNobody(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	s.apply(kept, catalog.ApplyOptions{})
	s.settle()
	s.edit(func(p *engine.Project) { get(&p.Endpoints, "list").Middlewares = nil })
	s.settle()
	slow, err := s.db.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Exec(ctx, `INSERT INTO p_blog.posts (title) VALUES ('slow')`); err != nil {
		t.Fatal(err)
	}
	s.apply(kept, catalog.ApplyOptions{})
	settled := make(chan error, 1)
	go func() { settled <- s.Settle(ctx, nil) }()
	for blocked := false; !blocked; {
		if err := slow.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))`).Scan(&blocked); err != nil {
			t.Fatal(err)
		}
		if _, err := slow.Exec(ctx, `SELECT pg_stat_clear_snapshot()`); err != nil {
			t.Fatal(err)
		}
	}
	s.exec(`INSERT INTO p_blog.posts (title) VALUES ('quick')`)
	s.want(`SELECT count(*) FROM public.sl_changes`, "0")
	if err := slow.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-settled; err != nil {
		t.Fatal(err)
	}
	s.want(watches, "authors,posts")
}
