package rest

import (
	"github.com/sayrud/sayrud/engine/raw"
)

// mergePatch applies a JSON merge patch (RFC 7396) and keeps the order of names: those that stay in their place, new ones at the end.
func mergePatch(target, patch raw.Value) raw.Value {
	if patch.Kind() != raw.Object {
		return patch
	}
	b := raw.Value{'{'}
	add := func(key, value raw.Value) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	target.Members(func(key, value raw.Value) bool {
		name, _ := key.Text()
		switch change := patch.Get(name); {
		case change == nil:
			add(key, value)
		case change.Kind() != raw.Null:
			add(key, mergePatch(value, change))
		}
		return true
	})
	patch.Members(func(key, value raw.Value) bool {
		name, _ := key.Text()
		if target.Get(name) == nil && value.Kind() != raw.Null {
			add(key, mergePatch(nil, value))
		}
		return true
	})
	return append(b, '}')
}
