package direct

import (
	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

// A Selection is a list of records that somebody asks for.
type Selection struct {
	Filter raw.Value // of the project file, its values plain data; null is all
	Sort   []string  // names, a minus before those that descend; none: newest first
	Fields []string  // names; none: all
	Page   int       // from 1
	Size   int       // records of a page, up to MaxBulk; 0 is 50
	Total  bool      // count all matches
	Cursor bool      // the parameter cursor instead of Page says where the page begins
	Skip   int       // behind the cursor
}

// List puts the LIST together that a selection asks for.
func (t *Table) List(in Selection) (*engine.Endpoint, error) {
	filter, err := PlainFilter(in.Filter)
	if err != nil {
		return nil, err
	}
	if err := t.checkNames(filter, append(in.Sort, in.Fields...)); err != nil {
		return nil, err
	}
	ep := &engine.Endpoint{
		Name: "records", Kind: engine.List, Route: engine.Route{Method: "GET", Path: "/records"}, Table: t.Def.Name, Filter: filter, Reveal: t.Reveal(),
		Page: &engine.Page{Number: raw.Int(max(in.Page, 1)), Size: raw.Int(PageSize(in.Size)), Total: in.Total},
	}
	if in.Cursor {
		ep.Params.Set("cursor", &engine.Param{Name: "cursor", Type: engine.TypeText})
		ep.Page = &engine.Page{Cursor: raw.Text("$params.cursor"), Size: raw.Int(PageSize(in.Size)), Skip: max(in.Skip, 0), Total: in.Total}
	}
	if len(in.Sort) > 0 {
		if ep.Sort, err = raw.Of(in.Sort); err != nil {
			return nil, err
		}
	}
	if len(in.Fields) > 0 {
		ep.Response = &engine.Response{Body: selection(in.Fields)}
	}
	return ep, nil
}

// PageSize gives the size of a page that somebody asked for: 50 where it is not said, MaxBulk at most.
func PageSize(asked int) int {
	switch {
	case asked <= 0:
		return 50
	case asked > MaxBulk:
		return MaxBulk
	}
	return asked
}

// selection is the template of a list of chosen fields; the uid and the version are always there.
func selection(fields []string) raw.Value {
	b := raw.Value(`{"items":[{"$each":"$records","uid":"$record.uid","version":"$record.version"`)
	for _, name := range fields {
		if name == "uid" || name == "version" || !engine.ValidMemberName(name) {
			continue
		}
		b = append(raw.AppendString(append(b, ','), name), ':')
		b = raw.AppendString(b, "$record."+name)
	}
	return append(b, `}],"page":"$page","size":"$size","total":"$total","next":"$next"}`...)
}
