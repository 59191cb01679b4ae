package template

import "github.com/sayrud/sayrud/engine"

// Problem gives e as the body of an application/problem+json response (RFC 9457), with the members code, errors and request_id
// besides the standard ones.
func Problem(e *engine.Error, requestID string) []byte { return nil }
