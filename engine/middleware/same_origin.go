package middleware

import (
	"net/http"
	"net/url"
	"strings"
)

// CSRFHeader must stand in every unsafe request of a cookie session; a foreign page can't set it without a preflight, which the panel's
// own addresses never answer, and which endpoints answer only for origins that their definition names.
const CSRFHeader = "X-Sayrud-Csrf"

// SafeMethod reports whether a method changes nothing by itself (RFC 9110 section 9.2.1).
func SafeMethod(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// SameOrigin reports whether a request comes from a page of this server, and not from a foreign one that makes use of a cookie: it has
// CSRFHeader, and no Origin or Sec-Fetch-Site of elsewhere (Fetch Metadata Request Headers, W3C).
func SameOrigin(r *http.Request) bool {
	if r.Header.Get(CSRFHeader) == "" {
		return false
	}
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "same-origin": // said by the browser, whatever name a proxy gave this host
		return true
	case "", "none":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host)
}
