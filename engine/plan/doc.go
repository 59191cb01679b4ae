// Package plan compiles an endpoint of a project to an immutable Plan: its parameters, its SQL statements, its templates. It is
// pure: it knows no connection and does no I/O; the record package runs what it makes.
//
// Its words: a Param is an input with everything resolved that it inherits from a field. A Table holds the rules of writing to a
// table. A Shape says which columns a statement fetches and where a template finds them. A Value is a parameter of a statement: a
// slot and the type it must have in the comparison it stands in. A Query is a family of Statements, one for each combination of
// optional comparisons, sort orders and the like, written when first needed.
//
// Guarantees: nothing a user typed reaches the text of a statement except through the quoting of the relation package; values are
// always parameters. A Plan never changes once compiled, so it is safe for concurrent use.
package plan
