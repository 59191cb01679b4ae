package rest

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine/middleware"
)

// A route is a path below /api/<project>, cut at its slashes.
type route struct {
	segments []segment
	names    []string // of all parameters, in order
	literals int      // characters of literal text: the more, the more specific
}

// A segment is literal text with parameters between: len(text) is one more than the number of parameters.
type segment struct{ text []string }

// parseRoute reads "/f/{name}.json". The definition package has checked its form.
func parseRoute(path string) route {
	var r route
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		var s segment
		for {
			before, rest, open := strings.Cut(part, "{")
			name, after, closed := strings.Cut(rest, "}")
			if !open || !closed {
				s.text = append(s.text, part)
				r.literals += len(part)
				break
			}
			s.text = append(s.text, before)
			r.names = append(r.names, name)
			r.literals += len(before)
			part = after
		}
		r.segments = append(r.segments, s)
	}
	return r
}

// literal reports whether the segment holds no parameter.
func (s segment) literal() bool { return len(s.text) == 1 }

// match appends the values of the segment's parameters; each has at least one character, the earlier ones as few as possible.
func (s segment) match(values []string, text string) ([]string, bool) {
	last := len(s.text) - 1
	text, ok := strings.CutPrefix(text, s.text[0])
	if !ok {
		return values, false
	}
	if last == 0 {
		return values, text == ""
	}
	for _, literal := range s.text[1:last] {
		if len(text) < 1 {
			return values, false
		}
		at := strings.Index(text[1:], literal)
		if at < 0 {
			return values, false
		}
		values, text = append(values, text[:at+1]), text[at+1+len(literal):]
	}
	text, ok = strings.CutSuffix(text, s.text[last])
	if !ok || text == "" {
		return values, false
	}
	return append(values, text), true
}

// A node is a place in the tree of a project's routes.
type node struct {
	literals  map[string]*node
	param     *node // any segment that holds parameters
	endpoints []*endpoint
}

func (n *node) add(e *endpoint) {
	for _, s := range e.route.segments {
		if !s.literal() {
			if n.param == nil {
				n.param = &node{}
			}
			n = n.param
			continue
		}
		if n.literals == nil {
			n.literals = map[string]*node{}
		}
		next, found := n.literals[s.text[0]]
		if !found {
			next = &node{}
			n.literals[s.text[0]] = next
		}
		n = next
	}
	n.endpoints = append(n.endpoints, e)
	slices.SortStableFunc(n.endpoints, func(a, b *endpoint) int {
		return cmp.Or(cmp.Compare(b.route.literals, a.route.literals), cmp.Compare(len(b.match), len(a.match)))
	})
}

// maxSegments bounds a request's path.
const maxSegments = 64

// cutPath unescapes the segments of a path without its first slash; false where an escape is broken or there are too many.
func cutPath(dst []string, path string) ([]string, bool) {
	for rest, more := path, true; more; {
		var part string
		part, rest, more = strings.Cut(rest, "/")
		if strings.IndexByte(part, '%') >= 0 {
			var err error
			if part, err = url.PathUnescape(part); err != nil {
				return dst, false
			}
		}
		if len(dst) == maxSegments {
			return dst, false
		}
		dst = append(dst, part)
	}
	return dst, true
}

// A search walks the tree for the endpoint of a request.
type search struct {
	q        *middleware.Request
	method   string
	segments []string
	found    *endpoint
	at       []*endpoint // all endpoints at the path, whatever their method
	all      bool        // look for all of them and choose none
}

// walk tries literal segments before parameters.
func (s *search) walk(n *node, depth int) bool {
	if depth == len(s.segments) {
		return s.choose(n.endpoints)
	}
	if next := n.literals[s.segments[depth]]; next != nil && s.walk(next, depth+1) {
		return true
	}
	return n.param != nil && s.walk(n.param, depth+1)
}

func (s *search) choose(endpoints []*endpoint) bool {
	for _, e := range endpoints {
		values, ok := e.route.values(s.q.Path[:0], s.segments)
		s.q.Path = values
		if !ok {
			continue
		}
		if !s.all && e.plan.Endpoint.Route.Method == s.method && e.matches(s.q) {
			s.q.Names = e.route.names
			s.found = e
			return true
		}
		s.at = append(s.at, e)
	}
	return false
}

func (r *route) values(dst []string, segments []string) ([]string, bool) {
	for i, s := range r.segments {
		var ok bool
		if dst, ok = s.match(dst, segments[i]); !ok {
			return dst, false
		}
	}
	return dst, true
}
