package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/raw"
)

// A shape is the Go type of an operation's input and output. Fields of the input tagged `path` or `query` come from the address,
// the others from the JSON body.
type shape struct{ in, out reflect.Type }

// none is the input of an operation that takes none, or its output.
type none struct{}

// typed makes the handler of an operation from a function over its input and output.
func typed[In, Out any](fn func(*call, *In) (Out, error)) (shape, func(*call) (any, error)) {
	return shape{reflect.TypeFor[In](), reflect.TypeFor[Out]()}, func(c *call) (any, error) {
		var in In
		if err := c.read(reflect.ValueOf(&in).Elem()); err != nil {
			return nil, err
		}
		return fn(c, &in)
	}
}

// inputs gives the fields of an input type, those of embedded structs among them.
func inputs(in reflect.Type) []reflect.StructField {
	if in.Kind() != reflect.Struct {
		return nil
	}
	return slices.DeleteFunc(reflect.VisibleFields(in), func(f reflect.StructField) bool { return f.Anonymous })
}

// hasBody reports whether a part of the input type comes from the body.
func hasBody(in reflect.Type) bool {
	if in.Kind() != reflect.Struct {
		return true
	}
	return slices.ContainsFunc(inputs(in), func(f reflect.StructField) bool { return f.Tag.Get("path") == "" && f.Tag.Get("query") == "" })
}

// read fills the input, strictly: an unknown name in the body is refused.
func (c *call) read(in reflect.Value) error {
	if hasBody(in.Type()) {
		if err := c.readBody(in.Addr().Interface()); err != nil {
			return err
		}
	}
	if _, ok := c.q.Query(); !ok {
		return engine.Errorf(engine.Invalid, "The query of the address is malformed.")
	}
	var refused []engine.FieldError
	for _, f := range inputs(in.Type()) {
		var text string
		name := f.Tag.Get("path")
		if name != "" {
			text = c.pathValue(name)
		} else if name = f.Tag.Get("query"); name != "" {
			if texts := c.q.QueryTexts(nil, name); len(texts) > 0 {
				text = texts[0]
			}
		}
		if text != "" && !setText(in.FieldByIndex(f.Index), text) {
			refused = append(refused, engine.FieldError{Param: name, Label: name, Code: "type", Message: name + " has the wrong form."})
		}
	}
	if refused != nil {
		return &engine.Error{Code: engine.Invalid, Fields: refused}
	}
	return nil
}

// pathValue gives a segment of the path; the router sees it escaped where it holds escapes.
func (c *call) pathValue(name string) string {
	text := chi.URLParam(c.q.HTTP, name)
	if c.q.HTTP.URL.RawPath == "" {
		return text
	}
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}

func setText(v reflect.Value, text string) bool {
	switch v.Interface().(type) {
	case string:
		v.SetString(text)
	case bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err == nil
	case int, int64:
		n, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(n)
		return err == nil
	case *int64:
		n, err := strconv.ParseInt(text, 10, 64)
		v.Set(reflect.ValueOf(&n))
		return err == nil
	case raw.Value:
		json, err := raw.Valid([]byte(text), middleware.BodyLimits)
		v.SetBytes(json)
		return err == nil
	case []string:
		v.Set(reflect.ValueOf(strings.Split(text, ",")))
	default:
		return false
	}
	return true
}

func (c *call) readBody(into any) error {
	kind, body, _, err := c.q.Input()
	switch {
	case err != nil:
		return err
	case kind == middleware.BodyNone:
		body = raw.Value("{}")
	case kind != middleware.BodyJSON:
		return engine.Errorf(engine.Unsupported, "The admin API reads JSON.")
	}
	if own, ok := into.(*raw.Value); ok {
		*own = bytes.Clone(body)
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return &engine.Error{Code: engine.Invalid, Message: "The body does not fit: " + strings.TrimPrefix(err.Error(), "json: ") + "."}
	}
	return nil
}

// answer writes an operation's output as JSON, or as the file it is.
func (c *call) answer(out any, status int) error {
	c.q.Status = max(status, 200)
	switch out := out.(type) {
	case none:
		c.q.Status = 204
	case download:
		c.q.ContentType = out.contentType
		if out.name != "" {
			c.q.Header.Set("Content-Disposition", `attachment; filename="`+out.name+`"`)
		}
		c.q.Body = append(c.q.Body[:0], out.body...)
	case raw.Value:
		c.q.ContentType = "application/json"
		c.q.Body = append(c.q.Body[:0], out...)
	default:
		body, err := rawOf(filled(out))
		if err != nil {
			return err
		}
		c.q.ContentType = "application/json"
		c.q.Body = append(c.q.Body[:0], body...)
	}
	return nil
}

// filled gives v with an empty list or object wherever it has none, since the API answers no null for them.
func filled(v any) any {
	p := reflect.New(reflect.TypeOf(v)).Elem()
	p.Set(reflect.ValueOf(v))
	fill(p)
	return p.Interface()
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		if v.IsNil() && v.Type() != rawType {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Uint8 {
				break
			}
			fill(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	}
}

// rawOf is json.Marshal without escapes for HTML.
func rawOf(v any) (raw.Value, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return raw.Trim(b.Bytes()), nil
}
