package rest

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/sayrud/sayrud/engine/auth"
)

const jwtSecret = "a secret of more than thirty-two bytes"

const guarded = `
project: guarded
tables:
  notes: {fields: {text: {type: text}}, crud: {path: /notes, auth: [create, update, delete]}}
endpoints:
  who:
    route: GET /who
    middlewares: [{auth: {}}, main]
    response: {body: {auth: $auth}}
  guest:
    route: GET /guest
    middlewares: [{auth: {optional: true, jwt: {algorithm: HS256, secret: {value: ` + jwtSecret + `}}}}, main]
    response: {body: {auth: $auth, header: $request.headers.authorization, x: $request.headers.x-token, q: $request.query}}
  owner:
    route: GET /owner
    middlewares: [{auth: {roles: owner}}, main]
  anywhere:
    route: GET /anywhere
    middlewares: [{auth: {header: x-token, cookie: token, query: token}}, main]
    response: {body: {id: $auth.id, q: $request.query, cookies: $request.headers.cookie}}
  only_sessions:
    route: GET /only
    middlewares: [{auth: {accept: [session]}}, main]
  with_template:
    route: GET /template
    middlewares: [{auth: {}}, main]
    errors: {status: 200, body: {code: $error.code, message: $error.message}}
  write_by_get:
    kind: CREATE
    route: GET /write
    table: notes
    middlewares: [{auth: {}}, main]
`

func TestAuth_tokensOfTheProjectComeIn(t *testing.T) {
	t.Parallel()
	d := open(t, guarded, "project: other\n")
	viewer, editor, owner := d.token("guarded", auth.Viewer), d.token("guarded", auth.Editor), d.token("guarded", auth.Owner)
	reader := d.token("guarded", auth.Owner, auth.RecordsRead)
	schema := d.token("guarded", auth.Owner, auth.SchemaScope)
	bare := strings.TrimPrefix(viewer, "Authorization: Bearer ")
	for _, s := range []scenario{
		{name: "nobody", path: "/api/guarded/who", status: 401, want: []string{`Www-Authenticate: Bearer realm="guarded"`, `"code":"unauthorized"`, "Sign in first."}, lacks: []string{"invalid_token"}},
		{name: "viewer", path: "/api/guarded/who", headers: viewer, status: 200, want: []string{`"kind":"token"`, `"roles":["viewer"]`, `"claims":null`, `"email":null`}},
		{name: "without the word", path: "/api/guarded/who", headers: "Authorization: " + bare, status: 200},
		{name: "any case", path: "/api/guarded/who", headers: "Authorization: bEARER  " + bare, status: 200},
		{name: "another scheme", path: "/api/guarded/who", headers: "Authorization: Basic " + bare, status: 401, want: []string{`error="invalid_token"`}},
		{name: "another project's", path: "/api/guarded/who", headers: d.token("other", auth.Owner), status: 401},
		{name: "the instance's", path: "/api/guarded/who", headers: d.token("", auth.Owner), status: 200, want: []string{`"roles":["owner"]`}},
		{name: "made up", path: "/api/guarded/who", headers: viewer + "x", status: 401},
		{name: "no scope", path: "/api/guarded/who", headers: schema, status: 403, want: []string{`"code":"forbidden"`}},
		{name: "role missing", path: "/api/guarded/owner", headers: editor, status: 403},
		{name: "role there", path: "/api/guarded/owner", headers: owner, status: 200},
		{name: "sessions only", path: "/api/guarded/only", headers: owner, status: 401},
		{name: "crud open to read", path: "/api/guarded/notes", status: 200},
		{name: "crud closed", method: "POST", path: "/api/guarded/notes", body: `{"text":"a"}`, status: 401},
		{name: "a viewer does not write", method: "POST", path: "/api/guarded/notes", headers: viewer, body: `{"text":"a"}`, status: 403},
		{name: "a reading token does not write", method: "POST", path: "/api/guarded/notes", headers: reader, body: `{"text":"a"}`, status: 403},
		{name: "an editor writes", method: "POST", path: "/api/guarded/notes", headers: editor, body: `{"text":"a"}`, status: 201},
		{name: "by any method", path: "/api/guarded/write", headers: viewer, status: 403},
		{name: "by the endpoint's template", path: "/api/guarded/template", status: 200, want: []string{`{"code":"unauthorized","message":"Sign in first."}`}},
		{name: "header", path: "/api/guarded/anywhere", headers: "X-Token: " + bare, status: 200},
		{name: "header with the word", path: "/api/guarded/anywhere", headers: "X-Token: Bearer " + bare, status: 200},
		{name: "cookie", path: "/api/guarded/anywhere", headers: "Cookie: a=1; token=" + bare, status: 200, want: []string{`"cookies":"a=1"`}},
		{name: "query", path: "/api/guarded/anywhere?token=" + bare, status: 200, lacks: []string{bare}},
		{name: "not there", path: "/api/guarded/anywhere", headers: viewer, status: 401},
		{name: "a guest's header is not shown", path: "/api/guarded/guest?t=" + bare, headers: "Authorization: " + bare + "\nX-Token: " + bare, status: 200, want: []string{`"kind":"token"`}, lacks: []string{bare}},
	} {
		d.check(s)
	}
}

func TestAuth_guestsAreLetInWhateverTheySend(t *testing.T) {
	t.Parallel()
	d := open(t, guarded)
	expired := sign(t, jose.HS256, []byte(jwtSecret), map[string]any{"sub": "ada", "exp": time.Now().Add(-time.Hour).Unix()})
	for _, header := range []string{"", "Authorization: ", "Authorization: Bearer", "Authorization: Bearer ", "Authorization: Bearer undefined", "Authorization: Bearer null",
		"Authorization: Basic YTpi", "Authorization: Bearer a.b.c", "Authorization: Bearer sl_x_y", "Authorization: Bearer " + expired, "Authorization: \xff\xfe",
		"Authorization: Bearer " + strings.Repeat("a", 20000), "Cookie: sayrud_session=nonsense"} {
		d.check(scenario{name: header, path: "/api/guarded/guest", headers: header, status: 200, want: []string{`"auth":null`}})
	}
	good := sign(t, jose.HS256, []byte(jwtSecret), map[string]any{"sub": "ada", "exp": time.Now().Add(time.Hour).Unix()})
	d.check(scenario{name: "good", path: "/api/guarded/guest", headers: "Authorization: Bearer " + good, status: 200, want: []string{`"kind":"jwt","id":"ada"`}})
}

func TestAuth_sessionsNeedTheirPageToWrite(t *testing.T) {
	t.Parallel()
	d := open(t, guarded, "project: other\n")
	sign := func(email string, role auth.Role, roles map[string]auth.Role) string {
		t.Helper()
		if _, err := d.auth.CreateAdministrator(t.Context(), email, goodPassword, role, roles); err != nil {
			t.Fatal(err)
		}
		secret, err := d.auth.Login(t.Context(), email, goodPassword, auth.Place{})
		if err != nil {
			t.Fatal(err)
		}
		return "Cookie: sayrud_session=" + secret
	}
	ada := sign("ada@example.org", auth.Owner, nil)
	eve := sign("eve@example.org", "", map[string]auth.Role{"other": auth.Owner})
	for _, s := range []scenario{
		{name: "reads", path: "/api/guarded/who", headers: ada, status: 200, want: []string{`"kind":"administrator"`, `"email":"ada@example.org"`, `"roles":["owner"]`}, lacks: []string{"other"}},
		{name: "only sessions", path: "/api/guarded/only", headers: ada, status: 200},
		{name: "another project's administrator", path: "/api/guarded/who", headers: eve, status: 403},
		{name: "as a guest", path: "/api/guarded/guest", headers: eve, status: 200, want: []string{`"auth":null`}},
		{name: "writes without the header", method: "POST", path: "/api/guarded/notes", headers: ada, body: `{"text":"a"}`, status: 403, want: []string{"does not come from a page"}},
		{name: "writes by GET", path: "/api/guarded/write", headers: ada, status: 403},
		{name: "a foreign page", method: "POST", path: "/api/guarded/notes", headers: ada + "\n" + csrf + "\nOrigin: https://evil.example", body: `{"text":"a"}`, status: 403},
		{name: "a foreign page says so", method: "POST", path: "/api/guarded/notes", headers: ada + "\n" + csrf + "\nSec-Fetch-Site: cross-site", body: `{"text":"a"}`, status: 403},
		{name: "the panel", method: "POST", path: "/api/guarded/notes", headers: ada + "\n" + csrf + "\nOrigin: http://example.com", body: `{"text":"a"}`, status: 201},
		{name: "an unknown session", path: "/api/guarded/who", headers: "Cookie: sayrud_session=" + strings.Repeat("a", 43), status: 401},
	} {
		d.check(s)
	}
}

// sign makes a JWT.
func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, claims map[string]any) string {
	t.Helper()
	return signAs(t, alg, key, "", claims)
}

func signAs(t *testing.T, alg jose.SignatureAlgorithm, key any, id string, claims map[string]any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	if id != "" {
		options = options.WithHeader("kid", id)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// unsigned makes a token by hand: its header and claims, and any signature.
func unsigned(header, claims, signature string) string {
	b := base64.RawURLEncoding
	return b.EncodeToString([]byte(header)) + "." + b.EncodeToString([]byte(claims)) + "." + b.EncodeToString([]byte(signature))
}

func publicPEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// A jwtCase is a jwt setting and the key that signs for it.
type jwtCase struct {
	name, settings string // settings beside issuer and audience
	algorithm      jose.SignatureAlgorithm
	key            any
}

func jwtCases(t *testing.T) []jwtCase {
	t.Helper()
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	edPublic, edKey, _ := ed25519.GenerateKey(rand.Reader)
	quote := func(key any) string {
		text, _ := json.Marshal(publicPEM(t, key))
		return string(text)
	}
	return []jwtCase{
		{"hs", `"algorithm": "HS256", "secret": {"value": "` + jwtSecret + `"}`, jose.HS256, []byte(jwtSecret)},
		{"rs", `"algorithm": "RS256", "public_key": ` + quote(&rsaKey.PublicKey), jose.RS256, rsaKey},
		{"es", `"algorithm": ["ES256", "EdDSA"], "public_key": ` + quote(&ecKey.PublicKey), jose.ES256, ecKey},
		{"ed", `"algorithm": "EdDSA", "public_key": ` + quote(edPublic), jose.EdDSA, edKey},
	}
}

func jwtProject(cases []jwtCase) string {
	text := `{"project": "api", "endpoints": {`
	for i, c := range cases {
		if i > 0 {
			text += ","
		}
		text += `"` + c.name + `": {"route": "GET /` + c.name + `", "response": {"body": {"auth": "$auth"}}, "middlewares": [{"auth": {"accept": ["jwt"],
			"roles": ["author", "admin"], "jwt": {` + c.settings + `, "issuer": "https://issuer.test", "audience": ["blog"], "leeway": 10, "roles_claim": "realm.roles",
			"claims": {"plan": ["pro", "team"]}}}}, "main"]}`
	}
	return text + `}}`
}

func goodClaims() map[string]any {
	return map[string]any{"iss": "https://issuer.test", "aud": []string{"shop", "blog"}, "sub": "ada", "exp": time.Now().Add(time.Minute).Unix(), "plan": "pro",
		"realm": map[string]any{"roles": []string{"reader", "author"}}, "email": "ada@example.org"}
}

func with(changes ...any) map[string]any {
	claims := goodClaims()
	for i := 0; i < len(changes); i += 2 {
		if name := changes[i].(string); changes[i+1] == nil {
			delete(claims, name)
		} else {
			claims[name] = changes[i+1]
		}
	}
	return claims
}

func TestAuth_JWTs(t *testing.T) {
	t.Parallel()
	cases := jwtCases(t)
	d := open(t, jwtProject(cases))
	now := time.Now()
	for i, c := range cases {
		path := "/api/api/" + c.name
		bearer := func(claims map[string]any) string {
			return "Authorization: Bearer " + sign(t, c.algorithm, c.key, claims)
		}
		for _, s := range []scenario{
			{name: "good", headers: bearer(goodClaims()), status: 200, want: []string{`"kind":"jwt","id":"ada","email":"ada@example.org","roles":["reader","author"],"claims":{`, `"plan":"pro"`}},
			{name: "expired within the leeway", headers: bearer(with("exp", now.Add(-5*time.Second).Unix())), status: 200},
			{name: "an unverified email", headers: bearer(with("email_verified", false)), status: 200, want: []string{`"email":null`}},
			{name: "expired", headers: bearer(with("exp", now.Add(-time.Minute).Unix())), status: 401, want: []string{`error="invalid_token"`}},
			{name: "without end", headers: bearer(with("exp", nil)), status: 401},
			{name: "not yet", headers: bearer(with("nbf", now.Add(time.Hour).Unix())), status: 401},
			{name: "from the future", headers: bearer(with("iat", now.Add(time.Hour).Unix())), status: 401},
			{name: "another issuer", headers: bearer(with("iss", "https://issuer.test/")), status: 401},
			{name: "no issuer", headers: bearer(with("iss", nil)), status: 401},
			{name: "another audience", headers: bearer(with("aud", "shop")), status: 401},
			{name: "no audience", headers: bearer(with("aud", nil)), status: 401},
			{name: "another role", headers: bearer(with("realm", map[string]any{"roles": "reader"})), status: 403},
			{name: "no role", headers: bearer(with("realm", nil)), status: 403},
			{name: "one role as text", headers: bearer(with("realm", map[string]any{"roles": "admin"})), status: 200},
			{name: "another plan", headers: bearer(with("plan", "free")), status: 403},
			{name: "no plan", headers: bearer(with("plan", nil)), status: 403},
			{name: "a plan of null", headers: bearer(with("plan", []any{nil})), status: 403},
			{name: "a list of plans", headers: bearer(with("plan", []string{"x", "team"})), status: 200},
			{name: "a token of ours", headers: d.token("api", auth.Owner), status: 401},
		} {
			s.path = path
			s.name = c.name + ": " + s.name
			d.check(s)
		}
		claims, _ := json.Marshal(goodClaims())
		good := sign(t, c.algorithm, c.key, goodClaims())
		head, rest, _ := strings.Cut(good, ".")
		body, signature, _ := strings.Cut(rest, ".")
		other, _ := json.Marshal(with("sub", "eve"))
		bad := map[string]string{
			"none": unsigned(`{"alg":"none"}`, string(claims), ""), "None": unsigned(`{"alg":"None"}`, string(claims), ""),
			"no algorithm": unsigned(`{}`, string(claims), "x"), "no signature": head + "." + body + ".", "other claims": head + "." + base64.RawURLEncoding.EncodeToString(other) + "." + signature,
			"a cut signature": good[:len(good)-4], "not all parts": head + "." + body, "a fourth part": good + ".x",
			"a critical header": unsigned(`{"alg":"`+string(c.algorithm)+`","crit":["b64"],"b64":false}`, string(claims), "x"),
			"an empty object":   unsigned(`{"alg":"`+string(c.algorithm)+`"}`, `{}`, "x"),
		}
		for j, stranger := range cases {
			if j != i {
				bad["signed by "+stranger.name] = sign(t, stranger.algorithm, stranger.key, goodClaims())
			}
		}
		if c.name == "rs" || c.name == "es" || c.name == "ed" { // the public key as the secret of an HMAC
			public := map[string]any{"rs": nil, "es": nil, "ed": nil}
			switch key := c.key.(type) {
			case *rsa.PrivateKey:
				public[c.name] = &key.PublicKey
			case *ecdsa.PrivateKey:
				public[c.name] = &key.PublicKey
			case ed25519.PrivateKey:
				public[c.name] = key.Public()
			}
			bad["an HMAC by the public key"] = sign(t, jose.HS256, []byte(publicPEM(t, public[c.name])), goodClaims())
		}
		for name, token := range bad {
			d.check(scenario{name: c.name + ": " + name, path: path, headers: "Authorization: Bearer " + token, status: 401})
		}
	}
}

func TestAuth_keySetsAreFetchedCachedAndRotated(t *testing.T) {
	t.Parallel()
	newKey := func() *ecdsa.PrivateKey {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	first, second := newKey(), newKey()
	var asked atomic.Int32
	var served atomic.Pointer[string]
	publish := func(text string) { served.Store(&text) }
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if *served.Load() == "" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(*served.Load()))
	}))
	t.Cleanup(issuer.Close)
	jwk := func(id string, key any) string {
		text, err := json.Marshal(jose.JSONWebKey{Key: key, KeyID: id, Use: "sig", Algorithm: "ES256"})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	hmacKey := `{"kty":"oct","kid":"h","k":"` + base64.RawURLEncoding.EncodeToString([]byte(jwtSecret)) + `"}`
	d := open(t, jwtProject([]jwtCase{{name: "set", settings: `"algorithm": "ES256", "jwks": "` + issuer.URL + `/keys"`}}))
	clock := time.Now()
	d.server.keySets.SetClock(func() time.Time { return clock })
	expect := func(name string, key *ecdsa.PrivateKey, id string, status, requests int) {
		t.Helper()
		before := asked.Load()
		d.check(scenario{name: name, path: "/api/api/set", headers: "Authorization: Bearer " + signAs(t, jose.ES256, key, id, goodClaims()), status: status})
		if n := int(asked.Load() - before); n != requests {
			t.Errorf("%s: the issuer was asked %d times, want %d", name, n, requests)
		}
	}
	publish("")
	expect("the issuer is down", first, "1", 503, 1)
	expect("and not asked again at once", first, "1", 503, 0)
	clock = clock.Add(11 * time.Second)
	publish(`{"keys":[` + jwk("1", &first.PublicKey) + `,` + hmacKey + `,{"kty":"new"},` + jwk("2", second) + `]}`)
	expect("it is back", first, "1", 200, 1)
	expect("cached", first, "1", 200, 0)
	expect("without an id all keys are tried", first, "", 200, 0)
	expect("a private key is not taken", second, "2", 401, 0)
	d.check(scenario{name: "nor a symmetric one", path: "/api/api/set", headers: "Authorization: Bearer " + signAs(t, jose.HS256, []byte(jwtSecret), "h", goodClaims()), status: 401})
	publish(`{"keys":[` + jwk("2", &second.PublicKey) + `]}`)
	expect("a new id, but just asked", second, "2", 401, 0)
	clock = clock.Add(11 * time.Second)
	expect("a new id", second, "2", 200, 1)
	expect("invented ids cause no requests", first, "invented", 401, 0)
	expect("the old key is gone", first, "1", 401, 0)
	clock = clock.Add(11 * time.Minute)
	publish("")
	expect("old keys serve while the issuer is down", second, "2", 200, 1)
	clock = clock.Add(time.Hour)
	expect("but not for ever", second, "2", 503, 1)
}

func TestAuth_settingsAreRefused(t *testing.T) {
	t.Parallel()
	d := open(t)
	small, err := rsa.GenerateKey(rand.Reader, 1024) //nolint:gosec // that it is too small is the point
	if err != nil {
		t.Fatal(err)
	}
	quoted, _ := json.Marshal(publicPEM(t, &small.PublicKey))
	for settings, want := range map[string]string{
		`{"jwt": {}}`: "the setting algorithm is missing", `{"jwt": {"algorithm": "none"}}`: `there is no algorithm "none"`,
		`{"jwt": {"algorithm": "HS256"}}`:                                                  "the algorithm needs a secret",
		`{"jwt": {"algorithm": ["HS256", "RS256"], "secret": {"value": "x"}}}`:             "can't be mixed",
		`{"jwt": {"algorithm": "HS256", "secret": "open sesame"}}`:                         "a secret is not written as it is",
		`{"jwt": {"algorithm": "RS256"}}`:                                                  "needs public_key or jwks",
		`{"jwt": {"algorithm": "RS256", "jwks": "https://x.test/k"}}`:                      "without the issuer",
		`{"jwt": {"algorithm": "RS256", "jwks": "http://x.test/k", "issuer": "x"}}`:        "without TLS",
		`{"jwt": {"algorithm": "RS256", "public_key": "x"}}`:                               "it is not PEM",
		`{"jwt": {"algorithm": "RS256", "public_key": ` + string(quoted) + `}}`:            "not one of the algorithm's",
		`{"jwt": {"algorithm": "HS256", "secret": {"value": "x"}, "jwks": "https://x/k"}}`: "has a secret, not public keys",
		`{"roles": "writer"}`: "there is no role writer", `{"accept": ["jwt"]}`: "jwt is accepted, but not set up", `{"accept": ["jwts"]}`: "did you mean jwt",
		`{"header": "X Token"}`: "not the name of a header", `{"cookie": "sayrud_session"}`: "not the name of a cookie", `{"scope": "records"}`: "must be one of",
	} {
		f := `{"project": "p", "endpoints": {"a": {"route": "GET /a", "middlewares": [{"auth": ` + settings + `}, "main"]}}}`
		err := d.tryApply(f)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", settings, err)
		}
	}
}

func TestAuth_shortSecretsOpenNothing(t *testing.T) {
	t.Parallel()
	d := open(t, `{"project": "api", "endpoints": {"a": {"route": "GET /a", "middlewares": [{"auth": {"jwt": {"algorithm": "HS256", "secret": {"value": "short"}}}}, "main"]},
		"b": {"route": "GET /b", "middlewares": [{"auth": {"jwt": {"algorithm": "HS256", "secret": {"stored": "unknown"}}}}, "main"]}}}`)
	token := "Authorization: Bearer " + sign(t, jose.HS256, []byte(jwtSecret), goodClaims())
	for _, path := range []string{"/api/api/a", "/api/api/b"} {
		d.check(scenario{path: path, headers: token, status: 503, want: []string{"not fully set up", `"code":"unavailable"`}})
	}
}
