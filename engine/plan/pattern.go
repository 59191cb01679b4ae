package plan

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/relation"
)

// texts refuses an operator of texts on anything else.
func (fc *filterCompiler) texts(f *engine.Filter, o operand) string {
	if o.column == nil {
		fc.problem(f.Path, "", "the left side of %s is a field", f.Op)
		return ""
	}
	sql := o.column.textSQL()
	if sql == "" || o.column.references() {
		fc.problem(f.Path, "", "%s wants a text, %s is a %s", f.Op, o.column.name, o.column.describe())
		return ""
	}
	return sql
}

// like compiles LIKE, ILIKE and STARTS_WITH.
func (fc *filterCompiler) like(f *engine.Filter, left, right operand) *node {
	sql := fc.texts(f, left)
	if sql == "" {
		return nil
	}
	if right.column != nil {
		fc.problem(f.Path, "", "the right side of %s is a value", f.Op)
		return nil
	}
	word, as := " LIKE ", formLike
	switch f.Op {
	case engine.OpILike:
		word = " ILIKE "
	case engine.OpStartsWith:
		as = formPrefix
	}
	return fc.pattern(right.value, left.column, as, func(w *writer, i int) {
		w.text(sql, word)
		w.arg(i, "text")
	})
}

// contains compiles CONTAINS: a part of a text, an item of a list of references or of a json array.
func (fc *filterCompiler) contains(f *engine.Filter, left, right operand) *node {
	if left.column == nil {
		fc.problem(f.Path, "", "the left side of CONTAINS is a field")
		return nil
	}
	if right.column != nil {
		fc.problem(f.Path, "", "the right side of CONTAINS is a value")
		return nil
	}
	col := left.column
	if col.references() {
		i, ok := fc.reference(right.value, col)
		if !ok {
			return nil
		}
		return &node{values: []int{i}, write: func(w *writer) {
			w.text(col.sql, " @> to_jsonb(")
			w.arg(i, "text")
			w.text(")")
		}}
	}
	if col.typ == relation.JSONB {
		i, ok := fc.typed(right.value, col)
		if !ok {
			return nil
		}
		return &node{values: []int{i}, write: func(w *writer) {
			w.text(col.sql, " @> ")
			w.arg(i, "jsonb")
		}}
	}
	sql := fc.texts(f, left)
	if sql == "" {
		return nil
	}
	return fc.pattern(right.value, col, formContain, func(w *writer, i int) {
		w.text(sql, " LIKE ")
		w.arg(i, "text")
	})
}

// search compiles SEARCH: each word of the value stands, without case, in one of the fields.
func (fc *filterCompiler) search(f *engine.Filter, fields []operand, right operand) *node {
	if right.column != nil {
		fc.problem(f.Path, "", "the right side of SEARCH is a value")
		return nil
	}
	var sqls []string
	for _, field := range fields {
		sql := fc.texts(f, field)
		if sql == "" {
			return nil
		}
		sqls = append(sqls, sql)
	}
	return fc.pattern(right.value, fields[0].column, formWords, func(w *writer, i int) {
		if len(sqls) == 1 {
			w.text(sqls[0], " ILIKE ALL (")
			w.arg(i, "text[]")
			w.text(")")
			return
		}
		// A word holds no white space, so it cannot reach from one field into the next.
		w.text("concat_ws(E'\\n'")
		for _, sql := range sqls {
			w.text(", ", sql)
		}
		w.text(") ILIKE ALL (")
		w.arg(i, "text[]")
		w.text(")")
	})
}

func (fc *filterCompiler) pattern(o engine.Operand, col *column, as form, write func(w *writer, i int)) *node {
	i, ok := fc.add(o, &Value{Name: col.name, form: as})
	if !ok {
		return nil
	}
	return &node{values: []int{i}, write: func(w *writer) { write(w, i) }}
}
