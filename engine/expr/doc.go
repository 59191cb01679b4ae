// Package expr reads the fragment of SQL that a generated field is made of, and writes it again as SQL of PostgreSQL.
//
// A fragment is parsed by auxten/postgresql-parser, whose grammar is CockroachDB's. Its tree is walked once and turned into our own
// small typed tree; what the walk does not name is refused, per kind of node, per function and per word of the source. Only the
// printer's text reaches PostgreSQL: literals are quoted anew, names become the SQL that the caller gives for them.
//
// Printed SQL never raises in PostgreSQL 15 to 18, whatever the columns hold. What would be an error is NULL: division by zero, a text
// that is not the number or date it is cast to, a number out of range. Three measures keep results bounded (see bound.go):
//
//   - numbers in arithmetic stay below 10^100, before and after each step that could make them larger;
//   - texts that are put together, replaced in or changed in case are cut at 1,000,000 characters;
//   - dates and times in functions and arithmetic lie between the years 1 BC and 9999.
//
// There are five types: text, numeric, boolean, timestamptz, date. An integer is a numeric, so 7/2 is 3.5. Days begin and times
// without offset lie in the project's timezone. A timestamptz or date as text has the form it has in JSON.
//
// Texts are compared and change case by the database's collation, whatever that of the columns is.
//
// The package does no input or output and imports no driver. Everything in it is safe for concurrent use.
package expr
