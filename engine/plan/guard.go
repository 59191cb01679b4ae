package plan

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
)

// A Guard refuses a request. Of its parts those that were given are checked in this order: Lock is taken, When, then the query.
type Guard struct {
	Lock    *template.Slot // requests with the same value wait for each other; nil is none
	When    *template.Slot // refuses where it is true; nil is none
	Query   *Query         // one row of one column: the count of matches, up to one more than counts; nil is none
	Over    *template.Slot // refuses where the count is greater; nil: see Absent
	Absent  bool           // refuses where the count is 0, else where it is not
	Status  int            // 0 is 422
	Message *template.Slot // nil is the usual sentence
}

// Locks reports whether the guards of a write need a transaction around it.
func (p *Plan) Locks() bool {
	for _, g := range p.Guards {
		if g.Lock != nil || g.Query != nil {
			return true
		}
	}
	return false
}

func (c *compiler) guards() {
	for i, written := range c.endpoint.Guards {
		at := []string{"guards", strconv.Itoa(i)}
		g := &Guard{Status: written.Status}
		if g.Status != 0 && (g.Status < 400 || g.Status > 599) {
			c.problem(append(at, "status"), "400 to 599", "%d is no status of a refusal", g.Status)
		}
		g.Lock = c.guardSlot(written.Lock, at, "lock")
		g.When = c.guardSlot(written.When, at, "when")
		if written.Message != "" {
			g.Message = c.guardSlot(raw.Text(written.Message), at, "message")
		}
		c.guardQuery(g, written, at)
		if g.Lock == nil && g.When == nil && g.Query == nil && len(c.problems) == 0 {
			c.problem(at, "exists, not_exists, count, when or lock", "a guard guards nothing")
		}
		c.plan.Guards = append(c.plan.Guards, g)
	}
}

func (c *compiler) guardSlot(v raw.Value, at []string, name string) *template.Slot {
	if v == nil {
		return nil
	}
	slot, problems := template.CompileSlot(v, c.plan.scope)
	c.add(problems, append(append([]string(nil), at...), name)...)
	return slot
}

func (c *compiler) guardQuery(g *Guard, written engine.Guard, at []string) {
	given := 0
	for _, part := range []struct {
		query *engine.GuardQuery
		name  string
	}{{written.Exists, "exists"}, {written.NotExists, "not_exists"}, {written.Count, "count"}} {
		if part.query == nil {
			continue
		}
		given++
		path := append(append([]string(nil), at...), part.name)
		g.Absent = part.name == "not_exists"
		if part.name == "count" {
			if g.Over = c.guardSlot(part.query.Over, path, "over"); g.Over == nil {
				c.problem(path, "over: 5", "count refuses above `over`, which is missing")
			}
		} else if part.query.Over != nil {
			c.problem(append(path, "over"), "", "over belongs to count")
		}
		g.Query = c.countQuery(part.query, path, part.name != "count")
	}
	if given > 1 {
		c.problem(at, "write them as guards of their own", "a guard has one of exists, not_exists and count")
	}
}

// countQuery counts the matches; exists needs to know of one only.
func (c *compiler) countQuery(written *engine.GuardQuery, at []string, one bool) *Query {
	t, found := c.project.Tables.Get(written.Table)
	if !found {
		c.problem(append(at, "table"), near(written.Table, c.project.Tables.Names()), "there is no table %q", written.Table)
		return nil
	}
	q := &Query{}
	where := c.filter(q, written.Filter, t, false, append(at, "filter")...)
	limit := ""
	if one {
		limit = " LIMIT 1"
	}
	q.prepare(1<<len(q.Optional), func(w *writer, mask int) {
		w.text("SELECT count(*) FROM (SELECT FROM ", relation.Leaf(c.project, t), " r")
		where.where(w, mask)
		w.text(limit, ") m")
	})
	return q
}

// LockStatement takes the lock named $1 until the transaction ends (PostgreSQL manual, 9.28.10).
func LockStatement() *Statement {
	return &Statement{SQL: "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))"}
}
