package rest

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
)

type setupState struct {
	Needed bool `json:"needed"`
}

type setupIn struct {
	Token    string `json:"token"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

type loginIn struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

type passwordIn struct {
	OldPassword string `json:"old_password"`
	Password    string `json:"password"`
}

// me describes the principal of a request.
type me struct {
	Kind   auth.PrincipalKind   `json:"kind"`
	ID     string               `json:"id"`
	Email  string               `json:"email"`
	Name   string               `json:"name"`
	Role   auth.Role            `json:"role"`
	Roles  map[string]auth.Role `json:"roles"`
	Scopes []auth.Scope         `json:"scopes"`
}

func (s *Server) getSetup(c *call, _ *none) (setupState, error) {
	needed, err := s.cfg.Auth.NeedsSetup(c.ctx())
	return setupState{needed}, err
}

func (s *Server) postSetup(c *call, in *setupIn) (me, error) {
	admin, err := s.cfg.Auth.Setup(c.ctx(), in.Token, in.Email, in.Password)
	if err != nil {
		return me{}, err
	}
	c.principal = &auth.Principal{Kind: auth.KindAdministrator, ID: strconv.FormatInt(admin.ID, 10), Email: admin.Email, Role: admin.Role}
	if err := c.audit("set up", admin.Email, nil); err != nil {
		return me{}, err
	}
	return s.login(c, &loginIn{in.Email, in.Password})
}

func (s *Server) login(c *call, in *loginIn) (me, error) {
	secret, err := s.cfg.Auth.Login(c.ctx(), in.Email, in.Password, c.place())
	if err != nil {
		return me{}, err
	}
	if c.secret != "" { // the session before this one ends
		if err := s.cfg.Auth.Logout(c.ctx(), c.secret); err != nil {
			return me{}, err
		}
	}
	if c.principal, err = s.cfg.Auth.Session(c.ctx(), secret); err != nil {
		return me{}, err
	}
	c.setCookie(secret)
	return s.me(c, nil)
}

func (s *Server) logout(c *call, _ *none) (none, error) {
	c.setCookie("")
	return none{}, s.cfg.Auth.Logout(c.ctx(), c.secret)
}

func (s *Server) me(c *call, _ *none) (me, error) {
	p := c.principal
	if p == nil {
		return me{}, &engine.Error{Code: engine.Unauthorized}
	}
	return me{p.Kind, p.ID, p.Email, p.Name, p.Role, p.Roles, p.Scopes}, nil
}

// administrator gives the number of the administrator who asks; a token has no account.
func (c *call) administrator() (int64, error) {
	if c.principal.Kind != auth.KindAdministrator {
		return 0, engine.Errorf(engine.Forbidden, "A token has no account.")
	}
	return strconv.ParseInt(c.principal.ID, 10, 64)
}

func (s *Server) changePassword(c *call, in *passwordIn) (none, error) {
	id, err := c.administrator()
	if err != nil {
		return none{}, err
	}
	if err := s.cfg.Auth.ChangePassword(c.ctx(), id, in.OldPassword, in.Password, c.secret); err != nil {
		return none{}, err
	}
	return none{}, c.audit("change password", c.principal.Email, nil)
}

type list[T any] struct {
	Items []T `json:"items"`
}

func (s *Server) sessions(c *call, _ *none) (list[auth.SessionInfo], error) {
	id, err := c.administrator()
	if err != nil {
		return list[auth.SessionInfo]{}, err
	}
	items, err := s.cfg.Auth.Sessions(c.ctx(), id, c.secret)
	return list[auth.SessionInfo]{items}, err
}

type sessionIn struct {
	ID string `path:"session"`
}

func (s *Server) endSession(c *call, in *sessionIn) (none, error) {
	id, err := c.administrator()
	if err != nil {
		return none{}, err
	}
	return none{}, s.cfg.Auth.EndSession(c.ctx(), id, in.ID)
}
