package plan

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/relation"
)

// bigint is the type of id and version, beside those of the relation package.
const bigint expr.Type = "bigint"

// A column is what a filter or sort names: a typed expression over row r.
type column struct {
	name     string
	sql      string
	typ      expr.Type
	field    *engine.Field // nil for reserved names and parts of json
	unique   bool          // uid and id of the row itself
	text     string        // of jsonb: the same as text
	required bool          // never NULL
	via      *through      // of a referred record: how it is reached
}

// A through is a step to a referred record: the same comparison can be made of all records there, which finds their indexes, and then
// of those that refer to them, which finds the reference's.
type through struct {
	ref   string // the uid over the outer row
	uid   string // the referred record's own
	from  string // its leaf and alias
	inner *column
}

// references reports whether the column is a list of uids.
func (c *column) references() bool {
	return c.field != nil && c.field.Type == engine.TypeReferences && c.typ == relation.JSONB
}

// textSQL gives the column as a text, or "".
func (c *column) textSQL() string {
	switch c.typ {
	case relation.Text:
		return c.sql
	case relation.JSONB:
		return c.text
	}
	return ""
}

// describe says what the column is, for a sentence.
func (c *column) describe() string {
	if c.field != nil && c.field.Type != engine.TypeGenerated {
		return string(c.field.Type)
	}
	switch c.typ {
	case relation.Timestamptz:
		return "datetime"
	case relation.Numeric, bigint:
		return "number"
	case relation.JSONB:
		return "json"
	}
	return string(c.typ)
}

// resolve finds the column of a dotted path; where there is none it gives what is wrong and a hint.
func resolve(p *engine.Project, t *engine.Table, path string) (col *column, wrong, hint string) {
	col, wrong, hint = resolveIn(p, t, "r", strings.Split(path, "."), 1)
	if col != nil {
		col.name = path
	}
	return col, wrong, hint
}

func resolveIn(p *engine.Project, t *engine.Table, a string, parts []string, next int) (col *column, wrong, hint string) {
	name, rest := parts[0], parts[1:]
	if col := reservedColumn(name, a); col != nil {
		if len(rest) > 0 {
			return nil, name + " has no parts", ""
		}
		return col, "", ""
	}
	f, found := t.Fields.Get(name)
	if !found {
		return nil, "there is no field \"" + name + "\" in " + t.Name, near(name, append(slices.Clone(t.Fields.Names()), engine.ReservedFields...))
	}
	sql, typ := relation.Column(p, t, f, a)
	col = &column{sql: sql, typ: typ, field: f}
	if typ == relation.JSONB {
		col.text = "(" + a + ".data->>" + relation.Literal(f.Key) + ")"
	}
	switch {
	case len(rest) == 0:
		return col, "", ""
	case f.Type == engine.TypeJSON || f.Type == engine.TypeFile:
		return jsonPart(f, a, rest), "", ""
	case f.Type == engine.TypeReference:
		return throughReference(p, f, a, rest, next)
	case f.Type == engine.TypeReferences:
		return nil, name + " refers to many records; CONTAINS tells whether one is among them", ""
	}
	return nil, name + " is a " + string(f.Type) + ", it has no parts", ""
}

func reservedColumn(name, a string) *column {
	col := &column{sql: a + "." + name, required: a == "r"}
	switch name {
	case "uid":
		col.typ, col.unique = relation.Text, a == "r"
	case "id":
		col.typ, col.unique = bigint, a == "r"
	case "version":
		col.typ = bigint
	case "created_at", "updated_at":
		col.typ = relation.Timestamptz
	default:
		return nil
	}
	return col
}

// jsonPart steps into a json field; a part of digits is an index where the value there is an array.
func jsonPart(f *engine.Field, a string, rest []string) *column {
	path := []byte{'{'}
	for i, part := range append([]string{f.Key}, rest...) {
		if i > 0 {
			path = append(path, ',')
		}
		path = appendElement(path, part)
	}
	literal := relation.Literal(string(append(path, '}')))
	return &column{sql: "nullif(" + a + ".data #> " + literal + ", 'null'::jsonb)", text: "(" + a + ".data #>> " + literal + ")", typ: relation.JSONB}
}

// throughReference reads a field of the referred record by a scalar subquery.
func throughReference(p *engine.Project, f *engine.Field, a string, rest []string, next int) (col *column, wrong, hint string) {
	target, found := p.Tables.Get(f.To)
	if !found {
		return nil, f.Name + " refers to a table that does not exist: \"" + f.To + "\"", ""
	}
	if isPairPart(target, rest[0]) {
		if rest[0] == "v" {
			if f.Display == "" {
				return nil, f.Name + " has no display field", f.Name + ".field names one"
			}
			rest = append([]string{f.Display}, rest[1:]...)
		} else if len(rest) == 1 {
			sql, typ := relation.Stored(f.Key, relation.Text, a), relation.Text
			return &column{sql: sql, typ: typ, field: f}, "", ""
		}
	}
	if next > 4 {
		return nil, "a path leads through 4 references at most", ""
	}
	x := alias(next)
	inner, wrong, hint := resolveIn(p, target, x, rest, next+1)
	if inner == nil {
		return nil, wrong, hint
	}
	from := lookupFromAs(p, f, target, a, x)
	col = &column{sql: "(SELECT " + inner.sql + from + ")", typ: inner.typ, field: inner.field}
	col.via = &through{ref: relation.Stored(f.Key, relation.Text, a), uid: x + ".uid", from: relation.Leaf(p, target) + " " + x, inner: inner}
	if inner.text != "" {
		col.text = "(SELECT " + inner.text + from + ")"
	}
	return col, "", ""
}
