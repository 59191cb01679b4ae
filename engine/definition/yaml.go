package definition

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sayrud/sayrud/engine/raw"
)

// The bounds of a project file.
const (
	maxSourceBytes = 4 << 20
	maxValueBytes  = 16 << 20 // of the JSON it means, aliases expanded
	maxNodes       = 500_000  // aliases expanded
	maxDepth       = 64
	maxFaults      = 100
)

// A fault is what is wrong with the text itself.
type fault struct {
	line, col     int
	message, hint string
}

// A reader turns a YAML tree into JSON text and the places of its values.
type reader struct {
	lines  []string
	out    []byte
	nodes  int
	faults []fault
	full   bool
}

// read gives the JSON that source means. A source with faults gives no value.
func read(source []byte) (raw.Value, *place, []fault) {
	if faults := checkBytes(source); faults != nil {
		return nil, nil, faults
	}
	source = []byte(strings.TrimPrefix(string(source), "\ufeff"))
	if v, err := raw.Valid(source, raw.Limits{Depth: maxDepth}); err == nil && v.Kind() == raw.Object {
		j := &jsonReader{source: source, line: 1}
		places := j.value(v)
		if j.nodes > maxNodes {
			return nil, nil, []fault{{1, 1, "the file is too large", fmt.Sprintf("at most %d values", maxNodes)}}
		}
		return v, places, nil
	}
	progress := &progressReader{source: source}
	dec := yaml.NewDecoder(progress)
	var document yaml.Node
	if err := decode(dec, &document); errors.Is(err, io.EOF) {
		return nil, nil, []fault{{1, 1, "the file is empty", "project: name"}}
	} else if err != nil {
		return nil, nil, []fault{syntaxFault(source, err)}
	}
	r := &reader{lines: strings.Split(string(source), "\n")}
	if len(document.Content) == 1 {
		root := r.value(document.Content[0], 1)
		var next yaml.Node
		if err := decode(dec, &next); err == nil {
			r.refuse(&next, "one file defines one project", "put what stands below --- into a file of its own")
		} else if !errors.Is(err, io.EOF) {
			return nil, nil, []fault{syntaxFault(source, err)}
		}
		if len(r.faults) == 0 {
			return r.out, root, nil
		}
	}
	return nil, nil, r.faults
}

// decode calls the library, which reports some broken texts by a panic of its own.
func decode(dec *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("read YAML: %v", r)
		}
	}()
	return dec.Decode(into)
}

func (r *reader) refuse(n *yaml.Node, message, hint string) {
	if len(r.faults) < maxFaults {
		r.faults = append(r.faults, fault{n.Line, n.Column, message, hint})
	}
}

// value appends the JSON of n and gives its place.
func (r *reader) value(n *yaml.Node, depth int) *place {
	at := &place{line: n.Line, col: n.Column, style: styleOf(n)}
	if r.nodes++; r.full || r.nodes > maxNodes || len(r.out) > maxValueBytes {
		if !r.full {
			r.refuse(n, "the file is too large, or its aliases make it so", fmt.Sprintf("at most %d values", maxNodes))
		}
		r.full = true
		return at
	}
	if depth > maxDepth {
		r.refuse(n, "nested too deep", fmt.Sprintf("at most %d levels", maxDepth))
		r.full = true
		return at
	}
	if n.Kind != yaml.AliasNode && n.Style&yaml.TaggedStyle != 0 && n.Tag != "!!str" {
		r.refuse(n, fmt.Sprintf("the tag %s means nothing here", n.Tag), "quote this text")
	}
	switch n.Kind {
	case yaml.AliasNode:
		inner := r.value(n.Alias, depth+1)
		at.kids, at.style = inner.kids, plain
	case yaml.MappingNode:
		r.object(n, at, depth)
	case yaml.SequenceNode:
		r.out = append(r.out, '[')
		for i, item := range n.Content {
			if i > 0 {
				r.out = append(r.out, ',')
			}
			at.put(strconv.Itoa(i), r.value(item, depth+1))
		}
		r.out = append(r.out, ']')
	default:
		r.scalar(n)
	}
	return at
}

func (r *reader) object(n *yaml.Node, at *place, depth int) {
	r.out = append(r.out, '{')
	first := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		switch line, twice := first[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			r.refuse(key, "a name is a text", "quote this text")
			continue
		case key.Tag == "!!merge":
			r.refuse(key, "the merge key << is not part of the project file", "write the entries out")
			continue
		case twice:
			r.refuse(n.Content[i], fmt.Sprintf("%q stands twice", key.Value), fmt.Sprintf("it is also in line %d", line))
			continue
		}
		r.cutKey(key)
		first[key.Value] = key.Line
		if len(first) > 1 {
			r.out = append(r.out, ',')
		}
		r.out = raw.AppendString(r.out, key.Value)
		r.out = append(r.out, ':')
		kid := r.value(value, depth+1)
		kid.keyLine, kid.keyCol = n.Content[i].Line, n.Content[i].Column
		at.put(key.Value, kid)
	}
	r.out = append(r.out, '}')
}

func (r *reader) scalar(n *yaml.Node) {
	if strings.ContainsRune(n.Value, 0) {
		r.refuse(n, "a text cannot hold U+0000", "")
	}
	if styleOf(n) != plain || n.Style&yaml.TaggedStyle != 0 {
		r.out = raw.AppendString(r.out, n.Value)
		return
	}
	r.cutText(n)
	v, ok := resolve(n.Value)
	if !ok {
		r.refuse(n, fmt.Sprintf("%s is no number of JSON", n.Value), "quote this text")
	}
	r.out = append(r.out, v...)
}

func styleOf(n *yaml.Node) style {
	switch {
	case n.Kind != yaml.ScalarNode:
		return plain
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return double
	case n.Style&yaml.SingleQuotedStyle != 0:
		return single
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return block
	}
	return plain
}
