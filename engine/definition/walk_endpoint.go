package definition

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func (w *walker) walkEndpoint(path []string, ep *engine.Endpoint) {
	own := ep.Table
	here := scope{}
	if own != "" {
		here["$record"] = view{table: own, includes: &ep.Include}
		here["$records"] = here["$record"]
	}
	for name, source := range ep.Sources.All() {
		here["$sources."+name] = view{table: source.Table, includes: &source.Include}
	}
	w.walkParams(below(path, "params"), ep, own, here)
	ep.Filter = w.filter(below(path, "filter"), own, ep.Filter, here)
	w.narrow(below(path, "narrow"), own, ep.Narrow, here)
	ep.Sort = w.aggregated(ep.Aggregate).sort(below(path, "sort"), own, ep.Sort, here)
	if pg := ep.Page; pg != nil {
		for i, slot := range []*raw.Value{&pg.Number, &pg.Size, &pg.Offset, &pg.Limit, &pg.Cursor} {
			*slot = w.slot(append(slices.Clone(path), "page", []string{"number", "size", "offset", "limit", "cursor"}[i]), *slot, here)
		}
	}
	w.fields(below(path, "group"), own, ep.Group)
	w.aggregate(below(path, "aggregate"), own, &ep.Aggregate)
	w.keys(below(path, "keys"), own, &ep.Keys, here)
	w.set(below(path, "set"), own, ep, &ep.Set, here)
	if ep.Upsert != nil {
		w.fields(append(slices.Clone(path), "upsert", "key"), own, ep.Upsert.Key)
		w.set(append(slices.Clone(path), "upsert", "set"), own, ep, &ep.Upsert.Set, here)
	}
	w.fields(below(path, "reveal"), own, ep.Reveal)
	w.walkGuards(below(path, "guards"), ep.Guards, here)
	w.steps(below(path, "middlewares"), ep.Middlewares, here)
	w.response(below(path, "response"), ep.Response, here)
	w.response(below(path, "errors"), ep.Errors, here)
	for name, source := range ep.Sources.All() {
		w.walkSource(append(slices.Clone(path), "sources", name), source, here)
	}
	w.walkIncludes(below(path, "include"), own, &ep.Include, here)
	w.tableName(below(path, "table"), &ep.Table)
}

// walkParams lets a parameter follow the field it inherits from.
func (w *walker) walkParams(path []string, ep *engine.Endpoint, own string, here scope) {
	for name, param := range ep.Params.All() {
		w.rules(below(path, name), &param.Rules, here)
	}
	if w.old == "" || own != w.table {
		return
	}
	param, inherits := ep.Params.Get(w.old)
	if !inherits && slices.Contains(ep.Route.Names(), w.old) && w.now != "" {
		return // an undeclared parameter of the path: a text, whatever the field is called
	}
	if !inherits {
		return
	}
	w.use(below(path, w.old), engine.AtName)
	if w.now == "" {
		return
	}
	if _, taken := ep.Params.Get(w.now); taken {
		w.stuck = append(w.stuck, engine.Problemf(below(path, w.old), "rename one of the parameters first", "there is a parameter %q already", w.now))
		return
	}
	if param.As == "" {
		param.As = w.old
	}
	param.Name = w.now
	ep.Params.Rename(w.old, w.now)
	here["$params"] = view{table: paramsOf}
	// What has been walked before the name was known to follow.
	for name, param := range ep.Params.All() {
		w.rules(below(path, name), &param.Rules, here)
	}
}

// paramsOf is the table of a view of $params whose parameter follows a renamed field. No table has this name.
const paramsOf = "$params"

func (w *walker) set(path []string, own string, ep *engine.Endpoint, set *engine.Map[raw.Value], here scope) {
	for name, v := range set.All() {
		set.Set(name, w.slot(below(path, name), v, here))
	}
	renameKeys(set, func(name string) string {
		at := below(path, name)
		if len(name) == 0 || name[0] != '$' && name[0] != '=' {
			return w.field(at, own, name)
		}
		w.chosen(at, own, ep, name)
		return w.text(at, name, here)
	})
}

// chosen refuses the rename of a field that clients choose by name.
func (w *walker) chosen(path []string, own string, ep *engine.Endpoint, key string) {
	if w.old == "" || own != w.table {
		return
	}
	for name, param := range ep.Params.All() {
		if key == "$params."+name && slices.Contains(param.Values, w.old) {
			w.use(path, engine.AtName)
			if w.now != "" {
				w.stuck = append(w.stuck, engine.Problemf(slices.Clone(path), "change the values of the parameter in the same step",
					"clients choose the field %q by its name", w.old))
			}
		}
	}
}

func (w *walker) aggregate(path []string, own string, aggregate *engine.Map[raw.Value]) {
	for name, v := range aggregate.All() {
		if v.Kind() != raw.Object {
			continue
		}
		aggregate.Set(name, mapMembers(v, func(key string, member raw.Value) (string, raw.Value) {
			if text, ok := member.Text(); ok {
				return key, raw.Text(w.fieldPath(append(slices.Clone(path), name, key), own, text))
			}
			return key, member
		}))
	}
}

func (w *walker) keys(path []string, own string, keys *engine.Map[raw.Value], here scope) {
	for name, v := range keys.All() {
		keys.Set(name, w.slot(below(path, name), v, here))
	}
	renameKeys(keys, func(name string) string { return w.field(below(path, name), own, name) })
}

func (w *walker) walkGuards(path []string, guards []engine.Guard, here scope) {
	for i := range guards {
		g := &guards[i]
		at := below(path, itoa(i))
		for _, asked := range guardQueries(g) {
			at := below(at, asked.name)
			asked.query.Filter = w.filter(below(at, "filter"), asked.query.Table, asked.query.Filter, here)
			asked.query.Over = w.slot(below(at, "over"), asked.query.Over, here)
			w.tableName(below(at, "table"), &asked.query.Table)
		}
		g.When = w.slot(below(at, "when"), g.When, here)
		g.Lock = w.slot(below(at, "lock"), g.Lock, here)
		if g.Message != "" {
			g.Message = w.text(below(at, "message"), g.Message, here)
		}
	}
}

func (w *walker) walkSource(path []string, s *engine.Source, here scope) {
	s.Filter = w.filter(below(path, "filter"), s.Table, s.Filter, here)
	s.Sort = w.aggregated(s.Aggregate).sort(below(path, "sort"), s.Table, s.Sort, here)
	w.fields(below(path, "group"), s.Table, s.Group)
	w.aggregate(below(path, "aggregate"), s.Table, &s.Aggregate)
	w.keys(below(path, "keys"), s.Table, &s.Keys, here)
	w.walkIncludes(below(path, "include"), s.Table, &s.Include, here)
	w.tableName(below(path, "table"), &s.Table)
}

func (w *walker) walkIncludes(path []string, outer string, includes *engine.Map[*engine.Include], here scope) {
	for name, include := range includes.All() {
		at := below(path, name)
		include.Filter = w.filter(below(at, "filter"), include.Table, include.Filter, here)
		include.Sort = w.aggregated(engine.Map[raw.Value]{}).sort(below(at, "sort"), include.Table, include.Sort, here)
		for inner, out := range include.By.All() {
			include.By.Set(inner, w.field(append(slices.Clone(at), "by", inner), outer, out))
		}
		renameKeys(&include.By, func(inner string) string {
			return w.field(append(slices.Clone(at), "by", inner), include.Table, inner)
		})
		w.walkIncludes(below(at, "include"), include.Table, &include.Include, here)
		w.tableName(below(at, "table"), &include.Table)
	}
}
