package middleware

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// BodyKind tells how the body of a request is written.
type BodyKind byte

// The kinds.
const (
	BodyNone BodyKind = iota // empty
	BodyJSON
	BodyForm // urlencoded or multipart
)

// A body is what came behind the headers, read once.
type body struct {
	read bool
	err  error
	kind BodyKind
	json raw.Value
	form []Pair
}

// BodyLimits bounds the JSON of a body.
var BodyLimits = raw.Limits{Depth: 64, Keys: 10_000}

// A BodyError is a body that can't be read as what it says it is. Key names the sentence of the value package, Args fill it.
type BodyError struct {
	Code  engine.Code
	Key   string
	Args  []any
	Cause error // may be nil
}

// Error gives the code and the key, for logs.
func (e *BodyError) Error() string { return string(e.Code) + ": " + e.Key }

// Unwrap gives Cause.
func (e *BodyError) Unwrap() error { return e.Cause }

// Input reads and checks the body once, up to MaxBody bytes, and gives its kind, its JSON, or the pairs of its form. A body without
// Content-Type is JSON. The error is a *BodyError, or that of the connection.
func (q *Request) Input() (BodyKind, raw.Value, []Pair, error) {
	if !q.input.read {
		q.input.read = true
		q.input.err = q.readBody()
	}
	return q.input.kind, q.input.json, q.input.form, q.input.err
}

func (q *Request) readBody() error {
	if q.HTTP.Body == nil || q.HTTP.Body == http.NoBody || q.HTTP.ContentLength == 0 {
		return nil
	}
	if q.HTTP.ContentLength > q.MaxBody {
		return q.tooLarge()
	}
	mediaType, params, err := mime.ParseMediaType(q.HTTP.Header.Get("Content-Type"))
	if header := q.HTTP.Header.Get("Content-Type"); header == "" {
		mediaType = "application/json"
	} else if err != nil {
		return unsupportedBody()
	}
	kind, boundary := BodyJSON, ""
	switch {
	case mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json"):
		if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
			return unsupportedBody()
		}
	case mediaType == "application/x-www-form-urlencoded":
		kind = BodyForm
	case mediaType == "multipart/form-data" && params["boundary"] != "":
		kind, boundary = BodyForm, params["boundary"]
	default:
		return unsupportedBody()
	}
	if encoding := q.HTTP.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return unsupportedBody()
	}
	content, err := q.readAll()
	if err != nil {
		return err
	}
	switch {
	case len(raw.Trim(content)) == 0:
		return nil
	case boundary != "":
		return q.readMultipart(content, boundary)
	case kind == BodyForm:
		return q.readForm(string(content))
	}
	q.input.kind = BodyJSON
	q.input.json, err = raw.Valid(content, BodyLimits)
	var broken *raw.SyntaxError
	if errors.As(err, &broken) {
		return &BodyError{Code: engine.Invalid, Key: "body.json", Args: []any{broken.Reason, broken.Offset}}
	}
	return err
}

func unsupportedBody() error { return &BodyError{Code: engine.Unsupported, Key: "body.type"} }

func (q *Request) tooLarge() error {
	return &BodyError{Code: engine.TooLarge, Key: "body.size", Args: []any{q.MaxBody}}
}

// readAll reads the body into the request's own buffer.
func (q *Request) readAll() ([]byte, error) {
	b := q.buffer[:0]
	if n := q.HTTP.ContentLength; n > 0 && int64(cap(b)) < n+1 {
		b = make([]byte, 0, n+1)
	}
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := q.HTTP.Body.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if int64(len(b)) > q.MaxBody {
			q.buffer = b
			return nil, q.tooLarge()
		}
		if errors.Is(err, io.EOF) {
			q.buffer = b
			return b, nil
		}
		if err != nil {
			return nil, &BodyError{Code: engine.Invalid, Key: "body.read", Cause: err}
		}
	}
}

func (q *Request) readForm(content string) error {
	form, ok := parsePairs(nil, content)
	if !ok {
		return &BodyError{Code: engine.Invalid, Key: "body.form"}
	}
	q.input.kind, q.input.form = BodyForm, form
	return nil
}

func (q *Request) readMultipart(content []byte, boundary string) error {
	broken := &BodyError{Code: engine.Invalid, Key: "body.form"}
	reader := multipart.NewReader(bytes.NewReader(content), boundary)
	q.input.kind, q.input.form = BodyForm, []Pair{}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || len(q.input.form) == maxPairs || part.FormName() == "" {
			return broken
		}
		if part.FileName() != "" {
			return &BodyError{Code: engine.Unsupported, Key: "body.file"}
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return broken
		}
		q.input.form = append(q.input.form, Pair{part.FormName(), string(text)})
	}
}
