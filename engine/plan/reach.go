package plan

import (
	"fmt"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/relation"
)

// isoForm prints a timestamptz in the canonical form of datetime; sessions speak UTC (PostgreSQL manual, 9.8).
const isoForm = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`

// asJSON gives a typed expression as jsonb in the form in which values are stored.
func asJSON(sql string, typ expr.Type) string {
	switch typ {
	case relation.JSONB:
		return sql
	case relation.Timestamptz:
		return "to_jsonb(to_char(" + sql + ", " + isoForm + "))"
	}
	return "to_jsonb(" + sql + ")"
}

// displayOf gives the field a reference shows as "v", or nil. A hidden one is not shown.
func displayOf(p *engine.Project, f *engine.Field) *engine.Field {
	target, found := p.Tables.Get(f.To)
	if !found || f.Display == "" {
		return nil
	}
	display, found := target.Fields.Get(f.Display)
	if !found || display.Hidden {
		return nil
	}
	return display
}

// alias names the row of the n-th lookup inside another.
func alias(n int) string { return fmt.Sprintf("x%d", n) }

// lookupFrom gives FROM and WHERE of the record that reference f of row outer leads to, as row x1.
func lookupFrom(p *engine.Project, f *engine.Field, target *engine.Table, outer string) string {
	return lookupFromAs(p, f, target, outer, "x1")
}

func lookupFromAs(p *engine.Project, f *engine.Field, target *engine.Table, outer, inner string) string {
	return " FROM " + relation.Leaf(p, target) + " " + inner + " WHERE " + inner + ".uid = (" + outer + ".data->>" + relation.Literal(f.Key) + ")"
}

// lookup gives the scalar subquery of sql over row x1, the record that reference f of row outer leads to.
func lookup(p *engine.Project, f *engine.Field, target *engine.Table, outer, sql string) string {
	return "(SELECT " + sql + lookupFrom(p, f, target, outer) + ")"
}

// fieldJSON gives a field of row a as jsonb; next is the number of the next lookup's alias.
func fieldJSON(p *engine.Project, t *engine.Table, f *engine.Field, a string, next int) string {
	stored := a + ".data->" + relation.Literal(f.Key)
	switch f.Type {
	case engine.TypeGenerated:
		sql, typ := relation.Column(p, t, f, a)
		return asJSON(sql, typ)
	case engine.TypeReference:
		display := "NULL"
		if shown, target := displayOf(p, f), p.Tables; shown != nil && next < 4 {
			to, _ := target.Get(f.To)
			x := alias(next)
			display = "(SELECT " + fieldJSON(p, to, shown, x, next+1) + lookupFromAs(p, f, to, a, x) + ")"
		}
		return "CASE WHEN jsonb_typeof(" + stored + ") = 'string' THEN jsonb_build_object('u', " + stored + ", 'v', " + display + ") END"
	case engine.TypeReferences:
		if sql := pairs(p, f, a, next); sql != "" {
			return sql
		}
	}
	return "(" + stored + ")"
}

// pairs gives a references field as a list of {"u", "v"} in its stored order, or "" where it has no display field.
func pairs(p *engine.Project, f *engine.Field, a string, next int) string {
	display := displayOf(p, f)
	if display == nil {
		return ""
	}
	target, _ := p.Tables.Get(f.To)
	stored, x := a+".data->"+relation.Literal(f.Key), alias(next)
	shown := "(SELECT " + fieldJSON(p, target, display, x, next+1) + " FROM " + relation.Leaf(p, target) + " " + x + " WHERE " + x + ".uid = e.uid)"
	return "(SELECT jsonb_agg(jsonb_build_object('u', e.uid, 'v', " + shown + ") ORDER BY e.n)" +
		" FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(" + stored + ") = 'array' THEN " + stored + " END) WITH ORDINALITY e(uid, n))"
}

// pathJSON gives the value at path below row a of table t as jsonb, and what of the path leads on into that JSON value.
func pathJSON(p *engine.Project, t *engine.Table, a string, path []string, next int) (string, []string, error) {
	name, rest := path[0], path[1:]
	switch name {
	case "uid", "id", "version":
		return "to_jsonb(" + a + "." + name + ")", nil, noParts(name, rest)
	case "created_at", "updated_at":
		return asJSON(a+"."+name, relation.Timestamptz), nil, noParts(name, rest)
	}
	f, err := visible(t, name, nil)
	if err != nil {
		return "", nil, err
	}
	switch f.Type {
	case engine.TypeReference:
		target, found := p.Tables.Get(f.To)
		if !found {
			return "", nil, fmt.Errorf("%s refers to a table that does not exist: %q", f.Name, f.To)
		}
		if len(rest) == 0 || isPairPart(target, rest[0]) {
			return fieldJSON(p, t, f, a, next), rest, nil
		}
		x := alias(next)
		sql, into, err := pathJSON(p, target, x, rest, next+1)
		return "(SELECT " + sql + lookupFromAs(p, f, target, a, x) + ")", into, err
	case engine.TypeFile:
		stored := a + ".data->" + relation.Literal(f.Key)
		return "CASE WHEN jsonb_typeof(" + stored + ") IN ('object', 'array') THEN jsonb_build_array(" + a + ".uid, " + stored + ") END", rest, checkFilePath(f, rest)
	case engine.TypeJSON, engine.TypeReferences:
		return fieldJSON(p, t, f, a, next), rest, nil
	}
	return fieldJSON(p, t, f, a, next), nil, noParts(name, rest)
}

func noParts(name string, rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("%s has no parts", name)
	}
	return nil
}
