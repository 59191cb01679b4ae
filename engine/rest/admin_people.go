package rest

import (
	"time"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
)

type administratorIn struct {
	Email    string               `json:"email"`
	Password string               `json:"password"`
	Role     auth.Role            `json:"role"`
	Roles    map[string]auth.Role `json:"roles"`
}

type administratorPatch struct {
	ID       int64                `path:"administrator"`
	Role     *auth.Role           `json:"role"`
	Roles    map[string]auth.Role `json:"roles"`
	Disabled *bool                `json:"disabled"`
}

type administratorID struct {
	ID int64 `path:"administrator"`
}

type resetIn struct {
	ID       int64  `path:"administrator"`
	Password string `json:"password"`
}

func (s *Server) administrators(c *call, _ *none) (list[*auth.Administrator], error) {
	items, err := s.cfg.Auth.Administrators(c.ctx())
	return list[*auth.Administrator]{items}, err
}

func (s *Server) createAdministrator(c *call, in *administratorIn) (*auth.Administrator, error) {
	admin, err := s.cfg.Auth.CreateAdministrator(c.ctx(), in.Email, in.Password, in.Role, in.Roles)
	if err != nil {
		return nil, err
	}
	return admin, c.audit("create administrator", admin.Email, map[string]any{"role": admin.Role, "roles": admin.Roles})
}

func (s *Server) changeAdministrator(c *call, in *administratorPatch) (*auth.Administrator, error) {
	change := auth.Change{Role: in.Role, Roles: in.Roles, Disabled: in.Disabled}
	admin, err := s.cfg.Auth.UpdateAdministrator(c.ctx(), in.ID, change)
	if err != nil {
		return nil, err
	}
	return admin, c.audit("change administrator", admin.Email, map[string]any{"role": admin.Role, "roles": admin.Roles, "disabled": admin.Disabled})
}

func (s *Server) deleteAdministrator(c *call, in *administratorID) (none, error) {
	admin, err := s.cfg.Auth.Administrator(c.ctx(), in.ID)
	if err == nil {
		err = s.cfg.Auth.DeleteAdministrator(c.ctx(), in.ID)
	}
	if err != nil {
		return none{}, err
	}
	return none{}, c.audit("delete administrator", admin.Email, nil)
}

func (s *Server) resetPassword(c *call, in *resetIn) (none, error) {
	admin, err := s.cfg.Auth.Administrator(c.ctx(), in.ID)
	if err == nil {
		err = s.cfg.Auth.ResetPassword(c.ctx(), in.ID, in.Password, "")
	}
	if err != nil {
		return none{}, err
	}
	return none{}, c.audit("reset password", admin.Email, nil)
}

type tokenIn struct {
	Name      string       `json:"name"`
	Project   string       `json:"project"`
	Role      auth.Role    `json:"role"`
	Scopes    []auth.Scope `json:"scopes"`
	ExpiresAt *time.Time   `json:"expires_at"`
}

type newToken struct {
	auth.Token
	Secret string `json:"secret"` // shown once
}

type tokenID struct {
	ID string `path:"token"`
}

func (s *Server) tokens(c *call, _ *none) (list[*auth.Token], error) {
	all, err := s.cfg.Auth.Tokens(c.ctx())
	items := []*auth.Token{}
	for _, t := range all {
		if c.principal.RoleIn(t.Project).AtLeast(auth.Owner) {
			items = append(items, t)
		}
	}
	return list[*auth.Token]{items}, err
}

// createToken makes a token no mightier than its maker: an owner of the project, or of the instance; a token's own scopes bound it.
func (s *Server) createToken(c *call, in *tokenIn) (*newToken, error) {
	if err := c.ownerOf(in.Project); err != nil {
		return nil, err
	}
	scopes := in.Scopes
	if len(scopes) == 0 {
		scopes = c.principal.Scopes
	}
	for _, scope := range scopes {
		if !c.principal.HasScope(scope) {
			return nil, engine.Errorf(engine.Forbidden, "A token can't give the scope %s, which it has not.", scope)
		}
	}
	t, secret, err := s.cfg.Auth.CreateToken(c.ctx(), auth.Token{
		Name: in.Name, Project: in.Project, Role: in.Role, Scopes: scopes, ExpiresAt: in.ExpiresAt, CreatedBy: c.principal.Actor(),
	})
	if err != nil {
		return nil, err
	}
	detail := map[string]any{"name": t.Name, "project": t.Project, "role": t.Role, "scopes": t.Scopes}
	return &newToken{*t, secret}, c.audit("create token", t.ID, detail)
}

func (s *Server) revokeToken(c *call, in *tokenID) (none, error) {
	all, err := s.cfg.Auth.Tokens(c.ctx())
	if err != nil {
		return none{}, err
	}
	for _, t := range all {
		if t.ID == in.ID && c.ownerOf(t.Project) == nil {
			if err := s.cfg.Auth.RevokeToken(c.ctx(), t.ID); err != nil {
				return none{}, err
			}
			return none{}, c.audit("revoke token", t.ID, map[string]any{"name": t.Name})
		}
	}
	return none{}, engine.Errorf(engine.NotFound, "There is no such token.")
}

// ownerOf refuses whoever is not an owner of the project, "" being the instance.
func (c *call) ownerOf(project string) error {
	if !c.principal.RoleIn(project).AtLeast(auth.Owner) {
		return engine.Errorf(engine.Forbidden, "This needs the role %s.", auth.Owner)
	}
	return nil
}

type auditIn struct {
	Actor  string `query:"actor" doc:"part of who did it"`
	Action string `query:"action" doc:"part of what was done"`
	Target string `query:"target" doc:"part of what it was done to"`
	Before int64  `query:"before"` // the id to go on from
	Limit  int    `query:"limit"`  // 1 to 200; 50
}

func (s *Server) auditLog(c *call, in *auditIn) (list[auth.Entry], error) {
	f := auth.AuditFilter{Actor: in.Actor, Action: in.Action, Target: in.Target, Before: in.Before}
	if c.project != nil {
		f.Project = c.project.Name
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	items, err := s.cfg.Auth.Entries(c.ctx(), f, limit)
	if items == nil {
		items = []auth.Entry{}
	}
	return list[auth.Entry]{items}, err
}
