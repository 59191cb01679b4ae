package relation

import (
	"fmt"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// A Referrer is a reference field that points at a table.
type Referrer struct {
	Table *engine.Table
	Field *engine.Field
}

// Referrers gives the reference fields of the project that point at t, t's own included.
func Referrers(p *engine.Project, t *engine.Table) []Referrer {
	var list []Referrer
	for _, other := range p.Tables.All() {
		for _, f := range other.Fields.All() {
			if f.To == t.Name && (f.Type == engine.TypeReference || f.Type == engine.TypeReferences) {
				list = append(list, Referrer{other, f})
			}
		}
	}
	return list
}

// ReferenceConstraint names a reference in errors (SQLSTATE 23503): "comments.parent".
func ReferenceConstraint(t *engine.Table, f *engine.Field) string { return t.Name + "." + f.Name }

// DeleteFunction gives the trigger function that runs after records of t are deleted, by any door, and holds on_delete of every field
// that refers to t. Replacing it locks no table.
//
// It is free of races under READ COMMITTED: whoever writes a reference holds FOR KEY SHARE on the record referred to, so a DELETE of
// that record waits; each statement of the function has a snapshot of its own, later than that wait, and sees the new referrer
// (PostgreSQL manual, 13.2.1 and 38.7). Under a stricter isolation level the snapshot is older, and the function refuses. Cascades
// run the triggers of the leaves they reach. A restricting referrer raises 23503 with the constraint "table.field".
func DeleteFunction(p *engine.Project, t *engine.Table) string {
	referrers := Referrers(p, t)
	var body strings.Builder
	if len(referrers) == 0 {
		body.WriteString("BEGIN\n  RETURN NULL;\nEND")
		return function(deleteFunction(p, t), body.String())
	}
	fmt.Fprintf(&body, `DECLARE
  _uids text[] := ARRAY(SELECT g.uid FROM _gone g);
  _lists jsonb[];
  _who record;
BEGIN
  IF cardinality(_uids) = 0 THEN
    RETURN NULL;
  END IF;
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = %s,
      HINT = 'Run the statement under READ COMMITTED: references stay whole only there.';
  END IF;
`, Literal("records of "+t.Name+" cannot be deleted under this isolation level, because others refer to them"))
	for _, r := range referrers {
		if r.Field.Type == engine.TypeReferences {
			body.WriteString("  _lists := ARRAY(SELECT jsonb_build_array(u) FROM unnest(_uids) u);\n")
			break
		}
	}
	for _, r := range referrers { // those that restrict come first, before anything is changed
		if r.Field.OnDelete == engine.Restrict || r.Field.OnDelete == "" {
			body.WriteString(restrict(p, t, r))
		}
	}
	for _, r := range referrers {
		switch r.Field.OnDelete {
		case engine.Cascade:
			fmt.Fprintf(&body, "  DELETE FROM %s r WHERE %s;\n", Leaf(p, r.Table), refers(p, r))
		case engine.SetNull:
			body.WriteString(setNull(p, r))
		}
	}
	body.WriteString("  RETURN NULL;\nEND")
	return function(deleteFunction(p, t), body.String())
}

// refers gives the condition that row r of the referrer's leaf refers to one of _uids, in the form its index is over.
func refers(p *engine.Project, r Referrer) string {
	column, _ := Column(p, r.Table, r.Field, "r")
	if r.Field.Type == engine.TypeReferences {
		return column + " @> ANY (_lists)"
	}
	return column + " = ANY (_uids)"
}

func restrict(p *engine.Project, t *engine.Table, r Referrer) string {
	return fmt.Sprintf(`  SELECT r.uid INTO _who FROM %s r WHERE %s LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION USING ERRCODE = '23503', CONSTRAINT = %s, TABLE = %s, COLUMN = %s,
      MESSAGE = %s,
      DETAIL = format('The record %%s of %%s refers to it.', _who.uid, %s);
  END IF;
`, Leaf(p, r.Table), refers(p, r), Literal(ReferenceConstraint(r.Table, r.Field)), Literal(r.Table.Name), Literal(r.Field.Name),
		Literal("a record of "+t.Name+" is still referred to by "+ReferenceConstraint(r.Table, r.Field)), Literal(r.Table.Name))
}

func setNull(p *engine.Project, r Referrer) string {
	key := Literal(r.Field.Key)
	data := "r.data - " + key
	if r.Field.Type == engine.TypeReferences {
		data = fmt.Sprintf(`r.data || jsonb_build_object(%s, (
      SELECT coalesce(jsonb_agg(e.v ORDER BY e.n), '[]'::jsonb) FROM jsonb_array_elements(r.data->%s) WITH ORDINALITY AS e (v, n)
      WHERE NOT ((e.v #>> '{}') = ANY (_uids))))`, key, key)
	}
	return fmt.Sprintf("  UPDATE %s r SET data = %s, version = r.version + 1, updated_at = now() WHERE %s;\n",
		Leaf(p, r.Table), data, refers(p, r))
}

// function gives a trigger function that runs with its owner's rights and a search_path nobody can change (PostgreSQL manual,
// CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely").
func function(name, body string) string {
	tag := "$body$"
	for strings.Contains(body, tag) {
		tag = tag[:len(tag)-1] + "x$"
	}
	return "CREATE OR REPLACE FUNCTION " + name + `() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS ` + tag + "\n" + body + "\n" + tag
}
