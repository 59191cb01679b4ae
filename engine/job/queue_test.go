package job_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/job"
)

func TestQueueOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	cfg := job.Config{DB: l.db, Schema: l.catalog.Schema, Records: l.records, Scripts: l.scripts, HTTP: http.DefaultClient, Log: quietLog(t)}
	for range 2 { // the second finds everything there
		q, err := job.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		q.Close()
		cfg.Registry = nil
	}
	l.exec(`INSERT INTO sl_job.river_migration (line, version) VALUES ('main', 999)`)
	cfg.Registry = nil
	if _, err := job.Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "run a newer version of sayrud") {
		t.Errorf("opened: %v", err)
	}
}

func TestWritesToTablesWithoutOnWriteNotifyNobody(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, nil)
	l.apply(file("    on_write: [{webhook: {url: " + r.url + "}}]\n"))
	_, stop := l.open()
	defer stop()
	l.exec(`INSERT INTO p_blog.posts (uid, title) VALUES ('p1', 'quiet')`)
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('c1', 'ada')`)
	if got := r.next(1)[0].body; !strings.Contains(got, `"type":"comments.create"`) {
		t.Errorf("came %s", got)
	}
	var triggers string
	if err := l.db.Pool().QueryRow(t.Context(), `
SELECT string_agg(g.tgrelid::regclass::text || ' ' || g.tgname, ', ' ORDER BY g.tgname)
FROM pg_trigger g
WHERE g.tgrelid IN (SELECT i.inhrelid FROM pg_inherits i) AND NOT g.tgisinternal AND g.tgname = 'on_write'`).Scan(&triggers); err != nil {
		t.Fatal(err)
	}
	comments, _ := l.project().Tables.Get("comments")
	if want := "p_blog." + comments.LeafName() + " on_write"; triggers != want {
		t.Errorf("triggers: %s, want %s", triggers, want)
	}
}
