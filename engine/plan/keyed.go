package plan

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
)

// A keyed is what `keys` asks for: results for the values of a list, in its order. The list is row k of the statement, its values k.v
// and their places k.n; the results join it. Groups that nothing belongs to are there too, counted 0; records that are not there are not.
type keyed struct {
	name  string
	value int // of the query: the list
	cast  string
	match string // over row r, or row g of groups
	inner string // groups: over row r, so that only those asked for are made; the list goes in place of \x00
}

// keys compiles `keys: {field: list}`; nil where there are none.
func (c *compiler) keys(q *Query, t *engine.Table, written engine.Map[raw.Value]) *keyed {
	if written.Len() == 0 {
		return nil
	}
	if c.endpoint.Kind != engine.List || written.Len() > 1 {
		c.problem([]string{"keys"}, "keys: {uid: $params.ids}", "keys is one field of a LIST and the list of its values")
		return nil
	}
	name := written.Names()[0]
	list, _ := written.Get(name)
	col, wrong, hint := resolve(c.project, t, name)
	switch {
	case col == nil:
		c.problem([]string{"keys", name}, hint, "%s", wrong)
		return nil
	case col.typ == relation.JSONB || strings.Contains(name, "."):
		c.problem([]string{"keys", name}, "", "%s cannot order a list: a key is a plain field of the record, or its uid or id", name)
		return nil
	}
	fc := &filterCompiler{c: c, at: []string{"keys", name}, table: t, query: q}
	i, ok := fc.list(engine.Operand{Value: list}, col)
	if !ok {
		return nil
	}
	q.Values[i].always = true
	cast := castOf(col.typ)
	k := &keyed{name: name, value: i, cast: cast, match: col.sql + " = k.v", inner: col.sql + " = ANY (\x00)"}
	if narrow := narrowed(col); narrow != nil {
		k.match = narrow(col.sql) + " = " + narrow("k.v") + " AND " + k.match
	}
	return k
}

// group makes the keys those of groups.
func (c *compiler) keyedGroup(k *keyed, a *aggregation) {
	if k == nil || a == nil {
		return
	}
	for i, name := range a.names[:a.groups] {
		if name == k.name {
			k.match = a.column(name).sql + " = k.v"
			a.keyed, a.key = k, i
			return
		}
	}
	c.problem([]string{"keys", k.name}, "group: ["+k.name+"]", "keys of groups are values of a field they are made by")
}

// from writes the list as row k.
func (k *keyed) from(w *writer) {
	w.text("unnest(")
	w.arg(k.value, k.cast+"[]")
	w.text(") WITH ORDINALITY k(v, n)")
}

// among writes that a record belongs to one of the groups asked for.
func (k *keyed) among(w *writer) {
	before, after, _ := strings.Cut(k.inner, "\x00")
	w.text(before)
	w.arg(k.value, k.cast+"[]")
	w.text(after)
}
