package definition

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
)

// A File is a parsed project file: the words and where each stands in the text.
type File struct {
	Name    string // as Parse was told, for messages
	Project *engine.Project
	source  []byte
	places  *place
}

// A FileError is the refusal of a project file.
type FileError struct {
	Lines    []string        // one a problem: "file:line:col: what is wrong; what would be right"
	Problems engine.Problems // the same, in the order of Lines; nil for a text that is no YAML
}

// Error gives one problem a line.
func (e *FileError) Error() string { return strings.Join(e.Lines, "\n") }
