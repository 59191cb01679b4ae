// Package auth knows who may do what: administrators with passwords and sessions, API tokens, roles for each project, and the audit log.
//
// Its words: a Principal is whoever makes a request; a Role (owner, editor, viewer) says how much it may do in a project or in the
// whole instance; a Scope narrows a token to a kind of work. An Administrator signs in with email and password and gets a Session,
// a random secret of which only the SHA-256 is stored. A Token is such a secret for programs. A setup link makes the first
// administrator, once.
//
// Guarantees: passwords are stored as argon2id (RFC 9106); a refused sign-in takes the time of a granted one and says the same,
// whether the account exists or not; changing a password, disabling or deleting an administrator ends all of its sessions at once.
//
// It does not read HTTP requests; the rest package brings cookies and headers to it.
package auth
