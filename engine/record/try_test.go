package record

import (
	"context"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

func TestTryExpression(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.load("posts", `{"uid":"p1","slug":"one","title":"One"}`, ImportOptions{})
	list, typ, problems, err := h.engine.TryExpression(context.Background(), h.project, h.table("posts"), "upper(title) || '!'")
	if err != nil || problems != nil || typ != "text" || len(list) != 1 || string(list[0].Value) != `"ONE!"` {
		t.Errorf("%s %s %v %v", list, typ, problems, err)
	}
	if _, _, problems, _ = h.engine.TryExpression(context.Background(), h.project, h.table("posts"), "pg_sleep(1)"); len(problems) == 0 {
		t.Error("pg_sleep is let through")
	}
}

func TestConstraintsAreTried(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.load("counters", "{\"uid\":\"a\",\"score\":2}\n{\"uid\":\"b\",\"n\":3}\n{\"uid\":\"c\",\"score\":4}", ImportOptions{})
	ctx, counters := context.Background(), h.table("counters")
	trials, problems, err := h.engine.CheckConstraint(ctx, h.project, counters, "score", []raw.Value{raw.Value(`{"score":1}`), raw.Value(`{"score":2}`), raw.Value(`{}`)}, 0)
	if err != nil || problems != nil || trials[0].Accepted || !trials[1].Accepted || !trials[2].Skipped {
		t.Errorf("%+v %v %v", trials, problems, err)
	}
	if trials, _, err = h.engine.CheckConstraint(ctx, h.project, counters, "score", nil, 10); err != nil || len(trials) != 3 {
		t.Errorf("%+v %v", trials, err)
	}
	if _, err := h.db.Pool().Exec(ctx, `UPDATE p_blog._r3 SET data = data || '{"score000": 5, "n0000000": "x"}' WHERE uid <> 'b'`); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"score": "score is not allowed.", "n": "n must be a whole number."} {
		found, problems, err := h.engine.CountViolations(ctx, h.project, counters, name, value.English)
		if err != nil || problems != nil || found.Checked != 3 || found.Records != 2 || !strings.HasPrefix(found.First[0].Message, want) {
			t.Errorf("%s: %+v %v %v", name, found, problems, err)
		}
	}
}

func TestViolationsFindDanglingReferences(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := context.Background()
	if _, err := h.db.Pool().Exec(ctx, `INSERT INTO p_blog._r2 (uid, data) VALUES ('a', '{"post0000":"gone","related0":["a","b"]}')`); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int64{"post": 1, "related": 1, "parent": 0, "nick": 1, "tags": 0} {
		found, _, err := h.engine.CountViolations(ctx, h.project, h.table("comments"), name, value.English)
		if err != nil || found.Records != want {
			t.Errorf("%s: %+v %v, want %d", name, found, err, want)
		}
	}
}
