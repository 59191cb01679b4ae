package catalog

import (
	"encoding/json"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// encode gives the stored form of a definition, without the members named in but.
func encode(v any, but ...string) raw.Value {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the words have no value that JSON has not
	}
	if len(but) == 0 {
		return text
	}
	out := raw.Value{'{'}
	raw.Value(text).Members(func(key, value raw.Value) bool {
		for _, name := range but {
			if raw.EqualString(key, name) {
				return true
			}
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, key...), ':'), value...)
		return true
	})
	return append(out, '}')
}

// tableText is the stored form of a table: without its fields, which have rows of their own.
func tableText(t *engine.Table) raw.Value {
	bare := *t
	bare.Fields, bare.Was = engine.Map[*engine.Field]{}, ""
	return encode(&bare)
}

func fieldText(f *engine.Field) raw.Value { return encode(f, "was") }

func endpointText(e *engine.Endpoint) raw.Value { return encode(e, "was") }

func decodeTable(name string, text []byte) (*engine.Table, error) {
	t := &engine.Table{}
	if err := json.Unmarshal(text, t); err != nil {
		return nil, err
	}
	t.Name = name
	return t, nil
}

func decodeField(name string, text []byte) (*engine.Field, error) {
	f := &engine.Field{}
	if err := json.Unmarshal(text, f); err != nil {
		return nil, err
	}
	f.Name = name
	return f, nil
}

func decodeEndpoint(name string, text []byte) (*engine.Endpoint, error) {
	e := &engine.Endpoint{}
	if err := json.Unmarshal(text, e); err != nil {
		return nil, err
	}
	e.Name = name
	for n, p := range e.Params.All() {
		p.Name = n
	}
	return e, nil
}
