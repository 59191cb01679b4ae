package middleware

import (
	"strconv"

	"github.com/sayrud/sayrud/engine/raw"
)

// schemaOf prints properties as the JSON Schema (2020-12) of an object without others.
func schemaOf(properties []Property) raw.Value {
	b := raw.Value(`{"$schema":"https://json-schema.org/draft/2020-12/schema",`)
	return append(appendObject(b, properties), '}')
}

// appendObject prints the keywords of an object.
func appendObject(b []byte, properties []Property) []byte {
	b = append(b, `"type":"object","additionalProperties":false,"properties":{`...)
	var required []byte
	for i := range properties {
		p := &properties[i]
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
	return b
}

// secretSchema is a secret, as it is written: "value" is for the panel, which gets "stored" back.
const secretSchema = `"type":"object","minProperties":1,"maxProperties":1,"additionalProperties":false,"properties":{` +
	`"env":{"type":"string"},"file":{"type":"string"},"stored":{"type":"string"},"value":{"type":"string","writeOnly":true}}`

func (p *Property) appendSchema(b []byte) []byte {
	b = append(b, '{')
	switch {
	case p.Type == TypeSecret:
		b = append(b, `"x-secret":true,`+secretSchema...)
	case p.OrSecret:
		plain := *p
		plain.OrSecret, plain.Doc, plain.Default, plain.Example = false, "", nil, nil
		b = append(b, `"x-secret":true,"anyOf":[`...)
		b = append(plain.appendSchema(b), `,{`+secretSchema+`}]`...)
	default:
		b = p.appendType(b)
	}
	if p.Default != nil {
		b = append(append(b, `,"default":`...), p.Default...)
	}
	if p.Example != nil {
		b = append(append(append(b, `,"examples":[`...), p.Example...), ']')
	}
	if p.Doc != "" {
		b = raw.AppendString(append(b, `,"description":`...), p.Doc)
	}
	return append(b, '}')
}

func (p *Property) appendType(b []byte) []byte {
	switch {
	case p.Slot: // an expression may stand where the type would
		b = append(b, `"x-slot":true`...)
	case p.Type == TypeObject:
		return appendObject(b, p.Members)
	case p.Type == TypeArray:
		b = p.item().appendSchema(append(b, `"type":"array","items":`...))
		return p.appendBounds(b, "minItems", "maxItems")
	case p.Type == TypeMap:
		b = p.item().appendSchema(append(b, `"type":"object","additionalProperties":`...))
		return p.appendBounds(b, "minProperties", "maxProperties")
	case p.Type == TypeTexts:
		return append(b, `"anyOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]`...)
	case p.Type == TypeAny:
		return append(b, `"x-any":true`...)
	default:
		b = raw.AppendString(append(b, `"type":`...), p.Type)
	}
	b = p.appendBounds(b, "minimum", "maximum")
	if p.Values != nil {
		b = append(append(b, `,"enum":`...), textList(p.Values)...)
	}
	if p.Form != "" {
		b = raw.AppendString(append(b, `,"pattern":`...), p.Form)
	}
	return b
}

func (p *Property) appendBounds(b []byte, least, most string) []byte {
	if p.Min == 0 && p.Max == 0 {
		return b
	}
	b = strconv.AppendInt(append(raw.AppendString(append(b, ','), least), ':'), p.Min, 10)
	return strconv.AppendInt(append(raw.AppendString(append(b, ','), most), ':'), p.Max, 10)
}
