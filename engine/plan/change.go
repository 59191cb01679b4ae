package plan

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
)

func literal(s string) string { return relation.Literal(s) }

// change compiles an UPDATE or a DELETE.
func (c *compiler) change() {
	ep, t := c.endpoint, c.plan.Table
	c.refuseReading()
	w := &Write{Query: &Query{}, Limit: max(ep.Limit, 1)}
	c.plan.Write = w
	if ep.Limit < 0 || ep.Limit > MaxSize {
		c.problem([]string{"limit"}, "", "limit is 1 to %d", MaxSize)
	}
	where := c.filter(w.Query, ep.Filter, t.Def, true, "filter")
	if where == nil && len(c.problems) == 0 {
		c.problem([]string{"filter"}, "filter: {uid: $params.id}", "a %s needs a filter that says which records", ep.Kind)
		return
	}
	if ep.Kind == engine.Update {
		c.sets(w, &ep.Set, "set")
		if len(w.Sets) == 0 && len(c.problems) == 0 {
			c.problem([]string{"set"}, "set: {field: value}, or parameters with the names of fields", "the UPDATE changes nothing")
		}
	} else if ep.Set.Len() > 0 {
		c.problem([]string{"set"}, "", "a DELETE sets nothing")
	}
	w.number()
	w.constrained(t)
	if len(c.problems) > 0 {
		return
	}
	w.Single = where.pins()
	c.finish = func() {
		shape := c.plan.Shape
		shape.version = true
		shape.close()
		columns, layout := shape.selection(shape.fields, false)
		w.Layout = layout
		b := &changeWriter{t: t, w: w, where: where, columns: columns}
		w.Count = &Query{}
		w.Count.prepare(1, func(wr *writer, _ int) { b.count(wr) })
		if ep.Kind == engine.Delete {
			w.Query.prepare(2<<w.bits, b.deletion)
			return
		}
		w.Query.prepare(2<<w.bits, b.update)
		b.prepareSteps()
	}
}

// A changeWriter writes the statements of an UPDATE or DELETE.
type changeWriter struct {
	t       *Table
	w       *Write
	where   *node
	columns string
}

// prepareSteps prepares what an UPDATE does in steps, or does instead of changing anything.
func (b *changeWriter) prepareSteps() {
	w := b.w
	w.Lock, w.ByID, w.Keep = &Query{}, &Query{}, &Query{}
	w.Lock.prepare(2<<w.bits, b.lock)
	w.ByID.prepare(2<<w.bits, b.byID)
	w.Keep.prepare(1, func(wr *writer, _ int) { b.keep(wr) })
}

// matches writes the common table expression that locks up to one record more than may change, and tells which of them may.
func (b *changeWriter) matches(wr *writer, variant int, with, lock string) {
	wr.text(with, "m AS MATERIALIZED (SELECT r.id")
	if b.bounded(variant) {
		wr.text(", (true")
		b.bounds(wr, variant)
		wr.text(") IS NOT FALSE AS fine")
	}
	wr.text(" FROM ", b.t.Leaf, " r")
	b.where.where(wr, 0)
	wr.text(" ORDER BY r.id LIMIT ", strconv.Itoa(b.w.Limit+1), " FOR ", lock, ")\n")
}

// update writes the whole UPDATE in one statement.
func (b *changeWriter) update(wr *writer, variant int) {
	if b.w.Single {
		wr.size = ShortUpdate
	}
	conditions := b.w.referenceChecks(wr, variant)
	if !b.w.Single {
		b.matches(wr, variant, with(conditions), "NO KEY UPDATE")
	}
	wr.text("UPDATE ", b.t.Leaf, " AS r\nSET data = ")
	b.data(wr, variant)
	wr.text(", version = r.version + 1, updated_at = now()")
	b.target(wr, variant, "FROM")
	b.conditions(wr, conditions)
	wr.text("\nRETURNING ", b.columns)
}

// deletion writes a DELETE in one statement.
func (b *changeWriter) deletion(wr *writer, variant int) {
	if !b.w.Single {
		b.matches(wr, variant, "WITH ", "UPDATE")
	}
	wr.text("DELETE FROM ", b.t.Leaf, " AS r")
	b.target(wr, variant, "USING")
	wr.text("\nRETURNING ", b.columns)
}

// target writes which rows change: of several matches all or none.
func (b *changeWriter) target(wr *writer, variant int, from string) {
	if b.w.Single {
		b.where.newline(wr, 0)
		b.bounds(wr, variant)
		return
	}
	wr.text("\n", from, " m\nWHERE r.id = m.id AND (SELECT count(*)")
	if b.bounded(variant) {
		wr.text(" + count(*) FILTER (WHERE NOT m.fine) * ", strconv.Itoa(b.w.Limit+1))
	}
	wr.text(" FROM m) <= ", strconv.Itoa(b.w.Limit))
}

// bounded reports whether bounds writes anything.
func (b *changeWriter) bounded(variant int) bool {
	probe := &writer{}
	b.bounds(probe, variant)
	return probe.sql.Len() > 0
}

// bounds writes what must hold of each row besides the filter: the version, the min and max of what is counted up or down.
func (b *changeWriter) bounds(wr *writer, variant int) {
	if variant&b.w.VersionBit() != 0 {
		wr.text(" AND r.version = ANY (")
		wr.arg(ArgVersions, "bigint[]")
		wr.text(")")
	}
	for _, s := range b.w.Sets {
		if s.Op != Increment || !b.stands(s, variant) {
			continue
		}
		for _, rule := range [][2]string{{" >= ", string(s.Field.Def.Min)}, {" <= ", string(s.Field.Def.Max)}} {
			if rule[1] != "" {
				wr.text(" AND ")
				b.increment(wr, s)
				wr.text(rule[0], rule[1])
			}
		}
	}
}

// conditions writes that the records referred to are there.
func (b *changeWriter) conditions(wr *writer, references []func(wr *writer)) {
	for _, condition := range references {
		wr.text(" AND ")
		condition(wr)
	}
}

// stands reports whether a set is part of the variant.
func (b *changeWriter) stands(s *Set, variant int) bool {
	return s.ChoiceParam < 0 || s.bit < 0 || variant&s.Bit() != 0
}

// data writes what the record becomes.
func (b *changeWriter) data(wr *writer, variant int) {
	assigned := false
	for _, s := range b.w.Sets {
		assigned = assigned || s.Op == Assign
	}
	if assigned {
		wr.text("((r.data || ")
		wr.arg(ArgData, "jsonb")
		wr.text(") - ")
		wr.arg(ArgRemove, "text[]")
		wr.text(")")
	} else {
		wr.text("r.data")
	}
	for _, s := range b.w.Sets {
		if s.Op == Assign || !b.stands(s, variant) {
			continue
		}
		wr.text("\n  || jsonb_build_object(", literal(s.Field.Def.Key), ", ")
		if s.Op == Increment {
			b.increment(wr, s)
		} else {
			b.list(wr, s)
		}
		wr.text(")")
	}
}

// increment writes the number after the change.
func (b *changeWriter) increment(wr *writer, s *Set) {
	closing := ""
	if s.Max >= 0 {
		wr.text("least(")
		closing = ")"
	}
	if s.Min >= 0 {
		wr.text("greatest(")
	}
	wr.text("coalesce(", relation.Stored(s.Field.Def.Key, relation.Numeric, "r"), ", 0) + ")
	wr.arg(s.Amount, "numeric")
	if s.Min >= 0 {
		wr.text(", ")
		wr.arg(s.Min, "numeric")
		wr.text(")")
	}
	if s.Max >= 0 {
		wr.text(", ")
		wr.arg(s.Max, "numeric")
	}
	wr.text(closing)
}

// list writes the list after an item came or went. References are a set: one that is there already stays once.
func (b *changeWriter) list(wr *writer, s *Set) {
	stored := "r.data->" + literal(s.Field.Def.Key)
	list := "(CASE WHEN jsonb_typeof(" + stored + ") = 'array' THEN " + stored + " ELSE '[]'::jsonb END)"
	isReferences := s.Field.Def.Type == engine.TypeReferences
	switch {
	case s.Op == Remove && isReferences:
		wr.text(list, " - ")
		wr.arg(s.Amount, "text")
	case s.Op == Remove:
		wr.text("(SELECT coalesce(jsonb_agg(e.v ORDER BY e.n), '[]'::jsonb) FROM jsonb_array_elements(", list, ") WITH ORDINALITY e(v, n) WHERE e.v <> ")
		wr.arg(s.Amount, "jsonb")
		wr.text(")")
	case isReferences:
		wr.text("CASE WHEN ", list, " @> to_jsonb(")
		wr.arg(s.Amount, "text")
		wr.text(") THEN ", list, " ELSE ", list, " || jsonb_build_array(")
		wr.arg(s.Amount, "text")
		wr.text(") END")
	default:
		wr.text(list, " || jsonb_build_array(")
		wr.arg(s.Amount, "jsonb")
		wr.text(")")
	}
}

// lock writes the statement that locks the matches and tells what they would become.
func (b *changeWriter) lock(wr *writer, variant int) {
	wr.text("SELECT r.id, r.uid, r.version, ")
	b.data(wr, variant)
	wr.text("\nFROM ", b.t.Leaf, " r")
	b.where.newline(wr, 0)
	if !b.w.Single {
		wr.text("\nORDER BY r.id LIMIT ", strconv.Itoa(b.w.Limit+1))
	}
	wr.text("\nFOR NO KEY UPDATE")
}

// byID writes the statement that changes the rows that lock has locked.
func (b *changeWriter) byID(wr *writer, variant int) {
	conditions := b.w.referenceChecks(wr, variant)
	wr.text("UPDATE ", b.t.Leaf, " AS r\nSET data = ")
	b.data(wr, variant)
	wr.text(", version = r.version + 1, updated_at = now()\nWHERE r.id = ANY (")
	wr.arg(ArgID, "bigint[]")
	wr.text(") AND NOT EXISTS (SELECT FROM ", b.t.Leaf, " r WHERE r.id = ANY (")
	wr.arg(ArgID, "bigint[]")
	wr.text(") AND NOT (true")
	b.bounds(wr, variant)
	wr.text("))")
	b.conditions(wr, conditions)
	wr.text("\nRETURNING ", b.columns)
}

// keep writes the statement that reads the matches.
func (b *changeWriter) keep(wr *writer) {
	wr.text("SELECT ", b.columns, "\nFROM ", b.t.Leaf, " r")
	b.where.newline(wr, 0)
	if !b.w.Single {
		wr.text("\nORDER BY r.id LIMIT ", strconv.Itoa(b.w.Limit+1))
	}
}

// count writes how many records match, up to one more than may change.
func (b *changeWriter) count(wr *writer) {
	wr.text("SELECT count(*) FROM (SELECT FROM ", b.t.Leaf, " r")
	b.where.where(wr, 0)
	wr.text(" LIMIT ", strconv.Itoa(b.w.Limit+1), ") m")
}

func with(conditions []func(wr *writer)) string {
	if len(conditions) > 0 {
		return ", "
	}
	return "WITH "
}
