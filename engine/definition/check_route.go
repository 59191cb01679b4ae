package definition

import (
	"fmt"
	"slices"
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

// checkSegment refuses a part of a path. A part may hold parameters, with text between any two.
func checkSegment(segment string) (reason, hint string) {
	switch {
	case segment == "":
		return "an empty part between two /", ""
	case segment == "." || segment == "..":
		return fmt.Sprintf("%q is no part of a path", segment), ""
	case strings.HasPrefix(segment, ":") && engine.ValidMemberName(segment[1:]):
		return fmt.Sprintf("%q is no parameter", segment), "{" + segment[1:] + "}"
	}
	pieces, ok := piecesOf(segment)
	if !ok {
		base, _, _ := strings.Cut(strings.Trim(segment, "{}"), ":")
		if !engine.ValidMemberName(base) {
			base = "name"
		}
		return fmt.Sprintf("%q is no part of a path", segment), "{" + base + "} is a parameter"
	}
	for i, text := range pieces {
		if text == "" && i > 0 && i < len(pieces)-1 {
			return fmt.Sprintf("nothing tells where the parameters in %q end", segment), "put a character between them"
		}
		if reason, hint := checkLiteral(text); reason != "" {
			return reason, hint
		}
	}
	return "", ""
}

// piecesOf gives the texts of a segment around its parameters; false where a brace is out of place or a name is none.
func piecesOf(segment string) (pieces []string, ok bool) {
	for {
		before, rest, open := strings.Cut(segment, "{")
		name, after, closed := strings.Cut(rest, "}")
		if strings.Contains(before, "}") || open && (!closed || !engine.ValidMemberName(name)) {
			return nil, false
		}
		pieces = append(pieces, before)
		if !open {
			return pieces, true
		}
		segment = after
	}
}

func checkLiteral(text string) (reason, hint string) {
	if strings.Contains(text, "*") {
		return "a path has no wildcard", "{name} is one part"
	}
	for _, r := range text {
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
