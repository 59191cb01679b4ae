package main

import (
	"github.com/sayrud/sayrud/engine/definition"
	"github.com/sayrud/sayrud/engine/middleware"
)

type schemaCommand struct{}

// Run prints the JSON Schema of the project file, by which editors complete it.
func (*schemaCommand) Run(t terminal) error {
	_, err := t.Out.Write(definition.JSONSchema(middleware.Manifest()))
	return err
}
