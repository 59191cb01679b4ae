package auth

import "slices"

// A Role is how much a principal may do in a project or, as an instance role, in all of them.
type Role string

// The roles; each may do all that the one before may. An empty Role may do nothing.
const (
	Viewer Role = "viewer" // reads definitions and records, without hidden fields
	Editor Role = "editor" // changes definitions and records
	Owner  Role = "owner"  // also drops projects, purges data, grants roles and makes tokens
)

var ranks = []Role{"", Viewer, Editor, Owner}

// Valid reports whether r is one of the three roles.
func (r Role) Valid() bool { return slices.Index(ranks, r) > 0 }

// AtLeast reports whether r may do what least may.
func (r Role) AtLeast(least Role) bool { return slices.Index(ranks, r) >= slices.Index(ranks, least) }

// Greater gives the one of r and other that may do more.
func (r Role) Greater(other Role) Role {
	if r.AtLeast(other) {
		return r
	}
	return other
}

// A Scope is a kind of work that a token may do. Administrators' sessions have all of them.
type Scope string

// The scopes of DESIGN section 9. RecordsWrite includes RecordsRead; Admin covers administrators, tokens and projects.
const (
	RecordsRead  Scope = "records:read"
	RecordsWrite Scope = "records:write"
	SchemaScope  Scope = "schema"
	Endpoints    Scope = "endpoints"
	Files        Scope = "files"
	Deliveries   Scope = "deliveries"
	Admin        Scope = "admin"
)

// Scopes lists all scopes in the order of the documentation.
func Scopes() []Scope {
	return []Scope{RecordsRead, RecordsWrite, SchemaScope, Endpoints, Files, Deliveries, Admin}
}
