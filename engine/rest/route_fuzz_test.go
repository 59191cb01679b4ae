package rest

import (
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/definition"
)

// FuzzRoutes holds that of two routes that may be saved together only one has a right to a request, and that a route's values are
// the whole of the path.
func FuzzRoutes(f *testing.F) {
	f.Add("/f/{a}.json", "/f/{b}", "/f/x.json")
	f.Add("/f/x-{a}", "/f/{b}-x", "/f/x-x-x")
	f.Add("/f/{a}-{b}", "/f/{a}--{b}", "/f/a--b")
	f.Add("/{a}/b", "/a/{b}", "/a/b")
	f.Add("/f/{}", "/f/{b}", "/f/x")
	f.Add("/{a}.{b}/c{d}", "/{a}.{b}/{d}c", "/a.b.c/ccc")
	f.Fuzz(func(t *testing.T, first, second, target string) {
		p := &engine.Project{Name: "p"}
		routes := make([]route, 2)
		for i, path := range []string{first, second} {
			ep := &engine.Endpoint{Name: string(rune('a' + i)), Route: engine.Route{Method: "GET", Path: path}}
			p.Endpoints.Set(ep.Name, ep)
			routes[i] = parseRoute(path)
		}
		segments, ok := cutPath(nil, strings.TrimPrefix(target, "/"))
		if len(definition.Check(p)) > 0 || !ok {
			return
		}
		same := len(routes[0].segments) == len(routes[1].segments) && routes[0].literals == routes[1].literals
		for i, r := range routes {
			if len(r.segments) != len(segments) {
				return
			}
			values, fits := r.values(nil, segments)
			if !fits {
				return
			}
			if got := strings.Join(segments, "/"); r.fill(values) != got {
				t.Errorf("the values %q of route %d make %q of %q", values, i, r.fill(values), got)
			}
		}
		for i := range segments {
			same = same && routes[0].segments[i].literal() == routes[1].segments[i].literal()
		}
		if same {
			t.Errorf("%s and %s both take %s", first, second, target)
		}
	})
}

// fill puts values into the route.
func (r *route) fill(values []string) string {
	var parts []string
	for _, s := range r.segments {
		part := s.text[0]
		for _, text := range s.text[1:] {
			part += values[0] + text
			values = values[1:]
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}
