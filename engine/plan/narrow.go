package plan

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/relation"
	"github.com/sayrud/sayrud/engine/template"
)

// A Narrowing lets a request filter a LIST by fields that the endpoint allows. What the request says is data: it is parsed, its names
// are looked up in the list, and its values are parameters of the statement. Statements are kept by the shape of the filter.
type Narrowing struct {
	By    *template.Slot // a text for engine.ParseFilterText, or an object in the shorthand of filters
	Names engine.Map[string]

	project *engine.Project
	table   *engine.Table
	plan    *Plan

	mu    sync.Mutex
	reads map[string]*Read
}

// narrow compiles what a request may filter by.
func (c *compiler) narrow(t *engine.Table) *Narrowing {
	written := c.endpoint.Narrow
	if written == nil {
		return nil
	}
	names, problems := engine.ParseNarrow(written.Allow)
	c.add(problems, "narrow")
	by, problems := template.CompileSlot(written.By, c.plan.scope)
	c.add(problems, "narrow", "by")
	i := 0
	for _, field := range names.All() {
		at := []string{"narrow", "allow", fmt.Sprint(i)}
		switch col, wrong, hint := resolve(c.project, t, field); {
		case col == nil:
			c.problem(at, hint, "%s", wrong)
		case col.field != nil && col.field.Hidden:
			c.problem(at, "", "%s is hidden; a request may not ask about it", field)
		}
		i++
	}
	return &Narrowing{By: by, Names: names, project: c.project, table: t, plan: c.plan, reads: make(map[string]*Read)}
}

// Narrowed gives the read whose filter also holds what a request asks for, and the texts of the values that its query gets in
// addition, in order. The error tells a client what is wrong with the filter. It is safe for concurrent use.
func (r *Read) Narrowed(asked raw.Value) (*Read, [][]byte, error) {
	n := r.Narrow
	f, err := n.parse(asked)
	if err != nil || f == nil {
		return r, nil, err
	}
	if f, err = n.adapt(f); err != nil {
		return nil, nil, err
	}
	base := r.Query
	q := &Query{Values: slices.Clone(base.Values), Slots: slices.Clone(base.Slots), Scripted: base.Scripted, Optional: base.Optional}
	c := &compiler{project: n.project, endpoint: n.plan.Endpoint, plan: n.plan}
	fc := &filterCompiler{c: c, table: n.table, query: q, data: true}
	asks := fc.node(f)
	if len(c.problems) > 0 {
		return nil, nil, errors.New(c.problems[0].Message)
	}
	var texts [][]byte
	for i, v := range q.Values[len(base.Values):] {
		texts = append(texts, v.text)
		v.text, v.known, v.given = nil, false, i+1
	}
	shape := &writer{values: q.Values}
	asks.emit(shape, 0)

	n.mu.Lock()
	defer n.mu.Unlock()
	read, found := n.reads[shape.sql.String()]
	if !found {
		if len(n.reads) == maxComposed {
			clear(n.reads)
		}
		read = r.narrowed(q, asks)
		n.reads[shape.sql.String()] = read
	}
	return read, texts, nil
}

// parse reads the filter of a request; nothing is nil.
func (n *Narrowing) parse(asked raw.Value) (*engine.Filter, error) {
	if asked.IsNull() || asked.Kind() == raw.Object && asked.Len() == 0 {
		return nil, nil
	}
	if asked.Kind() == raw.Object {
		f, problems := engine.ParseFilter(anyOf(asked))
		if len(problems) > 0 {
			return nil, errors.New(problems[0].Message)
		}
		return f, nil
	}
	text, isText := asked.Text()
	if !isText {
		return nil, errors.New("it is a text or an object")
	}
	if text == "" {
		return nil, nil
	}
	return engine.ParseFilterText(text)
}

// anyOf writes {field: {IN: list}} for {field: list}, which is how front ends ask for several.
func anyOf(v raw.Value) raw.Value {
	switch v.Kind() {
	case raw.Array:
		out := raw.Value{'['}
		for _, item := range v.Items {
			out = appendItem(out, anyOf(item))
		}
		return append(out, ']')
	case raw.Object:
	default:
		return v
	}
	out := raw.Value{'{'}
	for key, member := range v.Members {
		switch name, _ := key.Text(); {
		case name == string(engine.OpAnd) || name == string(engine.OpOr) || name == string(engine.OpNot):
			member = anyOf(member)
		case member.Kind() == raw.Array:
			member = raw.Value(`{"IN":` + string(member) + `}`)
		}
		out = appendItem(out, append(append(append(raw.Value{}, key...), ':'), member...))
	}
	return append(out, '}')
}

// adapt writes the fields for the names, refuses what is no data, and takes an empty text for no value where there is no text.
func (n *Narrowing) adapt(f *engine.Filter) (*engine.Filter, error) {
	out := *f
	out.Optional, out.Filters, out.Left = false, slices.Clone(f.Filters), slices.Clone(f.Left)
	for i, inner := range f.Filters {
		var err error
		if out.Filters[i], err = n.adapt(inner); err != nil {
			return nil, err
		}
	}
	for _, o := range f.Right {
		if o.Field != "" || o.Script {
			return nil, errors.New("a field is compared with a value")
		}
	}
	for i, o := range f.Left {
		field, allowed := n.Names.Get(o.Field)
		if !allowed || o.Script {
			return nil, fmt.Errorf("%s is not among %s", o.Field, joinNames(n.Names.Names()))
		}
		out.Left[i].Field = field
	}
	if (f.Op != engine.OpEqual && f.Op != engine.OpNotEqual) || string(f.Right[0].Value) != `""` {
		return &out, nil
	}
	empty := &engine.Filter{Op: engine.OpIsNull, Left: out.Left}
	if col, _, _ := resolve(n.project, n.table, out.Left[0].Field); col.typ == relation.Text && (col.field == nil || col.field.Type == engine.TypeText) {
		out.Op = engine.OpEqual
		empty = &engine.Filter{Op: engine.OpOr, Filters: []*engine.Filter{empty, &out}}
	}
	if f.Op == engine.OpNotEqual {
		empty = &engine.Filter{Op: engine.OpNot, Filters: []*engine.Filter{empty}}
	}
	return empty, nil
}

// narrowed makes the read over q whose filter also holds asks.
func (r *Read) narrowed(q *Query, asks *node) *Read {
	read, rw, bits := *r, *r.writer, len(q.Optional)
	if rw.where != nil {
		asks = &node{op: engine.OpAnd, nodes: []*node{rw.where, asks}}
	}
	rw.r, rw.where = &read, asks
	read.Query, read.writer = q, &rw
	sort := *r.Sort
	if sort.free != nil {
		sort.free = newComposer()
	}
	read.Sort = &sort
	q.prepare(len(sort.Orders)<<bits*int(starts)*2, rw.write)
	read.count = &Query{}
	read.count.prepare(1<<bits, func(w *writer, mask int) {
		w.text("SELECT count(*)")
		rw.from(w, mask, "\n")
	})
	return &read
}
