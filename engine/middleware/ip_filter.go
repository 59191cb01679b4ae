package middleware

import (
	"net/netip"
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

func ipFilterDefinition() *Definition {
	return &Definition{
		Name: "ip_filter",
		Doc: "Answers 403 to addresses that `deny` names, and, where there is an `allow`, to all that it does not name. " +
			"The address is that of `$request.ip`: behind a proxy it needs --trusted-proxies.",
		Before: true,
		Properties: []Property{
			{Name: "allow", Type: TypeArray, Check: checkNetworks, Doc: `addresses and networks such as "203.0.113.7", "10.0.0.0/8", "2001:db8::/32"; empty: all`},
			{Name: "deny", Type: TypeArray, Check: checkNetworks, Doc: "addresses and networks that are refused, also where `allow` names them"},
		},
		Compile: func(settings raw.Value, _ Bench) (Wrap, engine.Problems) {
			allow, deny := networks(settings.Get("allow")), networks(settings.Get("deny"))
			return func(next Handler) Handler {
				return func(r *Request) error {
					if contains(deny, r.IP) || len(allow) > 0 && !contains(allow, r.IP) {
						return &engine.Error{Code: engine.Forbidden, Sentence: "ip_filter"}
					}
					return next(r)
				}
			}, nil
		},
	}
}

// parseNetwork reads an address or a network in CIDR notation (RFC 4632). IPv4 in IPv6 (::ffff:10.0.0.0/104) is IPv4, as addresses of
// clients are.
func parseNetwork(text string) (netip.Prefix, bool) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		addr, err := netip.ParseAddr(text)
		if err != nil || addr.Zone() != "" {
			return netip.Prefix{}, false
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	if addr, bits := prefix.Addr(), prefix.Bits()-96; addr.Is4In6() {
		if bits < 0 {
			return netip.Prefix{}, false
		}
		prefix = netip.PrefixFrom(addr.Unmap(), bits)
	}
	return prefix.Masked(), true
}

func networks(v raw.Value) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts(v) {
		if prefix, ok := parseNetwork(text); ok {
			list = append(list, prefix)
		}
	}
	return list
}

func checkNetworks(v raw.Value) (message, hint string) {
	for _, text := range texts(v) {
		if _, ok := parseNetwork(text); !ok {
			return strconv.Quote(text) + " is neither an address nor a network", `write "203.0.113.7", "10.0.0.0/8" or "2001:db8::/32"`
		}
	}
	return "", ""
}
