package middleware

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Origin gives scheme and host as the client used them, "https://a.org:8443" (RFC 6454 section 6.2), or "" where Host names no host. It
// is what the client said: no proof of where the server stands.
func (q *Request) Origin() string {
	host := strings.ToLower(q.HTTP.Host)
	if !isHost(host) {
		return ""
	}
	if q.Secure {
		return "https://" + host
	}
	return "http://" + host
}

// isHost reports whether s is a name, an IPv4 address or an IPv6 address in brackets, with or without a port. Of what RFC 3986 section
// 3.2.2 allows in a name it takes only what the names of hosts hold.
func isHost(s string) bool {
	name := s
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port, err := net.SplitHostPort(s)
		if _, notNumber := strconv.ParseUint(port, 10, 16); err != nil || notNumber != nil {
			return false
		}
		if name = host; strings.HasPrefix(s, "[") {
			name = "[" + host + "]"
		}
	}
	if inside, ok := strings.CutPrefix(name, "["); ok {
		inside, ok = strings.CutSuffix(inside, "]")
		addr, err := netip.ParseAddr(inside)
		return ok && err == nil && addr.Is6() && addr.Zone() == ""
	}
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}
