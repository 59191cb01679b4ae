package rest

import (
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/middleware"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
)

// A secretUse is a setting that refers to a secret. What the secret is, nobody is told.
type secretUse struct {
	Source    string      `json:"source"`    // endpoint, table, defaults
	Name      string      `json:"name"`      // of the endpoint or table
	Setting   string      `json:"setting"`   // "webhook.headers.X-Key"
	Kind      secret.Kind `json:"kind"`      // env, file, stored
	Reference string      `json:"reference"` // the variable, the file
	Error     string      `json:"error"`     // why there is no value
}

// secrets lists what in the project refers to secrets, in the order of the definition.
func (s *Server) secrets(c *call, _ *none) (list[secretUse], error) {
	l := list[secretUse]{Items: []secretUse{}}
	of := func(source, name string, steps []engine.Step) {
		for _, step := range steps {
			middleware.MapSecrets(step, func(use string, path []string, v raw.Value) raw.Value {
				if ref, _, message := secret.Parse(v); v != nil && message == "" {
					l.Items = append(l.Items, s.secretUse(c.project.ID, use, secretUse{
						Source: source, Name: name, Setting: step.Name + "." + strings.Join(path, "."), Kind: ref.Kind, Reference: ref.Name,
					}))
				}
				return v
			})
		}
	}
	if c.project.Defaults != nil {
		of("defaults", "", c.project.Defaults.Middlewares)
	}
	for name, t := range c.project.Tables.All() {
		of("table", name, t.OnWrite)
	}
	for name, e := range c.project.Endpoints.All() {
		of("endpoint", name, e.Middlewares)
	}
	return l, nil
}

// secretUse says of a use why it has no value.
func (s *Server) secretUse(project int, use string, u secretUse) secretUse {
	if _, err := s.cfg.Secrets.Lookup(project, use, secret.Reference{Kind: u.Kind, Name: u.Reference}); err != nil {
		u.Error = err.Error()
	}
	return u
}
