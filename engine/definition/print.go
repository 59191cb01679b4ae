package definition

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// lineWidth is how long a line in flow style may get, in characters.
const lineWidth = 120

// Print gives the project file of p, the same bytes for the same words: block style, with short objects and lists in one line.
// Parse of it gives p again. Where expand is set, the endpoints that `crud` makes are written out in its place.
func Print(p *engine.Project, expand bool) []byte {
	if expand {
		p = expanded(p)
	}
	text, err := json.Marshal(p)
	if err != nil {
		panic("print project " + p.Name + ": " + err.Error()) // values in words are valid JSON
	}
	w := &printer{}
	w.members(raw.Value(text), 0, nil)
	return []byte(w.out.String())
}

// expanded gives a copy of p in which crud is written out.
func expanded(p *engine.Project) *engine.Project {
	whole := *p
	whole.Tables, whole.Endpoints = p.Tables.Clone(), p.Endpoints.Clone()
	for name, t := range p.Tables.All() {
		if t.Crud == nil {
			continue
		}
		for _, ep := range p.CrudEndpoints(t) {
			whole.Endpoints.Set(ep.Name, ep)
		}
		plain := *t
		plain.Crud = nil
		whole.Tables.Set(name, &plain)
	}
	return &whole
}

// A printer writes YAML.
type printer struct {
	out strings.Builder
}

// members writes an object in block style, one name a line.
func (w *printer) members(v raw.Value, indent int, path []string) {
	first := true
	for key, member := range v.Members {
		if !first || len(path) == 0 {
			w.pad(indent)
		}
		first = false
		name, _ := key.Text()
		long := len(name) > 120
		if long {
			w.out.WriteString("? ")
		}
		w.out.WriteString(quoteKey(name))
		if long {
			w.out.WriteByte('\n')
			w.pad(indent)
		}
		w.out.WriteByte(':')
		w.value(member, indent, below(path, name))
	}
}

// value writes what stands behind a name, from its space to the end of the line.
func (w *printer) value(v raw.Value, indent int, path []string) {
	used := w.column()
	switch {
	case w.flows(v, used, path):
		w.out.WriteByte(' ')
		w.out.WriteString(flow(v, false))
		w.out.WriteByte('\n')
	case v.Kind() == raw.String:
		text, _ := v.Text()
		w.block(text, indent+2)
	case v.Kind() == raw.Array:
		w.out.WriteByte('\n')
		w.items(v, indent+2, path)
	default:
		w.out.WriteByte('\n')
		w.pad(indent + 2)
		w.members(v, indent+2, path)
	}
}

// items writes a list in block style, each item behind a dash.
func (w *printer) items(v raw.Value, indent int, path []string) {
	for i, item := range v.Items {
		at := below(path, itoa(i))
		w.pad(indent)
		w.out.WriteByte('-')
		if item.Kind() == raw.Object && !w.flows(item, w.column(), at) && item.Len() > 0 {
			w.out.WriteByte(' ')
			w.members(item, indent+2, at)
			continue
		}
		w.value(item, indent, at)
	}
}

func (w *printer) pad(n int) { w.out.WriteString(strings.Repeat(" ", n)) }

func (w *printer) column() int {
	text := w.out.String()
	return utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])
}

// flows reports whether v is written in one line. Tables, endpoints, fields and parameters have lines of their own.
func (w *printer) flows(v raw.Value, used int, path []string) bool {
	switch v.Kind() {
	case raw.String:
		text, _ := v.Text()
		return !fitsBlock(text)
	case raw.Array, raw.Object:
	default:
		return true
	}
	if v.Len() == 0 {
		return true
	}
	if spread(v, path) || hasBlock(v) {
		return false
	}
	return used+1+utf8.RuneCountInString(flow(v, false)) <= lineWidth
}

// spread reports whether the object at path always has a line for each member.
func spread(v raw.Value, path []string) bool {
	last := path[len(path)-1]
	if path[0] == "tables" || path[0] == "endpoints" {
		return len(path) <= 2 || len(path) == 3 && (last == "fields" || last == "params" && hasContent(v))
	}
	return path[0] == "defaults" && len(path) == 1
}

func hasContent(v raw.Value) bool {
	for _, member := range v.Members {
		if member.Len() > 0 {
			return true
		}
	}
	return false
}

// hasBlock reports whether a text inside v wants several lines.
func hasBlock(v raw.Value) bool {
	for key, member := range v.Members {
		if hasBlock(member) || len(key) > 120 {
			return true
		}
	}
	for _, item := range v.Items {
		if hasBlock(item) {
			return true
		}
	}
	text, _ := v.Text()
	return v.Kind() == raw.String && fitsBlock(text)
}

// flow gives v in one line.
func flow(v raw.Value, inside bool) string {
	var parts []string
	switch v.Kind() {
	case raw.String:
		text, _ := v.Text()
		return quote(text, inside)
	case raw.Object:
		for key, member := range v.Members {
			name, _ := key.Text()
			parts = append(parts, quoteKey(name)+": "+flow(member, true))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case raw.Array:
		for _, item := range v.Items {
			parts = append(parts, flow(item, true))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return string(v)
}
