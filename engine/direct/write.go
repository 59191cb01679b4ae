package direct

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

// Writable declares a parameter for each field that data names, and gives the values by name. It refuses names that are no fields, and
// fields that nobody writes.
func (t *Table) Writable(ep *engine.Endpoint, data raw.Value) (map[string]raw.Value, error) {
	if data.Kind() != raw.Object {
		return nil, engine.Errorf(engine.Invalid, "data must be an object.")
	}
	given := map[string]raw.Value{}
	var refused []engine.FieldError
	data.Members(func(key, v raw.Value) bool {
		name, _ := key.Text()
		f, found := t.Def.Fields.Get(name)
		switch {
		case !found || f.Hidden && !t.Hidden:
			refused = append(refused, engine.FieldError{Param: name, Label: name, Code: "unknown", Message: value.Sentence(t.Lang, "unknown", name)})
		case f.Type == engine.TypeGenerated || f.Type == engine.TypeAutonumber:
			refused = append(refused, engine.FieldError{Param: name, Label: f.DisplayLabel(), Code: "readonly", Message: value.Sentence(t.Lang, "readonly", f.DisplayLabel())})
		default:
			ep.Params.Set(name, &engine.Param{Name: name, In: engine.InBody})
			given[name] = v
		}
		return true
	})
	if refused != nil {
		return nil, &engine.Error{Code: engine.Invalid, Fields: refused}
	}
	return given, nil
}

// Demand declares the required fields that nothing fills, so that each one missing is told of as such.
func (t *Table) Demand(ep *engine.Endpoint) {
	for name, f := range t.Def.Fields.All() {
		if _, declared := ep.Params.Get(name); !declared && f.Stored() && f.Type != engine.TypeAutonumber && f.IsRequired() && f.Default == nil {
			ep.Params.Set(name, &engine.Param{Name: name, In: engine.InBody})
		}
	}
}
