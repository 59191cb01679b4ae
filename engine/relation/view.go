package relation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
)

// A ViewColumn is a column of a table's view.
type ViewColumn struct {
	Name     string
	Key      string // what it shows, which outlives a rename: a field's key, "key.key" of a display value, or a reserved name
	Type     expr.Type
	SQL      string // over the leaf row r
	Hidden   bool   // not granted to the project's role
	Writable bool   // a stored field that SQL may set; uid may be set by INSERT only
	Field    *engine.Field
}

// ViewColumns gives the columns of the table's view in order: id, uid, the fields, created_at, updated_at, version. Behind a reference
// with a display field stands "reference.display", read only, with the value of the record referred to.
func ViewColumns(p *engine.Project, t *engine.Table) []ViewColumn {
	columns := []ViewColumn{
		{Name: "id", Key: "id", Type: "bigint", SQL: "r.id"},
		{Name: "uid", Key: "uid", Type: Text, SQL: "r.uid"},
	}
	taken := map[string]bool{}
	for _, f := range t.Fields.All() {
		taken[f.Name] = true
	}
	for _, f := range t.Fields.All() {
		sql, typ := Column(p, t, f, "r")
		writable := f.Stored() && f.Type != engine.TypeAutonumber && f.Type != engine.TypeFile
		columns = append(columns, ViewColumn{f.Name, f.Key, typ, sql, f.Hidden, writable, f})
		if shown, ok := displayColumn(p, f); ok && !taken[shown.Name] {
			taken[shown.Name] = true
			columns = append(columns, shown)
		}
	}
	return append(columns,
		ViewColumn{Name: "created_at", Key: "created_at", Type: Timestamptz, SQL: "r.created_at"},
		ViewColumn{Name: "updated_at", Key: "updated_at", Type: Timestamptz, SQL: "r.updated_at"},
		ViewColumn{Name: "version", Key: "version", Type: "integer", SQL: "r.version"})
}

// displayColumn gives the column of a reference's display value: a scalar subquery, which keeps the view's DELETE automatic and costs
// nothing where the column is not asked for.
func displayColumn(p *engine.Project, f *engine.Field) (ViewColumn, bool) {
	to, _ := p.Tables.Get(f.To)
	if f.Type != engine.TypeReference || f.Display == "" || to == nil {
		return ViewColumn{}, false
	}
	display := to.Field(f.Display)
	if display == nil {
		return ViewColumn{}, false
	}
	value, typ := Column(p, to, display, "x")
	sql := fmt.Sprintf("(SELECT %s FROM %s x WHERE x.uid = %s AND x.project_id = %d)", value, Leaf(p, to), Stored(f.Key, Text, "r"), p.ID)
	name := displayName(f.Name, display.Name)
	return ViewColumn{Name: name, Key: f.Key + "." + display.Key, Type: typ, SQL: sql, Hidden: f.Hidden || display.Hidden}, true
}

// displayName joins the names; where PostgreSQL would cut the result after 63 bytes, a checksum keeps it unique.
func displayName(field, display string) string {
	name := field + "." + display
	if len(name) <= 63 {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:54] + "~" + hex.EncodeToString(sum[:4])
}

// Create says how [CreateView] begins.
type Create string

// The ways: of a view that is not there, and of one whose present columns are the first of the new ones.
const (
	CreateNew     Create = "CREATE VIEW "
	CreateReplace Create = "CREATE OR REPLACE VIEW "
)

// CreateView gives the statement that makes the view with the given columns.
func CreateView(p *engine.Project, t *engine.Table, how Create, columns []ViewColumn) string {
	var b strings.Builder
	b.WriteString(string(how) + View(p, t) + " AS SELECT\n")
	for i, c := range columns {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString("  " + c.SQL + " AS " + Quote(c.Name))
	}
	b.WriteString("\nFROM " + Leaf(p, t) + " r")
	return b.String()
}

// ViewTriggers gives the statements that make the view writable: its trigger function, the triggers, and the columns' defaults. They
// also bring an existing view up to date. DELETE is PostgreSQL's own, which is five times as fast as a trigger.
func ViewTriggers(p *engine.Project, t *engine.Table, columns []ViewColumn) []string {
	view, name := View(p, t), writeFunction(p, t)
	list := []string{
		WriteFunction(p, t, columns),
		fmt.Sprintf("CREATE OR REPLACE TRIGGER on_insert INSTEAD OF INSERT ON %s FOR EACH ROW EXECUTE FUNCTION %s()", view, name),
		fmt.Sprintf("CREATE OR REPLACE TRIGGER on_update INSTEAD OF UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s()", view, name),
	}
	var defaults []string
	for _, c := range columns {
		if !c.Writable {
			continue
		}
		if sql, ok := defaultSQL(p, c.Field); ok {
			defaults = append(defaults, fmt.Sprintf("ALTER COLUMN %s SET DEFAULT %s", Quote(c.Name), sql))
		} else {
			defaults = append(defaults, fmt.Sprintf("ALTER COLUMN %s DROP DEFAULT", Quote(c.Name)))
		}
	}
	if len(defaults) > 0 {
		list = append(list, "ALTER TABLE "+view+" "+strings.Join(defaults, ", "))
	}
	return list
}
