package definition

import "github.com/sayrud/sayrud/engine"

// otherTypes are types as other products name them.
var otherTypes = map[string]string{
	"string": "text", "str": "text", "varchar": "text", "char": "text", "textarea": "text", "longtext": "text", "markdown": "text", "uuid": "text",
	"int": "number with integer: true", "integer": "number with integer: true", "bigint": "number with integer: true", "long": "number with integer: true",
	"float": "number", "double": "number", "decimal": "number", "numeric": "number", "money": "number",
	"bool": "boolean", "checkbox": "boolean", "timestamp": "datetime", "timestamptz": "datetime", "time": "datetime",
	"select": "enum", "choice": "enum", "object": "json", "jsonb": "json", "array": "json", "map": "json", "link": "url", "uri": "url",
	"serial": "autonumber", "sequence": "autonumber", "autoincrement": "autonumber", "relation": "reference", "foreign": "reference", "ref": "reference",
	"pointer": "reference", "refs": "references", "attachment": "file", "image": "file", "upload": "file", "computed": "generated", "formula": "generated",
	"virtual": "generated",
}

// rules are the keys that fields and parameters share.
func rules() []key {
	return []key{
		{name: "label", shape: text(), doc: "what people call it; errors name it"},
		{name: "help", shape: text(), doc: "a sentence for whoever fills it in"},
		{name: "required", shape: boolean(), doc: "a value must be there"},
		{name: "empty", shape: boolean(), doc: "an empty text is enough for required"},
		{name: "default", shape: slot(), doc: "the value where none is given; a slot"},
		{name: "min", shape: &shape{kind: scalarValue}, doc: "least value, or least length of a text in characters"},
		{name: "max", shape: &shape{kind: scalarValue}, doc: "greatest value, or greatest length of a text in characters"},
		{name: "pattern", shape: text(), doc: "a regular expression (RE2) that must match somewhere"},
		{name: "values", shape: &shape{kind: listValue, item: text, nonEmpty: true, hint: "[waiting, approved]"}, doc: "what it may be"},
		{name: "integer", shape: boolean(), doc: "a number without fraction"},
		{name: "message", shape: text(), doc: "the sentence when a rule refuses; a slot"},
	}
}

// otherRules are attributes as other products name them.
var otherRules = map[string]string{
	"minimum": "min", "maximum": "max", "minLength": "min", "maxLength": "max", "min_length": "min", "max_length": "max", "length": "max",
	"regex": "pattern", "regexp": "pattern", "options": "values", "enum": "values", "choices": "values", "description": "help", "title": "label",
	"optional": "required: false", "nullable": "required: false", "null": "required: false", "notnull": "required: true", "not_null": "required: true",
	"indexed": "index", "private": "hidden", "ref": "to", "references": "to", "table": "to", "target": "to", "onDelete": "on_delete",
	"ondelete": "on_delete", "formula": "expression", "sql": "expression", "check": "constraint", "maxSize": "max_size", "multiple": "many",
	"mime_types": "types", "default_value": "default", "int": "integer", "error": "message", "renamed_from": "was",
}

func fieldShape() *shape {
	kinds := only(writtenFieldTypes...)
	kinds.hints = otherTypes
	keys := []key{
		{name: "was", shape: &shape{kind: nameText}, doc: "the former name: the field keeps its key and data"},
		{name: "type", shape: kinds, doc: "what its values are", required: true},
	}
	keys = append(keys, rules()...)
	keys = append(keys,
		key{name: "unique", shape: boolean(), doc: "no two records have the same value"},
		key{name: "index", shape: boolean(), doc: "found and sorted fast"},
		key{name: "hidden", shape: boolean(), doc: "does not exist in responses unless an endpoint reveals it"},
		key{name: "constraint", shape: &shape{kind: scriptText}, doc: "JavaScript over $this, $that and $value; true accepts"},
		key{name: "to", shape: text(), doc: "reference, references: the table"},
		key{name: "display", shape: text(), doc: "reference: the field of that table that is shown"},
		key{name: "on_delete", shape: &shape{kind: textValue, values: []string{"restrict", "cascade", "set_null"},
			hints: map[string]string{"setnull": "set_null", "set null": "set_null", "null": "set_null", "delete": "cascade", "no action": "restrict"}},
			doc: "reference: what becomes of this record when the one it refers to is deleted"},
		key{name: "expression", shape: &shape{kind: sqlText}, doc: "generated: a fragment of PostgreSQL's SQL over the stored fields"},
		key{name: "many", shape: boolean(), doc: "file: a list of files"},
		key{name: "types", shape: &shape{kind: listValue, item: text, nonEmpty: true, hint: "[image/png, image/jpeg]"}, doc: "file: media types that are accepted"},
		key{name: "max_size", shape: whole(1, 1<<50), doc: "file: bytes"},
		key{name: "public", shape: boolean(), doc: "file: readable without a signed link"},
	)
	return &shape{kind: objectValue, doc: "a field", keys: keys, others: otherRules, hint: "{type: text}"}
}

func tableShape() *shape {
	return &shape{kind: objectValue, doc: "a table", nullable: true, hint: "{fields: {name: {type: text}}}",
		others: map[string]string{"columns": "fields", "field": "fields", "schema": "fields", "indexes": "index: true on a field", "description": "help", "title": "label",
			"onWrite": "on_write", "hooks": "on_write", "rest": "crud", "name": "was", "renamed_from": "was"},
		keys: []key{
			{name: "was", shape: text(), doc: "the former name: the table keeps its records"},
			{name: "label", shape: text(), doc: "what people call it"},
			{name: "help", shape: text(), doc: "what it is for"},
			{name: "kind", shape: only(engine.KindRecords, engine.KindFiles), doc: "records, or files: a POSIX volume"},
			{name: "fields", shape: &shape{kind: mapValue, item: fieldShape, hint: "fields: {title: {type: text}}"}, doc: "in the order of the screen"},
			{name: "unique", shape: list(&shape{kind: listValue, item: text, nonEmpty: true, hint: "a list of lists: [[post, nick]]"}), doc: "fields that are unique together"},
			{name: "on_write", shape: stepsShape(), doc: "what runs after each write, whatever the door"},
			{name: "crud", shape: crudShape(), doc: "five endpoints: list, view, create, update, delete"},
			{name: "file", shape: &shape{kind: objectValue, hint: "{name: slug, format: markdown, body: content}", keys: []key{
				{name: "name", shape: text(), doc: "the field that names the file", required: true},
				{name: "format", shape: only("json", "markdown"), doc: "how a record is written"},
				{name: "body", shape: text(), doc: "markdown: the field below the front matter"},
			}}, doc: "how the mount names and writes records"},
		}}
}

func crudShape() *shape {
	path := text()
	actions := list(only(engine.CrudActions...))
	actions.nonEmpty = true
	return either(path, &shape{kind: objectValue, keys: []key{
		{name: "path", shape: text(), doc: "below /api/<project>", required: true},
		{name: "only", shape: actions, doc: "which of the five"},
		{name: "filter", shape: &shape{kind: filterValue}, doc: "added to the filter of list, view, update and delete"},
		{name: "auth", shape: either(boolean(), actions, &shape{kind: mapValue, item: slot}), doc: "true, the actions that want it, or the middleware's settings"},
	}})
}

func stepsShape() *shape {
	return &shape{kind: listValue, item: func() *shape { return &shape{kind: stepValue} }, nonEmpty: true}
}
