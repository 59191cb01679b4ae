package catalog

import "github.com/sayrud/sayrud/engine"

// ids finds the objects of a project that are stored.
type ids struct {
	tables    map[int]*engine.Table
	endpoints map[int]*engine.Endpoint
}

func idsOf(p *engine.Project) ids {
	x := ids{make(map[int]*engine.Table, p.Tables.Len()), make(map[int]*engine.Endpoint, p.Endpoints.Len())}
	for _, t := range p.Tables.All() {
		if t.ID != 0 {
			x.tables[t.ID] = t
		}
	}
	for _, e := range p.Endpoints.All() {
		if e.ID != 0 {
			x.endpoints[e.ID] = e
		}
	}
	return x
}

// fieldByID gives the stored field with that id, or nil; 0 is that of a field which is not stored yet.
func fieldByID(t *engine.Table, id int) *engine.Field {
	if t == nil || id == 0 {
		return nil
	}
	for _, f := range t.Fields.All() {
		if f.ID == id {
			return f
		}
	}
	return nil
}

func fieldsOf(t *engine.Table) []*engine.Field {
	fields := make([]*engine.Field, 0, t.Fields.Len())
	for _, f := range t.Fields.All() {
		fields = append(fields, f)
	}
	return fields
}
