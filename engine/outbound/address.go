package outbound

import "net/netip"

// special are the parts of the IPv4 space that are not of the public Internet (IANA IPv4 Special-Purpose Address Registry, RFC 6890)
// or lead to a cloud's own services.
var special = prefixes(
	"0.0.0.0/8",        // this network
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // carrier-grade NAT; a cloud's metadata (100.100.100.200) too
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // a cloud's host agent
	"169.254.0.0/16",   // link-local, metadata
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments; a cloud's metadata (192.0.0.192) too
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // 6to4 relays, deprecated
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, broadcast
)

// Of IPv6, only global unicast is public (RFC 4291 section 2.4), without these (IANA IPv6 Special-Purpose Address Registry).
var (
	globalUnicast = netip.MustParsePrefix("2000::/3")
	special6      = prefixes(
		"2001::/23",     // protocol assignments, Teredo among them
		"2001:db8::/32", // documentation
		"3fff::/20",     // documentation
	)
	nat64  = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: the last 32 bits are an IPv4 address
	sixTo4 = netip.MustParsePrefix("2002::/16")    // RFC 3056: the 32 bits behind the prefix are one
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

func inside(addr netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// Public reports whether addr belongs to the public Internet. An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as
// itself; an address with a zone is never public.
func Public(addr netip.Addr) bool {
	if !addr.IsValid() || addr.Zone() != "" {
		return false
	}
	addr = addr.Unmap()
	if addr.Is4() {
		return !inside(addr, special)
	}
	b := addr.As16()
	switch {
	case nat64.Contains(addr):
		return Public(netip.AddrFrom4([4]byte(b[12:16])))
	case sixTo4.Contains(addr):
		return Public(netip.AddrFrom4([4]byte(b[2:6])))
	}
	return globalUnicast.Contains(addr) && !inside(addr, special6)
}
