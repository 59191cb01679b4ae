package tree

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Markdown file is the fields as YAML between two lines "---", and below them the text of the field `body`, which ends with one line end
// of the file's own.

const fence = "---\n"

// markdownFile writes a record.
func (t *Table) markdownFile(record raw.Value) []byte {
	front := &yaml.Node{Kind: yaml.MappingNode}
	body := ""
	record.Members(func(key, v raw.Value) bool {
		name, _ := key.Text()
		switch {
		case name == "version":
		case t.format.body != nil && name == t.format.body.Name:
			body, _ = v.Text()
		default:
			front.Content = append(front.Content, textNode(name), yamlOf(v))
		}
		return true
	})
	var out bytes.Buffer
	out.WriteString(fence)
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	_ = encoder.Encode(front) // into memory, of what JSON can say
	_ = encoder.Close()
	out.WriteString(fence)
	if body != "" {
		out.WriteString(body)
		out.WriteByte('\n')
	}
	return out.Bytes()
}

func textNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

// yamlOf turns JSON into YAML; lists and objects are written in one line.
func yamlOf(v raw.Value) *yaml.Node {
	switch v.Kind() {
	case raw.String:
		text, _ := v.Text()
		return textNode(text)
	case raw.Array:
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, item := range v.Items {
			n.Content = append(n.Content, yamlOf(item))
		}
		return n
	case raw.Object:
		n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		v.Members(func(key, v raw.Value) bool {
			name, _ := key.Text()
			n.Content = append(n.Content, textNode(name), yamlOf(v))
			return true
		})
		return n
	case raw.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: string(v)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: string(v)}
}

// parseMarkdown reads a file into an object of the names of fields. Without front matter all of it is the body.
func (t *Table) parseMarkdown(content []byte) (raw.Value, error) {
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	front, body := "", text
	if rest, ok := strings.CutPrefix(text, fence); ok {
		var closed bool
		if front, body, closed = cutFence(rest); !closed {
			return nil, engine.Errorf(engine.Invalid, `The front matter that begins with "---" is not closed by another line "---".`)
		}
	}
	object := raw.Value("{}")
	if strings.TrimSpace(front) != "" {
		var err error
		if object, err = t.frontMatter(front); err != nil {
			return nil, err
		}
	}
	switch {
	case t.format.body != nil:
		object = with(object, t.format.body.Name, raw.Text(strings.TrimSuffix(body, "\n")))
	case strings.TrimSpace(body) != "":
		return nil, engine.Errorf(engine.Invalid, "No field of %s holds the text below the front matter.", t.Def.Name)
	}
	return object, nil
}

// cutFence splits at the line that closes the front matter.
func cutFence(text string) (front, body string, closed bool) {
	if body, ok := strings.CutPrefix(text, fence); ok {
		return "", body, true
	}
	if front, body, ok := strings.Cut(text, "\n"+fence); ok {
		return front + "\n", body, true
	}
	front, closed = strings.CutSuffix(text, "\n---")
	return front, "", closed
}

func (t *Table) frontMatter(front string) (raw.Value, error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(front), &document); err != nil {
		return nil, engine.Errorf(engine.Invalid, "The front matter is no YAML: %s.", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(document.Content) == 0 {
		return raw.Value("{}"), nil
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, engine.Errorf(engine.Invalid, "The front matter must be names with values, one a line.")
	}
	return t.jsonObject(root, 0)
}

// maxDepth bounds lists and objects inside one another.
const maxDepth = 32

// jsonObject turns a mapping into JSON. At the top the fields' types say what a plain scalar is: `title: 2024` is a text.
func (t *Table) jsonObject(n *yaml.Node, depth int) (raw.Value, error) {
	b := raw.Value{'{'}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if n.Content[i].Kind != yaml.ScalarNode || seen[name] {
			return nil, engine.Errorf(engine.Invalid, "The front matter names %s twice, or by something else than a word (line %d).", name, n.Content[i].Line+1)
		}
		seen[name] = true
		v, err := t.jsonValue(n.Content[i+1], depth, depth == 0 && t.isText(name))
		if err != nil {
			return nil, err
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(raw.AppendString(b, name), ':'), v...)
	}
	return append(b, '}'), nil
}

func (t *Table) isText(name string) bool {
	f, found := t.Def.Fields.Get(name)
	if !found {
		return false
	}
	switch f.Type {
	case engine.TypeText, engine.TypeEmail, engine.TypeURL, engine.TypeEnum, engine.TypeDate, engine.TypeDatetime, engine.TypeReference:
		return true
	}
	return false
}

func (t *Table) jsonValue(n *yaml.Node, depth int, asText bool) (raw.Value, error) {
	switch {
	case depth > maxDepth:
		return nil, engine.Errorf(engine.Invalid, "The front matter nests deeper than %d.", maxDepth)
	case n.Kind == yaml.MappingNode:
		return t.jsonObject(n, depth+1)
	case n.Kind == yaml.SequenceNode:
		b := raw.Value{'['}
		for i, item := range n.Content {
			v, err := t.jsonValue(item, depth+1, false)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, v...)
		}
		return append(b, ']'), nil
	case n.Kind != yaml.ScalarNode:
		return nil, engine.Errorf(engine.Invalid, "The front matter has an alias in line %d; write the value itself.", n.Line+1)
	}
	return jsonScalar(n, asText), nil
}

// jsonScalar turns a scalar into JSON, by the types of YAML 1.2's core schema.
func jsonScalar(n *yaml.Node, asText bool) raw.Value {
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		return raw.NullValue
	case asText:
		return raw.Text(n.Value)
	case tag == "!!bool":
		return raw.Value(strconv.FormatBool(strings.EqualFold(n.Value, "true")))
	case tag == "!!int" || tag == "!!float":
		if v, err := raw.Valid([]byte(n.Value), raw.Limits{}); err == nil && v.Kind() == raw.Number {
			return v
		}
	}
	return raw.Text(n.Value)
}
