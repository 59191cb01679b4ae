package middleware

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// BodyKind tells how the body of a request is written.
type BodyKind byte

// The kinds.
const (
	BodyNone BodyKind = iota // empty
	BodyJSON                 // or XML or text, read as JSON
	BodyForm                 // urlencoded or multipart
)

// A body is what came behind the headers, read once.
type body struct {
	read bool
	err  error
	kind BodyKind
	json raw.Value
	form []Pair

	files []FileIn // in the order they came
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

// A coding is how the bytes of a body are written.
type coding byte

const (
	codedJSON coding = iota
	codedForm
	codedMultipart
	codedXML
	codedText
	codedUnsaid // no Content-Type
)

// codingOf reads a Content-Type (RFC 9110 section 8.3) and gives the boundary of multipart; false where no body may have it.
func codingOf(header string) (c coding, boundary string, ok bool) {
	if header == "" {
		return codedUnsaid, "", true
	}
	mediaType, params, err := mime.ParseMediaType(header)
	if err != nil {
		return 0, "", false
	}
	switch sub, isApplication := strings.CutPrefix(mediaType, "application/"); {
	case mediaType == "application/x-www-form-urlencoded":
		return codedForm, "", true
	case mediaType == "multipart/form-data":
		return codedMultipart, params["boundary"], params["boundary"] != ""
	case sub == "json" || isApplication && strings.HasSuffix(sub, "+json"):
		c = codedJSON
	case sub == "xml" || mediaType == "text/xml" || isApplication && strings.HasSuffix(sub, "+xml"):
		c = codedXML
	case mediaType == "text/plain":
		c = codedText
	default:
		return 0, "", false
	}
	charset := strings.ToLower(params["charset"])
	return c, "", charset == "" || charset == "utf-8" || charset == "utf8" || charset == "us-ascii" && c == codedText
}

// Input reads and checks the body once, up to MaxBody bytes, and gives its kind, its JSON, or the pairs of its form. XML is read as
// JSON, see readXML. A text is JSON where it reads as an object or an array, as navigator.sendBeacon sends it, else a JSON string. A body
// without Content-Type is XML where it begins with "<", else JSON. The error is a *BodyError, or that of the connection.
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
	coded, boundary, ok := codingOf(q.HTTP.Header.Get("Content-Type"))
	if q.Uploads != nil && q.Uploads.Whole() != "" && (!ok || coded != codedMultipart && coded != codedForm && (coded != codedJSON || q.Uploads.Always())) {
		return q.readWholeFile()
	}
	streams := q.Uploads != nil && coded == codedMultipart
	if q.HTTP.ContentLength > q.MaxBody && !streams {
		return q.tooLarge()
	}
	if !ok {
		return unsupportedBody()
	}
	if streams {
		return q.streamMultipart(multipart.NewReader(q.HTTP.Body, boundary))
	}
	if encoding := q.HTTP.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return unsupportedBody()
	}
	content, err := q.readAll()
	if err != nil {
		return err
	}
	switch trimmed := raw.Trim(content); {
	case len(trimmed) == 0:
		return nil
	case coded == codedMultipart:
		return q.readMultipart(content, boundary)
	case coded == codedForm:
		return q.readForm(string(content))
	case coded == codedXML, coded == codedUnsaid && trimmed[0] == '<':
		return q.readXML(content)
	case coded == codedText:
		return q.readText(content)
	}
	return q.readJSON(content)
}

func (q *Request) readJSON(content []byte) (err error) {
	q.input.kind = BodyJSON
	limits := BodyLimits
	if q.MaxNames > 0 {
		limits.Keys = q.MaxNames
	}
	q.input.json, err = raw.Valid(content, limits)
	var broken *raw.SyntaxError
	if errors.As(err, &broken) {
		return &BodyError{Code: engine.Invalid, Key: "body.json", Args: []any{broken.Reason, broken.Offset}}
	}
	return err
}

// readText reads a text: JSON where it reads as an object or an array, else itself.
func (q *Request) readText(content []byte) error {
	q.input.kind = BodyJSON
	if first := raw.Trim(content)[0]; first == '{' || first == '[' {
		if v, err := raw.Valid(content, BodyLimits); err == nil {
			q.input.json = v
			return nil
		}
	}
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return &BodyError{Code: engine.Invalid, Key: "body.text"}
	}
	q.input.json = raw.AppendString(nil, content)
	return nil
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
			continue // what is not declared is ignored
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return broken
		}
		q.input.form = append(q.input.form, Pair{part.FormName(), string(text)})
	}
}
