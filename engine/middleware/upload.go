package middleware

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// Uploads takes the files of a body while it is read.
type Uploads interface {
	// Wants reports whether a file under that name is a parameter.
	Wants(name string) bool
	// Whole names the one parameter that a body which is no form may be, "" where there is none; Always says that JSON too is that file.
	Whole() string
	Always() bool
	// Take streams a file into the store and gives its stored form. size is a hint, -1 where it is not known.
	Take(name, fileName string, r io.Reader, size int64) (raw.Value, error)
}

// FileIn is a file that came with the body, in its stored form.
type FileIn struct {
	Name  string // of the parameter in the request
	Value raw.Value
}

// FileValues gives the files that came under name, once the body is read; see Input.
func (q *Request) FileValues(name string) []raw.Value {
	var list []raw.Value
	for _, f := range q.input.files {
		if f.Name == name {
			list = append(list, f.Value)
		}
	}
	return list
}

// streamMultipart reads a multipart form (RFC 7578) part by part: files go to the store as they come, texts stay here and count, like
// files that nobody wants, against MaxBody.
func (q *Request) streamMultipart(reader *multipart.Reader) error {
	left := q.MaxBody
	q.input.kind, q.input.form = BodyForm, []Pair{}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil || len(q.input.form)+len(q.input.files) == maxPairs || part.FormName() == "" {
			return &BodyError{Code: engine.Invalid, Key: "body.form", Cause: err}
		}
		isFile := part.FileName() != "" || part.Header.Get("Content-Type") != "" && q.Uploads.Wants(part.FormName())
		if isFile && q.Uploads.Wants(part.FormName()) {
			v, err := q.Uploads.Take(part.FormName(), part.FileName(), part, -1)
			if err != nil {
				return err
			}
			if v != nil {
				q.input.files = append(q.input.files, FileIn{part.FormName(), v})
			}
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return &BodyError{Code: engine.Invalid, Key: "body.form", Cause: err}
		}
		if left -= int64(len(text)); left < 0 {
			return q.tooLarge()
		}
		if !isFile {
			q.input.form = append(q.input.form, Pair{part.FormName(), string(text)})
		}
	}
}

// readWholeFile takes a body that is one file. Its name is the one of Content-Disposition (RFC 6266), if there is any.
func (q *Request) readWholeFile() error {
	_, params, _ := mime.ParseMediaType(q.HTTP.Header.Get("Content-Disposition"))
	v, err := q.Uploads.Take(q.Uploads.Whole(), params["filename"], q.HTTP.Body, q.HTTP.ContentLength)
	if err != nil {
		return err
	}
	q.input.kind, q.input.form = BodyForm, []Pair{}
	if v != nil {
		q.input.files = append(q.input.files, FileIn{q.Uploads.Whole(), v})
	}
	return nil
}
