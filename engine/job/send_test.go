package job_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sayrud/sayrud/engine/job"
)

func TestWebhookIsSignedAndKeepsItsIDAcrossRestarts(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var healthy atomic.Bool
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		if !healthy.Load() {
			http.Error(w, "not now", http.StatusServiceUnavailable)
		}
	})
	l.env["HOOK"], l.env["KEY"], l.env["TOKEN"] = r.url+"/in?k=v", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Bearer t0ken"
	l.apply(file(`    on_write: [{webhook: {url: {env: HOOK}, secret: {env: KEY}, headers: {Authorization: {env: TOKEN}, X-Nick: "n ${$record.nick}"}}}]` + "\n"))
	l.exec(`INSERT INTO p_blog.comments (uid, nick, email) VALUES ('c1', 'ada', 'ada@example.org')`)
	_, stop := l.open()
	first := r.next(2)
	stop()
	healthy.Store(true)
	for len(r.came) > 0 { // those between
		<-r.came
	}
	q, stop := l.open()
	last := r.next(1)[0]
	stop()
	for _, one := range append(first, last) {
		h := one.header
		at, err := time.Parse("2006", "1970")
		if err != nil {
			t.Fatal(err)
		}
		seconds, err := time.ParseDuration(h.Get("Webhook-Timestamp") + "s")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := h.Get("Webhook-Signature"), job.Sign(l.env["KEY"], h.Get("Webhook-Id"), at.Add(seconds), one.body); got != want {
			t.Errorf("signature %q, want %q", got, want)
		}
		if h.Get("Webhook-Id") != last.header.Get("Webhook-Id") || one.body != last.body {
			t.Errorf("another attempt differs: %v %s", h, one.body)
		}
		if h.Get("Authorization") != "Bearer t0ken" || h.Get("X-Nick") != "n ada" || h.Get("Content-Type") != "application/json" {
			t.Errorf("headers: %v", h)
		}
	}
	if !strings.Contains(last.body, `"type":"comments.create"`) || !strings.Contains(last.body, `"nick":"ada"`) || strings.Contains(last.body, "ada@example.org") {
		t.Errorf("body: %s", last.body)
	}
	d := l.list(q, job.Filter{})[0]
	if d.State != job.Done || d.Attempts < 3 || d.ID != last.header.Get("Webhook-Id") || d.Target != "env:HOOK" {
		t.Errorf("delivery: %+v", d)
	}
	detail, err := q.Get(t.Context(), l.project().ID, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(detail.Log) != d.Attempts || *detail.Log[0].Status != 503 || detail.Log[0].Response != "not now\n" || *detail.Log[d.Attempts-1].Status != 200 {
		t.Errorf("log: %+v", detail.Log)
	}
	for _, secret := range []string{"t0ken", "k=v", "whsec_"} {
		if strings.Contains(string(detail.Message), secret) {
			t.Errorf("the message holds the secret %s: %s", secret, detail.Message)
		}
	}
}

// The example of the specification of Standard Webhooks, made with its reference implementation.
func TestSignature(t *testing.T) {
	t.Parallel()
	got := job.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), `{"test": 2432232314}`)
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestWebhookEnds(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, func(w http.ResponseWriter, request *http.Request) {
		switch request.URL.Path {
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/moved":
			http.Redirect(w, request, "/elsewhere", http.StatusFound)
		case "/busy":
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		_, _ = w.Write([]byte(strings.Repeat("é", 2000)))
	})
	l.apply(file("    on_write:\n      - webhook: {url: " + r.url + "/gone}\n      - webhook: {url: " + r.url + "/moved, retries: 1}\n      - webhook: {url: " + r.url + "/busy}\n"))
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('c1', 'ada')`)
	q, stop := l.open()
	r.next(4)
	stop()
	gone, moved, busy := l.list(q, job.Filter{})[0], l.list(q, job.Filter{})[1], l.list(q, job.Filter{})[2]
	if gone.State != job.Dead || gone.Attempts != 1 {
		t.Errorf("410: %+v", gone)
	}
	if moved.State != job.Dead || moved.Attempts != 2 || !strings.Contains(moved.Error, "redirects are not followed") {
		t.Errorf("302: %+v", moved)
	}
	if busy.State != job.Retrying || busy.NextAt == nil || time.Until(*busy.NextAt) < 50*time.Minute {
		t.Errorf("429: %+v", busy)
	}
	detail, err := q.Get(t.Context(), l.project().ID, gone.ID)
	if err != nil || len(detail.Log) != 1 || detail.Log[0].Response != strings.Repeat("é", 512) {
		t.Errorf("response: %+v %v", detail, err)
	}
}

func TestReplayAndCancel(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	var healthy atomic.Bool
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		if !healthy.Load() {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	l.apply(file("    on_write:\n      - webhook: {url: " + r.url + "/a, retries: 0}\n      - webhook: {url: " + r.url + "/b}\n"))
	l.exec(`INSERT INTO p_blog.comments (uid, nick) VALUES ('c1', 'ada'), ('c2', 'bob')`)
	_, stop := l.open()
	r.next(4)
	stop()
	healthy.Store(true)
	q, stop := l.open()
	ctx, project := t.Context(), l.project().ID
	dead, retrying := l.list(q, job.Filter{State: job.Dead}), l.list(q, job.Filter{State: job.Retrying})
	if len(dead) != 2 || len(retrying) != 2 {
		t.Fatalf("dead %+v, retrying %+v", dead, retrying)
	}
	if err := q.Cancel(ctx, project, retrying[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := q.Cancel(ctx, project, retrying[0].ID); err == nil {
		t.Error("a delivery was cancelled twice")
	}
	if n, err := q.ReplayAll(ctx, project, job.Filter{Name: "posts"}); err != nil || n != 0 {
		t.Errorf("replayed %d of another table (%v)", n, err)
	}
	if n, err := q.ReplayAll(ctx, project, job.Filter{Name: "comments", Since: time.Now().Add(-time.Hour)}); err != nil || n != 2 {
		t.Errorf("replayed %d (%v)", n, err)
	}
	if err := q.Replay(ctx, project, retrying[1].ID); err != nil { // at once, not after the hour
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, one := range r.next(3) {
		ids[one.header.Get("Webhook-Id")] = true
	}
	stop()
	if !ids[dead[0].ID] || !ids[dead[1].ID] || !ids[retrying[1].ID] {
		t.Errorf("came again: %v", ids)
	}
	for _, d := range l.list(q, job.Filter{}) {
		if want := map[bool]job.State{true: job.Cancelled, false: job.Done}[d.ID == retrying[0].ID]; d.State != want {
			t.Errorf("%+v, want %s", d, want)
		}
	}
	if err := q.Replay(ctx, project, "msg_nothing"); err == nil {
		t.Error("replayed what is not there")
	}
}

func TestTwoServersSendOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := newReceiver(t, nil)
	l.apply(file("    on_write: [{webhook: {url: " + r.url + "}}]\n"))
	_, stop := l.open()
	q, stopOther := l.open()
	l.exec(`INSERT INTO p_blog.comments (nick) SELECT n::text FROM generate_series(1, 200) n`)
	ids := map[string]bool{}
	for _, one := range r.next(200) {
		ids[one.header.Get("Webhook-Id")] = true
	}
	stop()
	stopOther()
	if len(ids) != 200 || len(r.came) != 0 {
		t.Errorf("%d different deliveries came, and %d more", len(ids), len(r.came))
	}
	if rest := l.list(q, job.Filter{State: job.Waiting}); len(rest) != 0 {
		t.Errorf("%d still wait", len(rest))
	}
}
