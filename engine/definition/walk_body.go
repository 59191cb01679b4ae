package definition

import (
	"regexp"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func (w *walker) response(path []string, r *engine.Response, here scope) {
	if r == nil {
		return
	}
	r.Status = w.slot(below(path, "status"), r.Status, here)
	for name, v := range r.Headers.All() {
		r.Headers.Set(name, w.slot(below(below(path, "headers"), name), v, here))
	}
	r.Body = w.body(below(path, "body"), r.Body, here)
}

// body renames in a template, where $each gives a name to records.
func (w *walker) body(path []string, v raw.Value, here scope) raw.Value {
	switch v.Kind() {
	case raw.Array:
		return mapItems(v, func(i int, item raw.Value) raw.Value { return w.body(below(path, itoa(i)), item, here) })
	case raw.Object:
	default:
		return w.slot(path, v, here)
	}
	inner := here
	if each := v.Get("$each"); each != nil {
		name := "$record"
		if as, ok := v.Get("$as").Text(); ok {
			name = "$" + strings.TrimPrefix(as, "$")
		}
		item, known := w.each(each, here)
		if inner = here.with(name, item); !known {
			delete(inner, name)
		}
	}
	return mapMembers(v, func(key string, member raw.Value) (string, raw.Value) {
		at := below(path, key)
		switch key {
		case "$each":
			return key, w.slot(at, member, here)
		case "$as", "$index":
			return key, member
		case "$if", "$value", "$key", "$spread", "$omit":
			return key, w.body(at, member, inner)
		}
		return w.text(at, key, inner), w.body(at, member, inner)
	})
}

var scriptPath = regexp.MustCompile(`\$[A-Za-z_]\w*(?:\s*\??\.\s*[A-Za-z_]\w*)*`)

// each gives what the items of $each are. Of several lists the first that is records counts, and of JavaScript the first path in it
// that leads to records: most often $records.filter(…).
func (w *walker) each(v raw.Value, here scope) (view, bool) {
	if v.Kind() == raw.Array {
		for _, item := range v.Items {
			if found, known := w.each(item, here); known {
				return found, true
			}
		}
		return view{}, false
	}
	text, _ := v.Text()
	if !strings.HasPrefix(text, "=") {
		return w.viewOf(text, here)
	}
	for _, path := range scriptPath.FindAllString(text, -1) {
		for path != "" {
			if found, known := w.viewOf(path, here); known {
				return found, true
			}
			path = path[:max(0, strings.LastIndexByte(path, '.'))]
		}
	}
	return view{}, false
}
