package tree

import (
	"bytes"
	"context"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// The directory of a record holds a file for each field: its text, or its JSON where it is no text, and one line end of the file's own; of
// a reference the uid; nothing where it is null. Fields of files are directories of the files themselves.

// Fields gives the fields that a record's directory shows, in order; files tells which are directories.
func (t *Table) Fields() (list []*engine.Field) {
	for _, f := range t.Def.Fields.All() {
		if !f.Hidden || t.direct.Hidden {
			list = append(list, f)
		}
	}
	return list
}

// Field gives a field that is shown, or nil.
func (t *Table) Field(name string) *engine.Field {
	f, found := t.Def.Fields.Get(name)
	if !found || f.Hidden && !t.direct.Hidden {
		return nil
	}
	return f
}

// FieldFile gives what the file of a field holds.
func FieldFile(s *Shown, f *engine.Field) []byte {
	v := s.Record.Get(f.Name)
	if v.IsNull() {
		return nil
	}
	if f.Type == engine.TypeReference {
		v = v.Get("u")
	}
	if v.Kind() == raw.String {
		return append(raw.AppendText(nil, v), '\n')
	}
	return append(bytes.Clone(v), '\n')
}

// fieldValue reads what was written to the file of a field.
func fieldValue(f *engine.Field, content []byte) raw.Value {
	text := strings.TrimSuffix(string(content), "\n")
	if text == "" {
		return raw.NullValue
	}
	switch f.Type {
	case engine.TypeNumber, engine.TypeBoolean, engine.TypeJSON, engine.TypeReferences:
		if v, err := raw.Valid([]byte(text), raw.Limits{}); err == nil {
			return v
		}
	}
	return raw.Text(text)
}

// StoreField writes one field: of a record that is there.
func (t *Table) StoreField(ctx context.Context, uid, name string, content []byte) error {
	f := t.Field(name)
	if f == nil {
		return engine.Errorf(engine.NotFound, "There is no field %s in %s.", name, t.Def.Name)
	}
	if f.Type == engine.TypeGenerated || f.Type == engine.TypeAutonumber {
		return engine.Errorf(engine.NotAllowed, "%s is computed; it cannot be written.", f.DisplayLabel())
	}
	return t.Update(ctx, uid, with(raw.Value("{}"), name, fieldValue(f, content)))
}
