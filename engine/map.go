package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
)

// Map is an object of the project file whose names keep their order: fields, parameters, endpoints. Its zero value is empty.
type Map[T any] struct {
	names  []string
	values map[string]T
}

// Len gives the number of entries.
func (m *Map[T]) Len() int { return len(m.names) }

// Names gives the names in order. The caller must not change the slice.
func (m *Map[T]) Names() []string { return m.names }

// Get gives the value of name and whether there is one.
func (m *Map[T]) Get(name string) (T, bool) {
	v, found := m.values[name]
	return v, found
}

// Set puts v at name: in its place where name exists, else at the end.
func (m *Map[T]) Set(name string, v T) {
	if m.values == nil {
		m.values = make(map[string]T)
	}
	if _, found := m.values[name]; !found {
		m.names = append(m.names, name)
	}
	m.values[name] = v
}

// Delete removes name.
func (m *Map[T]) Delete(name string) {
	if _, found := m.values[name]; found {
		delete(m.values, name)
		m.names = slices.DeleteFunc(slices.Clone(m.names), func(n string) bool { return n == name })
	}
}

// Rename gives the entry old the name now, in its place.
func (m *Map[T]) Rename(old, now string) {
	v, found := m.values[old]
	if !found || old == now {
		return
	}
	delete(m.values, old)
	m.values[now] = v
	m.names = slices.Clone(m.names)
	m.names[slices.Index(m.names, old)] = now
}

// Clone gives a copy whose entries can be set without touching m; the values themselves are shared.
func (m *Map[T]) Clone() Map[T] {
	return Map[T]{names: slices.Clone(m.names), values: maps.Clone(m.values)}
}

// All gives the entries in order.
func (m *Map[T]) All() iter.Seq2[string, T] {
	return func(yield func(string, T) bool) {
		for _, name := range m.names {
			if !yield(name, m.values[name]) {
				return
			}
		}
	}
}

// IsZero reports whether m is empty, for `json:",omitzero"`.
func (m Map[T]) IsZero() bool { return len(m.names) == 0 }

// MarshalJSON writes an object in the order of the names.
func (m Map[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range m.names {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.values[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads an object and keeps the order of its names.
func (m *Map[T]) UnmarshalJSON(data []byte) error {
	*m = Map[T]{}
	if string(data) == "null" {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return fmt.Errorf("expected an object")
	}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		name := tok.(string)
		var v T
		if err := dec.Decode(&v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		m.Set(name, v)
	}
	return nil
}
