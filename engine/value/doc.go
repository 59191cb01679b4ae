// Package value holds the types of fields and parameters: what an input must be to become a stored value, and the sentence when it
// is not.
//
// A Checker is compiled once from a type and its rules. It takes an input as JSON (a body) or as text (a query, a path, a form) and
// gives the canonical JSON that is stored: numbers as JSON numbers with all their digits, datetimes as UTC with milliseconds, a
// reference as the uid of its record. An empty text is null for every type but text and json. Whether a value is required, unique
// or refers to an existing record is not decided here; only the sentences for it are.
package value
