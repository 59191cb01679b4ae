package rest

import (
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

const secretive = `
project: blog
defaults: {middlewares: [{basic_auth: {users: {ada: {stored: abc}}}}, main]}
tables:
  posts:
    fields: {title: {type: text}}
    on_write: [{webhook: {url: "https://example.org", headers: {X-Key: {stored: def}}}}]
endpoints:
  hello:
    route: GET /hello
    middlewares: [{captcha: {provider: pow}}, main]
    response: {body: {a: 1}}
`

func TestSecretsAreListedWithTheirPlaces(t *testing.T) {
	t.Parallel()
	d := open(t, secretive)
	d.check(scenario{name: "all places, none has a value", path: "/_/api/projects/blog/secrets", headers: d.token("blog", auth.Viewer, auth.SchemaScope), status: 200, want: []string{
		`{"source":"defaults","name":"","setting":"basic_auth.users.ada","kind":"stored","reference":"abc","error":"`,
		`{"source":"table","name":"posts","setting":"webhook.headers.X-Key","kind":"stored","reference":"def","error":"`,
	}})
}

func TestAuditLogIsFiltered(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	owner := d.token("", auth.Owner)
	d.check(scenario{name: "a token is made", method: "POST", path: "/_/api/tokens", headers: owner, body: `{"name":"x","project":"blog","role":"viewer"}`, status: 201})
	d.check(scenario{name: "found by a part of the action", path: "/_/api/audit?action=create+TOK", headers: owner, status: 200, want: []string{`"action":"create token"`}, lacks: []string{"apply"}})
	d.check(scenario{name: "nobody else did anything", path: "/_/api/audit?actor=eve", headers: owner, status: 200, want: []string{`{"items":[]}`}})
}
