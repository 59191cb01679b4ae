package value

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// TypeFiles is the type of a file field with many: a list of files.
const TypeFiles engine.FieldType = "files"

// maxFileText bounds the name and the address of a file as they come, in bytes.
const maxFileText = 4096

// fileJSON checks a reference to a file: an object as the API gives it, or the address of a file. The canonical form has of name,
// sha256 and url what came; whether the reference is good is for the record package to find out. A new file comes in the form that it
// is stored in.
func fileJSON(_ *Checker, v raw.Value) (raw.Value, string) {
	if text, isText := v.Text(); isText {
		return fileText(nil, text)
	}
	if v.Kind() != raw.Object {
		return nil, "file"
	}
	out := raw.Value{'{'}
	usable := false
	for _, name := range []string{"name", "size", "type", "sha256", "url"} {
		member := v.Get(name)
		if member.IsNull() {
			continue
		}
		text, isText := member.Text()
		switch {
		case name == "size" && member.Kind() != raw.Number, name != "size" && !isText, len(text) > maxFileText, strings.IndexByte(text, 0) >= 0,
			name == "sha256" && !engine.IsHash(text):
			return nil, "file"
		}
		usable = usable || name == "sha256" || name == "url"
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(raw.AppendString(out, name), ':'), member...)
	}
	if !usable {
		return nil, "file"
	}
	return append(out, '}'), ""
}

// fileText checks the text of a form: JSON, or an address.
func fileText(c *Checker, s string) (raw.Value, string) {
	switch {
	case s == "":
		return raw.NullValue, ""
	case s[0] == '{':
		v, err := raw.Valid([]byte(s), raw.Limits{Depth: 2})
		if err != nil {
			return nil, "file"
		}
		return fileJSON(c, v)
	case len(s) > maxFileText || !strings.Contains(s, "/"):
		return nil, "file"
	}
	return append(raw.AppendString(raw.Value(`{"url":`), s), '}'), ""
}

func filesJSON(c *Checker, v raw.Value) (raw.Value, string) {
	if v.Kind() != raw.Array {
		one, refused := fileJSON(c, v)
		if refused != "" || one.IsNull() {
			return one, refused
		}
		return append(append(raw.Value{'['}, one...), ']'), ""
	}
	list := raw.Value{'['}
	refused := ""
	v.Items(func(_ int, item raw.Value) bool {
		if item.IsNull() {
			return true
		}
		var one raw.Value
		if one, refused = fileJSON(c, item); refused != "" {
			return false
		}
		if one.IsNull() {
			return true
		}
		if len(list) > 1 {
			list = append(list, ',')
		}
		list = append(list, one...)
		return true
	})
	if refused != "" {
		return nil, refused
	}
	return append(list, ']'), ""
}

func filesText(c *Checker, s string) (raw.Value, string) {
	if s != "" && s[0] == '[' {
		v, err := raw.Valid([]byte(s), raw.Limits{Depth: 3})
		if err != nil {
			return nil, "file"
		}
		return filesJSON(c, v)
	}
	one, refused := fileText(c, s)
	if refused != "" || one.IsNull() {
		return one, refused
	}
	return append(append(raw.Value{'['}, one...), ']'), ""
}
