package rest

import (
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/plan"
	"github.com/sayrud/sayrud/engine/raw"
)

// A condition is an entry of an endpoint's `match`: what a value of the query, a header or the body must be.
type condition struct {
	place, name string
	path        []string // of body: where name leads into JSON, see plan.NamePath
	present     bool     // "*"
	empty       bool     // ""
	values      []string // one of these
}

// maxMatchBody bounds the bodies that `match` reads, in bytes. A larger or multipart body, or one of unknown length, has no values.
const maxMatchBody = 64 << 10

func parseMatch(m engine.Map[raw.Value]) ([]condition, engine.Problems) {
	var conditions []condition
	var problems engine.Problems
	for key, v := range m.All() {
		place, name, _ := strings.Cut(key, ".")
		if place != "query" && place != "header" && place != "body" || name == "" {
			problems = append(problems, engine.Problemf([]string{key}, "write query.name, header.name or body.name", "%q is nothing to match", key))
			continue
		}
		c := condition{place: place, name: name, path: plan.NamePath(name)}
		text, scalar := v.Text()
		switch {
		case scalar && text == "*":
			c.present = true
		case scalar && text == "":
			c.empty = true
		case scalar:
			c.values = []string{text}
		default:
			v.Items(func(_ int, item raw.Value) bool {
				if text, ok := item.Text(); ok {
					c.values = append(c.values, text)
				}
				return true
			})
			if len(c.values) == 0 {
				problems = append(problems, engine.Problemf([]string{key}, `write a value, a list of values, "*" or ""`, "there is nothing to compare with"))
			}
		}
		conditions = append(conditions, c)
	}
	return conditions, problems
}

// matches reports whether all conditions hold.
func (e *endpoint) matches(q *middleware.Request) bool {
	for i := range e.match {
		if !e.match[i].holds(q) {
			return false
		}
	}
	return true
}

func (c *condition) holds(q *middleware.Request) bool {
	texts := c.texts(q)
	filled := slices.ContainsFunc(texts, func(s string) bool { return s != "" })
	switch {
	case c.present:
		return filled
	case c.empty:
		return !filled
	}
	return slices.ContainsFunc(texts, func(s string) bool { return slices.Contains(c.values, s) })
}

func (c *condition) texts(q *middleware.Request) []string {
	switch c.place {
	case "query":
		return q.QueryTexts(nil, c.name)
	case "header":
		return q.HeaderTexts(nil, c.name)
	}
	n := q.HTTP.ContentLength
	if n <= 0 || n > maxMatchBody || strings.HasPrefix(strings.ToLower(q.HTTP.Header.Get("Content-Type")), "multipart/") {
		return nil
	}
	kind, json, form, err := q.Input()
	switch {
	case err != nil:
		return nil
	case kind == middleware.BodyForm:
		return middleware.FormTexts(nil, form, c.name)
	case json.Kind() == raw.Object:
		v := json.Get(c.name)
		if v == nil && c.path != nil {
			v = plan.Step(json, c.path)
		}
		if text, ok := v.Text(); ok {
			return []string{text}
		}
	}
	return nil
}
