// Package middleware holds the modules of an endpoint's onion, one file each, the registry that lists them, and the request record they
// share.
//
// Its words: a Definition declares a middleware: name, documentation, settings. A Step of an endpoint names one with its settings;
// Compile checks the steps and makes a Chain; Chain.Handler wraps them around main, the data operation. A Request is the one record
// of a request that every step and the templates see; it is pooled, so nothing may keep it or what it gives behind the answer.
//
// A step before main runs before it and may refuse (by an error) or answer (by writing to the Request and not calling on); a step
// behind main runs after it succeeded. main stands there exactly once.
//
// It does not route, check parameters or write to the connection; the rest package does.
package middleware
