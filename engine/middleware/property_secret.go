package middleware

import (
	"slices"
	"strconv"
	"sync"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// MapSecrets gives the step with each of its secrets as change gives it. use is what the secret package knows the setting by; path
// leads to it inside the settings; v is nil where the setting is absent but would make sense, and may stay so. Settings that are not
// what the middleware's properties say are left to the checks.
func MapSecrets(s engine.Step, change func(use string, path []string, v raw.Value) raw.Value) engine.Step {
	d, found := secretive()[s.Name]
	if !found {
		return s
	}
	settings := s.Settings
	if settings.IsNull() {
		settings = raw.Value("{}")
	}
	if now := mapMembers(settings, d.Properties, s.Name, nil, change); string(now) != string(settings) {
		s.Settings = now
	}
	return s
}

// secretive gives the middlewares whose settings may hold secrets; a change of definitions asks for each step of its project.
var secretive = sync.OnceValue(func() map[string]*Definition {
	found := map[string]*Definition{}
	for _, d := range Definitions() {
		if slices.ContainsFunc(d.Properties, func(p Property) bool { return p.hasSecret() }) {
			found[d.Name] = d
		}
	}
	return found
})

func (p *Property) hasSecret() bool {
	switch {
	case p.Type == TypeSecret || p.OrSecret:
		return true
	case p.Type == TypeArray || p.Type == TypeMap:
		return p.item().hasSecret()
	}
	return slices.ContainsFunc(p.Members, func(m Property) bool { return m.hasSecret() })
}

type secretChange func(use string, path []string, v raw.Value) raw.Value

func mapMembers(object raw.Value, properties []Property, use string, path []string, change secretChange) raw.Value {
	if object.Kind() != raw.Object {
		return object
	}
	for i := range properties {
		p := &properties[i]
		if !p.hasSecret() {
			continue
		}
		v := object.Get(p.Name)
		if v == nil && (p.Type != TypeSecret || p.When != nil && !p.When(object)) {
			continue
		}
		now := p.mapSecret(v, use+"."+p.Name, append(slices.Clone(path), p.Name), change)
		if now != nil && string(now) != string(v) {
			object = withMember(object, p.Name, now)
		}
	}
	return object
}

func (p *Property) mapSecret(v raw.Value, use string, path []string, change secretChange) raw.Value {
	switch {
	case p.Type == TypeSecret || p.OrSecret && v.Kind() == raw.Object:
		return change(use, path, v)
	case p.Type == TypeObject:
		return mapMembers(v, p.Members, use, path, change)
	case p.Type == TypeMap && v.Kind() == raw.Object:
		for key, one := range v.Members {
			name, _ := key.Text()
			if now := p.item().mapSecret(one, use+".*", append(slices.Clone(path), name), change); string(now) != string(one) {
				v = withMember(v, name, now)
			}
		}
	case p.Type == TypeArray && v.Kind() == raw.Array:
		b := raw.Value{'['}
		for i, one := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, p.item().mapSecret(one, use+".*", append(slices.Clone(path), strconv.Itoa(i)), change)...)
		}
		return append(b, ']')
	}
	return v
}

// withMember gives the object with the member set to value: in its place, or at the end.
func withMember(object raw.Value, name string, value raw.Value) raw.Value {
	b := raw.Value{'{'}
	found := false
	add := func(key, v raw.Value) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, key...), ':'), v...)
	}
	for key, v := range object.Members {
		if raw.EqualString(key, name) {
			v, found = value, true
		}
		add(key, v)
	}
	if !found {
		add(raw.Text(name), value)
	}
	return append(b, '}')
}
