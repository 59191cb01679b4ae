package main

import (
	"context"
	"fmt"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/catalog"
	"github.com/sayrud/sayrud/engine/definition"
)

type exportCommand struct {
	Project string `arg:"" help:"Name of the project."`
	Expand  bool   `help:"Print the endpoints that crud makes one by one."`
}

// Run prints a file that apply takes for the same project.
func (c *exportCommand) Run(ctx context.Context, t terminal, g *Globals) error {
	return g.with(ctx, t, func(in *instance) error {
		project, err := projectOf(in.catalog, c.Project)
		if err != nil {
			return err
		}
		_, err = t.Out.Write(definition.Print(project, c.Expand))
		return err
	})
}

// projectOf finds a project by name; its error says what the user may have meant.
func projectOf(c *catalog.Catalog, name string) (*engine.Project, error) {
	schema := c.Schema()
	if project := schema.Project(name); project != nil {
		return project, nil
	}
	names := make([]string, 0, len(schema.Projects))
	for other := range schema.Projects {
		names = append(names, other)
	}
	if near := engine.Near(name, names); near != "" {
		return nil, fmt.Errorf("there is no project %s; did you mean %s?", name, near)
	}
	return nil, fmt.Errorf("there is no project %s; sayrud apply makes one from a project file", name)
}
