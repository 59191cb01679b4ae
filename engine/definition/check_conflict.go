package definition

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// routes refuses two endpoints that would both answer a request with equal right: same method, paths that fit the same request and
// say as much of it, as many conditions, and no condition that tells them apart. Endpoints that are off do not count.
func (c *checker) routes() {
	taken := make(map[string][]placed)
	add := func(ep *engine.Endpoint, path []string) {
		if !ep.IsEnabled() {
			return
		}
		now := placed{ep: ep, path: pathOf(ep.Route.Path)}
		key := ep.Route.Method + " " + now.path.shape
		for _, other := range taken[key] {
			if ep.Match.Len() == other.ep.Match.Len() && now.path.meets(&other.path) && !disjoint(ep, other.ep) {
				hint := "change one of the routes"
				if ep.Match.Len() == 0 && ep.Route.Method == "GET" {
					hint = "change one of the routes, or tell them apart with match: {query.type: x}"
				}
				c.at(path...).refuse(hint, "%s is the route of %s too", ep.Route, other.ep.Name)
				return
			}
		}
		taken[key] = append(taken[key], now)
	}
	for name, ep := range c.project.Endpoints.All() {
		add(ep, []string{"endpoints", name, "route"})
	}
	for name, t := range c.project.Tables.All() {
		for _, ep := range c.project.CrudEndpoints(t) {
			add(ep, []string{"tables", name, "crud"})
		}
	}
}

// A placed endpoint is one with the path it takes.
type placed struct {
	ep   *engine.Endpoint
	path routePath
}

// A routePath is a path as the router sees it: literal parts, and parts that hold parameters.
type routePath struct {
	shape    string     // with {} for each part that holds a parameter
	parts    [][]string // texts around the parameters of those parts
	literals int        // bytes of text: the path with more of them goes first
}

func pathOf(path string) routePath {
	var p routePath
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		pieces, ok := piecesOf(segment)
		for _, text := range pieces {
			p.literals += len(text)
		}
		if ok && len(pieces) > 1 {
			p.parts = append(p.parts, pieces)
			segments[i] = "{}"
		}
	}
	p.shape = strings.Join(segments, "/")
	return p
}

// meets reports whether two paths of one shape can fit the same request with equal right. Between the texts at its ends a part can
// hold whatever the other wants there, so only the ends tell them apart.
func (p *routePath) meets(other *routePath) bool {
	if p.literals != other.literals || len(p.parts) != len(other.parts) { // a broken "{}" has the shape of a parameter and is none
		return false
	}
	for i, pieces := range p.parts {
		a, b := pieces, other.parts[i]
		first, second := a[len(a)-1], b[len(b)-1]
		if !strings.HasPrefix(a[0], b[0]) && !strings.HasPrefix(b[0], a[0]) || !strings.HasSuffix(first, second) && !strings.HasSuffix(second, first) {
			return false
		}
	}
	return true
}

// disjoint reports whether some condition can never hold for both endpoints.
func disjoint(a, b *engine.Endpoint) bool {
	for key, v := range a.Match.All() {
		w, found := b.Match.Get(key)
		if !found {
			continue
		}
		left, _ := matchValues(v)
		right, _ := matchValues(w)
		if !slices.ContainsFunc(left, func(l string) bool { return slices.ContainsFunc(right, func(r string) bool { return overlap(l, r) }) }) {
			return true
		}
	}
	return false
}

func overlap(a, b string) bool {
	return a == b || a == "*" && b != "" || b == "*" && a != ""
}

func itoa(n int) string { return strconv.Itoa(n) }
