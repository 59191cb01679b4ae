package rest

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/auth"
	"github.com/sayrud/sayrud/engine/middleware"
)

// identify finds who asks: an API token in Authorization, else the session of the cookie.
func (c *call) identify() error {
	var err error
	if token := bearer(c.q.HTTP); token != "" {
		c.principal, err = c.server.cfg.Auth.Token(c.ctx(), token)
		return err
	}
	if err := c.sameOrigin(); err != nil {
		return err
	}
	if cookie, missing := c.q.HTTP.Cookie(cookieName(c.q)); missing == nil {
		if c.principal, err = c.server.cfg.Auth.Session(c.ctx(), cookie.Value); err != nil {
			return err
		}
		c.secret = cookie.Value
	}
	c.q.Principal = c.principal
	return nil
}

// sameOrigin refuses unsafe requests that a foreign page may have caused. It holds for signing in too.
func (c *call) sameOrigin() error {
	if r := c.q.HTTP; middleware.SafeMethod(r.Method) || middleware.SameOrigin(r) {
		return nil
	}
	return engine.Errorf(engine.Forbidden, "This request does not come from the panel.")
}

// bearer gives the token of an Authorization header, or "".
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// cookieName gives the session cookie's name: with __Host- (RFC 6265bis section 4.1.3.2) where the request came over TLS.
func cookieName(q *middleware.Request) string {
	if q.Secure {
		return middleware.SecureCookie
	}
	return middleware.SessionCookie
}

// setCookie sends the session's secret; "" deletes the cookie.
func (c *call) setCookie(secret string) {
	cookie := &http.Cookie{
		Name: cookieName(c.q), Value: secret, Path: "/", HttpOnly: true, Secure: c.q.Secure, SameSite: http.SameSiteStrictMode,
		MaxAge: int(auth.SessionLifetime.Seconds()),
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	c.q.Header.Add("Set-Cookie", cookie.String())
}

// place tells the auth package where a sign-in comes from.
func (c *call) place() auth.Place {
	return auth.Place{Address: middleware.LimitKey(c.q.Address()), Agent: c.q.HTTP.Header.Get("User-Agent")}
}
