package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
)

// A secretID names a secret of a project: the setting it serves and the reference to it.
type secretID struct{ use, reference string }

// secretsIn are the secrets that a file or an edit brings.
type secretsIn struct {
	named    map[secretID]bool // by references
	typed    map[secretID]secret.Value
	problems engine.Problems
}

// mapSteps gives the steps with each secret as change gives it; path leads to it from the root of the project file. Where nothing
// changes, the steps themselves are given.
func (c *Catalog) mapSteps(steps []engine.Step, at []string, change func(i int, use string, path []string, v raw.Value) raw.Value) []engine.Step {
	out := steps
	for i, s := range steps {
		now := c.mapSecrets(s, func(use string, path []string, v raw.Value) raw.Value {
			return change(i, use, slices.Concat(at, []string{strconv.Itoa(i), s.Name}, path), v)
		})
		if string(now.Settings) == string(s.Settings) {
			continue
		}
		if &out[0] == &steps[0] {
			out = slices.Clone(steps)
		}
		out[i] = now
	}
	return out
}

// takeSecrets prepares the file of a merge for the definition it becomes: a secret that is left out is the one that is there, and one
// that is typed becomes a reference to what will be stored. It comes before anything compares or reports.
func (c *Catalog) takeSecrets(m *merge, typing bool) *secretsIn {
	in := &secretsIn{named: map[secretID]bool{}, typed: map[secretID]secret.Value{}}
	if c.mapSecrets == nil {
		return in
	}
	take := func(steps, before []engine.Step, at ...string) []engine.Step {
		var was map[string]raw.Value
		return c.mapSteps(steps, at, func(i int, use string, path []string, v raw.Value) raw.Value {
			if v != nil {
				return in.take(use, path, v, typing)
			}
			if was == nil {
				was = c.secretsOf(before)
			}
			kept := was[secretPlace(steps, i, path[len(at)+2:])]
			if kept != nil {
				in.take(use, path, kept, typing)
			}
			return kept
		})
	}
	for name, ep := range m.file.Endpoints.All() {
		present, _ := m.renamed.Endpoints.Get(name)
		var before []engine.Step
		if present != nil {
			if m.follow && ep == m.before.endpoints[present.ID] {
				continue
			}
			before = present.Middlewares
		}
		if now := take(ep.Middlewares, before, "endpoints", name, "middlewares"); !sameSteps(now, ep.Middlewares) {
			changed := *ep
			changed.Middlewares = now
			m.file.Endpoints.Set(name, &changed)
		}
	}
	for name, t := range m.file.Tables.All() {
		present, _ := m.renamed.Tables.Get(name)
		if present == nil {
			present = &engine.Table{}
		} else if m.follow && t == m.before.tables[present.ID] {
			continue
		}
		onWrite := take(t.OnWrite, present.OnWrite, "tables", name, "on_write")
		crud := take(crudSteps(t), crudSteps(present), "tables", name, "crud")
		if sameSteps(onWrite, t.OnWrite) && sameSteps(crud, crudSteps(t)) {
			continue
		}
		changed := *t
		changed.OnWrite = onWrite
		if len(crud) > 0 {
			changed.Crud = withAuth(t.Crud, crud[0].Settings)
		}
		m.file.Tables.Set(name, &changed)
	}
	if d := m.file.Defaults; d != nil && (!m.follow || d != m.base.Defaults) {
		var before []engine.Step
		if m.renamed.Defaults != nil {
			before = m.renamed.Defaults.Middlewares
		}
		if now := take(d.Middlewares, before, "defaults", "middlewares"); !sameSteps(now, d.Middlewares) {
			m.file.Defaults = &engine.Defaults{Middlewares: now, Errors: d.Errors}
		}
	}
	return in
}

// take notes a secret that is written; a typed one becomes a reference.
func (in *secretsIn) take(use string, path []string, v raw.Value, typing bool) raw.Value {
	ref, typed, message := secret.Parse(v)
	switch {
	case message != "":
		return v // the checks say so
	case ref.Kind != secret.Typed:
		in.named[secretID{use, ref.String()}] = true
		return v
	case !typing:
		in.problems = append(in.problems, engine.Problemf(path, secret.Hint, "a secret does not stand in a project file"))
		return v
	}
	ref = secret.NewStored()
	in.typed[secretID{use, ref.String()}] = typed
	return ref.JSON()
}

// secretsOf gives the references in steps by their places.
func (c *Catalog) secretsOf(steps []engine.Step) map[string]raw.Value {
	found := map[string]raw.Value{}
	c.mapSteps(steps, nil, func(i int, _ string, path []string, v raw.Value) raw.Value {
		found[secretPlace(steps, i, path[2:])] = v
		return v
	})
	return found
}

// secretPlace names a setting inside steps: the middleware, which of those of its name it is, and the path.
func secretPlace(steps []engine.Step, i int, path []string) string {
	n := 0
	for _, s := range steps[:i] {
		if s.Name == steps[i].Name {
			n++
		}
	}
	return steps[i].Name + " " + strconv.Itoa(n) + " " + strings.Join(path, "\x00")
}

// crudSteps gives the step that a table's crud makes of its auth, where that has settings.
func crudSteps(t *engine.Table) []engine.Step {
	if auth := t.Crud.Get("auth"); auth.Kind() == raw.Object {
		return []engine.Step{{Name: "auth", Settings: auth}}
	}
	return nil
}

// withAuth gives crud with other settings of its auth.
func withAuth(crud, settings raw.Value) raw.Value {
	b := raw.Value{'{'}
	for key, v := range crud.Members {
		if raw.EqualString(key, "auth") {
			v = settings
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, key...), ':'), v...)
	}
	return append(b, '}')
}

// references gives the secrets that a project refers to, each with a place.
func (c *Catalog) references(p *engine.Project) map[secretID][]string {
	found := map[secretID][]string{}
	if c.mapSecrets == nil {
		return found
	}
	look := func(steps []engine.Step, at ...string) {
		c.mapSteps(steps, at, func(_ int, use string, path []string, v raw.Value) raw.Value {
			if ref, _, message := secret.Parse(v); message == "" {
				found[secretID{use, ref.String()}] = path
			}
			return v
		})
	}
	if p.Defaults != nil {
		look(p.Defaults.Middlewares, "defaults", "middlewares")
	}
	for name, t := range p.Tables.All() {
		look(t.OnWrite, "tables", name, "on_write")
		look(crudSteps(t), "tables", name, "crud")
	}
	for name, ep := range p.Endpoints.All() {
		look(ep.Middlewares, "endpoints", name, "middlewares")
	}
	return found
}

const selectSecrets = `
SELECT use, reference, sealed, key_id
FROM public.sl_secrets
WHERE project_id = $1`

func loadSecrets(ctx context.Context, q querier, project int) ([]secret.Sealed, error) {
	rows, err := q.Query(ctx, selectSecrets, project)
	if err != nil {
		return nil, err
	}
	return collectSecrets(rows)
}
