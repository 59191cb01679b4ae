// Package definition is the language of the project file: YAML or JSON → checked words, with the place of everything in the text
// ([Parse]); words → YAML ([Print]); the JSON Schema of the file ([JSONSchema]); every mention of a field or table, for renames
// and drops ([RenameField], [UsesOfField]).
//
// One description of shapes (schema*.go: keys, their types, allowed values, what they mean) drives decoding and the JSON Schema, so
// they cannot drift apart. [Check] holds every rule that needs neither SQL nor a compiled plan. What it accepts, the plan package
// compiles; problems found there get their line and column from [File.Err].
//
// The package does no I/O and knows no middleware by name but main; their settings are checked by the middleware registry.
package definition
