// Package openapi describes the endpoints of a project: as an OpenAPI 3.1 document for programs ([Document]) and as a page for people
// ([Page]). It reads plans and definitions; it does no I/O.
//
// Its words: an object is a JSON object of the document, a schema one that is a JSON Schema (2020-12, as OpenAPI 3.1 has it). An answer
// is what a response template may write: its schema is found by reading the template the way the template package does, each name in
// scope standing for a node, the description of what it leads to.
//
// Guarantees: what a schema says of an answer is true; where the template computes something that cannot be known (JavaScript), the
// schema is open and not a guess. A member that may be missing is not required, a value that may be null says so. Hidden fields stand
// in it only where an endpoint reveals them. Endpoints that share a route and are told apart by `match` become one operation, whose
// parameters, bodies and answers are those of any of them.
package openapi
