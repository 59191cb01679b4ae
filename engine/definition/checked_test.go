package definition_test

import "github.com/sayrud/sayrud/engine/definition"

// parseWhole parses a file that leaves nothing out, and checks it.
func parseWhole(name string, source []byte) (*definition.File, error) {
	f, err := definition.Parse(name, source)
	if err != nil {
		return nil, err
	}
	if err := f.Err(definition.Check(f.Project)); err != nil {
		return nil, err
	}
	return f, nil
}
