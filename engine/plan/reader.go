package plan

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
)

// An opened Shape also gives hidden fields where they are named. A whole record still lacks them.
type opened struct{ *Shape }

// Member resolves a path below the record.
func (o opened) Member(path []string) (template.Ref, error) {
	if len(path) > 0 && o.names == nil && !o.closed {
		if f, found := o.table.Fields.Get(path[0]); found && f.Hidden {
			return o.field(f, path)
		}
	}
	return o.Shape.Member(path)
}

// A Reader reads records of a table that are given as JSON objects of the leaf's columns, as a trigger saw them, with all that
// templates ask of a record: generated fields, and values of records referred to, as these are now.
type Reader struct {
	Shape     *Shape
	Layout    Layout
	Statement *Statement // $1 the records, jsonb[]; rows come in their order
}

// CompileReader calls use with the record that templates may name, hidden fields by name, and makes the Reader of what they named.
func CompileReader(p *engine.Project, t *engine.Table, use func(record template.Record) engine.Problems) (*Reader, engine.Problems) {
	shape := newShape(p, t, nil)
	if problems := use(opened{shape}); len(problems) > 0 {
		return nil, problems
	}
	shape.close()
	columns, layout := shape.selection(shape.fields, false)
	r := &Reader{Shape: shape, Layout: layout}
	r.Statement = &Statement{SQL: "SELECT " + columns + "\nFROM unnest($1::jsonb[]) WITH ORDINALITY AS o (record, n)\n" +
		"CROSS JOIN LATERAL jsonb_populate_record(NULL::" + relation.Leaf(p, t) + ", o.record) AS r\nORDER BY o.n"}
	return r, nil
}
