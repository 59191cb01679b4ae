package definition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

var routeMethods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}

func (c *checker) route(at site, ep *engine.Endpoint) {
	method, path := ep.Route.Method, ep.Route.Path
	switch {
	case strings.HasPrefix(method, "/"):
		at.refuse("GET "+method, "a route begins with its method")
		return
	case method == "HEAD" || method == "OPTIONS":
		at.refuse("leave it out", "%s is answered without an endpoint: HEAD follows GET, OPTIONS the cors settings", method)
	case !slices.Contains(routeMethods, method):
		hint := "one of " + strings.Join(routeMethods, ", ")
		if upper := strings.ToUpper(method); slices.Contains(routeMethods, upper) {
			hint = strings.TrimSpace(upper + " " + path)
		} else if near := engine.Near(method, routeMethods); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		at.refuse(hint, "unknown method %q", method)
	}
	if reason, hint := checkPath(path); reason != "" {
		at.refuse(hint, "%s", reason)
		return
	}
	if path == "/openapi.json" && method == "GET" {
		at.refuse("another path", "GET /openapi.json describes the project's endpoints")
	}
	for i, name := range ep.Route.Names() {
		for _, other := range ep.Route.Names()[:i] {
			if strings.EqualFold(other, name) {
				at.refuse("", "{%s} stands twice in the path", name)
			}
		}
	}
}

// checkPath gives the sentence that refuses a route's path, and what would be right.
func checkPath(path string) (reason, hint string) {
	switch {
	case path == "":
		return "a route wants a path", "GET /path"
	case !strings.HasPrefix(path, "/"):
		return fmt.Sprintf("the path %q begins without /", path), "/" + path
	case path == "/":
		return "", ""
	case strings.HasSuffix(path, "/"):
		return "a path ends without /", strings.TrimRight(path, "/")
	case len(path) > 500:
		return "a path may have 500 characters", ""
	case strings.ContainsAny(path, "?#"):
		return "a path ends at ? and #", "in: query makes a parameter of the query"
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if reason, hint := checkSegment(segment); reason != "" {
			return reason, hint
		}
	}
	return "", ""
}

func checkSegment(segment string) (reason, hint string) {
	name, isParam := strings.CutPrefix(segment, "{")
	name, closed := strings.CutSuffix(name, "}")
	switch {
	case segment == "":
		return "an empty part between two /", ""
	case segment == "." || segment == "..":
		return fmt.Sprintf("%q is no part of a path", segment), ""
	case isParam && closed && engine.ValidMemberName(name):
		return "", ""
	case strings.HasPrefix(segment, ":") && engine.ValidMemberName(segment[1:]):
		return fmt.Sprintf("%q is no parameter", segment), "{" + segment[1:] + "}"
	case strings.ContainsAny(segment, "{}"):
		base, _, _ := strings.Cut(strings.Trim(segment, "{}"), ":")
		return fmt.Sprintf("%q is no part of a path; a parameter is a part of its own", segment), "{" + base + "}"
	case strings.Contains(segment, "*"):
		return "a path has no wildcard", "{name} is one part"
	}
	for _, r := range segment {
		if r <= ' ' || r > 126 || strings.ContainsRune(`%"<>\^|`+"`", r) {
			return fmt.Sprintf("%q in a path", r), "letters, digits and - . _ ~ @ : + , ; = ! $ & ' ( )"
		}
	}
	return "", ""
}

// match checks conditions besides the route.
func (c *checker) match(at site, ep *engine.Endpoint) {
	for key, v := range ep.Match.All() {
		at := at.in(key)
		place, name, dotted := strings.Cut(key, ".")
		switch {
		case !dotted || name == "" || !slices.Contains([]string{"query", "header", "body"}, place):
			at.refuseName("query.type, header.x-kind or body.event", "%q is no part of a request", key)
		case place == "body" && ep.Route.Method == "GET":
			at.refuseName("query."+name, "a GET has no body")
		}
		if _, ok := matchValues(v); !ok {
			at.refuse(`a text, a list of texts, "*" for present, "" for absent or empty`, "a condition is no %s", strings.TrimPrefix(strings.TrimPrefix(found(v), "an "), "a "))
		}
	}
}

// matchValues gives the texts that a condition accepts.
func matchValues(v raw.Value) (texts []string, ok bool) {
	if v.Kind() == raw.Array {
		for _, item := range v.Items {
			text, ok := item.Text()
			if !ok {
				return nil, false
			}
			texts = append(texts, text)
		}
		return texts, len(texts) > 0
	}
	text, ok := v.Text()
	return []string{text}, ok
}

// routes refuses two endpoints that would both answer a request with equal right: same method, same shape of the path, as many
// conditions, and no condition that tells them apart. Endpoints that are off do not count.
func (c *checker) routes() {
	type entry struct {
		ep   *engine.Endpoint
		path []string
	}
	taken := make(map[string][]entry)
	add := func(ep *engine.Endpoint, path []string) {
		if !ep.IsEnabled() {
			return
		}
		key := ep.Route.Method + " " + shapeOf(ep.Route.Path)
		for _, other := range taken[key] {
			if ep.Match.Len() == other.ep.Match.Len() && !disjoint(ep, other.ep) {
				hint := "change one of the routes"
				if ep.Match.Len() == 0 && ep.Route.Method == "GET" {
					hint = "change one of the routes, or tell them apart with match: {query.type: x}"
				}
				c.at(path...).refuse(hint, "%s is the route of %s too", ep.Route, other.ep.Name)
				return
			}
		}
		taken[key] = append(taken[key], entry{ep, path})
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

// shapeOf gives the path with its parameters' names taken out.
func shapeOf(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			segments[i] = "{}"
		}
	}
	return strings.Join(segments, "/")
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
