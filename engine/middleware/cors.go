package middleware

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

const corsName = "cors"

// CORS says which foreign pages may read an endpoint's answers (Fetch standard, "CORS protocol").
type CORS struct {
	origins     []string // "*" alone is any
	methods     []string // empty: those of the endpoints at the path
	headers     []string // empty: whatever is asked for
	expose      string
	credentials bool
	maxAge      int // seconds
}

func corsDefinition() *Definition {
	return &Definition{
		Name: corsName,
		Doc:  "Lets pages of other origins call the endpoint. Preflights are answered without running the endpoint.",
		Properties: []Property{
			{Name: "origins", Type: "array", Default: raw.Value(`["*"]`), Check: checkOrigins,
				Doc: `origins such as "https://example.org" or "https://*.example.org", or "*" for all`},
			{Name: "methods", Type: "array", Doc: "methods that a preflight permits; empty: those of the endpoints at the path"},
			{Name: "headers", Type: "array", Doc: "request headers that a preflight permits; empty: those it asks for"},
			{Name: "expose", Type: "array", Doc: "response headers that the page may read"},
			{Name: "credentials", Type: "boolean", Default: raw.False, Doc: "lets cookies and authorization through; needs named origins"},
			{Name: "max_age", Type: "integer", Min: 0, Max: 86400, Default: raw.Value("600"), Doc: "seconds a browser may remember a preflight"},
		},
		Compile: func(settings raw.Value, _ Bench) (Wrap, engine.Problems) {
			cors := newCORS(settings)
			if cors.credentials && cors.any() {
				return nil, engine.Problems{engine.Problemf([]string{"credentials"}, "name the origins", "credentials can't be open to all origins")}
			}
			return func(next Handler) Handler {
				return func(r *Request) error {
					cors.Answer(r)
					return next(r)
				}
			}, nil
		},
	}
}

func checkOrigins(v raw.Value) (message, hint string) {
	hint = `write an origin such as "https://example.org" or "https://*.example.org", or "*"`
	for _, origin := range texts(v) {
		if origin == "*" {
			continue
		}
		u, err := url.Parse(strings.Replace(origin, "://*.", "://any.", 1))
		if err != nil || u.Scheme == "" || u.Host == "" || u.Path != "" || u.RawQuery != "" || strings.Contains(u.Host, "*") {
			return strconv.Quote(origin) + " is not an origin", hint
		}
	}
	return "", ""
}

func newCORS(settings raw.Value) *CORS {
	c := &CORS{origins: []string{"*"}, maxAge: 600}
	if v := settings.Get("origins"); v != nil {
		c.origins = texts(v)
	}
	for i, origin := range c.origins {
		c.origins[i] = strings.ToLower(origin)
	}
	c.methods = texts(settings.Get("methods"))
	c.headers = texts(settings.Get("headers"))
	c.expose = strings.Join(texts(settings.Get("expose")), ", ")
	c.credentials = string(settings.Get("credentials")) == "true"
	if v := settings.Get("max_age"); v != nil {
		c.maxAge, _ = strconv.Atoi(string(v))
	}
	return c
}

func (c *CORS) any() bool { return slices.Contains(c.origins, "*") }

// allows reports whether pages of origin may read answers.
func (c *CORS) allows(origin string) bool {
	origin = strings.ToLower(origin)
	return slices.ContainsFunc(c.origins, func(allowed string) bool {
		if allowed == "*" || allowed == origin {
			return true
		}
		scheme, domain, wild := strings.Cut(allowed, "*.")
		rest, sameScheme := strings.CutPrefix(origin, scheme)
		return wild && sameScheme && strings.HasSuffix(rest, "."+domain) && !strings.ContainsAny(strings.TrimSuffix(rest, "."+domain), ":/@")
	})
}

// Answer sets the headers of r's answer, once: also of an error that a step before cors ended in.
func (c *CORS) Answer(r *Request) {
	if c == nil || r.shared {
		return
	}
	r.shared = true
	c.Apply(r.HTTP.Header.Get("Origin"), r.Header)
}

// Apply sets the headers of an answer, also of an error, to a request from origin ("" is none).
func (c *CORS) Apply(origin string, h http.Header) {
	if !c.any() {
		h.Add("Vary", "Origin")
	}
	if origin == "" || !c.allows(origin) {
		return
	}
	if c.any() {
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Set("Access-Control-Allow-Origin", origin)
	}
	if c.credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	if c.expose != "" {
		h.Set("Access-Control-Expose-Headers", c.expose)
	}
}

// A Preflighted is an endpoint at the path of a preflight: its method and its cors settings, nil where it has none.
type Preflighted struct {
	Method string
	CORS   *CORS
}

// Preflight answers an OPTIONS request by the union of the settings of all endpoints at its path.
func Preflight(request *http.Request, h http.Header, endpoints []Preflighted) {
	origin := request.Header.Get("Origin")
	h.Add("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
	var methods, headers []string
	var anyOrigin, credentials, anyHeader, allowed bool
	maxAge := 0
	for _, e := range endpoints {
		if e.CORS == nil || !e.CORS.allows(origin) {
			continue
		}
		permitted := e.CORS.methods
		if len(permitted) == 0 {
			permitted = []string{e.Method}
		}
		for _, m := range permitted {
			if !slices.Contains(methods, m) {
				methods = append(methods, m)
			}
		}
		headers = append(headers, e.CORS.headers...)
		anyHeader = anyHeader || len(e.CORS.headers) == 0
		anyOrigin = anyOrigin || e.CORS.any()
		credentials = credentials || e.CORS.credentials
		if !allowed || e.CORS.maxAge < maxAge {
			maxAge = e.CORS.maxAge
		}
		allowed = true
	}
	if !allowed {
		return
	}
	if anyOrigin && !credentials {
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Set("Access-Control-Allow-Origin", origin)
	}
	if credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	h.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	if asked := request.Header.Get("Access-Control-Request-Headers"); anyHeader && asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	} else if len(headers) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(headers, ", "))
	}
	h.Set("Access-Control-Max-Age", strconv.Itoa(maxAge))
}
