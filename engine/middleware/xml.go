package middleware

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// An element of XML under construction.
type element struct {
	name  string
	attrs []xml.Attr
	text  strings.Builder
	kids  []*element
}

// readXML reads XML 1.0 as JSON: the root element's content, whose name says nothing. An element with text alone is that text, one with
// attributes or elements is an object of them, attributes as "@name", its text as "#text"; elements of one name are an array. Prefixes
// are dropped. A document type is refused, so there are no entities but the five of XML; depth and size are those of BodyLimits.
func (q *Request) readXML(content []byte) error {
	d := xml.NewDecoder(bytes.NewReader(content))
	root, err := readElement(d)
	if err != nil {
		reason := err.Error()
		var broken *xml.SyntaxError
		if errors.As(err, &broken) {
			reason = broken.Msg
		}
		return &BodyError{Code: engine.Invalid, Key: "body.xml", Args: []any{reason, d.InputOffset()}}
	}
	q.input.kind, q.input.json = BodyJSON, root.append(nil)
	return nil
}

var (
	errDoctype   = errors.New("a document type is not allowed")
	errDeep      = errors.New("too deep")
	errLarge     = errors.New("too many elements and attributes")
	errNoElement = errors.New("there is no element")
	errTwoRoots  = errors.New("there are two root elements")
)

// readElement reads the one element of a document.
func readElement(d *xml.Decoder) (*element, error) {
	top := &element{}
	open := []*element{top}
	count := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		inner := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if count += 1 + len(t.Attr); count > BodyLimits.Keys {
				return nil, errLarge
			}
			if len(open) > BodyLimits.Depth {
				return nil, errDeep
			}
			e := &element{name: t.Name.Local, attrs: attributes(t.Attr)}
			inner.kids = append(inner.kids, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			inner.text.Write(t)
		case xml.Directive:
			return nil, errDoctype
		}
	}
	switch len(top.kids) {
	case 0:
		return nil, errNoElement
	case 1:
		return top.kids[0], nil
	}
	return nil, errTwoRoots
}

// attributes gives those that are no declarations of name spaces.
func attributes(all []xml.Attr) []xml.Attr {
	var kept []xml.Attr
	for _, a := range all {
		if a.Name.Local != "xmlns" && a.Name.Space != "xmlns" {
			kept = append(kept, a)
		}
	}
	return kept
}

// append writes the element's content as JSON behind dst.
func (e *element) append(dst raw.Value) raw.Value {
	text := e.text.String()
	if len(e.kids) > 0 && strings.TrimSpace(text) == "" {
		text = ""
	}
	if len(e.attrs) == 0 && len(e.kids) == 0 {
		return raw.AppendString(dst, text)
	}
	dst = append(dst, '{')
	start := len(dst)
	member := func(name string) {
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(raw.AppendString(dst, name), ':')
	}
	seen := make(map[string]bool)
	for _, a := range e.attrs {
		if name := "@" + a.Name.Local; !seen[name] { // two prefixes may have brought the same name
			seen[name] = true
			member(name)
			dst = raw.AppendString(dst, a.Value)
		}
	}
	if text != "" {
		member("#text")
		dst = raw.AppendString(dst, text)
	}
	same := make(map[string][]*element)
	for _, kid := range e.kids {
		same[kid.name] = append(same[kid.name], kid)
	}
	for _, kid := range e.kids {
		list := same[kid.name]
		if list == nil {
			continue
		}
		delete(same, kid.name)
		member(kid.name)
		dst = appendElements(dst, list)
	}
	return append(dst, '}')
}

func appendElements(dst raw.Value, list []*element) raw.Value {
	if len(list) == 1 {
		return list[0].append(dst)
	}
	dst = append(dst, '[')
	for i, e := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = e.append(dst)
	}
	return append(dst, ']')
}
