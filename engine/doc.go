// Package engine holds the words of Sayrud: what a user defines (Project, Table, Field, Endpoint, Param, Filter), what the server
// works with (Schema, an immutable snapshot of all definitions) and how it refuses (Error, Code, Problem).
//
// The words are plain values. They are filled by the definition package from a project file or from the admin API, kept by the
// catalog package, and compiled by the plan package. Once a value is part of a Schema nobody changes it.
package engine
