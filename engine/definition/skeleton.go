package definition

import (
	"github.com/sayrud/sayrud/engine"
)

func RenameField(p *engine.Project, table, old, now string) engine.Problems { return nil }
func RenameTable(p *engine.Project, old, now string) engine.Problems        { return nil }
func UsesOfField(p *engine.Project, table, field string) []engine.Problem   { return nil }
func UsesOfTable(p *engine.Project, table string) []engine.Problem          { return nil }
