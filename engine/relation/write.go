package relation

import (
	"fmt"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// WriteFunction gives the trigger function behind INSERT and UPDATE on the view: it holds every rule that SQL can hold, refuses by
// name what needs JavaScript or a pattern, and writes only the keys that changed.
//
// What it raises: 23502 for a missing value, 23514 for a type, bound or value, 23503 for a missing reference, 23505 for uniqueness,
// 428C9 for a column that is read only, 0A000 for a field guarded by JavaScript or a pattern, 40001 where another transaction changed
// the same value of the same record after this statement began. Each carries the column, and "table.field" as the constraint.
func WriteFunction(p *engine.Project, t *engine.Table, columns []ViewColumn) string {
	w := &writer{p: p, t: t, guards: guardsOf(t)}
	w.line("DECLARE")
	w.line("  _set jsonb := '{}';")
	w.line("  _drop text[] := '{}';")
	w.line("  _changed text[] := '{}';")
	w.line("  _fresh jsonb;")
	w.line("  _version integer;")
	w.line("  _id bigint;")
	w.line("  _constraint text;")
	w.line("BEGIN")
	for _, c := range columns {
		w.column(c)
	}
	w.write()
	w.line("  SELECT v.* INTO NEW FROM %s v WHERE v.id = _id;", View(p, t))
	w.line("  RETURN NEW;")
	w.b.WriteString("END")
	return function(writeFunction(p, t), w.b.String())
}

// A writer prints the body of a write function.
type writer struct {
	p      *engine.Project
	t      *engine.Table
	guards []guard
	b      strings.Builder
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(&w.b, format+"\n", args...)
}

// raise prints a RAISE about field f.
func (w *writer) raise(indent, code string, f *engine.Field, message string) {
	if text, ok := plainMessage(f); ok && code != "0A000" && code != "428C9" {
		message = text
	}
	w.line("%sRAISE EXCEPTION USING ERRCODE = %s, TABLE = %s, COLUMN = %s, CONSTRAINT = %s,", indent, Literal(code),
		Literal(w.t.Name), Literal(f.Name), Literal(ReferenceConstraint(w.t, f)))
	w.line("%s  MESSAGE = %s;", indent, Literal(message))
}

// plainMessage gives the user's sentence where it needs no evaluation.
func plainMessage(f *engine.Field) (string, bool) {
	if f.Message == "" || strings.HasPrefix(f.Message, "=") || strings.Contains(f.Message, "$") {
		return "", false
	}
	return f.Message, true
}

// column prints what is done with one column of NEW.
func (w *writer) column(c ViewColumn) {
	name := Quote(c.Name)
	switch {
	case c.Key == "uid":
		w.line("  IF TG_OP = 'INSERT' AND NEW.uid IS NOT NULL AND NEW.uid !~ '^[A-Za-z0-9_-]{1,64}$' THEN")
		w.line("    RAISE EXCEPTION USING ERRCODE = '23514', COLUMN = 'uid', MESSAGE = 'a uid has 1 to 64 letters, digits, \"_\" or \"-\"';")
		w.line("  ELSIF TG_OP = 'UPDATE' AND NEW.uid IS DISTINCT FROM OLD.uid THEN")
		w.readOnly(c)
		w.line("  END IF;")
	case !c.Writable:
		w.line("  IF (TG_OP = 'INSERT' AND NEW.%s IS NOT NULL) OR (TG_OP = 'UPDATE' AND NEW.%s IS DISTINCT FROM OLD.%s) THEN", name, name, name)
		w.readOnly(c)
		w.line("  END IF;")
		if c.Field != nil && c.Field.Type == engine.TypeFile && c.Field.IsRequired() { // SQL brings no files
			w.line("  IF TG_OP = 'INSERT' THEN")
			w.raise("    ", "23502", c.Field, fmt.Sprintf("the field %q of %s is required", c.Field.Name, w.t.Name))
			w.line("  END IF;")
		}
		if c.Field != nil && c.Field.Type == engine.TypeAutonumber {
			w.line("  IF TG_OP = 'INSERT' THEN")
			w.line("    _set := _set || jsonb_build_object(%s, nextval(%s));", Literal(c.Field.Key), Literal(Sequence(w.p, c.Field)))
			w.line("  END IF;")
		}
	default:
		w.field(c)
	}
}

func (w *writer) readOnly(c ViewColumn) {
	w.line("    RAISE EXCEPTION USING ERRCODE = '428C9', TABLE = %s, COLUMN = %s, MESSAGE = %s;", Literal(w.t.Name), Literal(c.Name),
		Literal(fmt.Sprintf("the column %q of %s is read only", c.Name, w.t.Name)))
}

// field prints the rules of a stored field, which hold when it is written.
func (w *writer) field(c ViewColumn) {
	f, column := c.Field, "NEW."+Quote(c.Name)
	switch f.Type {
	case engine.TypeEnum, engine.TypeEmail, engine.TypeURL, engine.TypeReference: // an empty text is absent
		w.line("  %s := nullif(%s, '');", column, column)
	case engine.TypeJSON, engine.TypeReferences:
		w.line("  %s := nullif(%s, 'null'::jsonb);", column, column)
	}
	w.line("  IF TG_OP = 'INSERT' OR %s IS DISTINCT FROM OLD.%s THEN", column, Quote(c.Name))
	w.guarded(f, column)
	missing := column + " IS NULL"
	if f.Type == engine.TypeText && f.IsRequired() && !f.Empty {
		missing += " OR " + column + " = ''"
	}
	w.line("    IF %s THEN", missing)
	if f.IsRequired() {
		w.raise("      ", "23502", f, fmt.Sprintf("the field %q of %s is required", f.Name, w.t.Name))
	} else {
		w.line("      _drop := _drop || %s::text;", Literal(f.Key))
	}
	w.line("    ELSE")
	for _, r := range w.rules(f, column) {
		w.line("      IF %s THEN", r.broken)
		w.raise("        ", r.code, f, r.message)
		w.line("      END IF;")
	}
	w.references(f, column)
	w.line("      _set := _set || jsonb_build_object(%s, %s);", Literal(f.Key), canonical(f, column))
	w.line("    END IF;")
	w.line("    _changed := _changed || %s::text;", Literal(c.Name))
	w.line("  END IF;")
}

// references prints the check that what f refers to exists, and holds it until the transaction ends.
func (w *writer) references(f *engine.Field, column string) {
	to, _ := w.p.Tables.Get(f.To)
	if to == nil {
		return
	}
	message := fmt.Sprintf("the field %q of %s refers to a record of %s that does not exist", f.Name, w.t.Name, to.Name)
	switch f.Type {
	case engine.TypeReference:
		w.line("      PERFORM FROM %s x WHERE x.uid = %s FOR KEY SHARE;", Leaf(w.p, to), column)
		w.line("      IF NOT FOUND THEN")
	case engine.TypeReferences:
		w.line("      %s := (SELECT coalesce(jsonb_agg(e.v ORDER BY e.n), '[]'::jsonb) FROM (", column)
		w.line("        SELECT j.v, min(j.n) AS n FROM jsonb_array_elements(%s) WITH ORDINALITY AS j (v, n) GROUP BY j.v) e);", column)
		w.line("      PERFORM FROM %s x WHERE x.uid = ANY (ARRAY(SELECT jsonb_array_elements_text(%s))) ORDER BY x.uid FOR KEY SHARE;", Leaf(w.p, to), column)
		w.line("      GET DIAGNOSTICS _id = ROW_COUNT;")
		w.line("      IF _id <> jsonb_array_length(%s) THEN", column)
	default:
		return
	}
	w.raise("        ", "23503", f, message)
	w.line("      END IF;")
}

// write prints the one statement on the leaf.
func (w *writer) write() {
	leaf := Leaf(w.p, w.t)
	w.line("  IF TG_OP = 'UPDATE' THEN")
	w.line("    _id := OLD.id;")
	w.line("    SELECT r.version INTO _version FROM %s r WHERE r.id = _id FOR NO KEY UPDATE;", leaf)
	w.line("    IF NOT FOUND THEN")
	w.line("      RETURN NULL;")
	w.line("    END IF;")
	w.line("    IF _version <> OLD.version AND cardinality(_changed) > 0 THEN")
	w.line("      SELECT to_jsonb(v) INTO _fresh FROM %s v WHERE v.id = _id;", View(w.p, w.t))
	w.line("      IF EXISTS (SELECT FROM unnest(_changed) AS c (name) WHERE _fresh->c.name IS DISTINCT FROM to_jsonb(OLD)->c.name) THEN")
	w.line("        RAISE EXCEPTION USING ERRCODE = '40001', TABLE = %s,", Literal(w.t.Name))
	w.line("          MESSAGE = format('the record %%s of %%s was changed meanwhile', OLD.uid, %s), HINT = 'Run the transaction again.';", Literal(w.t.Name))
	w.line("      END IF;")
	w.line("    END IF;")
	w.line("  END IF;")
	insert := fmt.Sprintf("INSERT INTO %s (uid, data) VALUES (coalesce(NEW.uid, public.sl_uid()), _set) RETURNING id INTO _id;", leaf)
	update := fmt.Sprintf("UPDATE %s r SET data = (r.data - _drop) || _set, version = r.version + 1, updated_at = now() WHERE r.id = _id;", leaf)
	unique := w.unique()
	indent := "  "
	if unique != "" {
		w.line("  BEGIN")
		indent = "    "
	}
	w.line("%sIF TG_OP = 'INSERT' THEN", indent)
	w.line("%s  %s", indent, insert)
	w.line("%sELSIF cardinality(_changed) > 0 THEN", indent)
	w.line("%s  %s", indent, update)
	w.line("%sEND IF;", indent)
	if unique != "" {
		w.line("  EXCEPTION WHEN unique_violation THEN")
		w.line("    GET STACKED DIAGNOSTICS _constraint = CONSTRAINT_NAME;")
		w.line("    RAISE EXCEPTION USING ERRCODE = '23505', TABLE = %s, CONSTRAINT = _constraint,", Literal(w.t.Name))
		w.line("      MESSAGE = %s;", unique)
		w.line("  END;")
	}
}

// unique gives the expression of the sentence for a broken uniqueness, or "" where the table has none.
func (w *writer) unique() string {
	var cases strings.Builder
	for _, x := range Indexes(w.p, w.t) {
		if x.Kind != UniqueIndex {
			continue
		}
		var names []string
		for _, key := range x.Keys {
			names = append(names, fmt.Sprintf("%q", w.t.FieldByKey(key).Name))
		}
		stem := x.Name[:strings.LastIndexByte(x.Name, '_')+1]
		fmt.Fprintf(&cases, " WHEN left(_constraint, %d) = %s THEN %s", len(stem), Literal(stem),
			Literal(fmt.Sprintf("a record of %s with the same %s exists already", w.t.Name, strings.Join(names, ", "))))
	}
	if cases.Len() == 0 {
		return ""
	}
	return "CASE" + cases.String() + " ELSE " + Literal("a record of "+w.t.Name+" with the same uid exists already") + " END"
}
