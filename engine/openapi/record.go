package openapi

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
)

// valueSchema gives the schema of values of a type under rules; nil rules are none.
func valueSchema(t engine.FieldType, r *engine.Rules) object {
	s := typeSchema(t)
	if r == nil {
		return s
	}
	if r.Integer {
		s["type"] = "integer"
	}
	text := s["type"] == "string" && s["format"] != "date-time" && s["format"] != "date"
	number := s["type"] == "number" || s["type"] == "integer"
	if len(r.Values) > 0 && text {
		s["enum"] = texts(r.Values)
	}
	low, high := "minLength", "maxLength"
	if number {
		low, high = "minimum", "maximum"
	}
	if text || number {
		if isNumber(r.Min) {
			s[low] = r.Min
		}
		if isNumber(r.Max) {
			s[high] = r.Max
		}
	}
	if r.Pattern != "" && text {
		s["pattern"] = r.Pattern
	}
	return s
}

func typeSchema(t engine.FieldType) object {
	switch t {
	case engine.TypeNumber:
		return typed("number")
	case engine.TypeInteger, engine.TypeAutonumber:
		return typed("integer")
	case engine.TypeBoolean:
		return typed("boolean")
	case engine.TypeDatetime:
		return object{"type": "string", "format": "date-time"}
	case engine.TypeDate:
		return object{"type": "string", "format": "date"}
	case engine.TypeEmail:
		return object{"type": "string", "format": "email"}
	case engine.TypeURL:
		return object{"type": "string", "format": "uri"}
	case engine.TypeJSON, engine.TypeGenerated:
		return object{}
	}
	return typed("string")
}

// storedFile is a file as responses show it.
func storedFile() object {
	return object{"type": "object", "required": []string{"name", "size", "type", "sha256", "url"}, "properties": object{
		"name": typed("string"), "size": typed("integer"), "type": typed("string"), "sha256": typed("string"), "url": typed("string")}}
}

// fieldSchema describes a field as responses show it; any field may be null.
func (d *document) fieldSchema(f *engine.Field) object {
	var s object
	switch f.Type {
	case engine.TypeReference:
		s = d.pair(f)
	case engine.TypeReferences:
		if s = array(typed("string")); d.display(f) != nil {
			s = array(d.pair(f))
		}
	case engine.TypeFile:
		d.schemas["File"] = storedFile()
		if s = ref("File"); f.Many {
			s = array(s)
		}
	default:
		s = typeSchema(f.Type)
		if f.Integer {
			s["type"] = "integer"
		}
		if f.Type == engine.TypeEnum && len(f.Values) > 0 {
			s["enum"] = texts(f.Values)
		}
	}
	s = nullable(s)
	if f.Label != "" && s["$ref"] == nil {
		s["description"] = f.Label
	}
	return s
}

// pair describes a reference as responses show it: the uid, and the display value of the record referred to.
func (d *document) pair(f *engine.Field) object {
	display := typed("null")
	if shown := d.display(f); shown != nil {
		display = nullable(typeSchema(shown.Type))
	}
	return object{"type": "object", "required": []string{"u", "v"}, "properties": object{"u": typed("string"), "v": display}}
}

// display gives the field that a reference shows of the record it leads to, or nil.
func (d *document) display(f *engine.Field) *engine.Field {
	t, found := d.project.Tables.Get(f.To)
	if !found {
		return nil
	}
	if shown, found := t.Fields.Get(f.Display); found && !shown.Hidden {
		return shown
	}
	return nil
}

// reserved describes what every record has, or gives nil.
func reserved(name string) object {
	switch name {
	case "uid":
		return typed("string")
	case "id", "version":
		return typed("integer")
	case "created_at", "updated_at":
		return object{"type": "string", "format": "date-time"}
	}
	return nil
}

// record gives the default representation of a table's records: a component of its own unless the endpoint shows more than others.
func (d *document) record(n node) object {
	shown := []string{"uid"}
	revealed := false
	for name, f := range n.table.Fields.All() {
		reveals := f.Hidden && slices.Contains(n.reveal, name)
		revealed = revealed || reveals
		if !f.Hidden || reveals {
			shown = append(shown, name)
		}
	}
	shown = append(shown, "created_at", "updated_at", "version")
	make := func() object {
		properties := object{}
		for _, name := range shown {
			properties[name] = n.member(d, name).schema(d)
		}
		for name := range n.include.All() {
			properties[name] = n.member(d, name).schema(d)
			shown = append(shown, name)
		}
		return object{"type": "object", "required": shown, "properties": properties}
	}
	if revealed || n.include.Len() > 0 {
		return make()
	}
	if _, known := d.schemas[n.table.Name]; !known {
		d.schemas[n.table.Name] = object{} // for tables that refer to themselves
		d.schemas[n.table.Name] = make()
	}
	return ref(n.table.Name)
}
