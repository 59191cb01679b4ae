package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	posts       = 2000
	authors     = 5000
	filledSince = 1_700_000_000 // seconds since 1970 of the first comment
)

func authorUID(i int) string  { return fmt.Sprintf("author%06d", i) }
func commentUID(i int) string { return fmt.Sprintf("comment%08d", i) }
func postName(i int) string   { return fmt.Sprintf("post-%d", i%posts) }

// A comment is the i-th of the data that both sides hold.
type comment struct {
	post, nick, email, content, status string
	author, likes                      int
	at                                 time.Time
}

func commentAt(i int) comment {
	status := "approved"
	if i%4 == 3 {
		status = []string{"waiting", "spam"}[i/4%2]
	}
	return comment{
		post: postName(i * 7), nick: fmt.Sprintf("reader %d", i%977), email: fmt.Sprintf("reader%d@example.org", i%977),
		content: fmt.Sprintf("Comment %d. ", i) + strings.Repeat("Words that a reader left below a post, neither short nor long. ", 3+i%3),
		status:  status, author: i % authors, likes: i % 100, at: time.Unix(filledSince+int64(i), 0).UTC(),
	}
}

// fillSayrud imports authors and n comments through the import command.
func (l *lab) fillSayrud(ctx context.Context, project string, n int) error {
	write := func(table string, n int, line func(w io.Writer, i int)) error {
		r, w := io.Pipe()
		go func() {
			for i := range n {
				line(w, i)
			}
			w.Close()
		}()
		_, err := l.command(ctx, r, "import", project+"/"+table, "-")
		return err
	}
	if err := write("authors", authors, func(w io.Writer, i int) {
		fmt.Fprintf(w, `{"uid":%q,"name":"Author %d","url":"https://example.org/%d"}`+"\n", authorUID(i), i, i)
	}); err != nil {
		return err
	}
	return write("comments", n, func(w io.Writer, i int) {
		c := commentAt(i)
		fmt.Fprintf(w, `{"uid":%q,"created_at":%q,"post":%q,"nick":%q,"email":%q,"content":%q,"likes":%d,"status":%q,"author":%q}`+"\n",
			commentUID(i), c.at.Format(time.RFC3339), c.post, c.nick, c.email, c.content, c.likes, c.status, authorUID(c.author))
	})
}

// fillOnce is fillSayrud for several parts of the bench.
func (l *lab) fillOnce(ctx context.Context, project string, n int) error {
	if l.filled[project] {
		return nil
	}
	l.filled[project] = true
	return l.fillSayrud(ctx, project, n)
}

// fillHand copies the same data into the hand-written program's tables.
func fillHand(ctx context.Context, conn *pgx.Conn, n int) error {
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"authors"}, []string{"id", "name", "url"}, pgx.CopyFromSlice(authors, func(i int) ([]any, error) {
		return []any{int64(i + 1), fmt.Sprintf("Author %d", i), fmt.Sprintf("https://example.org/%d", i)}, nil
	})); err != nil {
		return err
	}
	columns := []string{"id", "post", "nick", "email", "content", "likes", "status", "author_id", "created_at"}
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"comments"}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) {
		c := commentAt(i)
		return []any{int64(i + 1), c.post, c.nick, c.email, c.content, c.likes, c.status, int64(c.author + 1), c.at}, nil
	})); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, `SELECT setval(pg_get_serial_sequence('comments', 'id'), $1)`, n)
	return err
}
