package value

import "github.com/sayrud/sayrud/engine/raw"

// SQLArg gives v as a parameter of a statement in PostgreSQL's text format: the text of a string, number or boolean, the JSON text
// of an array or object, nil (NULL) for null and absent. It allocates only for a string with escapes.
func SQLArg(v raw.Value) []byte {
	switch v.Kind() {
	case raw.Absent, raw.Null:
		return nil
	case raw.String:
		body := v[1 : len(v)-1]
		for _, c := range body {
			if c == '\\' {
				return raw.AppendText(make([]byte, 0, len(body)), v)
			}
		}
		return body
	}
	return v
}
