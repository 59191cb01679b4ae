package rest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/sayrud/sayrud/engine/auth"
)

// token makes an API token and gives its Authorization header line.
func (d *door) token(project string, role auth.Role, scopes ...auth.Scope) string {
	d.t.Helper()
	_, text, err := d.auth.CreateToken(d.t.Context(), auth.Token{Name: "test", Project: project, Role: role, Scopes: scopes})
	if err != nil {
		d.t.Fatal(err)
	}
	return "Authorization: Bearer " + text
}

// member gives a member of the answer's JSON, "a.b.0".
func (d *door) member(s scenario, path string) string {
	d.t.Helper()
	w := d.do(s)
	var v any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		d.t.Fatalf("%s %s: %v: %s", s.method, s.path, err, w.Body)
	}
	for name := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			i, _ := strconv.Atoi(name)
			if i >= len(at) {
				d.t.Fatalf("%s %s: no %s: %s", s.method, s.path, path, w.Body)
			}
			v = at[i]
		}
	}
	text, ok := v.(string)
	if !ok {
		d.t.Fatalf("%s %s: %s is %v: %s", s.method, s.path, path, v, w.Body)
	}
	return text
}

const csrf = "X-Sayrud-CSRF: 1"

func TestFirstRunAndSessions(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	secret, err := d.auth.NewSetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	setup := func(token, password string) string {
		return `{"token":"` + token + `","email":"Ada@example.org","password":"` + password + `"}`
	}
	for _, s := range []scenario{
		{name: "needed", path: "/_/api/setup", status: 200, want: []string{`{"needed":true}`, "Cache-Control: no-store"}},
		{name: "from elsewhere", method: "POST", path: "/_/api/setup", body: setup(secret, goodPassword), status: 403},
		{name: "wrong link", method: "POST", path: "/_/api/setup", headers: csrf, body: setup("x", goodPassword), status: 403},
		{name: "weak password", method: "POST", path: "/_/api/setup", headers: csrf, body: setup(secret, "short"), status: 400, want: []string{`"param":"password"`}},
		{name: "done", method: "POST", path: "/_/api/setup", headers: csrf, body: setup(secret, goodPassword), status: 200,
			want: []string{`"email":"ada@example.org"`, "Set-Cookie: sayrud_session=", "HttpOnly", "SameSite=Strict", "Path=/"}, lacks: []string{"Secure"}},
		{name: "used", method: "POST", path: "/_/api/setup", headers: csrf, body: setup(secret, goodPassword), status: 403},
		{name: "not needed", path: "/_/api/setup", status: 200, want: []string{`{"needed":false}`}},
		{name: "unknown name in the body", method: "POST", path: "/_/api/login", headers: csrf, body: `{"email":"a","pasword":"b"}`, status: 400, want: []string{"pasword"}},
		{name: "wrong password", method: "POST", path: "/_/api/login", headers: csrf, body: `{"email":"ada@example.org","password":"wrong"}`, status: 401,
			want: []string{"Email or password is wrong."}, lacks: []string{"Set-Cookie"}},
		{name: "unknown account", method: "POST", path: "/_/api/login", headers: csrf, body: `{"email":"eve@example.org","password":"wrong"}`, status: 401,
			want: []string{"Email or password is wrong."}},
		{name: "login by form", method: "POST", path: "/_/api/login", headers: csrf, body: `email=ada@example.org`, status: 415},
		{name: "behind TLS", method: "POST", path: "/_/api/login", peer: "10.0.0.1:5", headers: csrf + "\nX-Forwarded-Proto: https", body: `{"email":"ada@example.org","password":"` + goodPassword + `"}`,
			status: 200, want: []string{"Set-Cookie: __Host-sayrud=", "Secure"}},
		{name: "TLS said by a stranger", method: "POST", path: "/_/api/login", headers: csrf + "\nX-Forwarded-Proto: https", body: `{"email":"ada@example.org","password":"` + goodPassword + `"}`,
			status: 200, want: []string{"Set-Cookie: sayrud_session="}, lacks: []string{"Secure"}},
		{name: "anonymous", path: "/_/api/me", status: 401, want: []string{"Www-Authenticate: Bearer"}},
	} {
		s.name = "first run: " + s.name
		d.check(s)
	}
}

func TestCookieSessionNeedsOurHeaderAndOrigin(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	if _, err := d.auth.CreateAdministrator(t.Context(), "ada@example.org", goodPassword, auth.Owner, nil); err != nil {
		t.Fatal(err)
	}
	w := d.do(scenario{method: "POST", path: "/_/api/login", headers: csrf, body: `{"email":"ada@example.org","password":"` + goodPassword + `"}`})
	cookie := "Cookie: " + strings.Split(w.Header().Get("Set-Cookie"), ";")[0]
	const password = "/_/api/me/password"
	body := `{"old_password":"` + goodPassword + `","password":"another password"}`
	for _, s := range []scenario{
		{name: "read", path: "/_/api/me", headers: cookie, status: 200, want: []string{`"role":"owner"`}},
		{name: "no header", method: "POST", path: password, headers: cookie, body: body, status: 403},
		{name: "cross-site", method: "POST", path: password, headers: cookie + "\n" + csrf + "\nSec-Fetch-Site: cross-site", body: body, status: 403},
		{name: "same-site is not same-origin", method: "POST", path: password, headers: cookie + "\n" + csrf + "\nSec-Fetch-Site: same-site", body: body, status: 403},
		{name: "other origin", method: "POST", path: password, headers: cookie + "\n" + csrf + "\nOrigin: https://evil.org", body: body, status: 403},
		{name: "null origin", method: "POST", path: password, headers: cookie + "\n" + csrf + "\nOrigin: null", body: body, status: 403},
		{name: "preflight gives nothing", method: "OPTIONS", path: password, headers: "Origin: https://evil.org\nAccess-Control-Request-Method: POST", status: 405,
			lacks: []string{"Access-Control"}},
		{name: "not an endpoint's business", method: "POST", path: "/api/blog/echo", headers: cookie, status: 200, lacks: []string{"sayrud_session"}},
		{name: "panel", method: "POST", path: password, headers: cookie + "\n" + csrf + "\nOrigin: http://example.com\nSec-Fetch-Site: same-origin", body: body, status: 204},
		{name: "sessions", path: "/_/api/me/sessions", headers: cookie, status: 200, want: []string{`"current":true`}},
		{name: "logout", method: "POST", path: "/_/api/logout", headers: cookie + "\n" + csrf, status: 204, want: []string{"Max-Age=0"}},
		{name: "behind logout", path: "/_/api/me", headers: cookie, status: 401},
	} {
		s.name = "csrf: " + s.name
		d.check(s)
	}
}

func TestRolesAndScopes(t *testing.T) {
	t.Parallel()
	d := open(t, blog, strings.Replace(blog, "project: blog", "project: shop", 1))
	const records, schema = "/_/api/projects/blog/tables/comments/records", "/_/api/projects/blog/tables"
	viewer, editor := d.token("blog", auth.Viewer), d.token("blog", auth.Editor)
	reader := d.token("blog", auth.Owner, auth.RecordsRead)
	stranger, owner := d.token("shop", auth.Owner), d.token("", auth.Owner)
	for _, s := range []scenario{
		{name: "anonymous", path: records, status: 401},
		{name: "wrong token", path: records, headers: "Authorization: Bearer sl_aaaaaaaaaaaaaaaa_" + strings.Repeat("a", 43), status: 401},
		{name: "viewer reads", path: records, headers: viewer, status: 200},
		{name: "viewer writes not", method: "POST", path: records, headers: viewer, body: `{"data":{"nick":"x"}}`, status: 403, want: []string{"editor"}},
		{name: "editor writes", method: "POST", path: records, headers: editor, body: `{"data":{"nick":"x","post":"p","email":"a@b.org"}}`, status: 201},
		{name: "scope reads", path: records, headers: reader, status: 200},
		{name: "scope writes not", method: "POST", path: records, headers: reader, body: `{"data":{"nick":"x","post":"p"}}`, status: 403, want: []string{"records:write"}},
		{name: "scope sees no schema", path: schema, headers: reader, status: 403},
		{name: "another project does not exist", path: records, headers: stranger, status: 404},
		{name: "as little as none", path: "/_/api/projects/nothing", headers: stranger, status: 404},
		{name: "listed is one's own", path: "/_/api/projects", headers: stranger, status: 200, want: []string{`"shop"`}, lacks: []string{`"blog"`}},
		{name: "editor drops no project", method: "DELETE", path: "/_/api/projects/blog?confirm=blog", headers: editor, status: 403},
		{name: "editor makes no token", method: "POST", path: "/_/api/tokens", headers: editor, body: `{"name":"x","project":"blog","role":"owner"}`, status: 403},
		{name: "a token gives no more scopes than it has", method: "POST", path: "/_/api/tokens", headers: d.token("", auth.Owner, auth.Admin),
			body: `{"name":"x","role":"owner","scopes":["records:write"]}`, status: 403},
		{name: "a project's owner is none of the instance", path: "/_/api/administrators", headers: stranger, status: 403},
		{name: "applies no other project", method: "POST", path: "/_/api/apply", headers: stranger, body: `{"source":"project: blog"}`, status: 403},
		{name: "applies no new project", method: "POST", path: "/_/api/apply", headers: stranger, body: `{"source":"project: third"}`, status: 403},
		{name: "the schema's scope makes no endpoints", method: "POST", path: "/_/api/apply", headers: d.token("", auth.Owner, auth.SchemaScope),
			body: `{"source":"project: blog\nendpoints: {x: {route: GET /x}}"}`, status: 403},
		{name: "nor by crud", method: "PATCH", path: schema + "/comments", headers: d.token("", auth.Owner, auth.SchemaScope), body: `{"patch":{"crud":"/x"}}`, status: 403},
		{name: "nor by defaults", method: "PATCH", path: "/_/api/projects/blog", headers: d.token("", auth.Owner, auth.SchemaScope),
			body: `{"settings":{"defaults":null}}`, status: 403},
		{name: "owner", path: "/_/api/administrators", headers: owner, status: 200},
		{name: "hidden from a viewer", path: records, headers: viewer, status: 200, want: []string{`"nick":"x"`}, lacks: []string{"email", "a@b.org", `"ip"`}},
		{name: "shown to an editor", path: records, headers: editor, status: 200, want: []string{"a@b.org"}},
		{name: "no filter by hidden for a viewer", path: records + `?filter=%7B%22email%22:%22a@b.org%22%7D`, headers: viewer, status: 400},
		{name: "nor by way of a reference", path: records + `?filter=%7B%22parent.email%22:%22a@b.org%22%7D`, headers: viewer, status: 400},
		{name: "nor sorted", path: records + `?sort=-email`, headers: viewer, status: 400},
		{name: "nor chosen", path: records + `?fields=email`, headers: viewer, status: 400},
		{name: "filter by hidden for an editor", path: records + `?filter=%7B%22email%22:%22a@b.org%22%7D&total=true`, headers: editor, status: 200, want: []string{`"total":1`}},
	} {
		s.name = "roles: " + s.name
		d.check(s)
	}
}

func TestEveryOperationRefusesStrangers(t *testing.T) {
	t.Parallel()
	d := open(t, blog)
	stranger := d.token("blog", auth.Viewer, auth.Files)
	for _, op := range d.server.operations() {
		if op.access.public {
			continue
		}
		path := strings.NewReplacer("{project}", "blog", "{table}", "comments", "{field}", "nick", "{uid}", "x", "{endpoint}", "one", "{index}", "x",
			"{administrator}", "1", "{token}", "x", "{session}", "x", "{delivery}", "x", "{view}", "x", "{sample}", "x", "{request}", "1").Replace("/_/api" + op.path)
		if w := d.do(scenario{method: op.method, path: path, headers: csrf}); w.Code != http.StatusUnauthorized {
			t.Errorf("anonymous: %s %s: %d %s", op.method, op.path, w.Code, w.Body)
		}
		if op.access.role == "" && op.access.scope == "" {
			continue
		}
		if w := d.do(scenario{method: op.method, path: path, headers: stranger}); w.Code != http.StatusForbidden {
			t.Errorf("token without scope: %s %s: %d %s", op.method, op.path, w.Code, w.Body)
		}
	}
}
