package plan

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/template"
)

// fileParts are what a file has.
var fileParts = []string{"name", "size", "type", "sha256", "url"}

// fileField gives what links say of a file field.
func fileField(p *engine.Project, t *engine.Table, f *engine.Field) *template.FileField {
	return &template.FileField{Project: p.Name, Table: t.Name, Name: f.Name, Public: f.Public && !f.Hidden}
}

// checkFilePath refuses a way into a file that leads nowhere.
func checkFilePath(f *engine.Field, rest []string) error {
	if f.Many && len(rest) > 0 {
		if _, err := strconv.Atoi(rest[0]); err != nil {
			return fmt.Errorf("%s holds several files: name one of them, such as %s[0], or repeat with $each", f.Name, f.Name)
		}
		rest = rest[1:]
	}
	if len(rest) == 0 || len(rest) == 1 && slices.Contains(fileParts, rest[0]) {
		return nil
	}
	text := fmt.Sprintf("a file has no part %q", rest[0])
	if hint := near(rest[0], fileParts); hint != "" {
		text += "; " + hint
	}
	return fmt.Errorf("%s", text)
}

// fileAt gives the file field that a path from table t ends at, its table, and what of the path leads into the file; nil where it ends
// at anything else.
func fileAt(p *engine.Project, t *engine.Table, path []string) (*engine.Table, *engine.Field, []string) {
	for i, name := range path {
		f, found := t.Fields.Get(name)
		if !found {
			return nil, nil, nil
		}
		if f.Type == engine.TypeFile {
			return t, f, path[i+1:]
		}
		if f.Type != engine.TypeReference {
			return nil, nil, nil
		}
		if t, found = p.Tables.Get(f.To); !found {
			return nil, nil, nil
		}
	}
	return nil, nil, nil
}
