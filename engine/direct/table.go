package direct

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/value"
)

// MaxBulk bounds what is read or changed at once, in records.
const MaxBulk = 1000

// A Table is a table of a project, as somebody may use it.
type Table struct {
	Project *engine.Project
	Def     *engine.Table
	Hidden  bool       // hidden fields exist
	Lang    value.Lang // of refusals
}

// Reveal lists the hidden fields that are shown.
func (t *Table) Reveal() []string {
	if !t.Hidden {
		return nil
	}
	var names []string
	for name, f := range t.Def.Fields.All() {
		if f.Hidden {
			names = append(names, name)
		}
	}
	return names
}

var uidFilter = raw.Value(`{"uid":"$params.uid"}`)

// ByUID is an endpoint for the record whose uid is the parameter uid.
func (t *Table) ByUID(kind engine.EndpointKind) *engine.Endpoint {
	ep := t.endpoint(kind)
	ep.Filter = uidFilter
	ep.Params.Set("uid", &engine.Param{Name: "uid", Type: engine.TypeText})
	return ep
}

// Create is an endpoint that makes a record; Writable declares its parameters.
func (t *Table) Create() *engine.Endpoint { return t.endpoint(engine.Create) }

func (t *Table) endpoint(kind engine.EndpointKind) *engine.Endpoint {
	return &engine.Endpoint{Name: "record", Kind: kind, Route: engine.Route{Method: "POST", Path: "/record"}, Table: t.Def.Name, Reveal: t.Reveal()}
}
