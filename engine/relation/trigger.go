package relation

import "github.com/sayrud/sayrud/engine"

// OnWriteTrigger names the row trigger of a leaf whose table has on_write. Its function, public.sl_on_write, is the catalog's.
const OnWriteTrigger = "on_write"

// CreateOnWrite gives the statement that makes the trigger. Its lock, SHARE ROW EXCLUSIVE, waits for writers and not for readers
// (PostgreSQL manual, 13.3.1).
func CreateOnWrite(p *engine.Project, t *engine.Table) string {
	return "CREATE TRIGGER " + OnWriteTrigger + " AFTER INSERT OR UPDATE OR DELETE ON " + Leaf(p, t) + "\n  FOR EACH ROW EXECUTE FUNCTION public.sl_on_write()"
}

// DropOnWrite gives the statement that drops the trigger. Its lock waits for readers too.
func DropOnWrite(p *engine.Project, t *engine.Table) string {
	return "DROP TRIGGER IF EXISTS " + OnWriteTrigger + " ON " + Leaf(p, t)
}
