package template

import (
	"bytes"
	"encoding/xml"
	"strings"
	"unicode"

	"github.com/sayrud/sayrud/engine/raw"
)

// isXML reports whether a media type is XML (RFC 7303).
func isXML(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == "application/xml" || media == "text/xml" || strings.HasSuffix(media, "+xml")
}

// appendXML writes a JSON body as XML: an object of one member that is no list is the root element, anything else stands in <response>.
// A member is an element, one of a list's items each; "@name" is an attribute and "#text" the text beside them; null is an empty
// element. It reads back as the request bodies of the middleware package do.
func appendXML(dst []byte, v raw.Value) []byte {
	w := bytes.NewBuffer(append(dst, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"...))
	name, root := "response", v
	if v.Kind() == raw.Object && v.Len() == 1 {
		for key, only := range v.Members {
			if text, _ := key.Text(); only.Kind() != raw.Array && !strings.HasPrefix(text, "@") && text != "#text" {
				name, root = text, only
			}
		}
	}
	if root.Kind() == raw.Array { // a bare list: its items
		root = append(append(raw.Value(`{"item":`), root...), '}')
	}
	writeElement(w, name, root)
	return w.Bytes()
}

func writeElement(w *bytes.Buffer, name string, v raw.Value) {
	if v.Kind() == raw.Array {
		for _, item := range v.Items {
			writeElement(w, name, item)
		}
		return
	}
	name = elementName(name)
	w.WriteString("<" + name)
	for key, member := range v.Members {
		if text, _ := key.Text(); strings.HasPrefix(text, "@") && len(text) > 1 {
			w.WriteString(" " + elementName(text[1:]) + `="`)
			writeText(w, member)
			w.WriteByte('"')
		}
	}
	w.WriteByte('>')
	if v.Kind() != raw.Object {
		writeText(w, v)
	}
	for key, member := range v.Members {
		switch text, _ := key.Text(); {
		case text == "#text":
			writeText(w, member)
		case !strings.HasPrefix(text, "@"):
			writeElement(w, text, member)
		}
	}
	w.WriteString("</" + name + ">")
}

// writeText writes a scalar, escaped; null is nothing.
func writeText(w *bytes.Buffer, v raw.Value) {
	if !v.IsNull() {
		_ = xml.EscapeText(w, raw.AppendText(nil, v)) // a Buffer takes everything
	}
}

// elementName makes a name that XML takes (XML 1.0, 2.3), with "_" for what it does not.
func elementName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-.:", r) {
			return r
		}
		return '_'
	}, name)
	if name == "" || !unicode.IsLetter([]rune(name)[0]) && name[0] != '_' {
		return "_" + name
	}
	return name
}
