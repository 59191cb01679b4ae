package middleware

import "github.com/sayrud/sayrud/engine/definition"

// Manifest gives every middleware with the JSON Schema of its settings, for the schema of the project file.
func Manifest() []definition.Middleware {
	var list []definition.Middleware
	for _, d := range Definitions() {
		list = append(list, definition.Middleware{Name: d.Name, Doc: d.Doc, Schema: d.Schema()})
	}
	return list
}
