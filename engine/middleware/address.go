package middleware

import (
	"net/http"
	"net/netip"
	"strings"
)

// Address gives the address of a request's client: the peer's, or, where the peer is a trusted proxy, the last address of
// X-Forwarded-For, read from the right, that is no trusted proxy itself. forged tells that an untrusted peer sent the header, which
// is then ignored. IPv4 in IPv6 (::ffff:1.2.3.4) is IPv4. The zero Addr stands for a peer without address, such as a Unix socket.
func Address(r *http.Request, trusted []netip.Prefix) (client netip.Addr, viaProxy, forged bool) {
	client = peer(r.RemoteAddr)
	forwarded := r.Header["X-Forwarded-For"]
	if !contains(trusted, client) {
		return client, false, len(forwarded) > 0
	}
	for i := len(forwarded) - 1; i >= 0; i-- {
		rest, more := forwarded[i], true
		for more {
			var last string
			if comma := strings.LastIndexByte(rest, ','); comma >= 0 {
				rest, last = rest[:comma], rest[comma+1:]
			} else {
				last, more = rest, false
			}
			addr := peer(strings.TrimSpace(last))
			if !addr.IsValid() {
				return client, true, false
			}
			client = addr
			if !contains(trusted, addr) {
				return client, true, false
			}
		}
	}
	return client, true, false
}

// peer reads an address with or without port.
func peer(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// LimitKey gives what a limit counts by: of an IPv6 address its /64, since a client owns at least that; other text as it is.
func LimitKey(text string) string {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	prefix, _ := addr.Prefix(64)
	return prefix.String()
}
