package middleware

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/raw"
)

// The ways to sign in that auth accepts.
const (
	acceptSession = "session"
	acceptToken   = "token"
	acceptJWT     = "jwt"
)

func authDefinition() *Definition {
	var scopes []string
	for _, s := range auth.Scopes() {
		scopes = append(scopes, string(s))
	}
	return &Definition{
		Name: "auth",
		Doc: "Who may come in: an administrator's session, an API token of the project, a JWT. $auth says who it is. Anybody else gets 401, who " +
			"lacks a role 403. Without `roles`, sessions and tokens must be those of a viewer to read, of an editor to write, and a token " +
			"needs the scope records:read or records:write.",
		Before: true,
		Properties: []Property{
			{Name: "optional", Type: TypeBoolean, Default: raw.False, Doc: "lets anybody else in as a guest, whose $auth is null"},
			{Name: "accept", Type: TypeArray, Of: &Property{Type: TypeString, Values: []string{acceptSession, acceptToken, acceptJWT}},
				Doc: "ways to sign in; all that are set up where absent"},
			{Name: "roles", Type: TypeTexts, Doc: "one of them is needed: viewer, editor, owner (each includes those before), or what a JWT claims"},
			{Name: "scope", Type: TypeString, Values: scopes, Doc: "that an API token needs; absent: by what the endpoint does"},
			{Name: "header", Type: TypeString, Default: raw.Text("Authorization"), Form: headerForm, Check: checkHeader,
				Doc: "header of the token, which may stand behind the word Bearer"},
			{Name: "cookie", Type: TypeString, Check: checkCookie, Doc: "cookie that holds the token, where the header is absent"},
			{Name: "query", Type: TypeString, Doc: "query parameter that holds the token, where header and cookie are absent; it ends up in logs of proxies"},
			jwtProperty(),
		},
		Compile: compileAuth,
	}
}

const headerForm = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"

func checkHeader(v raw.Value) (message, hint string) {
	if text, _ := v.Text(); !isToken(text) {
		return "is not the name of a header", "write a name such as Authorization or X-Token"
	}
	return "", ""
}

func checkCookie(v raw.Value) (message, hint string) {
	text, _ := v.Text()
	if !isToken(text) || !allowedCookie(text+"=x") {
		return "is not the name of a cookie that an endpoint may read", ""
	}
	return "", ""
}

// isToken reports whether text is a token of RFC 9110 section 5.6.2, as names of headers and cookies are.
func isToken(text string) bool {
	for _, c := range []byte(text) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return text != ""
}

// An authenticator is a compiled auth step.
type authenticator struct {
	bench    Bench
	place    credentialPlace
	optional bool
	session  bool
	token    bool
	jwt      *jwtVerifier // nil: not accepted
	roles    []string
	least    auth.Role // of sessions and tokens where there are no roles
	scope    auth.Scope
}

func compileAuth(settings raw.Value, b Bench) (Wrap, engine.Problems) {
	a := &authenticator{bench: b, place: newCredentialPlace(settings), optional: string(settings.Get("optional")) == "true",
		session: true, token: true, roles: texts(settings.Get("roles")), least: auth.Viewer, scope: auth.RecordsRead}
	if b.Writes {
		a.least, a.scope = auth.Editor, auth.RecordsWrite
	}
	if scope, found := settings.Get("scope").Text(); found {
		a.scope = auth.Scope(scope)
	}
	var problems engine.Problems
	if v := settings.Get("jwt"); !v.IsNull() {
		if a.jwt, problems = compileJWT(v, b); problems != nil {
			return nil, problems.At("jwt")
		}
	}
	if v := settings.Get("accept"); !v.IsNull() {
		accepted := texts(v)
		if slices.Contains(accepted, acceptJWT) && a.jwt == nil {
			return nil, engine.Problems{engine.Problemf([]string{"accept"}, "add jwt: {algorithm: …}", "jwt is accepted, but not set up")}
		}
		a.session, a.token = slices.Contains(accepted, acceptSession), slices.Contains(accepted, acceptToken)
		if !slices.Contains(accepted, acceptJWT) {
			a.jwt = nil
		}
	}
	for _, role := range a.roles {
		if a.jwt == nil && !auth.Role(role).Valid() {
			return nil, engine.Problems{engine.Problemf([]string{"roles"}, "there are viewer, editor, owner; other roles come from a JWT", "there is no role %s", role)}
		}
	}
	return a.wrap, nil
}

func (a *authenticator) wrap(next Handler) Handler {
	return func(r *Request) error {
		p, err := a.admit(r)
		if err != nil {
			return err
		}
		r.Principal = p
		r.Env.Auth = p.ValueIn(a.bench.ProjectName)
		return next(r)
	}
}

// admit gives who makes the request, nil for a guest where those are let in, or the refusal. What is wrong with us and not with the
// caller, such as a key set that cannot be had, is no guest but an error.
func (a *authenticator) admit(r *Request) (*auth.Principal, error) {
	p, refusal, err := a.identify(r)
	if err != nil {
		return nil, err
	}
	if refusal == nil && !a.permits(p) {
		refusal = &engine.Error{Code: engine.Forbidden}
	}
	switch {
	case refusal == nil:
		return p, nil
	case a.optional:
		return nil, nil
	}
	return nil, refusal
}

func (a *authenticator) identify(r *Request) (p *auth.Principal, refusal *engine.Error, err error) {
	ctx := r.HTTP.Context()
	credential := a.place.find(r)
	if credential != "" {
		if p, err = a.verify(r, credential); err != nil {
			return nil, nil, err
		}
		if p == nil {
			return nil, a.unauthorized(`, error="invalid_token"`), nil
		}
		return p, nil, nil
	}
	if !a.session || a.bench.Auth == nil {
		return nil, a.unauthorized(""), nil
	}
	name := SessionCookie
	if r.Secure {
		name = SecureCookie
	}
	cookie, missing := r.HTTP.Cookie(name)
	if missing != nil {
		return nil, a.unauthorized(""), nil
	}
	if (a.bench.Writes || !SafeMethod(r.HTTP.Method)) && !SameOrigin(r.HTTP) {
		return nil, &engine.Error{Code: engine.Forbidden, Sentence: "foreign_page"}, nil
	}
	if p, err = a.bench.Auth.Session(ctx, cookie.Value); err != nil {
		return nil, nil, err
	}
	if p == nil {
		return nil, a.unauthorized(""), nil
	}
	return p, nil, nil
}

// verify gives the principal of a token of ours or of a JWT, nil where it is neither.
func (a *authenticator) verify(r *Request, credential string) (*auth.Principal, error) {
	if strings.HasPrefix(credential, "sl_") {
		if !a.token || a.bench.Auth == nil {
			return nil, nil
		}
		p, err := a.bench.Auth.Token(r.HTTP.Context(), credential)
		if err != nil || p.RoleIn(a.bench.ProjectName) == "" { // another project's
			return nil, err
		}
		return p, nil
	}
	if a.jwt == nil {
		return nil, nil
	}
	return a.jwt.verify(r.HTTP.Context(), credential)
}

// unauthorized is the refusal of who is not known (RFC 6750 section 3).
func (a *authenticator) unauthorized(more string) *engine.Error {
	scheme := fmt.Sprintf("Bearer realm=%q%s", a.bench.ProjectName, more)
	return &engine.Error{Code: engine.Unauthorized, Header: [][2]string{{"WWW-Authenticate", scheme}}}
}

func (a *authenticator) permits(p *auth.Principal) bool {
	if p.Kind == auth.KindJWT {
		return a.jwt.permits(p) && (len(a.roles) == 0 || slices.ContainsFunc(p.Groups, func(g string) bool { return slices.Contains(a.roles, g) }))
	}
	role := p.RoleIn(a.bench.ProjectName)
	if role == "" || !p.HasScope(a.scope) {
		return false
	}
	if len(a.roles) == 0 {
		return role.AtLeast(a.least)
	}
	return slices.ContainsFunc(a.roles, func(least string) bool { return auth.Role(least).Valid() && role.AtLeast(auth.Role(least)) })
}

// A credentialPlace says where a request has its token.
type credentialPlace struct{ header, cookie, query string }

func newCredentialPlace(settings raw.Value) credentialPlace {
	c := credentialPlace{header: "Authorization"}
	if text, found := settings.Get("header").Text(); found {
		c.header = http.CanonicalHeaderKey(text)
	}
	c.cookie, _ = settings.Get("cookie").Text()
	c.query, _ = settings.Get("query").Text()
	return c
}

// find gives the token of a request: behind the word Bearer or alone. Another scheme is given as it is, which no token equals, so that
// it is refused and not passed over; an empty one is none.
func (c credentialPlace) find(r *Request) string {
	for _, text := range r.HTTP.Header[c.header] {
		scheme, token, found := strings.Cut(strings.TrimSpace(text), " ")
		if strings.EqualFold(scheme, "Bearer") {
			text = strings.TrimSpace(token)
		} else if found {
			return text
		}
		if text = strings.TrimSpace(text); text != "" {
			return text
		}
	}
	if c.cookie != "" {
		if cookie, err := r.HTTP.Cookie(c.cookie); err == nil && cookie.Value != "" {
			return cookie.Value
		}
	}
	if c.query != "" {
		pairs, _ := parsePairs(nil, r.HTTP.URL.RawQuery)
		for _, text := range values(nil, pairs, c.query) {
			if text != "" {
				return text
			}
		}
	}
	return ""
}
