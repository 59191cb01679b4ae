package engine

import (
	"strings"

	"github.com/sayrud/sayrud/engine/raw"
)

// TableKind tells records from files.
type TableKind string

// The kinds of table. An empty kind means records.
const (
	KindRecords TableKind = "records"
	KindFiles   TableKind = "files" // a POSIX volume
)

// A Table is schemaless: its records are rows of one leaf partition of sl_records, their values JSON under the fields' keys.
type Table struct {
	ID       int   `json:"-"`
	Revision int64 `json:"-"` // of the project when the table or one of its fields last changed

	Name    string      `json:"-"`
	Was     string      `json:"was,omitempty"` // former name; only in a project file
	Label   string      `json:"label,omitempty"`
	Help    string      `json:"help,omitempty"`
	Kind    TableKind   `json:"kind,omitempty"`
	Fields  Map[*Field] `json:"fields,omitzero"`
	Unique  [][]string  `json:"unique,omitempty"` // field names that are unique together
	OnWrite []Step      `json:"on_write,omitempty"`
	Crud    raw.Value   `json:"crud,omitempty"` // "/path" or {path, only, filter, auth}: the five endpoints, see Project.AllEndpoints
	File    raw.Value   `json:"file,omitempty"` // how the mount names and formats records
}

// LeafName gives the name of the table's leaf partition in the project's PostgreSQL schema. It begins with "_", so it never
// collides with a user's table.
func (t *Table) LeafName() string { return "_r" + itoa(t.ID) }

// Field gives the field named name, without case, or nil.
func (t *Table) Field(name string) *Field {
	if f, found := t.Fields.Get(name); found {
		return f
	}
	for _, f := range t.Fields.All() {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// FieldByKey gives the field stored under key, or nil.
func (t *Table) FieldByKey(key string) *Field {
	for _, f := range t.Fields.All() {
		if f.Key == key {
			return f
		}
	}
	return nil
}

// FieldType is the type of a field or parameter.
type FieldType string

// The types of fields. TypeInteger and TypeFile serve parameters too; an integer field is a number with Integer set.
const (
	TypeText       FieldType = "text"
	TypeNumber     FieldType = "number"
	TypeInteger    FieldType = "integer" // parameters only
	TypeBoolean    FieldType = "boolean"
	TypeDatetime   FieldType = "datetime"
	TypeDate       FieldType = "date"
	TypeEnum       FieldType = "enum"
	TypeJSON       FieldType = "json"
	TypeEmail      FieldType = "email"
	TypeURL        FieldType = "url"
	TypeAutonumber FieldType = "autonumber"
	TypeReference  FieldType = "reference"
	TypeReferences FieldType = "references"
	TypeFile       FieldType = "file"
	TypeGenerated  FieldType = "generated"
)

// OnDelete says what becomes of a record when the record it refers to is deleted.
type OnDelete string

// The reactions. An empty one means restrict.
const (
	Restrict OnDelete = "restrict"
	Cascade  OnDelete = "cascade"
	SetNull  OnDelete = "set_null"
)

// Rules are what a field and a parameter check of their value.
type Rules struct {
	Label    string    `json:"label,omitempty"`
	Help     string    `json:"help,omitempty"`
	Required *bool     `json:"required,omitempty"` // nil: not said, so false, or for a parameter what its field says
	Empty    bool      `json:"empty,omitempty"`    // an empty text passes Required
	Default  raw.Value `json:"default,omitempty"`  // a slot: a value, a path, JavaScript
	Min      raw.Value `json:"min,omitempty"`      // of a number or date; of the length of a text, in characters
	Max      raw.Value `json:"max,omitempty"`
	Pattern  string    `json:"pattern,omitempty"` // RE2; must match somewhere
	Values   []string  `json:"values,omitempty"`
	Integer  bool      `json:"integer,omitempty"`
	Message  string    `json:"message,omitempty"` // a slot: the sentence when a rule refuses
}

// IsRequired reports whether a value must be there.
func (r *Rules) IsRequired() bool { return r.Required != nil && *r.Required }

// A Field is a name for a key of a table's records, with a type and rules.
type Field struct {
	ID  int    `json:"-"`
	Key string `json:"-"` // eight letters and digits, immutable: where the value stands in a record's JSON

	Name string    `json:"-"`
	Was  string    `json:"was,omitempty"` // former name; only in a project file
	Type FieldType `json:"type"`
	Rules
	Unique     bool     `json:"unique,omitempty"`
	Index      bool     `json:"index,omitempty"`
	Hidden     bool     `json:"hidden,omitempty"`
	Constraint string   `json:"constraint,omitempty"` // JavaScript over $this, $that, $value
	To         string   `json:"to,omitempty"`         // reference, references: the table
	Display    string   `json:"display,omitempty"`    // reference: the field of that table shown as "v"
	OnDelete   OnDelete `json:"on_delete,omitempty"`
	Expression string   `json:"expression,omitempty"` // generated: a fragment of SQL
	Many       bool     `json:"many,omitempty"`       // file: a list
	Types      []string `json:"types,omitempty"`      // file: media types
	MaxSize    int64    `json:"max_size,omitempty"`   // file: bytes
	Public     bool     `json:"public,omitempty"`     // file: readable without a signed link
}

// Stored reports whether the field has a value in the record's JSON; a generated one has not.
func (f *Field) Stored() bool { return f.Type != TypeGenerated }

// DisplayLabel gives the label, or the name where there is none.
func (f *Field) DisplayLabel() string {
	if f.Label != "" {
		return f.Label
	}
	return f.Name
}
