package relation

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
)

// A ColumnType is the PostgreSQL type of a column.
type ColumnType = expr.Type

// The types of columns. JSONB is no type of a fragment; it serves json, references and file.
const (
	Text        expr.Type = "text"
	Numeric     expr.Type = "numeric"
	Boolean     expr.Type = "boolean"
	Timestamptz expr.Type = "timestamptz"
	Date        expr.Type = "date"
	JSONB       expr.Type = "jsonb"
)

// Type gives the type of a stored field's column. That of a generated field depends on its expression: see [Column].
func Type(t engine.FieldType) expr.Type {
	switch t {
	case engine.TypeNumber, engine.TypeInteger, engine.TypeAutonumber:
		return Numeric
	case engine.TypeBoolean:
		return Boolean
	case engine.TypeDatetime:
		return Timestamptz
	case engine.TypeDate:
		return Date
	case engine.TypeJSON, engine.TypeReferences, engine.TypeFile:
		return JSONB
	}
	return Text
}

// Column gives the SQL expression of field f over a leaf row called alias ("" means unqualified columns), and its type. It is
// immutable unless a generated field's expression is not, and it never raises. Texts (references too, which are uids) are COLLATE "C".
// A generated field is inlined; one whose expression does not parse is a NULL text. The printed text is the same for the same
// definition, which is how a filter or sort finds the field's index.
func Column(p *engine.Project, t *engine.Table, f *engine.Field, alias string) (sql string, typ expr.Type) {
	if f.Type != engine.TypeGenerated {
		typ = Type(f.Type)
		return Stored(f.Key, typ, alias), typ
	}
	e, problems := expr.Parse(f.Expression, Columns(t), p.Timezone)
	if len(problems) > 0 || e == nil {
		return "NULL::text", Text
	}
	sql = "(" + e.SQL(func(name string) string { return named(t, name, alias) }) + ")"
	if typ = e.Type(); typ == Text {
		sql += ` COLLATE "C"`
		sql = "(" + sql + ")"
	}
	return sql, typ
}

// Stored gives the expression that reads the value stored under key as the given type.
func Stored(key string, typ expr.Type, alias string) string {
	data := qualify(alias, "data")
	value := "(" + data + "->" + Literal(key) + ")"
	text := "(" + data + "->>" + Literal(key) + ")"
	switch typ {
	case Numeric:
		return "(CASE WHEN jsonb_typeof" + value + " = 'number' THEN " + value + "::numeric END)"
	case Boolean:
		return "(CASE WHEN jsonb_typeof" + value + " = 'boolean' THEN " + value + "::boolean END)"
	case Timestamptz:
		return "public.sl_time" + text
	case Date:
		return "public.sl_date" + text
	case JSONB:
		return "nullif(" + value + ", 'null'::jsonb)"
	}
	return "(" + text + ` COLLATE "C")`
}

// Columns gives what a fragment of t may name: its stored fields that have a plain type, uid, created_at, updated_at.
func Columns(t *engine.Table) []expr.Column {
	var columns []expr.Column
	for _, f := range t.Fields.All() {
		if typ := Type(f.Type); f.Stored() && typ != JSONB {
			columns = append(columns, expr.Column{Name: f.Name, Type: typ})
		}
	}
	return append(columns,
		expr.Column{Name: "uid", Type: Text},
		expr.Column{Name: "created_at", Type: Timestamptz},
		expr.Column{Name: "updated_at", Type: Timestamptz})
}

// named gives the expression of a name inside a fragment.
func named(t *engine.Table, name, alias string) string {
	if f := t.Field(name); f != nil && f.Stored() {
		return Stored(f.Key, Type(f.Type), alias)
	}
	return qualify(alias, Quote(name))
}

func qualify(alias, column string) string {
	if alias == "" {
		return column
	}
	return alias + "." + column
}

// Fits gives a condition that is true where the value stored for f, if there is one, has the canonical form of f's type. It serves
// to count what a change of type leaves behind.
func Fits(f *engine.Field, alias string) string {
	value := "(" + qualify(alias, "data") + "->" + Literal(f.Key) + ")"
	kind := "coalesce(jsonb_typeof" + value + ", 'null')"
	switch typ := Type(f.Type); typ {
	case Numeric:
		return "(" + kind + " IN ('number', 'null'))"
	case Boolean:
		return "(" + kind + " IN ('boolean', 'null'))"
	case Timestamptz, Date:
		return "(" + kind + " = 'null' OR " + Stored(f.Key, typ, alias) + " IS NOT NULL)"
	case JSONB:
		if f.Type == engine.TypeReferences {
			return "(" + kind + " IN ('array', 'null'))"
		}
		return "true"
	}
	return "(" + kind + " IN ('string', 'null'))"
}

// Immutable reports whether the field's column can be indexed: every stored one can, a generated one if its expression gives the same
// value for the same record always.
func Immutable(p *engine.Project, t *engine.Table, f *engine.Field) bool {
	if f.Stored() {
		return true
	}
	e, _ := expr.Parse(f.Expression, Columns(t), p.Timezone)
	return e != nil && e.Immutable()
}
