package relation

import (
	"fmt"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// CreateProject gives the statements that make the project's schema and its partition of sl_records. p has its ID.
func CreateProject(p *engine.Project) []string {
	records := Schema(p) + "._records"
	return []string{
		"CREATE SCHEMA " + Schema(p),
		"CREATE TABLE " + records + " (LIKE public.sl_records INCLUDING ALL) PARTITION BY LIST (table_id)",
		fmt.Sprintf("ALTER TABLE public.sl_records ATTACH PARTITION %s FOR VALUES IN (%d)", records, p.ID),
	}
}

// DropProject gives the statement that drops the project's schema with all its records, and with whatever users made in it.
func DropProject(p *engine.Project) string {
	return "DROP SCHEMA IF EXISTS " + Schema(p) + " CASCADE"
}

// CreateLeaf gives the statements that make the table's leaf: created alone, with what every leaf has, then attached, which takes a
// SHARE UPDATE EXCLUSIVE lock on the project's partition only (PostgreSQL manual, 5.12.2.2). The leaf's on_delete trigger is made
// with it, over a function that [DeleteFunction] replaces later without touching the leaf.
func CreateLeaf(p *engine.Project, t *engine.Table) []string {
	leaf, name := Leaf(p, t), t.LeafName()
	return []string{
		fmt.Sprintf(`CREATE TABLE %s (LIKE public.sl_records INCLUDING ALL,
  CONSTRAINT %s PRIMARY KEY (id),
  CONSTRAINT %s UNIQUE (uid),
  CONSTRAINT _bounds CHECK (project_id = %d AND table_id = %d)
) WITH (fillfactor = 90, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_scale_factor = 0.05)`,
			leaf, Quote(name+"_pkey"), Quote(name+"_uid"), p.ID, t.ID),
		fmt.Sprintf("ALTER TABLE %s ALTER project_id SET DEFAULT %d, ALTER table_id SET DEFAULT %d", leaf, p.ID, t.ID),
		fmt.Sprintf("CREATE INDEX %s ON %s (created_at DESC, id DESC)", Quote(name+"_created"), leaf),
		fmt.Sprintf("ALTER TABLE %s._records ATTACH PARTITION %s FOR VALUES IN (%d)", Schema(p), leaf, t.ID),
		fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT _bounds", leaf),
		DeleteFunction(p, t),
		fmt.Sprintf(`CREATE TRIGGER on_delete AFTER DELETE ON %s
  REFERENCING OLD TABLE AS _gone FOR EACH STATEMENT EXECUTE FUNCTION %s()`, leaf, deleteFunction(p, t)),
	}
}

// TrackFiles gives the statements that make the triggers by which sl_file_uses follows the table's leaf, whatever the door. They bring
// nothing to tables without file fields, so a leaf has them from its first file field on.
func TrackFiles(p *engine.Project, t *engine.Table) []string {
	var list []string
	for _, event := range [][2]string{{"INSERT", "NEW TABLE AS _new"}, {"UPDATE", "OLD TABLE AS _old NEW TABLE AS _new"}, {"DELETE", "OLD TABLE AS _old"}} {
		list = append(list, fmt.Sprintf(`CREATE OR REPLACE TRIGGER %s AFTER %s ON %s
  REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION public.sl_track_files(%d, %d)`,
			"files_on_"+strings.ToLower(event[0]), event[0], Leaf(p, t), event[1], p.ID, t.ID))
	}
	return list
}

// DropView gives the statement that drops a view. It goes without CASCADE: when a user's own object depends on the view, the statement
// fails with SQLSTATE 2BP01 and names it.
func DropView(p *engine.Project, name string) string {
	return "DROP VIEW IF EXISTS " + Schema(p) + "." + Quote(name)
}

// DropLeaf gives the statements that drop the table's leaf with its records, its functions and its sequences, once its view is gone.
func DropLeaf(p *engine.Project, t *engine.Table) []string {
	list := []string{
		"DROP TABLE IF EXISTS " + Leaf(p, t),
		"DROP FUNCTION IF EXISTS " + writeFunction(p, t) + "()",
		"DROP FUNCTION IF EXISTS " + deleteFunction(p, t) + "()",
	}
	for _, f := range t.Fields.All() {
		if f.Type == engine.TypeAutonumber {
			list = append(list, DropSequence(p, f))
		}
	}
	return list
}

// CreateSequence gives the statement that makes an autonumber field's sequence, unless it is there.
func CreateSequence(p *engine.Project, f *engine.Field) string {
	return "CREATE SEQUENCE IF NOT EXISTS " + Sequence(p, f)
}

// RaiseSequence gives the statement that moves an autonumber field's sequence beyond every number in the leaf. It reads the whole
// leaf: it serves a field whose type became autonumber, and an import that brought its own numbers. Until the transaction ends, nobody
// else gets a number: ALTER SEQUENCE takes a lock that nextval waits for.
func RaiseSequence(p *engine.Project, t *engine.Table, f *engine.Field) string {
	column := Stored(f.Key, Numeric, "r")
	return fmt.Sprintf(`DO $do$
BEGIN
  ALTER SEQUENCE %[1]s CACHE 1;
  PERFORM setval(%[2]s, x.m) FROM (SELECT max(trunc(%[3]s))::bigint AS m FROM %[4]s r WHERE %[3]s BETWEEN 1 AND 9000000000000000000) x
  WHERE x.m >= (SELECT s.last_value FROM %[1]s s);
END
$do$`, Sequence(p, f), Literal(Sequence(p, f)), column, Leaf(p, t))
}

// DropSequence gives the statement that drops an autonumber field's sequence.
func DropSequence(p *engine.Project, f *engine.Field) string {
	return "DROP SEQUENCE IF EXISTS " + Sequence(p, f)
}

func writeFunction(p *engine.Project, t *engine.Table) string {
	return Schema(p) + "." + Quote(strings.Replace(t.LeafName(), "_r", "_w", 1))
}

func deleteFunction(p *engine.Project, t *engine.Table) string {
	return Schema(p) + "." + Quote(strings.Replace(t.LeafName(), "_r", "_d", 1))
}
