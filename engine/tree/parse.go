package tree

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// Parse reads what was written to a record's file and gives the members that a write takes. What the record says of itself (uid,
// created_at, updated_at and the like) and what is computed (generated fields, autonumbers) is left out: a file holds it, nobody writes it.
func (t *Table) Parse(content []byte) (raw.Value, error) {
	text := bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, engine.Errorf(engine.Invalid, "The file is empty; it must hold the record.")
	}
	if t.format.markdown {
		v, err := t.parseMarkdown(text)
		if err != nil {
			return nil, err
		}
		return t.writable(v), nil
	}
	v, err := raw.Valid(text, raw.Limits{})
	var broken *raw.SyntaxError
	if errors.As(err, &broken) {
		line := 1 + bytes.Count(text[:broken.Offset], []byte{'\n'})
		column := broken.Offset - bytes.LastIndexByte(text[:broken.Offset], '\n')
		return nil, engine.Errorf(engine.Invalid, "This is no JSON: line %d, column %d: %s.", line, column, broken.Reason)
	}
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if v.Kind() != raw.Object {
		return nil, engine.Errorf(engine.Invalid, "The file must hold a JSON object.")
	}
	return t.writable(v), nil
}

// writable leaves the members out that nobody writes.
func (t *Table) writable(v raw.Value) raw.Value {
	b := raw.Value{'{'}
	v.Members(func(key, value raw.Value) bool {
		name, _ := key.Text()
		if t.computed(name) {
			return true
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, key...), ':'), value...)
		return true
	})
	return append(b, '}')
}

// computed reports whether a file shows name and nobody writes it.
func (t *Table) computed(name string) bool {
	for _, reserved := range engine.ReservedFields {
		if name == reserved {
			return true
		}
	}
	f, found := t.Def.Fields.Get(name)
	return found && (f.Type == engine.TypeGenerated || f.Type == engine.TypeAutonumber)
}
