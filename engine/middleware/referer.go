package middleware

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func refererDefinition() *Definition {
	return &Definition{
		Name: "referer",
		Doc: "Answers 403 to requests from pages of other hosts, as the headers Origin and Referer name them; each that is there must fit. " +
			"It keeps other sites from using the endpoint in their visitors' browsers; a program can write the headers as it likes.",
		Before: true,
		Properties: []Property{
			{Name: "hosts", Type: TypeArray, Required: true, Min: 1, Max: 100, Check: checkHosts,
				Doc: `hosts such as "example.org", "*.example.org" for those below it, "localhost:3000"; without a port any one fits`},
			{Name: "empty", Type: TypeBoolean, Default: raw.False,
				Doc: "lets requests pass that have neither header: those of programs, typed addresses, pages that hide where they are"},
		},
		Compile: func(settings raw.Value, _ Bench) (Wrap, engine.Problems) {
			hosts := texts(settings.Get("hosts"))
			for i := range hosts {
				hosts[i] = strings.ToLower(hosts[i])
			}
			empty := string(settings.Get("empty")) == "true"
			return func(next Handler) Handler {
				return func(r *Request) error {
					if !fromHosts(r, hosts, empty) {
						return &engine.Error{Code: engine.Forbidden, Sentence: "referer"}
					}
					return next(r)
				}
			}, nil
		},
	}
}

// fromHosts reports whether the request comes from a page of one of the hosts. The opaque origin "null" (RFC 6454 section 6.2) is no host.
func fromHosts(r *Request, hosts []string, empty bool) bool {
	origin, referer := r.HTTP.Header.Get("Origin"), r.HTTP.Header.Get("Referer")
	if origin == "" && referer == "" {
		return empty
	}
	return (origin == "" || hostAmong(origin, hosts)) && (referer == "" || hostAmong(referer, hosts))
}

func hostAmong(address string, hosts []string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	full, name := strings.ToLower(u.Host), strings.ToLower(u.Hostname())
	return slices.ContainsFunc(hosts, func(allowed string) bool {
		if below, wild := strings.CutPrefix(allowed, "*"); wild {
			return strings.HasSuffix(name, below) || strings.HasSuffix(full, below)
		}
		return allowed == name || allowed == full
	})
}

func checkHosts(v raw.Value) (message, hint string) {
	for _, text := range texts(v) {
		u, err := url.Parse("https://" + strings.Replace(text, "*.", "any.", 1))
		if err != nil || text == "" || u.Host == "" || u.Host != strings.Replace(text, "*.", "any.", 1) || strings.Contains(u.Host, "*") ||
			strings.Contains(strings.TrimPrefix(text, "*."), "*.") || strings.Index(text, "*.") > 0 {
			return strconv.Quote(text) + " is not a host", `write a host such as "example.org", "*.example.org" or "localhost:3000", without https:// and path`
		}
	}
	return "", ""
}
