package middleware

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/outbound"
	"github.com/sayrud/sayrud/engine/raw"
	"github.com/sayrud/sayrud/engine/secret"
)

// algorithms are those of RFC 7518 section 3.1 and RFC 8037 that are served.
var algorithms = []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

func symmetric(algorithm string) bool { return strings.HasPrefix(algorithm, "HS") }

// maxJWT bounds a token, in bytes.
const maxJWT = 16 << 10

func jwtProperty() Property {
	return Property{Name: "jwt", Type: TypeObject, Doc: "how a JWT is verified; it must have exp, and what is fixed here", Members: []Property{
		{Name: "algorithm", Type: TypeTexts, Required: true, Check: checkAlgorithms, Doc: "the algorithm, or the ones, that a token may have: " + joined(algorithms)},
		{Name: "secret", Type: TypeSecret, When: wantsSecret, Doc: "of HS256, HS384, HS512: as many bytes as the hash at least"},
		{Name: "public_key", Type: TypeString, Doc: "of the other algorithms: a public key or certificate in PEM"},
		{Name: "jwks", Type: TypeString, Check: checkJWKS, Doc: "of the other algorithms: the address of the issuer's key set (https)"},
		{Name: "issuer", Type: TypeString, Doc: "the claim iss; needed beside jwks"},
		{Name: "audience", Type: TypeTexts, Doc: "the claim aud must name one of them"},
		{Name: "leeway", Type: TypeInteger, Min: 0, Max: 300, Default: raw.Int(30), Doc: "seconds that clocks may differ"},
		{Name: "roles_claim", Type: TypeString, Default: raw.Text("roles"), Doc: "path of the claim that holds the roles, a text or a list: realm_access.roles"},
		{Name: "claims", Type: TypeMap, Of: &Property{Type: TypeTexts}, Doc: "further claims that are needed, by path; the claim is, or holds, one of the texts"},
	}}
}

func wantsSecret(settings raw.Value) bool {
	return slices.ContainsFunc(texts(settings.Get("algorithm")), symmetric)
}

func checkAlgorithms(v raw.Value) (message, hint string) {
	list := texts(v)
	for _, a := range list {
		if !slices.Contains(algorithms, a) {
			return "there is no algorithm " + strconv.Quote(a), "there are " + joined(algorithms)
		}
		if symmetric(a) != symmetric(list[0]) {
			return "HS algorithms and others can't be mixed: their keys mean different things", "name one kind"
		}
	}
	if len(list) == 0 {
		return "names no algorithm", "there are " + joined(algorithms)
	}
	return "", ""
}

func checkJWKS(v raw.Value) (message, hint string) {
	text, _ := v.Text()
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return "is not an address", "write https://issuer.example.org/.well-known/jwks.json"
	case u.Scheme == "https" || u.Scheme == "http" && inside(u.Hostname()):
		return "", ""
	}
	return "keys that come without TLS prove nothing", "write https://"
}

// inside reports whether a host is this machine's or its network's by its name, where plain HTTP may do. Such hosts are reached only
// where the operator allows them.
func inside(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return !outbound.Public(addr)
	}
	return !strings.Contains(host, ".")
}

// A jwtVerifier verifies JWTs (RFC 7519) by one key, or the keys of a set.
type jwtVerifier struct {
	algorithms []jose.SignatureAlgorithm
	secret     *secret.Setting
	public     any
	jwks       string
	keys       *KeySets
	expected   jwt.Expected
	leeway     time.Duration
	roles      []string // path of the claim
	claims     []wantedClaim
}

type wantedClaim struct {
	path   []string
	values []string
}

func compileJWT(settings raw.Value, b Bench) (*jwtVerifier, engine.Problems) {
	j := &jwtVerifier{secret: b.Secret(settings.Get("secret"), "jwt", "secret"), keys: b.KeySets, leeway: 30 * time.Second, roles: []string{"roles"}}
	for _, a := range texts(settings.Get("algorithm")) {
		j.algorithms = append(j.algorithms, jose.SignatureAlgorithm(a))
	}
	j.expected.Issuer, _ = settings.Get("issuer").Text()
	j.expected.AnyAudience = texts(settings.Get("audience"))
	j.jwks, _ = settings.Get("jwks").Text()
	if n, err := strconv.Atoi(string(settings.Get("leeway"))); err == nil {
		j.leeway = time.Duration(n) * time.Second
	}
	if path, found := settings.Get("roles_claim").Text(); found {
		j.roles = strings.Split(path, ".")
	}
	for key, v := range settings.Get("claims").Members {
		path, _ := key.Text()
		j.claims = append(j.claims, wantedClaim{strings.Split(path, "."), texts(v)})
	}
	key, hasKey := settings.Get("public_key").Text()
	refuse := func(name, hint, message string) (*jwtVerifier, engine.Problems) {
		return nil, engine.Problems{engine.Problemf([]string{name}, hint, "%s", message)}
	}
	switch {
	case wantsSecret(settings) && j.secret == nil:
		return refuse("secret", "secret: {env: NAME}", "the algorithm needs a secret")
	case wantsSecret(settings) && (hasKey || j.jwks != ""):
		return refuse("algorithm", "leave them out, or name RS256, ES256 or EdDSA", "the algorithm has a secret, not public keys")
	case wantsSecret(settings):
		return j, nil
	case hasKey == (j.jwks != ""):
		return refuse("algorithm", "add public_key or jwks", "the algorithm needs public_key or jwks, one of them")
	case j.jwks != "" && j.expected.Issuer == "":
		return refuse("issuer", "add issuer: the iss of its tokens", "a key set proves nothing without the issuer")
	case hasKey:
		var err error
		if j.public, err = parsePublicKey(key); err != nil {
			return refuse("public_key", "paste it from -----BEGIN to END-----", err.Error())
		}
		if !slices.ContainsFunc(j.algorithms, func(a jose.SignatureAlgorithm) bool { return fits(a, j.public) }) {
			return refuse("public_key", "", "the key is not one of the algorithm's")
		}
	}
	return j, nil
}

func parsePublicKey(text string) (any, error) {
	block, _ := pem.Decode([]byte(strings.TrimSpace(text) + "\n"))
	switch {
	case block == nil:
		return nil, errors.New("it is not PEM")
	case strings.Contains(block.Type, "PRIVATE"):
		return nil, errors.New("it is a private key, which has no place here")
	case block.Type == "CERTIFICATE":
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, errors.New("the certificate is broken")
		}
		return certificate.PublicKey, nil
	case block.Type == "RSA PUBLIC KEY":
		key, err := x509.ParsePKCS1PublicKey(block.Bytes)
		if err != nil {
			return nil, errors.New("the key is broken")
		}
		return key, nil
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the key is broken")
	}
	return key, nil
}

// fits reports whether a public key is one of the algorithm's (RFC 7518 section 3.1): an RSA key of 2048 bits or more, a key on the
// curve, an Ed25519 key.
func fits(a jose.SignatureAlgorithm, key any) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return (strings.HasPrefix(string(a), "RS") || strings.HasPrefix(string(a), "PS")) && key.N.BitLen() >= 2048
	case *ecdsa.PublicKey:
		curves := map[jose.SignatureAlgorithm]elliptic.Curve{jose.ES256: elliptic.P256(), jose.ES384: elliptic.P384(), jose.ES512: elliptic.P521()}
		return curves[a] == key.Curve
	case ed25519.PublicKey:
		return a == jose.EdDSA
	}
	return false
}

// verify gives the principal of a token, nil where the token proves nothing. The error is ours: a secret or key set that is not there.
func (j *jwtVerifier) verify(ctx context.Context, text string) (*auth.Principal, error) {
	token := j.parse(text)
	if token == nil {
		return nil, nil
	}
	keys, err := j.keysFor(ctx, token.Headers[0])
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		var std jwt.Claims
		var all raw.Value
		if err := token.Claims(key, &std, &all); err != nil {
			continue
		}
		return j.principal(std, all), nil
	}
	return nil, nil
}

// parse gives a token whose form and algorithm are good, else nil. Nothing in it is proven yet.
func (j *jwtVerifier) parse(text string) *jwt.JSONWebToken {
	if len(text) > maxJWT {
		return nil
	}
	token, err := jwt.ParseSigned(text, j.algorithms)
	if err != nil || len(token.Headers) != 1 {
		return nil
	}
	return token
}

// keysFor gives the keys that may have signed a token of the header.
func (j *jwtVerifier) keysFor(ctx context.Context, h jose.Header) ([]any, error) {
	algorithm := jose.SignatureAlgorithm(h.Algorithm)
	if symmetric(h.Algorithm) {
		v, err := j.secret.Value()
		if err != nil {
			return nil, err
		}
		need, _ := strconv.Atoi(h.Algorithm[2:])
		if len(v.Reveal())*8 < need {
			return nil, &engine.Error{Code: engine.Unavailable, Sentence: "incomplete",
				Cause: errors.New("the secret of auth.jwt is too short for " + h.Algorithm + ": at least " + strconv.Itoa(need/8) + " bytes (RFC 7518 section 3.2)")}
		}
		return []any{[]byte(v.Reveal())}, nil
	}
	if j.public != nil {
		if !fits(algorithm, j.public) {
			return nil, nil
		}
		return []any{j.public}, nil
	}
	return j.keys.find(ctx, j.jwks, algorithm, h.KeyID)
}

// principal gives who a token with these claims stands for, nil where they are not what they must be.
func (j *jwtVerifier) principal(std jwt.Claims, all raw.Value) *auth.Principal {
	if std.Expiry == nil || std.ValidateWithLeeway(j.expected.WithTime(time.Now()), j.leeway) != nil {
		return nil
	}
	claims, err := raw.Valid(all, BodyLimits)
	if err != nil {
		return nil
	}
	p := &auth.Principal{Kind: auth.KindJWT, ID: std.Subject, Groups: claimTexts(below(claims, j.roles)), Claims: claims}
	if email, found := claims.Get("email").Text(); found && string(claims.Get("email_verified")) != "false" {
		p.Email = email
	}
	return p
}

// permits reports whether the claims that are needed are there.
func (j *jwtVerifier) permits(p *auth.Principal) bool {
	for _, want := range j.claims {
		has := claimTexts(below(p.Claims, want.path))
		if !slices.ContainsFunc(has, func(text string) bool { return slices.Contains(want.values, text) }) {
			return false
		}
	}
	return true
}

// claimTexts gives a claim as texts: a scalar is one, a list those in it.
func claimTexts(v raw.Value) []string {
	if text, found := v.Text(); found {
		return []string{text}
	}
	var list []string
	for _, item := range v.Items {
		if text, found := item.Text(); found {
			list = append(list, text)
		}
	}
	return list
}
