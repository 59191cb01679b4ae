// Package rest is the HTTP door: it routes requests to the endpoints that users define, checks their parameters, runs their plans and
// writes their answers; it serves the admin API, the OpenAPI documents, health and metrics.
//
// Its words: a generation is everything compiled from one Schema, swapped whole by one atomic store when the definitions change;
// a bound endpoint is a plan with its onion, its place in the routes and its metrics. An endpoint that does not compile is logged and
// left out; the others serve on.
//
// Guarantees: an error of any kind becomes an answer in one function (fail); every answer outside the panel carries nosniff and,
// unless it is JSON, a content security policy that sandboxes it; a request's body is bounded before it is read; the panel's
// cookies and API tokens are invisible to endpoints.
//
// Routing is by our own tree of path segments and not by the router that serves the admin API: parameters inside segments
// ("/f/{name}.json" with the name "a.b"), falling back from one endpoint to a less specific one when `match` says no, and the methods
// for 405 across both are beyond it.
package rest
