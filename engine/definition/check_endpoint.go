package definition

import (
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

const (
	kList, kView, kCreate, kUpdate, kDelete = engine.List, engine.View, engine.Create, engine.Update, engine.Delete
)

// keyKinds says which kinds of endpoint a key fits. What is not listed fits all.
var keyKinds = map[string][]engine.EndpointKind{
	"filter":    {kList, kView, kUpdate, kDelete},
	"narrow":    {kList},
	"sort":      {kList},
	"page":      {kList},
	"include":   {kList, kView},
	"group":     {kList},
	"aggregate": {kList},
	"keys":      {kList},
	"set":       {kCreate, kUpdate},
	"upsert":    {kCreate},
	"limit":     {kUpdate, kDelete},
	"bulk":      {kCreate},
	"reveal":    {kList, kView, kCreate, kUpdate, kDelete},
}

func (c *checker) endpoint(ep *engine.Endpoint, path ...string) {
	at := c.at(path...)
	if ep.Was != "" && !engine.ValidMemberName(ep.Was) {
		at.in("was").refuse(memberNameRule, "%q cannot name an endpoint", ep.Was)
	}
	var t *engine.Table
	switch {
	case ep.Table != "":
		if t = c.tableNamed(at.in("table"), ep.Table); ep.Kind == "" {
			at.refuse("kind: LIST, VIEW, CREATE, UPDATE or DELETE", "an endpoint with a table wants its kind")
		}
	case ep.Kind != "":
		at.refuse("table: name", "an endpoint of kind %s wants its table", ep.Kind)
	}
	c.keysFitKind(at, ep)
	c.params(at.in("params"), ep, t)
	c.route(at.in("route"), ep)
	c.match(at.in("match"), ep)
	c.onion(at.in("middlewares"), ep.Middlewares)
	c.response(at.in("response"), ep.Response)
	c.response(at.in("errors"), ep.Errors)
	c.sources(at.in("sources"), ep)
	c.guards(at.in("guards"), ep)
	c.page(at.in("page"), ep.Page)
	if t == nil {
		return
	}
	c.selection(at, ep, t)
	c.includes(at.in("include"), t, ep.Include, 1)
	c.aggregates(at, t, ep.Group, ep.Aggregate)
	c.keys(at.in("keys"), t, ep.Keys)
	c.writes(at, ep, t)
	for i, name := range ep.Reveal {
		if f := c.fieldNamed(at.in("reveal", strconv.Itoa(i)), t, name); f != nil && !f.Hidden {
			at.in("reveal", strconv.Itoa(i)).refuse("leave it out", "%s is not hidden", name)
		}
	}
}

func (c *checker) keysFitKind(at site, ep *engine.Endpoint) {
	for _, a := range []attribute{{"filter", ep.Filter != nil}, {"narrow", ep.Narrow != nil}, {"sort", ep.Sort != nil}, {"page", ep.Page != nil}, {"include", ep.Include.Len() > 0},
		{"group", ep.Group != nil}, {"aggregate", ep.Aggregate.Len() > 0}, {"keys", ep.Keys.Len() > 0}, {"set", ep.Set.Len() > 0}, {"upsert", ep.Upsert != nil},
		{"limit", ep.Limit != 0}, {"bulk", ep.Bulk != nil}, {"reveal", ep.Reveal != nil}} {
		if kinds := keyKinds[a.name]; a.set && !slices.Contains(kinds, ep.Kind) {
			of := "an endpoint of kind " + string(ep.Kind)
			if ep.Kind == "" {
				of = "an endpoint without table and kind"
			}
			at.in(a.name).refuseName(fmt.Sprintf("%q is for %s", a.name, joinKinds(kinds)), "%s has no %q", of, a.name)
		}
	}
}

func joinKinds(kinds []engine.EndpointKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// selection checks filter and sort, and what a change must have.
func (c *checker) selection(at site, ep *engine.Endpoint, t *engine.Table) {
	filter := c.filter(at.in("filter"), t, ep.Filter)
	c.sort(at.in("sort"), t, ep.Sort, ep.Aggregate)
	if ep.Kind != kUpdate && ep.Kind != kDelete {
		return
	}
	if filter == nil && ep.Filter.IsNull() {
		at.refuse("filter: {uid: $params.id}", "%s wants a filter", ep.Kind)
	}
	walkFilter(filter, func(f *engine.Filter) {
		if f.Optional {
			at.in("filter").in(f.Path...).refuse("leave optional out", "%s has no optional filter: without the value it would act on everything", ep.Kind)
		}
	})
}

func (c *checker) filter(at site, t *engine.Table, v raw.Value) *engine.Filter {
	filter, problems := engine.ParseFilter(v)
	c.problems = append(c.problems, problems.At(at.path...)...)
	walkFilter(filter, func(f *engine.Filter) {
		for _, o := range slices.Concat(f.Left, f.Right) {
			if o.Field != "" {
				c.fieldPath(at.in(o.Path...), t, o.Field)
			}
		}
	})
	return filter
}

func walkFilter(f *engine.Filter, visit func(*engine.Filter)) {
	if f == nil {
		return
	}
	visit(f)
	for _, sub := range f.Filters {
		walkFilter(sub, visit)
	}
}

// sort checks that an order names fields of t, or results of an aggregate.
func (c *checker) sort(at site, t *engine.Table, v raw.Value, aggregate engine.Map[raw.Value]) {
	s, problems := engine.ParseSort(v)
	c.problems = append(c.problems, problems.At(at.path...)...)
	if s == nil {
		return
	}
	keys := func(at site, written raw.Value, keys []engine.SortKey) {
		for i, k := range keys {
			if _, computed := aggregate.Get(k.Field); computed {
				continue
			}
			if written.Kind() == raw.Array {
				c.fieldPath(at.in(itoa(i)), t, k.Field)
			} else {
				c.fieldPath(at, t, k.Field)
			}
		}
	}
	keys(at, v, s.Keys)
	i := 0
	for name, list := range s.Allow.All() {
		allow := v.Get("allow")
		switch item := allow.Index(i); {
		case !s.Free:
			keys(at.in("allow", name), allow.Get(name), list)
		case item.Kind() == raw.Object:
			for key, value := range item.Members {
				text, _ := key.Text()
				keys(at.in("allow", itoa(i), text), value, list)
			}
		default:
			keys(at.in("allow", itoa(i)), item, list)
		}
		i++
	}
}

func (c *checker) page(at site, p *engine.Page) {
	if p == nil {
		return
	}
	set := func(values ...raw.Value) bool {
		return slices.ContainsFunc(values, func(v raw.Value) bool { return v != nil })
	}
	const forms = "{number, size}, {offset, limit} or {cursor, size}, and total"
	switch byNumber, byOffset, byCursor := set(p.Number), set(p.Offset, p.Limit), set(p.Cursor); {
	case byNumber && (byOffset || byCursor), byOffset && byCursor, byOffset && set(p.Size):
		at.refuse(forms, "a page is bounded in one way")
	case !byNumber && !byOffset && !byCursor && !set(p.Size):
		at.refuse(forms, "a page wants its bounds")
	}
	for i, v := range []raw.Value{p.Size, p.Limit} {
		if n, err := strconv.Atoi(string(v)); err == nil && (n < 1 || n > 1000) {
			at.in([]string{"size", "limit"}[i]).refuse("1 to 1000", "a page has 1 to 1000 records, not %d", n)
		}
	}
}

// onion refuses steps without main, or with two. No steps at all means the defaults.
func (c *checker) onion(at site, steps []engine.Step) {
	mains := 0
	for i, step := range steps {
		if step.Name != "main" {
			continue
		}
		if mains++; mains > 1 {
			at.in(strconv.Itoa(i)).refuse("leave it out", "main is there already")
		}
		if step.Settings.Len() > 0 {
			at.in(strconv.Itoa(i)).refuse("main", "main has no settings")
		}
	}
	if mains == 0 && len(steps) > 0 {
		at.refuse("put main where the data operation belongs", "main is missing")
	}
}

func (c *checker) response(at site, r *engine.Response) {
	if r == nil {
		return
	}
	if r.Status.Kind() == raw.Number {
		if n, err := strconv.Atoi(string(r.Status)); err != nil || n < 200 || n > 599 {
			at.in("status").refuse("200 to 599", "%s is no status of an answer", r.Status)
		}
	}
	for name := range r.Headers.All() {
		canonical := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !token(name):
			at.in("headers", name).refuseName("letters, digits and -", "%q is no name of a header", name)
		case slices.Contains([]string{"Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade"}, canonical):
			at.in("headers", name).refuseName("leave it out", "the server itself sets %s", canonical)
		}
	}
	if strings.ContainsAny(r.ContentType, "\r\n\x00") || r.ContentType != "" && !strings.Contains(r.ContentType, "/") {
		at.in("type").refuse("text/html; charset=utf-8", "%q is no content type", r.ContentType)
	}
}

// token reports whether s is a token of RFC 9110 section 5.6.2.
func token(s string) bool {
	if s == "" {
		return false
	}
	for _, r := range s {
		if r > 126 || r <= ' ' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) {
			return false
		}
	}
	return true
}
