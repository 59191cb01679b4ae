package plan

import (
	"slices"

	"github.com/sayrud/sayrud/engine"
)

// Tables gives the tables an endpoint's plan may depend on and its answer be made of: its own, those of its includes, sources and
// guards, and all that references lead to from there.
func Tables(p *engine.Project, ep *engine.Endpoint) []*engine.Table {
	u := uses{project: p}
	u.visit(ep.Table)
	u.includes(&ep.Include)
	for _, s := range ep.Sources.All() {
		u.visit(s.Table)
		u.includes(&s.Include)
	}
	for _, g := range ep.Guards {
		for _, q := range []*engine.GuardQuery{g.Exists, g.NotExists, g.Count} {
			if q != nil {
				u.visit(q.Table)
			}
		}
	}
	return u.tables
}

// SignedLinks reports whether records of these tables may hold files whose links are signed, and last for a while only.
func SignedLinks(p *engine.Project, tables []*engine.Table) bool {
	return slices.ContainsFunc(tables, func(t *engine.Table) bool {
		for _, f := range t.Fields.All() {
			if f.Type == engine.TypeFile && !fileField(p, t, f).Public {
				return true
			}
		}
		return false
	})
}

type uses struct {
	project *engine.Project
	tables  []*engine.Table
}

func (u *uses) visit(name string) {
	t, found := u.project.Tables.Get(name)
	if !found || slices.Contains(u.tables, t) {
		return
	}
	u.tables = append(u.tables, t)
	for _, f := range t.Fields.All() {
		if f.To != "" {
			u.visit(f.To)
		}
	}
}

func (u *uses) includes(m *engine.Map[*engine.Include]) {
	for _, i := range m.All() {
		u.visit(i.Table)
		u.includes(&i.Include)
	}
}

// Steps gives the onion of an endpoint: its own, or the project's default.
func Steps(p *engine.Project, ep *engine.Endpoint) []engine.Step {
	if ep.Middlewares == nil && p.Defaults != nil {
		return p.Defaults.Middlewares
	}
	return ep.Middlewares
}

// Watched gives the tables whose changes must be known: those that an endpoint with a cache answers from.
func Watched(p *engine.Project) []*engine.Table {
	var tables []*engine.Table
	for _, ep := range p.AllEndpoints() {
		if !ep.IsEnabled() || !slices.ContainsFunc(Steps(p, ep), func(s engine.Step) bool { return s.Name == "cache" }) || Writes(ep) {
			continue
		}
		for _, t := range Tables(p, ep) {
			if !slices.Contains(tables, t) {
				tables = append(tables, t)
			}
		}
	}
	return tables
}

// Writes reports whether the endpoint's main changes records.
func Writes(ep *engine.Endpoint) bool {
	return ep.Kind == engine.Create || ep.Kind == engine.Update || ep.Kind == engine.Delete
}

// Touched gives the tables that a change of t's records by an operation of the kind may change: t, and for DELETE those that on_delete
// reaches.
func Touched(p *engine.Project, t *engine.Table, kind engine.EndpointKind) []*engine.Table {
	touched := []*engine.Table{t}
	if kind != engine.Delete {
		return touched
	}
	for i := 0; i < len(touched); i++ {
		for _, other := range p.Tables.All() {
			for _, f := range other.Fields.All() {
				if f.To == touched[i].Name && (f.OnDelete == engine.Cascade || f.OnDelete == engine.SetNull) && !slices.Contains(touched, other) {
					touched = append(touched, other)
				}
			}
		}
	}
	return touched
}

// IDs gives the ids of tables.
func IDs(tables []*engine.Table) []int {
	ids := make([]int, len(tables))
	for i, t := range tables {
		ids[i] = t.ID
	}
	return ids
}
