package rest

import (
	"slices"

	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/mounted"
)

func (s *Server) mountOperations() []operation {
	return []operation{
		row("GET", "/mounts", "The live mounts of projects one has a role in, on all machines", access{scope: auth.RecordsRead}, s.mounts),
	}
}

func (s *Server) mounts(c *call, _ *none) (list[mounted.Mount], error) {
	mounts, err := mounted.List(c.ctx(), s.cfg.DB)
	return list[mounted.Mount]{slices.DeleteFunc(mounts, func(m mounted.Mount) bool { return !c.principal.RoleIn(m.Project).AtLeast(auth.Viewer) })}, err
}
