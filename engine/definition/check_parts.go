package definition

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// maxIncludes is how deep lists joined to records may nest.
const maxIncludes = 2

func (c *checker) includes(at site, outer *engine.Table, includes engine.Map[*engine.Include], depth int) {
	if includes.Len() == 0 {
		return
	}
	if depth > maxIncludes {
		at.refuseName("", "include nests %d times at most", maxIncludes)
		return
	}
	c.distinct(at, "include", includes.Names())
	for name, include := range includes.All() {
		at := at.in(name)
		if outer.Field(name) != nil || slices.Contains(engine.ReservedFields, strings.ToLower(name)) {
			at.refuseName("choose another name", "%s has a field %q already", outer.Name, name)
		}
		t := c.tableNamed(at.in("table"), include.Table)
		if t == nil {
			continue
		}
		if include.By.Len() == 0 {
			at.in("by").refuse("by: {parent: uid}", "include wants the fields that join")
		}
		for inner, out := range include.By.All() {
			if strings.Contains(inner, ".") || strings.Contains(out, ".") {
				at.in("by", inner).refuse("", "fields that join have no path")
				continue
			}
			c.fieldPath(at.in("by", inner), t, inner)
			c.fieldPath(at.in("by", inner), outer, out)
		}
		c.filter(at.in("filter"), t, include.Filter)
		c.sort(at.in("sort"), t, include.Sort, engine.Map[raw.Value]{})
		c.includes(at.in("include"), t, include.Include, depth+1)
	}
}

func (c *checker) sources(at site, ep *engine.Endpoint) {
	c.distinct(at, "source", ep.Sources.Names())
	for name, source := range ep.Sources.All() {
		at := at.in(name)
		t := c.tableNamed(at.in("table"), source.Table)
		if t == nil {
			continue
		}
		c.filter(at.in("filter"), t, source.Filter)
		c.sort(at.in("sort"), t, source.Sort, source.Aggregate)
		c.aggregates(at, t, source.Group, source.Aggregate)
		c.keys(at.in("keys"), t, source.Keys)
		c.includes(at.in("include"), t, source.Include, 1)
	}
}

// keys checks the field whose values a list is asked for.
func (c *checker) keys(at site, t *engine.Table, keys engine.Map[raw.Value]) {
	if keys.Len() > 1 {
		at.refuse("keys: {uid: $params.ids}", "a list is asked for by one field")
	}
	for name := range keys.All() {
		c.fieldPath(at.in(name), t, name)
	}
}

var aggregateFunctions = []string{"count", "sum", "avg", "min", "max", "distinct"}

func (c *checker) aggregates(at site, t *engine.Table, group []string, aggregate engine.Map[raw.Value]) {
	for i, name := range group {
		c.fieldPath(at.in("group", itoa(i)), t, name)
		if _, taken := aggregate.Get(name); taken {
			at.in("aggregate", name).refuseName("choose another name", "%q is a field of the group", name)
		}
	}
	c.distinct(at.in("aggregate"), "aggregate", aggregate.Names())
	for name, v := range aggregate.All() {
		at := at.in("aggregate", name)
		if v.Kind() != raw.Object {
			continue // "count", by its shape
		}
		if v.Len() != 1 {
			at.refuse("count, or {max: field}", "an aggregate is one function of one field")
			continue
		}
		for key, field := range v.Members {
			c.aggregate(at, t, plainText(key), plainText(field))
		}
	}
}

func (c *checker) aggregate(at site, t *engine.Table, function, path string) {
	if !slices.Contains(aggregateFunctions, function) {
		at.in(function).refuseName(unknown(function, aggregateFunctions), "unknown aggregate %q", function)
		return
	}
	at = at.in(function)
	if reason := engine.CheckFieldPath(path); reason != "" {
		at.refuse("", "%s", reason)
		return
	}
	c.fieldPath(at, t, path)
	f, own := t.Fields.Get(path)
	switch {
	case !own:
	case (function == "sum" || function == "avg") && f.Type != tNumber && f.Type != tAutonumber && f.Type != tGenerated:
		at.refuse("a field of numbers", "%s of %s, which is %s", function, path, typeWord(f.Type))
	case (function == "min" || function == "max") && (f.Type == tJSON || f.Type == tFile || f.Type == tReferences || f.Type == tBoolean):
		at.refuse("a field that has an order", "%s of %s, which is %s", function, path, typeWord(f.Type))
	}
}

func (c *checker) guards(at site, ep *engine.Endpoint) {
	for i, g := range ep.Guards {
		at := at.in(itoa(i))
		queries := 0
		for _, asked := range guardQueries(&g) {
			queries++
			if t := c.tableNamed(at.in(asked.name, "table"), asked.query.Table); t != nil {
				c.filter(at.in(asked.name, "filter"), t, asked.query.Filter)
			}
		}
		if g.When != nil {
			queries++
		}
		switch {
		case queries > 1:
			at.refuse("begin each with - of its own", "a guard asks one question")
		case queries == 0 && g.Lock == nil:
			at.refuse("exists, not_exists, count, when or lock", "a guard without a question")
		}
	}
}

// A guardQuestion is a query of a guard and the key it stands under.
type guardQuestion struct {
	name  string
	query *engine.GuardQuery
}

func guardQueries(g *engine.Guard) []guardQuestion {
	all := []guardQuestion{{"exists", g.Exists}, {"not_exists", g.NotExists}, {"count", g.Count}}
	return slices.DeleteFunc(all, func(q guardQuestion) bool { return q.query == nil })
}
