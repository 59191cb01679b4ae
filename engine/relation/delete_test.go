package relation_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/storage/pg"
)

func refers(name, to string, react engine.OnDelete) *engine.Field {
	return field(name, engine.TypeReference, func(f *engine.Field) { f.To, f.OnDelete = to, react })
}

func forum(t *testing.T) *fixture {
	return blog(t,
		table(1, "users", field("name", engine.TypeText)),
		table(2, "posts", refers("author", "users", engine.SetNull),
			field("fans", engine.TypeReferences, func(f *engine.Field) { f.To, f.OnDelete = "users", engine.SetNull })),
		table(3, "comments", refers("post", "posts", engine.Cascade), refers("parent", "comments", engine.Cascade), refers("user", "users", "")))
}

func TestOnDelete_holdsForEveryDoor(t *testing.T) {
	t.Parallel()
	f := forum(t)
	f.exec(`INSERT INTO p_blog.users (uid) VALUES ('u'), ('v'), ('w')`,
		`INSERT INTO p_blog.posts (uid, author, fans) VALUES ('p', 'u', '["u", "v", "u", "w"]')`,
		`INSERT INTO p_blog.comments (uid, post, "user") VALUES ('a', 'p', 'w')`,
		`INSERT INTO p_blog.comments (uid, parent) VALUES ('b', 'a')`,
		`INSERT INTO p_blog.comments (uid, parent) VALUES ('c', 'b'), ('d', NULL)`,
		`UPDATE p_blog.comments SET parent = 'd' WHERE uid = 'd'`)
	f.want(`SELECT fans FROM p_blog.posts`, `["u", "v", "w"]`)
	f.refused(`INSERT INTO p_blog.comments (post) VALUES ('nobody')`, pg.ForeignKeyViolation, "post", "posts")
	f.refused(`INSERT INTO p_blog.posts (fans) VALUES ('["u", "x"]')`, pg.ForeignKeyViolation, "fans", "users")
	f.refused(`INSERT INTO p_blog.posts (fans) VALUES ('"u"')`, pg.CheckViolation, "fans", "array")
	f.refused(`INSERT INTO p_blog.posts (fans) VALUES ('[1]')`, pg.CheckViolation, "fans", "uids")

	f.refused(`DELETE FROM p_blog.users`, pg.ForeignKeyViolation, "comments.user", "The record a of comments")
	f.refused(`DELETE FROM p_blog._r1 WHERE uid = 'w'`, pg.ForeignKeyViolation, "comments.user")
	f.want(`SELECT (author, version) FROM p_blog.posts`, "(u,1)")

	f.exec(`DELETE FROM p_blog._r1 WHERE uid IN ('u', 'v')`)
	f.want(`SELECT (author, fans, version) FROM p_blog.posts`, `(,"[""w""]",3)`)
	f.exec(`DELETE FROM p_blog.posts`)
	f.want(`SELECT string_agg(uid, '') FROM p_blog.comments`, "d")
	f.exec(`DELETE FROM p_blog.comments`, `DELETE FROM p_blog.users`)
}

// Each case runs the first statement in an open transaction, then the second, which waits, then commits the first.
func TestOnDelete_hasNoRaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, first, second, code, left string
	}{
		{"a new referrer saves what it restricts", `INSERT INTO p_blog.comments ("user") VALUES ('u')`, `DELETE FROM p_blog.users`, pg.ForeignKeyViolation, "1,1,1"},
		{"a new referrer goes in the cascade", `INSERT INTO p_blog.comments (post) VALUES ('p')`, `DELETE FROM p_blog.posts`, "", "1,0,0"},
		{"a new referrer is set null", `UPDATE p_blog.posts SET author = 'u'`, `DELETE FROM p_blog.users`, "", "0,1,0"},
		{"what was deleted cannot be referred to", `DELETE FROM p_blog.users`, `INSERT INTO p_blog.comments ("user") VALUES ('u')`, pg.ForeignKeyViolation, "0,1,0"},
		{"nor through a change", `DELETE FROM p_blog.users`, `UPDATE p_blog.posts SET author = 'u'`, pg.ForeignKeyViolation, "0,1,0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := forum(t)
			f.exec(`INSERT INTO p_blog.users (uid) VALUES ('u')`, `INSERT INTO p_blog.posts (uid) VALUES ('p')`)
			ctx := context.Background()
			tx, err := f.db.Pool().Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(ctx, c.first); err != nil {
				t.Fatal(err)
			}
			result := make(chan error, 1)
			go func() {
				_, err := f.db.Pool().Exec(ctx, c.second)
				result <- err
			}()
			waitForLock(f)
			if err := tx.Commit(ctx); err != nil {
				t.Fatal(err)
			}
			if err := <-result; pg.Code(err) != c.code || c.code == "" && err != nil {
				t.Errorf("got %v, want %q", err, c.code)
			}
			f.want(`SELECT concat_ws(',', (SELECT count(*) FROM p_blog.users), (SELECT count(*) FROM p_blog.posts), (SELECT count(*) FROM p_blog.comments))`, c.left)
			f.want(`SELECT count(*) FROM p_blog.posts WHERE author IS NOT NULL AND author NOT IN (SELECT uid FROM p_blog.users)`, "0")
		})
	}
}

func TestOnDelete_refusesAnOlderSnapshot(t *testing.T) {
	t.Parallel()
	f := forum(t)
	f.exec(`INSERT INTO p_blog.users (uid) VALUES ('u')`)
	tx, err := f.db.Pool().BeginTx(context.Background(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(context.Background(), `DELETE FROM p_blog.users`); pg.Code(err) != pg.FeatureNotSupported {
		t.Errorf("got %v, want 0A000", err)
	}
}
