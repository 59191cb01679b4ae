package relation

import (
	"fmt"

	"github.com/sayrud/sayrud/engine"
)

// Watch gives the statement that makes the leaf note its changes in sl_changes. It takes a SHARE ROW EXCLUSIVE lock, which waits for
// writers (PostgreSQL manual, 13.3.1): once it is committed, every later change is noted.
func Watch(p *engine.Project, t *engine.Table) string {
	return fmt.Sprintf(`CREATE OR REPLACE TRIGGER changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s
  FOR EACH STATEMENT EXECUTE FUNCTION public.sl_changed('%d')`, Leaf(p, t), t.ID)
}

// Unwatch gives the statement that ends it. It takes an ACCESS EXCLUSIVE lock.
func Unwatch(p *engine.Project, t *engine.Table) string {
	return "DROP TRIGGER IF EXISTS changed ON " + Leaf(p, t)
}
