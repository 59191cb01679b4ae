package definition

import "github.com/sayrud/sayrud/engine"

// Unsupported lists the uses of what the language has and this version does not run. A definition that uses it must not be
// saved: it would be ignored. As parts are built, their entries go.
func Unsupported(p *engine.Project) engine.Problems {
	c := &checker{project: p}
	for name, t := range p.Tables.All() {
		at := c.at("tables", name)
		c.notYet(at.in("kind"), t.Kind == engine.KindFiles, "kind: files")
	}
	return c.problems
}

func (c *checker) notYet(at site, used bool, what string) {
	if used {
		at.refuseName("", "%s is not available in this version", what)
	}
}
