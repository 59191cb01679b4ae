package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A File is a parsed project file: the words and where each stands in the text. It is immutable, apart from Project, which its
// owner may change.
type File struct {
	Name    string // as Parse was told, for messages
	Project *engine.Project
	value   raw.Value // the whole file as JSON
	lines   []string
	places  *place
}

// A FileError is the refusal of a project file.
type FileError struct {
	Lines    []string        // one a problem: "file:line:col: what is wrong; what would be right", in the order of the file
	Problems engine.Problems // the same; nil for a text that is no YAML
}

// Error gives one problem a line.
func (e *FileError) Error() string { return strings.Join(e.Lines, "\n") }

// Unwrap gives the Problems, where there are any.
func (e *FileError) Unwrap() error { return e.Problems.Err() }

// Parse reads a project file, YAML 1.2 core schema or JSON, of at most 4 MB, and checks its shape. What needs the rest of the project,
// which a file may leave out, is for Check. Its error is a *FileError.
func Parse(filename string, source []byte) (*File, error) {
	v, places, faults := read(source)
	if faults != nil {
		return nil, faultError(filename, faults)
	}
	f := &File{Name: filename, value: v, places: places, lines: strings.Split(strings.TrimPrefix(string(source), "\ufeff"), "\n")}
	p, problems := DecodeProject(v)
	if err := f.Err(problems); err != nil {
		return nil, err
	}
	f.Project = p
	return f, nil
}

func faultError(filename string, faults []fault) *FileError {
	e := &FileError{}
	for _, fault := range faults {
		e.Lines = append(e.Lines, line(filename, fault.line, fault.col, fault.message, fault.hint))
	}
	return e
}

func line(filename string, line, col int, message, hint string) string {
	text := fmt.Sprintf("%s:%d:%d: %s", filename, line, col, message)
	if hint != "" {
		text += "; " + hint
	}
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(text)
}

// Err gives later Problems of the file's project, those of a compiled plan for instance, the file's name, line and column. It
// answers nil where there is no problem, else a *FileError.
func (f *File) Err(problems engine.Problems) error {
	if len(problems) == 0 {
		return nil
	}
	type placed struct {
		problem   engine.Problem
		line, col int
		text      string
	}
	all := make([]placed, len(problems))
	for i, problem := range problems {
		at, col, message := f.locate(problem)
		all[i] = placed{problem, at, col, line(f.Name, at, col, message, problem.Hint)}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Or(a.line-b.line, a.col-b.col) })
	all = slices.CompactFunc(all, func(a, b placed) bool { return a.text == b.text })
	e := &FileError{}
	for _, p := range all {
		e.Lines = append(e.Lines, p.text)
		e.Problems = append(e.Problems, p.problem)
	}
	return e
}

// locate finds a problem's place. Where its path does not stand in the file, the message names the rest of it.
func (f *File) locate(problem engine.Problem) (line, col int, message string) {
	path := f.written(problem.Path)
	at, depth := f.places.find(path)
	message = problem.Message
	if rest := path[depth:]; len(rest) > 0 {
		message = strings.Join(rest, ".") + ": " + message
	}
	switch {
	case depth < len(path) || problem.Offset == 0:
		line, col = at.line, at.col
		if at.keyLine > 0 && (at.col == 0 || line != at.keyLine && !at.scalar()) {
			line, col = at.keyLine, at.keyCol
		}
	case problem.Offset < 0:
		if line, col = at.keyLine, at.keyCol; line == 0 {
			line, col = at.line, at.col
		}
	default:
		text, _ := f.at(path).Text()
		line, col = at.inside(f.lines, text, problem.Offset)
	}
	return max(line, 1), max(col, 1), message
}

// scalar reports whether nothing stands inside p.
func (p *place) scalar() bool { return len(p.kids) == 0 }

// written gives the path as it stands in the file: what `crud` made stands there.
func (f *File) written(path []string) []string {
	if f.Project != nil && len(path) > 1 && path[0] == "endpoints" {
		if t := f.Project.CrudTable(path[1]); t != nil {
			return []string{"tables", t.Name, "crud"}
		}
	}
	return path
}

// at gives the JSON value at path.
func (f *File) at(path []string) raw.Value {
	v := f.value
	for _, part := range path {
		if v.Kind() == raw.Array {
			v = v.Index(index(part))
		} else {
			v = v.Get(part)
		}
	}
	return v
}

func index(part string) int {
	n := -1
	if _, err := fmt.Sscanf(part, "%d", &n); err != nil {
		return -1
	}
	return n
}
