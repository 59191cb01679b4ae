package auth

import (
	"slices"

	"github.com/sayrud/sayrud/engine/raw"
)

// PrincipalKind tells administrators from tokens.
type PrincipalKind string

// The kinds.
const (
	KindAdministrator PrincipalKind = "administrator"
	KindToken         PrincipalKind = "token"
	KindOperator      PrincipalKind = "operator" // whoever runs the command line on the data directory
	KindJWT           PrincipalKind = "jwt"      // a user of somebody else's, known by a signed token; has no rights of ours
	KindBasic         PrincipalKind = "basic"    // a user of the middleware basic_auth; has no rights of ours
)

// A Principal is whoever makes a request. It is immutable; nil is anonymous and may do nothing.
type Principal struct {
	Kind    PrincipalKind
	ID      string // the administrator's number, the token's id, the subject of a JWT, the name of a basic_auth user
	Email   string // of an administrator
	Name    string // of a token
	Role    Role   // in every project and in the instance; empty: only where Roles says so
	Roles   map[string]Role
	Project string  // a token's only project; "" is none in particular
	Scopes  []Scope // of a token; nil is all

	Groups []string  // roles that a JWT claims; they mean what the project takes them for
	Claims raw.Value // of a JWT: all of them, an object
}

// Operator gives the principal of the command line, which may do everything.
func Operator() *Principal {
	return &Principal{Kind: KindOperator, ID: "operator", Role: Owner}
}

// RoleIn gives the role of p in the project, or, for the project "", in the instance.
func (p *Principal) RoleIn(project string) Role {
	if p == nil {
		return ""
	}
	if project == "" {
		return p.Role
	}
	if p.Project != "" && p.Project != project {
		return ""
	}
	return p.Role.Greater(p.Roles[project])
}

// HasScope reports whether p's scopes include s; the empty scope is included in all.
func (p *Principal) HasScope(s Scope) bool {
	if p == nil {
		return false
	}
	if s == "" || p.Scopes == nil || slices.Contains(p.Scopes, s) {
		return true
	}
	return s == RecordsRead && slices.Contains(p.Scopes, RecordsWrite)
}

// Actor names p in the audit log: "ada@example.org", "token 4f7k2…", "operator".
func (p *Principal) Actor() string {
	switch {
	case p == nil:
		return "anonymous"
	case p.Kind == KindToken:
		return "token " + p.ID
	case p.Email != "":
		return p.Email
	}
	return p.ID
}

// ValueIn gives $auth in a project: {kind, id, email, roles, claims}, or null for nil. roles are a list: the role in that project, or
// what a JWT claims. Of other projects it tells nothing.
func (p *Principal) ValueIn(project string) raw.Value {
	if p == nil {
		return raw.NullValue
	}
	b := raw.AppendString([]byte(`{"kind":`), string(p.Kind))
	b = raw.AppendString(append(b, `,"id":`...), p.ID)
	b = append(b, `,"email":`...)
	if p.Email == "" {
		b = append(b, "null"...)
	} else {
		b = raw.AppendString(b, p.Email)
	}
	roles := p.Groups
	if role := p.RoleIn(project); role != "" {
		roles = []string{string(role)}
	}
	b = append(b, `,"roles":[`...)
	for i, role := range roles {
		if i > 0 {
			b = append(b, ',')
		}
		b = raw.AppendString(b, role)
	}
	b = append(b, `],"claims":`...)
	if p.Claims == nil {
		return append(b, "null}"...)
	}
	return append(append(b, p.Claims...), '}')
}
