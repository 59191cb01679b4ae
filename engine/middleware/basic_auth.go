package middleware

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
)

func basicAuthDefinition() *Definition {
	return &Definition{
		Name: "basic_auth",
		Doc: "Asks for a name and password (RFC 7617), which browsers do by a window of their own. $auth.id is the name. Put a rate_limit in front: " +
			"a password that is guessed at is guessed some day.",
		Before: true,
		Properties: []Property{
			{Name: "users", Type: TypeMap, Required: true, Min: 1, Max: 1000, Of: &Property{Type: TypeSecret}, Check: checkUsers,
				Doc: "name: {env: NAME}; the secret is the password, or its argon2id hash ($argon2id$v=19$m=19456,t=2,p=1$…)"},
			{Name: "realm", Type: TypeString, Check: checkRealm, Doc: "what the window says it is for; the project's name where absent"},
			{Name: "optional", Type: TypeBoolean, Default: raw.False, Doc: "lets anybody else in as a guest, whose $auth is null"},
		},
		Compile: compileBasicAuth,
	}
}

func checkUsers(v raw.Value) (message, hint string) {
	for key := range v.Members {
		if name, _ := key.Text(); name == "" || strings.ContainsFunc(name, func(r rune) bool { return r == ':' || unicode.IsControl(r) }) {
			return "a user's name has no colon and no control characters", ""
		}
	}
	return "", ""
}

func checkRealm(v raw.Value) (message, hint string) {
	if text, _ := v.Text(); strings.ContainsFunc(text, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' || r > '~' }) {
		return "a realm is ASCII without quotes", ""
	}
	return "", ""
}

// A basicAuth is a compiled basic_auth step.
type basicAuth struct {
	bench     Bench
	users     map[string]*secret.Setting
	names     []string
	challenge string
	optional  bool
}

func compileBasicAuth(settings raw.Value, b Bench) (Wrap, engine.Problems) {
	a := &basicAuth{bench: b, users: map[string]*secret.Setting{}, optional: string(settings.Get("optional")) == "true"}
	for key, v := range settings.Get("users").Members {
		name, _ := key.Text()
		a.names = append(a.names, name)
		a.users[name] = b.Secret(v, "users", "*")
	}
	realm, given := settings.Get("realm").Text()
	if !given {
		realm = b.ProjectName
	}
	a.challenge = fmt.Sprintf(`Basic realm="%s", charset="UTF-8"`, realm)
	return func(next Handler) Handler {
		return func(r *Request) error {
			p, err := a.identify(r)
			if err != nil {
				return err
			}
			if p == nil && !a.optional {
				return &engine.Error{Code: engine.Unauthorized, Header: [][2]string{{"WWW-Authenticate", a.challenge}}}
			}
			r.Principal = p
			r.Env.Auth = p.ValueIn(b.ProjectName)
			return next(r)
		}
	}, nil
}

// identify gives who sent the right password, nil where nobody did. A name that is not there takes the time of one that is.
func (a *basicAuth) identify(r *Request) (*auth.Principal, error) {
	name, password, sent := r.HTTP.BasicAuth()
	if !sent {
		return nil, nil
	}
	setting, known := a.users[name]
	if !known { // one of them stands in, for the same name always the same
		sum := sha256.Sum256([]byte(name))
		setting = a.users[a.names[binary.BigEndian.Uint32(sum[:])%uint32(len(a.names))]]
	}
	v, err := setting.Value()
	if err != nil {
		if !known {
			err = nil
		}
		return nil, err
	}
	good, err := a.equal(r, v.Reveal(), password)
	if err != nil || !good || !known {
		return nil, err
	}
	return &auth.Principal{Kind: auth.KindBasic, ID: name}, nil
}

func (a *basicAuth) equal(r *Request, want, password string) (bool, error) {
	if strings.HasPrefix(want, "$argon2id$") && a.bench.Auth != nil {
		if len(password) > 4*auth.MaxPassword {
			return false, nil
		}
		return a.bench.Auth.VerifyPassword(r.HTTP.Context(), want, password)
	}
	x, y := sha256.Sum256([]byte(want)), sha256.Sum256([]byte(password))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1, nil
}
