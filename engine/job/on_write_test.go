package job_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sayrud/sayrud/engine/job"
	"github.com/sayrud/sayrud/engine/record"
)

func TestOnWriteSeesEveryDoorInOrder(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, nil)
	l.apply(file(fmt.Sprintf(`
    on_write:
      - webhook:
          url: %s
          headers: {X-Op: $event.op}
          body: "${$event.type} ${$record.uid} ${$record.nick} ${$record.loud} ${$record.post.title} ${$record.email} was ${$before.nick}"
`, r.url)))
	l.exec(`INSERT INTO p_blog.posts (uid, title) VALUES ('p1', 'Hello')`)
	l.exec(`INSERT INTO p_blog.comments (uid, nick, post, email) VALUES ('c1', 'ada', 'p1', 'ada@example.org')`)
	l.exec(`UPDATE p_blog.comments SET nick = 'bob' WHERE uid = 'c1'`)
	table, _ := l.project().Tables.Get("comments")
	if _, err := l.records.Import(t.Context(), l.project(), table, strings.NewReader(`{"uid":"c2","nick":"cyd","post":"p1"}`), record.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	q, stop := l.open()
	var got []string
	for _, one := range r.next(3) {
		got = append(got, one.header.Get("X-Op")+": "+one.body)
	}
	l.exec(`DELETE FROM p_blog.posts WHERE uid = 'p1'`) // cascades
	for _, one := range r.next(2) {
		got = append(got, one.header.Get("X-Op")+": "+one.body)
	}
	stop()
	byRecord := map[string][]string{}
	for _, text := range got {
		uid := strings.Fields(text)[2]
		byRecord[uid] = append(byRecord[uid], text)
	}
	want := map[string][]string{
		"c1": {"create: comments.create c1 ada ADA Hello ada@example.org was ", "update: comments.update c1 bob BOB Hello ada@example.org was ada",
			"delete: comments.delete c1 bob BOB  ada@example.org was bob"},
		"c2": {"create: comments.create c2 cyd CYD Hello  was ", "delete: comments.delete c2 cyd CYD   was cyd"},
	}
	if diff := cmp.Diff(want, byRecord); diff != "" {
		t.Error(diff)
	}
	for _, d := range l.list(q, job.Filter{}) {
		if d.State != job.Done || d.Attempts != 1 || d.Source != job.FromTable || d.Name != "comments" {
			t.Errorf("not done at once: %+v", d)
		}
	}
}

func TestOnWriteOfOneRecordGoesOutInOrder(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, nil)
	l.apply(file("    on_write: [{webhook: {url: " + r.url + ", body: \"${$record.version}\"}}]\n"))
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('c1', '1')`)
	for i := range 19 {
		l.exec(`UPDATE p_blog.comments SET nick = $1 WHERE uid = 'c1'`, fmt.Sprint(i))
	}
	_, stop := l.open()
	for i, one := range r.next(20) {
		if want := fmt.Sprint(i + 1); one.body != want {
			t.Errorf("version %s came where %s was due", one.body, want)
		}
	}
	stop()
}

func TestOnWriteObeysWhenAndOn(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, nil)
	l.apply(file("    on_write: [{webhook: {url: " + r.url + `, when: "=$record.nick === 'ada'", on: [create, delete], body: "${$event.op} ${$record.uid}"}}]` + "\n"))
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('c1', 'ada'), ('c2', 'bob')`)
	l.exec(`UPDATE p_blog.comments SET email = 'x@example.org'`)
	l.exec(`DELETE FROM p_blog.comments WHERE uid = 'c2'`)
	l.exec(`DELETE FROM p_blog.comments WHERE uid = 'c1'`)
	q, stop := l.open()
	got := r.next(2)
	stop()
	if got[0].body != "create c1" || got[1].body != "delete c1" {
		t.Errorf("came: %q, %q", got[0].body, got[1].body)
	}
	if list := l.list(q, job.Filter{}); len(list) != 2 {
		t.Errorf("%d deliveries were made, want 2", len(list))
	}
}

func TestOnWriteIsUnderTheDefinitionOfItsProcessing(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, nil)
	l.apply(file("    on_write: [{webhook: {url: " + r.url + ", body: \"old ${$record.nick}\"}}]\n"))
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('c1', 'ada')`)
	renamed := strings.Replace(file("    on_write: [{webhook: {url: "+r.url+", body: \"new ${$record.name}\"}}]\n"), "nick: {type: text}", "name: {type: text, was: nick}", 1)
	l.apply(strings.Replace(renamed, "upper(nick)", "upper(name)", 1))
	_, stop := l.open()
	if got := r.next(1)[0].body; got != "new ada" {
		t.Errorf("came %q", got)
	}
	stop()
}

func TestOnWriteBeginsWhenApplySaysSo(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, nil)
	l.apply(file(""))
	tx, err := l.db.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `INSERT INTO p_blog.comments (uid, nick) VALUES ('before', 'x')`); err != nil {
		t.Fatal(err)
	}
	with := file("    on_write: [{webhook: {url: " + r.url + ", body: \"${$record.uid}\"}}]\n")
	notes := l.apply(with)
	if len(notes) != 1 || !strings.Contains(notes[0], "on_write of comments is not live yet") {
		t.Errorf("notes: %q", notes)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.catalog.Settle(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('after', 'x')`)
	q, stop := l.open()
	if got := r.next(1)[0].body; got != "after" {
		t.Errorf("came %q", got)
	}
	stop()
	// Without on_write the trigger goes, and what it still wrote is passed over.
	bare := file("")
	l.apply(strings.Replace(bare, "nick: {type: text}", "nick: {type: text, label: Nick}", 1))
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('late', 'x')`)
	if err := l.catalog.Settle(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	var triggers int
	if err := l.db.Pool().QueryRow(t.Context(), `SELECT count(*) FROM pg_trigger WHERE tgname = 'on_write'`).Scan(&triggers); err != nil || triggers != 0 {
		t.Errorf("%d triggers are left (%v)", triggers, err)
	}
	if list := l.list(q, job.Filter{}); len(list) != 1 {
		t.Errorf("%d deliveries, want 1", len(list))
	}
}

func TestBrokenTemplateIsADeadDelivery(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, nil)
	l.apply(file("    on_write:\n      - webhook: {url: " + r.url + ", body: \"=$record.nick.length.a.b\"}\n      - webhook: {url: " + r.url + ", body: fine}\n"))
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('c1', 'ada')`)
	q, stop := l.open()
	r.next(1)
	stop()
	dead := l.list(q, job.Filter{State: job.Dead})
	if len(dead) != 1 || !strings.Contains(dead[0].Error, "render: body") {
		t.Fatalf("dead: %+v", dead)
	}
	if err := q.Replay(t.Context(), l.project().ID, dead[0].ID); err == nil || !strings.Contains(err.Error(), "could not be rendered") {
		t.Errorf("replay: %v", err)
	}
}
