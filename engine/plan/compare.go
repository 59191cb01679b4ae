package plan

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/expr"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
)

// An operand of a comparison: a column, or a value whose type its neighbour decides.
type operand struct {
	column *column
	value  engine.Operand
}

func (fc *filterCompiler) operand(o engine.Operand) (operand, bool) {
	if o.Field == "" {
		return operand{value: o}, true
	}
	col, wrong, hint := resolve(fc.c.project, fc.table, o.Field)
	if col == nil {
		fc.problem(o.Path, hint, "%s", wrong)
		return operand{}, false
	}
	return operand{column: col, value: o}, true
}

func (fc *filterCompiler) operands(list []engine.Operand) ([]operand, bool) {
	out, fine := make([]operand, 0, len(list)), true
	for _, o := range list {
		resolved, ok := fc.operand(o)
		fine = fine && ok
		out = append(out, resolved)
	}
	return out, fine
}

// comparison compiles one comparison; nil where it has a problem.
func (fc *filterCompiler) comparison(f *engine.Filter) *node {
	left, fineLeft := fc.operands(f.Left)
	right, fineRight := fc.operands(f.Right)
	if !fineLeft || !fineRight || len(left) == 0 {
		return nil
	}
	return fc.compare(f, left, right)
}

// compare compiles a comparison of operands.
func (fc *filterCompiler) compare(f *engine.Filter, left, right []operand) *node {
	if via := fc.through(f, left, right); via != nil {
		return via
	}
	switch f.Op {
	case engine.OpIsNull:
		return fc.isNull(left[0])
	case engine.OpSearch:
		return fc.search(f, left, right[0])
	case engine.OpLike, engine.OpILike, engine.OpStartsWith:
		return fc.like(f, left[0], right[0])
	case engine.OpContains:
		return fc.contains(f, left[0], right[0])
	case engine.OpIn:
		return fc.in(f, left[0], right)
	case engine.OpBetween:
		return fc.between(f, left[0], right)
	}
	return fc.order(f, left[0], right[0])
}

// through compiles a comparison of a referred record's field as one of the reference with all records for which it holds, so that indexes
// on both sides serve it. Where the comparison stands under OR or NOT it is made of each record's own one, as anything else would read
// all referred records, or take "not known" for "no". nil is that, too.
func (fc *filterCompiler) through(f *engine.Filter, left, right []operand) *node {
	if fc.within > 0 || len(left) != 1 || left[0].column == nil || left[0].column.via == nil || f.Op == engine.OpIsNull {
		return nil
	}
	for _, o := range right {
		if o.column != nil {
			return nil
		}
	}
	via := left[0].column.via
	inner := *via.inner
	inner.name = left[0].column.name
	n := fc.compare(f, []operand{{column: &inner, value: left[0].value}}, right)
	if n == nil {
		return nil
	}
	holds := n.write
	n.write = func(w *writer) {
		w.text(via.ref, " IN (SELECT ", via.uid, " FROM ", via.from, " WHERE ")
		holds(w)
		w.text(")")
	}
	return n
}

// flipped gives the operator with its sides exchanged.
var flipped = map[engine.FilterOp]engine.FilterOp{
	engine.OpEqual: engine.OpEqual, engine.OpNotEqual: engine.OpNotEqual, engine.OpGreater: engine.OpLess,
	engine.OpLess: engine.OpGreater, engine.OpAtLeast: engine.OpAtMost, engine.OpAtMost: engine.OpAtLeast,
}

// order compiles = <> > < >= <=.
func (fc *filterCompiler) order(f *engine.Filter, left, right operand) *node {
	op := f.Op
	if left.column == nil && right.column != nil {
		left, right, op = right, left, flipped[op]
	}
	if left.column == nil {
		return fc.values(op, left, right)
	}
	col := left.column
	if col.references() {
		fc.problem(f.Path, "CONTAINS tells whether a record is among them", "%s does not compare %s, a list of references", op, col.name)
		return nil
	}
	if right.column != nil {
		return fc.columns(f, op, col, right.column)
	}
	i, ok := fc.typed(right.value, col)
	if !ok {
		return nil
	}
	n := &node{values: []int{i}}
	if op == engine.OpEqual && col.unique {
		n.op = pinned
	}
	cast, narrow := castOf(col.typ), narrowed(col)
	n.write = func(w *writer) {
		switch {
		case col.typ == relation.JSONB && op != engine.OpEqual && op != engine.OpNotEqual:
			w.text("(jsonb_typeof(", col.sql, ") = jsonb_typeof(")
			w.arg(i, cast)
			w.text(") AND ", col.sql, " ", string(op), " ")
			w.arg(i, cast)
			w.text(")")
		case op == engine.OpEqual && narrow != nil:
			before, after, _ := strings.Cut(narrow("\x00"), "\x00")
			w.text("(", narrow(col.sql), " = ", before)
			w.equal(i, cast)
			w.text(after, " AND ", col.sql, " = ")
			w.equal(i, cast)
			w.text(")")
		case op == engine.OpEqual && !col.unique && (col.field == nil || !col.field.Unique):
			w.text(col.sql, " = ")
			w.equal(i, cast)
		default:
			w.text(col.sql, " ", string(op), " ")
			w.arg(i, cast)
		}
	}
	return n
}

// narrowed gives the expression over which a long text is indexed, or nil where the column is indexed whole or not at all.
func narrowed(col *column) func(sql string) string {
	switch f := col.field; {
	case f == nil || col.typ != relation.Text || !relation.Prefixed(f):
		return nil
	case f.Index:
		return relation.Prefix
	case f.Unique:
		return func(sql string) string { return "md5(" + sql + ")" }
	}
	return nil
}

func (fc *filterCompiler) columns(f *engine.Filter, op engine.FilterOp, left, right *column) *node {
	if kindOf(left.typ) != kindOf(right.typ) {
		fc.problem(f.Path, "", "%s is a %s and %s a %s: they cannot be compared", left.name, left.describe(), right.name, right.describe())
		return nil
	}
	return &node{write: func(w *writer) { w.text(left.sql, " ", string(op), " ", right.sql) }}
}

func kindOf(t expr.Type) expr.Type {
	if t == bigint {
		return relation.Numeric
	}
	return t
}

// values compares two values as JSON.
func (fc *filterCompiler) values(op engine.FilterOp, left, right operand) *node {
	i, ok := fc.plain(left.value)
	j, fine := fc.plain(right.value)
	if !ok || !fine {
		return nil
	}
	return &node{values: []int{i, j}, write: func(w *writer) {
		w.arg(i, "jsonb")
		w.text(" ", string(op), " ")
		w.arg(j, "jsonb")
	}}
}

func (fc *filterCompiler) isNull(o operand) *node {
	if o.column == nil {
		i, ok := fc.plain(o.value)
		if !ok {
			return nil
		}
		return &node{values: []int{i}, write: func(w *writer) {
			w.arg(i, "jsonb")
			w.text(" IS NULL")
		}}
	}
	return &node{write: func(w *writer) { w.text(o.column.sql, " IS NULL") }}
}

func (fc *filterCompiler) between(f *engine.Filter, left operand, bounds []operand) *node {
	if len(bounds) != 2 {
		return nil
	}
	low := *f
	low.Op, low.Optional = engine.OpAtLeast, false
	high := low
	high.Op = engine.OpAtMost
	from, to := fc.order(&low, left, bounds[0]), fc.order(&high, left, bounds[1])
	if from == nil || to == nil {
		return nil
	}
	return &node{values: append(slices.Clone(from.values), to.values...), write: func(w *writer) {
		w.text("(")
		from.write(w)
		w.text(" AND ")
		to.write(w)
		w.text(")")
	}}
}

func (fc *filterCompiler) in(f *engine.Filter, left operand, items []operand) *node {
	col := left.column
	if col == nil {
		fc.problem(f.Path, "", "the left side of IN is a field")
		return nil
	}
	if col.references() {
		fc.problem(f.Path, "OR of several CONTAINS", "IN does not compare %s, a list of references", col.name)
		return nil
	}
	cast := castOf(col.typ)
	if i, ok, whole := fc.wholeList(items, col); whole {
		if !ok {
			return nil
		}
		fc.query.Values[i].always = !f.Optional
		return &node{values: []int{i}, write: func(w *writer) {
			w.text(col.sql, " = ANY (")
			w.arg(i, cast+"[]")
			w.text(")")
		}}
	}
	equal := *f
	equal.Op = engine.OpEqual
	n := &node{}
	var writes []func(w *writer)
	for _, item := range items {
		one := fc.order(&equal, left, item)
		if one == nil {
			return nil
		}
		n.values = append(n.values, one.values...)
		writes = append(writes, one.write)
	}
	n.write = func(w *writer) {
		w.text("(")
		for i, write := range writes {
			if i > 0 {
				w.text(" OR ")
			}
			write(w)
		}
		w.text(")")
	}
	if len(writes) == 0 {
		n.write = func(w *writer) { w.text("false") }
	}
	return n
}

// wholeList makes one array parameter of a list that one value yields or that is constant throughout.
func (fc *filterCompiler) wholeList(items []operand, col *column) (i int, ok, whole bool) {
	if len(items) == 0 {
		return 0, false, false
	}
	one := len(items) == 1
	list := raw.Value("[")
	for _, item := range items {
		if item.column != nil {
			return 0, false, false
		}
		constant, known := fc.literal(item.value)
		if !known {
			if !one {
				return 0, false, false
			}
			i, ok = fc.list(item.value, col)
			return i, ok, true
		}
		if constant.Kind() == raw.Array {
			i, ok = fc.list(item.value, col)
			return i, ok, true
		}
		list = appendItem(list, constant)
	}
	o := engine.Operand{Value: append(list, ']'), Path: items[0].value.Path}
	i, ok = fc.list(o, col)
	return i, ok, true
}

// literal gives the value of an operand that no request changes, or that is data.
func (fc *filterCompiler) literal(o engine.Operand) (raw.Value, bool) {
	if fc.data {
		return o.Value, true
	}
	return literalValue(o)
}

// literalValue gives the value of an operand that is written out: no path, no JavaScript but a plain literal of it.
func literalValue(o engine.Operand) (raw.Value, bool) {
	text, isText := o.Value.Text()
	if o.Value.Kind() != raw.String || !isText {
		return o.Value, !strings.ContainsAny(string(o.Value), "$=")
	}
	if !o.Script {
		return o.Value, !strings.ContainsAny(text, "$=")
	}
	if len(text) >= 2 && (text[0] == '\'' || text[0] == '"') && text[len(text)-1] == text[0] {
		inner := text[1 : len(text)-1]
		if !strings.ContainsAny(inner, "\\\n\r'\"") {
			return raw.Text(inner), true
		}
	}
	if v, err := raw.Valid([]byte(text), raw.Limits{}); err == nil && v.Kind() == raw.Number {
		return v, true
	}
	return nil, false
}
