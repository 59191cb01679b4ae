package rest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/crypto/argon2"
)

func basic(name, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
}

func TestBasicAuth(t *testing.T) {
	t.Parallel()
	sum := argon2.IDKey([]byte("hashed: 密码"), []byte("0123456789abcdef"), 2, 19456, 1, 32)
	hash := fmt.Sprintf("$argon2id$v=19$m=19456,t=2,p=1$%s$%s", base64.RawStdEncoding.EncodeToString([]byte("0123456789abcdef")), base64.RawStdEncoding.EncodeToString(sum))
	quoted, _ := json.Marshal(hash)
	d := open(t, `{"project": "site", "endpoints": {
		"a": {"route": "GET /a", "middlewares": [{"basic_auth": {"realm": "Back room", "users": {"ada": {"value": "sesame"}, "ben": {"value": `+string(quoted)+`}, "eve": {"stored": "unknown"}}}}, "main"],
			"response": {"body": {"auth": "$auth"}}},
		"b": {"route": "GET /b", "middlewares": [{"basic_auth": {"optional": true, "users": {"ada": {"env": "LISTED"}}}}, "main"], "response": {"body": {"auth": "$auth"}}}}}`)
	challenge := `Www-Authenticate: Basic realm="Back room", charset="UTF-8"`
	for _, s := range []scenario{
		{name: "nobody", path: "/api/site/a", status: 401, want: []string{challenge, `"code":"unauthorized"`}},
		{name: "plain", path: "/api/site/a", headers: basic("ada", "sesame"), status: 200, want: []string{`{"auth":{"kind":"basic","id":"ada","email":null,"roles":[],"claims":null}}`}},
		{name: "hashed", path: "/api/site/a", headers: basic("ben", "hashed: 密码"), status: 200, want: []string{`"id":"ben"`}},
		{name: "the hash is no password", path: "/api/site/a", headers: basic("ben", hash), status: 401},
		{name: "another's password", path: "/api/site/a", headers: basic("ben", "sesame"), status: 401},
		{name: "no such user", path: "/api/site/a", headers: basic("zoe", "sesame"), status: 401},
		{name: "no password", path: "/api/site/a", headers: basic("ada", ""), status: 401},
		{name: "a secret without value opens nothing", path: "/api/site/a", headers: basic("eve", ""), status: 503, want: []string{"not fully set up"}},
		{name: "malformed", path: "/api/site/a", headers: "Authorization: Basic !!!", status: 401},
		{name: "another scheme", path: "/api/site/a", headers: "Authorization: Bearer sesame", status: 401},
		{name: "a guest", path: "/api/site/b", status: 200, want: []string{`{"auth":null}`}},
		{name: "a guest who errs", path: "/api/site/b", headers: basic("ada", "x"), status: 200, want: []string{`{"auth":null}`}},
		{name: "no guest", path: "/api/site/b", headers: basic("ada", "of LISTED"), status: 200, want: []string{`"id":"ada"`}},
	} {
		d.check(s)
	}
	for users, want := range map[string]string{`{}`: "must have 1 to 1000 items", `{"a:b": {"env": "LISTED"}}`: "no colon", `{"ada": "sesame"}`: "users.ada: a secret is not written as it is"} {
		err := d.tryApply(`{"project": "p", "endpoints": {"a": {"route": "GET /a", "middlewares": [{"basic_auth": {"users": ` + users + `}}, "main"]}}}`)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", users, err)
		}
	}
}

// TestSecretsOverTheAdminAPI types a secret into an endpoint as the panel does, and looks for it everywhere.
func TestSecretsOverTheAdminAPI(t *testing.T) {
	t.Parallel()
	d := open(t, "project: site\nendpoints: {a: {route: GET /a}}\n")
	owner := d.token("", "owner")
	endpoint := func(secret string) string {
		return `{"definition": {"route": "GET /a", "middlewares": [{"basic_auth": {"users": {"ada": ` + secret + `}}}, "main"]}}`
	}
	address := "/_/api/projects/site/endpoints/a"
	put := func(name, secret string, status int, want ...string) {
		t.Helper()
		d.check(scenario{name: name, method: "PUT", path: address, headers: owner, body: endpoint(secret), status: status, want: want, lacks: []string{"sesame"}})
	}
	put("typed", `{"value": "sesame"}`, 200)
	d.check(scenario{name: "it serves", path: "/api/site/a", headers: basic("ada", "sesame"), status: 200})
	reference := d.member(scenario{path: address, headers: owner}, "definition.middlewares.0.basic_auth.users.ada.stored")
	put("sent back as it was read", `{"stored": "`+reference+`"}`, 200)
	d.check(scenario{name: "it is kept", path: "/api/site/a", headers: basic("ada", "sesame"), status: 200})
	for _, path := range []string{address, "/_/api/projects/site/endpoints", "/_/api/projects/site/file", "/_/api/audit", "/_/api/projects/site", "/api/site/openapi.json"} {
		d.check(scenario{path: path, headers: owner, status: 200, lacks: []string{"sesame"}})
	}
	put("a variable that is not listed", `{"env": "PATH"}`, 400, "does not give out the variable PATH")
	put("a file", `{"file": "/etc/passwd"}`, 400, "read by sayrud apply only")
	put("as it is", `"sesame"`, 400, "a secret is not written as it is")
	put("a variable that is listed", `{"env": "LISTED"}`, 200)
	d.check(scenario{name: "it serves now", path: "/api/site/a", headers: basic("ada", "of LISTED"), status: 200})
}
