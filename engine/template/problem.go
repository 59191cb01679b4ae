package template

import (
	"net/http"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// ContentProblem is the content type of [Problem].
const ContentProblem = "application/problem+json"

// Problem gives e as the body of an application/problem+json response (RFC 9457), with the members code, errors and request_id
// besides the standard ones. An empty requestID leaves its member out.
func Problem(e *engine.Error, requestID string) []byte {
	status := e.HTTPStatus()
	b := raw.AppendString([]byte(`{"type":"about:blank","title":`), http.StatusText(status))
	b = strconv.AppendInt(append(b, `,"status":`...), int64(status), 10)
	b = raw.AppendString(append(b, `,"code":`...), string(e.Code))
	b = raw.AppendString(append(b, `,"detail":`...), e.Text())
	if len(e.Fields) > 0 {
		b = appendFields(append(b, `,"errors":`...), e.Fields)
	}
	if requestID != "" {
		b = raw.AppendString(append(b, `,"request_id":`...), requestID)
	}
	return append(b, '}')
}
