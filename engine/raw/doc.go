// Package raw reads JSON without decoding it.
//
// A [Value] is the text of one JSON value, or nil where there is none. It is the currency of the engine: records come out of
// PostgreSQL as JSON text, parameters are checked into it, templates copy it into responses and scripts touch it lazily. Nothing here
// allocates unless its name says Append or its result is a string.
//
// Except for [Valid], which checks, every function trusts its input to be valid JSON: bytes from outside pass Valid once, at the door.
package raw
