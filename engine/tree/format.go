package tree

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// A format is how a table's records are named and written: `file` of its definition.
type format struct {
	name      *engine.Field // whose text names the file; nil: the uid
	markdown  bool
	body      *engine.Field // below the front matter; nil is none
	extension string
}

// formatOf reads the definition. A field that is hidden, gone or not unique names no files: the uid does.
func formatOf(t *engine.Table, hidden bool) format {
	f := format{extension: ".json"}
	field := func(member string) *engine.Field {
		name, _ := t.File.Get(member).Text()
		found, _ := t.Fields.Get(name)
		if found == nil || found.Hidden && !hidden {
			return nil
		}
		return found
	}
	if kind, _ := t.File.Get("format").Text(); kind == "markdown" {
		f.markdown, f.body, f.extension = true, field("body"), ".md"
	}
	if name := field("name"); name != nil && name.Unique && name.Stored() && name.Type == engine.TypeText {
		f.name = name
	}
	return f
}

// maxStem bounds a file's name without its extension, in bytes: editors put more around it, and 255 is what the kernel takes.
const maxStem = 200

// validStem reports whether a text can name a file.
func validStem(stem string) bool {
	return stem != "" && len(stem) <= maxStem && stem[0] != '.' && !strings.ContainsFunc(stem, func(r rune) bool { return r < ' ' || r == '/' || r == 0x7f })
}

// fileName gives the name of a record's file: by its field, or by its uid where that is no name.
func (f *format) fileName(uid, name string) string {
	if f.name != nil && validStem(name) {
		return name + f.extension
	}
	return uid + f.extension
}

// stem gives the part of a file's name that tells the record; false where no record can have the name.
func (f *format) stem(name string) (string, bool) {
	stem, ok := strings.CutSuffix(name, f.extension)
	if f.name != nil {
		return stem, ok && validStem(stem)
	}
	return stem, ok && engine.ValidUID(stem)
}
