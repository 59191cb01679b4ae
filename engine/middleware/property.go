package middleware

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Property describes one setting of a middleware: it checks the setting and prints its JSON Schema.
type Property struct {
	Name     string
	Doc      string
	Type     string                                 // of JSON Schema: "string", "integer", "boolean", "array" of strings
	Required bool                                   // must be there
	Slot     bool                                   // a string may hold an expression; the schema says "x-slot": true
	Default  raw.Value                              // for the form; nil is none
	Min, Max int64                                  // of an integer; both 0 is unbounded
	Form     string                                 // the JSON Schema "pattern" of a string, for the form
	Check    func(raw.Value) (message, hint string) // further; "" is good
}

// schemaOf prints properties as the JSON Schema (2020-12) of an object without others.
func schemaOf(properties []Property) raw.Value {
	b := raw.Value(`{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,"properties":{`)
	var required []byte
	for i, p := range properties {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(raw.AppendString(b, p.Name), ':')
		b = p.appendSchema(b)
		if p.Required {
			if required != nil {
				required = append(required, ',')
			}
			required = raw.AppendString(required, p.Name)
		}
	}
	b = append(b, '}')
	if required != nil {
		b = append(append(append(b, `,"required":[`...), required...), ']')
	}
	return append(b, '}')
}

func (p *Property) appendSchema(b []byte) []byte {
	b = append(b, '{')
	if p.Slot { // an expression may stand where the type would
		b = append(b, `"x-slot":true`...)
	} else {
		b = raw.AppendString(append(b, `"type":`...), p.Type)
	}
	if p.Type == "array" {
		b = append(b, `,"items":{"type":"string"}`...)
	}
	if p.Min != 0 || p.Max != 0 {
		b = strconv.AppendInt(append(b, `,"minimum":`...), p.Min, 10)
		b = strconv.AppendInt(append(b, `,"maximum":`...), p.Max, 10)
	}
	if p.Form != "" {
		b = raw.AppendString(append(b, `,"pattern":`...), p.Form)
	}
	if p.Default != nil {
		b = append(append(b, `,"default":`...), p.Default...)
	}
	b = raw.AppendString(append(b, `,"description":`...), p.Doc)
	return append(b, '}')
}

// checkSettings tells what is wrong with settings: no object, unknown and missing names, wrong types.
func checkSettings(settings raw.Value, properties []Property) engine.Problems {
	if settings.IsNull() {
		settings = raw.Value("{}")
	}
	if settings.Kind() != raw.Object {
		return engine.Problems{engine.Problemf(nil, "", "settings must be an object")}
	}
	var problems engine.Problems
	names := make([]string, len(properties))
	for i, p := range properties {
		names[i] = p.Name
		v := settings.Get(p.Name)
		switch {
		case v != nil:
			problems = append(problems, p.check(v).At(p.Name)...)
		case p.Required:
			problems = append(problems, engine.Problemf(nil, p.Doc, "the setting %s is missing", p.Name))
		}
	}
	settings.Members(func(key, _ raw.Value) bool {
		name, _ := key.Text()
		for _, known := range names {
			if known == name {
				return true
			}
		}
		hint := "there are " + joined(names)
		if near := engine.Near(name, names); near != "" {
			hint = "did you mean " + near + "?"
		} else if len(names) == 0 {
			hint = "it takes no settings"
		}
		problems = append(problems, engine.Problemf([]string{name}, hint, "unknown setting %s", name))
		return true
	})
	return problems
}

func (p *Property) check(v raw.Value) engine.Problems {
	wrong := func(format string, args ...any) engine.Problems {
		return engine.Problems{engine.Problemf(nil, p.Doc, format, args...)}
	}
	switch {
	case p.Slot:
	case p.Type == "string" && v.Kind() != raw.String:
		return wrong("must be a text")
	case p.Type == "boolean" && v.Kind() != raw.Bool:
		return wrong("must be true or false")
	case p.Type == "integer":
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil {
			return wrong("must be a whole number")
		}
		if (p.Min != 0 || p.Max != 0) && (n < p.Min || n > p.Max) {
			return wrong("must lie between %d and %d", p.Min, p.Max)
		}
	case p.Type == "array":
		bad := v.Kind() != raw.Array
		v.Items(func(_ int, item raw.Value) bool {
			bad = bad || item.Kind() != raw.String
			return !bad
		})
		if bad {
			return wrong("must be a list of texts")
		}
	}
	if p.Check != nil {
		if message, hint := p.Check(v); message != "" {
			return engine.Problems{engine.Problemf(nil, hint, "%s", message)}
		}
	}
	return nil
}

// texts gives the strings of a list.
func texts(v raw.Value) []string {
	var list []string
	v.Items(func(_ int, item raw.Value) bool {
		text, _ := item.Text()
		list = append(list, text)
		return true
	})
	return list
}

func joined(names []string) string {
	text := ""
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += name
	}
	return text
}
